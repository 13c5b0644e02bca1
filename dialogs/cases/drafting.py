"""What goes outward, written in the servant's own chat: words, an exact preview, and a moment to take it back.

A draft goes choosing (an outcome) → writing (the words) → preview → sent. It stays in the servant's
chat, so nothing typed in a room can reach a citizen.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from dialogs.cases import audience
from dialogs.cases.case import QUESTION, Actor, Case, Entry, Outcome
from dialogs.cases.holding import settle_wish
from dialogs.cases.lifecycle import OUTCOMES, Act, By, Impossible, advance
from dialogs.cases.masking import mask
from dialogs.effects import (
    ChangeCase,
    CloseAsks,
    Draft,
    DropDraft,
    Effect,
    Reply,
    SaveDraft,
    SetTimer,
    StartTelling,
    Tell,
    Telling,
    Timer,
)
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, DraftId, StaffId
from dialogs.message import Button, Line, Message, Tone, rows_of, say
from dialogs.presses import CardPress, DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town

CHOOSING, WRITING, PREVIEW = "choosing", "writing", "preview"
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


def begin(act: Act, case: Case, staff: StaffId, chat: AddressId, voice: Voice, *, fresh: Fresh) -> Reply:
    """Open a draft and ask for what it needs first."""
    stage = CHOOSING if act is Act.DECIDE else WRITING
    draft = Draft(DraftId(fresh.number), staff, chat, case.id, act, stage)
    return Reply((SaveDraft(draft), Tell(_invite(draft, case, voice), to=chat)), voice("draft.look"))


def write(desktop: Desktop, text: str, town: Town, *, now: datetime) -> Reply:
    """Take a text as the words of the draft."""
    voice, draft = town.voice(town.language), desktop.draft
    if not desktop.still_staff:
        return _lost(desktop, town, voice)
    if is_word(text, "word.cancel", town.heard):
        return _drop(draft, voice)
    if draft.stage == CHOOSING:
        chosen = _typed_outcome(text, voice)
        return _choose(desktop, chosen, voice) if chosen else Reply((Tell(_invite(draft, desktop.case, voice)),))
    if draft.stage == PREVIEW and is_word(text, "word.send", town.heard):
        return _send(desktop, town, now=now)
    if len(text) > LONGEST:
        return Reply((Tell(say(voice("draft.long", length=len(text), most=LONGEST))),))
    written = replace(draft, stage=PREVIEW, words=text)
    return Reply((SaveDraft(written), *_preview(replace(desktop, draft=written), town)))


def press(desktop: Desktop, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on one of the draft's buttons."""
    voice, draft = town.voice(town.language), desktop.draft
    if not desktop.still_staff:
        return _lost(desktop, town, voice)
    match step:
        case "cancel":
            return _drop(draft, voice)
        case "edit" if draft.stage == PREVIEW:
            again = replace(draft, stage=WRITING)
            return Reply((SaveDraft(again), Tell(_invite(again, desktop.case, voice))))
        case "send" if draft.stage == PREVIEW:
            return _send(desktop, town, now=now)
        case _ if draft.stage == CHOOSING and step in {outcome.value for outcome in OUTCOMES}:
            return _choose(desktop, Outcome(step), voice)
    return Reply(toast=voice("old_button"))


def _choose(desktop: Desktop, outcome: Outcome, voice: Voice) -> Reply:
    chosen = replace(desktop.draft, stage=WRITING, outcome=outcome)
    return Reply((SaveDraft(chosen), Tell(_invite(chosen, desktop.case, voice))))


def _send(desktop: Desktop, town: Town, *, now: datetime) -> Reply:
    """Do what the draft says, unless the case has moved away under it; then the words stay where they are."""
    voice, draft, loop = town.voice(town.language), desktop.draft, town.installation.loop
    act, words = Act(draft.act), draft.words or ""
    moved = advance(desktop.case, act, desktop.who, now=now)
    if isinstance(moved, Impossible):
        state = voice(f"state.{desktop.case.state}")
        return Reply((Tell(say(voice("draft.moved_on", code=desktop.case.code, state=state))),))
    entry = Entry(act, Actor.SERVANT, now, staff=draft.staff, words=words, before=desktop.case)
    if act is Act.ASK:
        starts_at, telling = now + loop.ask_hold, Telling.QUESTION
    else:
        starts_at, telling = now + loop.decide_hold, Telling.DECISION
        moved = replace(moved, outcome=Outcome(draft.outcome or ""), reason=words)
        entry = replace(entry, words=f"{voice(f'outcome.{draft.outcome}')}. {words}")
    effects: list[Effect] = [
        ChangeCase(moved, entry),
        StartTelling(telling, moved, words, starts_at),
        DropDraft(draft.address),
        *settle_wish(desktop.case, moved, town),
    ]
    if act is Act.DECIDE:
        effects.append(SetTimer(Timer.ASK_BACK, moved, starts_at + loop.ask_back_after))
        effects.append(CloseAsks(moved.id, QUESTION, now))
    back = Button(voice("button.take_back"), pack(CardPress(moved.code, moved.version, "undo")), Tone.DANGER)
    seconds = int((starts_at - now).total_seconds())
    effects.append(Tell(say(voice("draft.sent", seconds=seconds, code=moved.code), buttons=((back,),))))
    return Reply(tuple(effects))


def _lost(desktop: Desktop, town: Town, voice: Voice) -> Reply:
    refusal = voice("desk.not_yours", queue=town.queue(desktop.case.queue, voice))
    return Reply((DropDraft(desktop.draft.address), Tell(say(refusal))))


def _drop(draft: Draft, voice: Voice) -> Reply:
    return Reply((DropDraft(draft.address), Tell(say(voice("draft.dropped")))))


def _invite(draft: Draft, case: Case, voice: Voice) -> Message:
    """Ask for what the draft lacks."""
    cancel = Button(voice("button.cancel"), pack(DraftPress(draft.id, CANCEL)))
    if draft.stage == CHOOSING:
        buttons = [Button(voice(f"outcome.{one}"), pack(DraftPress(draft.id, one))) for one in OUTCOMES]
        return say(voice("draft.choose", code=case.code), buttons=(*rows_of(buttons, width=2), (cancel,)))
    key = "draft.write_question" if draft.act == Act.ASK else "draft.write_reason"
    return say(voice(key, code=case.code), buttons=((cancel,),))


def _preview(desktop: Desktop, town: Town) -> tuple[Tell, Tell]:
    """Show the notice as the citizen will read it, personal data in their own words covered; ask whether it may go."""
    voice, draft = town.voice(town.language), desktop.draft
    outcome = Outcome(draft.outcome) if draft.outcome else None
    telling = Telling.QUESTION if draft.act == Act.ASK else Telling.DECISION
    # The citizen reads their own words as they wrote them; whoever shows this about should not.
    listener = audience.Listener(desktop.language, mask(desktop.excerpt, town).text)
    as_decided = replace(desktop.case, outcome=outcome, reason=draft.words)
    notice = audience.draw_notice(telling, as_decided, draft.words or "", listener, town)
    buttons = (
        Button(voice("button.send"), pack(DraftPress(draft.id, SEND)), Tone.SUCCESS),
        Button(voice("button.rewrite"), pack(DraftPress(draft.id, EDIT))),
        Button(voice("button.cancel"), pack(DraftPress(draft.id, CANCEL))),
    )
    lead = Line(voice("draft.preview"), strong=True)
    warning = [Line(voice("draft.warning"))] if _looks_private(draft.words or "") else []
    return Tell(replace(notice, blocks=(lead, *notice.blocks), buttons=())), Tell(
        Message((*warning, Line(voice("draft.preview_ok"))), (buttons,))
    )


def _typed_outcome(text: str, voice: Voice) -> Outcome | None:
    bare = text.strip().casefold()
    return next((one for one in OUTCOMES if bare in (one.value, voice(f"outcome.{one}").casefold())), None)


def _looks_private(words: str) -> bool:
    """Tell whether a text may name an account, a phone or a link, which a servant may not have meant to give away."""
    digits = sum(letter.isdigit() for letter in words)
    return "@" in words or "://" in words or "www." in words or digits >= 7
