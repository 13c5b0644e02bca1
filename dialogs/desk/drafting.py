"""What goes outward, written in the servant's own chat: words, an exact preview, and a moment to take it back.

A draft goes choosing (an outcome) → writing (the words) → preview → sent. It stays in the servant's
chat, so nothing typed in a room can reach a citizen. The words are typed, or chosen among those that the queue
has ready (``canned.py``). Where they were typed it stays there when it is sent, so that an edit of that message
can still take it back (``edits.py``).
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases import canned
from dialogs.cases.case import Actor, Case, Entry, InEach, Outcome
from dialogs.cases.decision import send_out
from dialogs.cases.draft import CANCEL, CHOOSING, LONGEST, PREVIEW, SENT, WRITING, Desktop
from dialogs.cases.lifecycle import OUTCOMES, Act, Impossible, advance
from dialogs.desk.holding import settle_wish
from dialogs.desk.preview import draw_preview, words_in_each
from dialogs.desk.proposal import needs_second, propose
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Effect, Reply, StartTelling, Tell, Telling
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, CannedId, DraftId, StaffId
from dialogs.message import Button, Line, Message, Quote, Tone, rows_of, say
from dialogs.presses import CardPress, DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town


def begin(act: Act, case: Case, staff: StaffId, chat: AddressId, town: Town, *, fresh: Fresh) -> Reply:
    """Open a draft and ask for what it needs first."""
    stage = CHOOSING if act is Act.DECIDE else WRITING
    draft = Draft(DraftId(fresh.number), staff, chat, case.id, act, stage)
    return Reply((SaveDraft(draft), Tell(_invite(draft, case, town), to=chat)), town.voice(town.language)("draft.look"))


def write(desktop: Desktop, text: str, town: Town, *, now: datetime, number: int | None = None) -> Reply:
    """Take a text, which is message ``number`` of the chat, as the words of the draft."""
    voice, draft = town.voice(town.language), desktop.draft
    if not desktop.still_staff:
        return _lost(desktop, town, voice)
    if is_word(text, "word.cancel", town.heard):
        return _drop(draft, voice)
    if draft.stage == CHOOSING:
        chosen = _typed_outcome(text, voice)
        return _choose(desktop, chosen, town) if chosen else Reply((Tell(_invite(draft, desktop.case, town)),))
    if draft.stage == PREVIEW and is_word(text, "word.send", town.heard):
        return _send(desktop, town, now=now)
    return reword(desktop, text, town, number=number)


def reword(desktop: Desktop, text: str, town: Town, *, number: int | None) -> Reply:
    """Take a text for the words, whatever it says, and show what will be read."""
    if len(text) > LONGEST:
        told = town.voice(town.language)("draft.long", length=len(text), most=LONGEST)
        return Reply((Tell(say(told)),))
    written = replace(desktop.draft, stage=PREVIEW, words=text, canned=None, number=number)
    return _preview(desktop, written, town)


def press(desktop: Desktop, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on one of the draft's buttons."""
    voice, draft = town.voice(town.language), desktop.draft
    if not desktop.still_staff:
        return _lost(desktop, town, voice)
    match step.split(".", 1):
        case [_] if draft.stage == SENT:
            return Reply(toast=voice("old_button"))
        case ["cancel"]:
            return _drop(draft, voice)
        case ["edit"] if draft.stage == PREVIEW:
            again = replace(draft, stage=WRITING)
            return Reply((SaveDraft(again), Tell(_invite(again, desktop.case, town))))
        case ["send"] if draft.stage == PREVIEW:
            return _send(desktop, town, now=now)
        case [canned.USE, id] if draft.stage == WRITING:
            return _use(desktop, CannedId(id), town)
        case [outcome] if draft.stage == CHOOSING and outcome in {one.value for one in OUTCOMES}:
            return _choose(desktop, Outcome(outcome), town)
    return Reply(toast=voice("old_button"))


def _preview(desktop: Desktop, written: Draft, town: Town) -> Reply:
    """Keep a draft with its words, and show what will be read."""
    return Reply((SaveDraft(written), *draw_preview(replace(desktop, draft=written), town)))


def _choose(desktop: Desktop, outcome: Outcome, town: Town) -> Reply:
    chosen = replace(desktop.draft, stage=WRITING, outcome=outcome)
    return Reply((SaveDraft(chosen), Tell(_invite(chosen, desktop.case, town))))


def _use(desktop: Desktop, id: CannedId, town: Town) -> Reply:
    """Take a canned text for the words."""
    found = canned.find(desktop.draft, id, desktop.case, town)
    if found is None:
        return Reply(toast=town.voice(town.language)("old_button"))
    words, _ = found
    return _preview(desktop, replace(desktop.draft, stage=PREVIEW, words=words, canned=id, number=None), town)


def _send(desktop: Desktop, town: Town, *, now: datetime) -> Reply:
    """Do what the draft says, unless the case has moved away under it; then the words stay where they are."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    words_in = words_in_each(desktop, town)
    if words_in is None:
        # The admin has changed the text meanwhile: what was read over is what goes, once it was read over as that.
        return _preview(desktop, replace(draft, canned=None), town)
    outcome = Outcome(draft.outcome) if draft.outcome else None
    act = Act(draft.act)
    if outcome is not None and needs_second(case, outcome, town):
        act = Act.PROPOSE
    moved = advance(case, act, desktop.who, now=now)
    if isinstance(moved, Impossible) or desktop.overtaken:
        state = voice(f"state.{case.state}")
        return Reply((Tell(say(voice("draft.moved_on", code=case.code, state=state))),))
    # Kept where it was typed: an edit of that message can still take it back.
    kept = DropDraft(draft.address) if draft.number is None else SaveDraft(replace(draft, stage=SENT))
    told = Tell(_sent(act, moved, town, voice))
    return Reply((*_effects(desktop, act, moved, outcome, words_in, town, now=now), kept, told))


def _effects(
    desktop: Desktop,
    act: Act,
    moved: Case,
    outcome: Outcome | None,
    words_in: InEach,
    town: Town,
    *,
    now: datetime,
) -> tuple[Effect, ...]:
    before, by, words = desktop.case, desktop.draft.staff, desktop.draft.words or ""
    if outcome is None:
        entry = Entry(act, Actor.SERVANT, now, staff=by, words=words, before=before)
        starts_at = now + town.installation.loop.ask_hold
        asked = StartTelling(Telling.QUESTION, moved, words, starts_at, words_in)
        return (ChangeCase(moved, entry), asked, *settle_wish(before, moved, town))
    if act is Act.PROPOSE:
        return propose(before, moved, outcome, words, words_in=words_in, by=by, town=town, now=now)
    out = send_out(before, moved, act, outcome, words, words_in=words_in, by=by, town=town, now=now)
    return (*out, *settle_wish(before, moved, town))


def _sent(act: Act, moved: Case, town: Town, voice: Voice) -> Message:
    back = Button(voice("button.take_back"), pack(CardPress(moved.code, moved.version, "undo")), Tone.DANGER)
    if act is Act.PROPOSE:
        return say(voice("draft.proposed", code=moved.code), buttons=((back,),))
    loop = town.installation.loop
    seconds = int((loop.ask_hold if act is Act.ASK else loop.decide_hold).total_seconds())
    return say(voice("draft.sent", seconds=seconds, code=moved.code), buttons=((back,),))


def _lost(desktop: Desktop, town: Town, voice: Voice) -> Reply:
    refusal = voice("desk.not_yours", queue=town.queue(desktop.case.queue, voice))
    return Reply((DropDraft(desktop.draft.address), Tell(say(refusal))))


def _drop(draft: Draft, voice: Voice) -> Reply:
    return Reply((DropDraft(draft.address), Tell(say(voice("draft.dropped")))))


def _invite(draft: Draft, case: Case, town: Town) -> Message:
    """Ask for what the draft lacks, or for other words than it has."""
    voice = town.voice(town.language)
    cancel = Button(voice("button.cancel"), pack(DraftPress(draft.id, CANCEL)))
    if draft.stage == CHOOSING:
        buttons = [Button(voice(f"outcome.{one}"), pack(DraftPress(draft.id, one))) for one in OUTCOMES]
        return say(voice("draft.choose", code=case.code), buttons=(*rows_of(buttons, width=2), (cancel,)))
    asks = "draft.write_question" if draft.act == Act.ASK else "draft.write_reason"
    lines: list[Line | Quote] = [Line(voice(asks, code=case.code))]
    if draft.words:
        # Where it can be copied and changed.
        lines += [Line(voice("draft.so_far")), Quote(draft.words)]
    ready = canned.offer(draft, case, town)
    if ready:
        lines.append(Line(voice("draft.ready")))
    return Message(tuple(lines), (*ready, (cancel,)))


def _typed_outcome(text: str, voice: Voice) -> Outcome | None:
    bare = text.strip().casefold()
    return next((one for one in OUTCOMES if bare in (one.value, voice(f"outcome.{one}").casefold())), None)
