"""A draft as it lies on a servant's desk: its stages, the steps its buttons take, and what it depends on."""

from dataclasses import dataclass

from dialogs.cases.case import Case, Deed
from dialogs.cases.lifecycle import By
from dialogs.desk_effects import Draft
from dialogs.message import Button, Tone
from dialogs.presses import CardPress, DraftPress, pack
from dialogs.texts import Voice

CHOOSING, WRITING, LEAVING_OUT, PREVIEW, SENT = "choosing", "writing", "leaving_out", "preview", "sent"
SEND, EDIT, CANCEL, NOTHING = "send", "edit", "cancel", "nothing"
# What a citizen can read on a phone without scrolling for ever.
LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Desktop:
    """A servant's open draft with its case; ``who``: as whom the servant acts on it now."""

    draft: Draft
    case: Case
    excerpt: str
    # The language of the first contributor, in which the preview shows our own words.
    language: str
    who: frozenset[By]
    still_staff: bool
    # Somebody among the contributors reads another language than the first.
    mixed: bool = False
    # A colleague has done the same to the case since the draft was last looked at.
    overtaken: bool = False
    # The name of who has the case, where that is a colleague.
    holder: str = ""


def draw_cancel(draft: Draft, voice: Voice) -> Button:
    """Draw the button that drops a draft."""
    return Button(voice("button.cancel"), pack(DraftPress(draft.id, CANCEL)))


def draw_answers(draft: Draft, voice: Voice, *, send: str = "button.send") -> tuple[Button, ...]:
    """Draw what can be answered to a preview; ``send``: the key of what letting it go is called."""
    return (
        Button(voice(send), pack(DraftPress(draft.id, SEND)), Tone.SUCCESS),
        Button(voice("button.rewrite"), pack(DraftPress(draft.id, EDIT))),
        draw_cancel(draft, voice),
    )


def draw_take_back(moved: Case, voice: Voice) -> Button:
    """Draw the button that takes back what brought a case to where it is."""
    return Button(voice("button.take_back"), pack(CardPress(moved.code, moved.version, Deed.UNDO)), Tone.DANGER)
