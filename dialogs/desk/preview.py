"""The preview of a draft: what each citizen will read, what a public page would show, and what is worth a second look.

It is drawn by the same words as the notice itself, so nothing else can go out than what was read over.
"""

from dataclasses import replace

from dialogs.cases import audience, canned
from dialogs.cases.case import InEach, Outcome
from dialogs.cases.draft import CANCEL, EDIT, SEND, Desktop
from dialogs.cases.lifecycle import Act
from dialogs.cases.masking import mask
from dialogs.desk.proposal import needs_second
from dialogs.effects import Tell, Telling
from dialogs.message import Block, Button, Line, Message, Quote, Tone
from dialogs.presses import DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town


def words_in_each(desktop: Desktop, town: Town) -> InEach | None:
    """Give the words of a draft in every language, none where they were typed; None where the canned text is gone.

    It may also have changed since it was chosen: then it is not what was read over.
    """
    draft = desktop.draft
    if draft.canned is None:
        return ()
    found = canned.find(draft, draft.canned, desktop.case, town)
    return found[1] if found is not None and found[0] == draft.words else None


def draw_preview(desktop: Desktop, town: Town) -> tuple[Tell, Tell]:
    """Show the notice as the citizen will read it, personal data in their own words covered; ask whether it may go."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    outcome = Outcome(draft.outcome) if draft.outcome else None
    telling = Telling.QUESTION if draft.act == Act.ASK else Telling.DECISION
    # The citizen reads their own words as they wrote them; whoever shows this about should not.
    listener = audience.Listener(desktop.language, mask(desktop.excerpt, town).text)
    words = canned.words_for(
        draft.words or "", words_in_each(desktop, town) or (), desktop.language, town, code=case.code
    )
    as_decided = replace(case, outcome=outcome, reason=words)
    notice = audience.draw_notice(telling, as_decided, words, listener, town)
    lead = Line(voice("draft.preview"), strong=True)
    shown = (lead, *notice.blocks, *_beside(desktop, outcome, words, town, voice))
    return Tell(replace(notice, blocks=shown, buttons=())), Tell(_question(desktop, outcome, town, voice))


def _beside(desktop: Desktop, outcome: Outcome | None, words: str, town: Town, voice: Voice) -> tuple[Block, ...]:
    """Show a decision as it would stand on a public page; of a question, what it says in the town's language."""
    written = desktop.draft.words or ""
    if outcome is not None:
        reason = Quote(mask(written, town).text)
        return Line(voice("draft.public"), strong=True), Line(voice(f"outcome.{outcome}")), reason
    if words != written:
        return Line(voice("draft.means"), strong=True), Quote(written)
    return ()


def _question(desktop: Desktop, outcome: Outcome | None, town: Town, voice: Voice) -> Message:
    draft = desktop.draft
    proposes = outcome is not None and needs_second(desktop.case, outcome, town)
    warnings = []
    if mask(draft.words or "", town).found:
        warnings.append(Line(voice("draft.warning")))
    reads_other = desktop.mixed or town.voice(desktop.language).language != town.language
    if draft.canned is None and reads_other:
        # Which language it is would say who they are.
        warnings.append(Line(voice("draft.other_language")))
    buttons = (
        Button(voice("button.propose" if proposes else "button.send"), pack(DraftPress(draft.id, SEND)), Tone.SUCCESS),
        Button(voice("button.rewrite"), pack(DraftPress(draft.id, EDIT))),
        Button(voice("button.cancel"), pack(DraftPress(draft.id, CANCEL))),
    )
    asks = Line(voice("draft.preview_propose" if proposes else "draft.preview_ok"))
    return Message((*warnings, asks), (buttons,))
