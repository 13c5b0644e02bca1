"""A draft as it lies on a servant's desk: its stages, the steps its buttons take, and what it depends on."""

from dataclasses import dataclass

from dialogs.cases.case import Case
from dialogs.cases.lifecycle import By
from dialogs.desk_effects import Draft

CHOOSING, WRITING, PREVIEW, SENT = "choosing", "writing", "preview", "sent"
SEND, EDIT, CANCEL = "send", "edit", "cancel"
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
