"""What goes outward, written in the servant's own chat: words, an exact preview, and a moment to take it back.

A draft goes choosing (an outcome) → writing (the words) → leaving out (what was not done) → preview → sent, by
what its act needs. It stays in the servant's
chat, so nothing typed in a room can reach a citizen. The words are typed, or chosen among those that the queue
has ready (``canned.py``). Where they were typed it stays there when it is sent, so that an edit of that message
can still take it back (``edits.py``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from dialogs.cases import canned
from dialogs.cases.case import Actor, Case, Entry, InEach, Outcome
from dialogs.cases.decision import send_out
from dialogs.cases.draft import (
    CHOOSING,
    LEAVING_OUT,
    LONGEST,
    NOTHING,
    PREVIEW,
    SENT,
    WRITING,
    Desktop,
    draw_cancel,
    draw_take_back,
)
from dialogs.cases.lifecycle import OUTCOMES, Act, Impossible, advance
from dialogs.desk import delivering
from dialogs.desk.holding import settle_wish
from dialogs.desk.preview import draw_preview, words_in_each
from dialogs.desk.proposal import needs_second, propose
from dialogs.desk.standing import tell_moved_on
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Effect, Reply, StartTelling, Tell, Telling
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, CannedId, DraftId, StaffId
from dialogs.message import Button, Line, Message, Quote, rows_of, say
from dialogs.presses import DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town

# What is asked for, by the act.
_ASKS: Mapping[str, str] = MappingProxyType(
    {Act.ASK: "draft.write_question", **{act: f"draft.write_{act}" for act in delivering.TELLINGS}}
)


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
    if draft.stage == LEAVING_OUT:
        return _leave_out(desktop, "" if is_word(text, "word.nothing", town.heard) else text, town, now=now)
    return reword(desktop, text, town, number=number, now=now)


def reword(desktop: Desktop, text: str, town: Town, *, number: int | None, now: datetime) -> Reply:
    """Take a text for the words, whatever it says, and show what will be read."""
    if (too_long := _too_long(text, town)) is not None:
        return too_long
    written = replace(desktop.draft, stage=PREVIEW, words=text, canned=None, number=number)
    if written.act == Act.DELIVER and written.left_out is None:
        asks = replace(written, stage=LEAVING_OUT)
        return Reply((SaveDraft(asks), Tell(_invite(asks, desktop.case, town))))
    return _preview(desktop, written, town, now=now)


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
            again = replace(draft, stage=WRITING, left_out=None)
            return Reply((SaveDraft(again), Tell(_invite(again, desktop.case, town))))
        case ["send"] if draft.stage == PREVIEW:
            return _send(desktop, town, now=now)
        case ["nothing"] if draft.stage == LEAVING_OUT:
            return _leave_out(desktop, "", town, now=now)
        case [canned.USE, id] if draft.stage == WRITING:
            return _use(desktop, CannedId(id), town, now=now)
        case [outcome] if draft.stage == CHOOSING and outcome in {one.value for one in OUTCOMES}:
            return _choose(desktop, Outcome(outcome), town)
    return Reply(toast=voice("old_button"))


def _preview(desktop: Desktop, written: Draft, town: Town, *, now: datetime) -> Reply:
    """Keep a draft with its words, and show what will be read."""
    return Reply((SaveDraft(written), *draw_preview(replace(desktop, draft=written), town, now=now)))


def _leave_out(desktop: Desktop, text: str, town: Town, *, now: datetime) -> Reply:
    """Take a text for what was not done."""
    if (too_long := _too_long(text, town)) is not None:
        return too_long
    return _preview(desktop, replace(desktop.draft, stage=PREVIEW, left_out=text), town, now=now)


def _too_long(text: str, town: Town) -> Reply | None:
    if len(text) <= LONGEST:
        return None
    told = town.voice(town.language)("draft.long", length=len(text), most=LONGEST)
    return Reply((Tell(say(told)),))


def _choose(desktop: Desktop, outcome: Outcome, town: Town) -> Reply:
    chosen = replace(desktop.draft, stage=WRITING, outcome=outcome)
    return Reply((SaveDraft(chosen), Tell(_invite(chosen, desktop.case, town))))


def _use(desktop: Desktop, id: CannedId, town: Town, *, now: datetime) -> Reply:
    """Take a canned text for the words."""
    found = canned.find(desktop.draft, id, desktop.case, town)
    if found is None:
        return Reply(toast=town.voice(town.language)("old_button"))
    words, _ = found
    return _preview(desktop, replace(desktop.draft, stage=PREVIEW, words=words, canned=id, number=None), town, now=now)


def _send(desktop: Desktop, town: Town, *, now: datetime) -> Reply:
    """Do what the draft says, unless the case has moved away under it; then the words stay where they are."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    words_in = words_in_each(desktop, town)
    if words_in is None:
        # The admin has changed the text meanwhile: what was read over is what goes, once it was read over as that.
        return _preview(desktop, replace(draft, canned=None), town, now=now)
    outcome = Outcome(draft.outcome) if draft.outcome else None
    act = Act(draft.act)
    if outcome is not None and needs_second(case, outcome, town):
        act = Act.PROPOSE
    moved = advance(case, act, desktop.who, now=now)
    if isinstance(moved, Impossible) or desktop.overtaken:
        return Reply((Tell(say(tell_moved_on(desktop, voice))),))
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
    if act in delivering.TELLINGS:
        return delivering.report(before, moved, act, desktop.draft, town, now=now)
    if outcome is None:
        entry = Entry(act, Actor.SERVANT, now, staff=by, words=words, before=before)
        loop = town.installation.loop
        starts_at = now + loop.ask_hold
        # Counted from the first question, so that another one asks nobody to wait longer.
        waits = replace(moved, hear_until=moved.hear_until or starts_at + loop.hear_within)
        asked = StartTelling(Telling.QUESTION, waits, words, starts_at, words_in)
        return (ChangeCase(waits, entry), asked, *settle_wish(before, moved, town))
    if act is Act.PROPOSE:
        return propose(before, moved, outcome, words, words_in=words_in, by=by, town=town, now=now)
    out = send_out(before, moved, act, outcome, words, words_in=words_in, by=by, town=town, now=now)
    return (*out, *settle_wish(before, moved, town))


def _sent(act: Act, moved: Case, town: Town, voice: Voice) -> Message:
    back = draw_take_back(moved, voice)
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
    cancel = draw_cancel(draft, voice)
    if draft.stage == CHOOSING:
        buttons = [Button(voice(f"outcome.{one}"), pack(DraftPress(draft.id, one))) for one in OUTCOMES]
        return say(voice("draft.choose", code=case.code), buttons=(*rows_of(buttons, width=2), (cancel,)))
    if draft.stage == LEAVING_OUT:
        nothing = Button(voice("button.nothing"), pack(DraftPress(draft.id, NOTHING)))
        return say(voice("draft.write_left_out", code=case.code), buttons=((nothing,), (cancel,)))
    lines: list[Line | Quote] = [Line(voice(_ASKS.get(draft.act, "draft.write_reason"), code=case.code))]
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
