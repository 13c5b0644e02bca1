"""The preview of a draft: what each citizen will read, what a public page would show, and what is worth a second look.

It is drawn by the same words as the notice itself, so nothing else can go out than what was read over.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases import audience, canned
from dialogs.cases.case import Case, InEach, Outcome
from dialogs.cases.decision import await_next
from dialogs.cases.draft import Desktop, draw_answers
from dialogs.cases.lifecycle import Act, Impossible, advance
from dialogs.cases.masking import mask
from dialogs.desk.delivering import TELLINGS, as_told
from dialogs.desk.proposal import needs_second
from dialogs.effects import Tell, Telling
from dialogs.message import Block, Line, Message, Quote
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


def draw_preview(desktop: Desktop, town: Town, *, now: datetime) -> tuple[Tell, Tell]:
    """Show the notice as the citizen will read it, personal data in their own words covered; ask whether it may go."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    outcome = Outcome(draft.outcome) if draft.outcome else None
    telling = Telling.QUESTION if draft.act == Act.ASK else TELLINGS.get(Act(draft.act), Telling.DECISION)
    # The citizen reads their own words as they wrote them; whoever shows this about should not.
    listener = audience.Listener(desktop.language, mask(desktop.excerpt, town).text)
    words = canned.words_for(
        draft.words or "", words_in_each(desktop, town) or (), desktop.language, town, code=case.code
    )
    notice = audience.draw_notice(telling, _as_sent(desktop, outcome, words, town, now=now), words, listener, town)
    lead = Line(voice("draft.preview"), strong=True)
    shown = (lead, *notice.blocks, *_beside(desktop, outcome, words, town, voice))
    return Tell(replace(notice, blocks=shown, buttons=())), Tell(_question(desktop, outcome, town, voice))


def _as_sent(desktop: Desktop, outcome: Outcome | None, words: str, town: Town, *, now: datetime) -> Case:
    """Give the case as it will stand, with the day that is promised by it."""
    draft, case = desktop.draft, desktop.case
    if outcome is not None:
        case = replace(case, outcome=outcome, reason=words)
    moved = advance(case, Act(draft.act), desktop.who, now=now)
    if draft.act == Act.ASK or isinstance(moved, Impossible):
        # It is refused when it is sent, where nothing else is done before.
        return case
    return await_next(as_told(moved, draft), town, since=now)[0]


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
    buttons = draw_answers(draft, voice, send="button.propose" if proposes else "button.send")
    asks = Line(voice("draft.preview_propose" if proposes else "draft.preview_ok"))
    return Message((*warnings, asks), (buttons,))
