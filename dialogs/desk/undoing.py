"""Undo: what an act changed becomes as it was, unless something that came later builds on it.

A case has sides that change apart from each other: where it stands (its state, queue, holder, outcome), how urgent
it is, its tags, and what the public reads of it. A later act builds on an earlier one if both changed the same side;
then it is named, and goes first. Notes, words and looks change no side, so nothing waits for them. A promise that
passed is no act of anybody and stays.

The button under a card takes back the newest act of all. ``/undo`` takes back the newest of whoever writes it, within
a day; a lead's takes back the newest of anybody, at any time. Of two who mean the same act at the same moment one
takes it back, and the other is told so and takes nothing more. What has gone out to a citizen is never undone: it is
put right by a second message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from dialogs.cases.case import QUESTION, UNDECIDED, Actor, Case, Deed, Entry, State
from dialogs.cases.decision import await_next, watch_news
from dialogs.cases.lifecycle import Act, owes_news
from dialogs.desk import choosing, merging, proposal, splitting
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk, Latest, Servant, changed, how_it_stands
from dialogs.desk_effects import TellServant
from dialogs.effects import Effect, ReopenAsks, Reply, StopTelling, Tell, UndoAct
from dialogs.ids import StaffId
from dialogs.installation import LEADS
from dialogs.message import say
from dialogs.presses import CardPress
from dialogs.texts import Voice
from dialogs.town import Town

WITHIN = timedelta(hours=24)
# Who writes may not have seen yet what a colleague took back so shortly before: cards change in their own time.
_UNSEEN = timedelta(seconds=10)


class Side(StrEnum):
    """A side of a case that changes apart from the others."""

    STANDING = "standing"
    PRIORITY = "priority"
    TAGS = "tags"
    PUBLIC = "public"


# What belongs to each side; all the rest of a case is where it stands.
_FIELDS: Mapping[Side, str] = MappingProxyType({Side.PRIORITY: "urgent", Side.TAGS: "tags", Side.PUBLIC: "public_line"})
_SIDE_OF: Mapping[str, Side] = MappingProxyType(
    {
        Deed.URGENT: Side.PRIORITY,
        Deed.NORMAL: Side.PRIORITY,
        Deed.TAG: Side.TAGS,
        Deed.PUBLIC_LINE: Side.PUBLIC,
        Deed.NO_PUBLIC_LINE: Side.PUBLIC,
    }
)
# What goes out with another day by which there is news; taken back, the day before holds.
PROMISES = frozenset({Act.DECIDE, Act.AGREE, Act.PLAN, Act.START, Act.DELIVER, Act.GIVE_UP})
# What moves a case and keeps no "before", because nobody takes it back.
_MOVES = frozenset({Act.KEEP.value, Act.ASK_BACK.value, Act.SILENCE.value, f"{Act.WAKE}_itself"})


@dataclass(frozen=True, slots=True)
class Done:
    """One line of a case's journal as undo needs it. ``version``: of the case after it; ``name``: of the servant."""

    entry: int
    act: str
    actor: Actor
    at: datetime
    version: int
    staff: StaffId | None = None
    name: str = ""
    before: Case | None = None
    undone_at: datetime | None = None
    telling: int | None = None
    gone_out: bool = False

    @property
    def side(self) -> Side | None:
        """Tell which side of the case it changed, if any."""
        if self.before is None:
            return Side.STANDING if self.act in _MOVES else None
        # An answer to an old question is a line, and moves nothing; a pointer is taken back where it begins.
        if self.before.version == self.version or self.act == Deed.TOOK_IN:
            return None
        return _SIDE_OF.get(self.act, Side.STANDING)


def press(pressed: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take back the newest act, by the button under a card."""
    voice = town.voice(town.language)
    if pressed.version != desk.case.version:
        return Reply(toast=changed(desk, voice))
    if desk.latest is None:
        return Reply(toast=voice("desk.nothing_to_undo"))
    return _take_back(desk.latest, desk, town, frozenset(), now=now)


def press_elsewhere(pressed: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Answer who has no role in the queue of a case: where it came from theirs, they can take back the forwarding."""
    voice, case = town.voice(town.language), desk.case
    if not any(desk.servant.role_in(queue) for queue in desk.been_in):
        return Reply(toast=voice("desk.not_yours", queue=town.queue(case.queue, voice)))
    if pressed.act == Deed.UNDO and desk.latest is not None and _sent_from(desk.servant, desk.latest):
        return press(pressed, desk, town, now=now)
    return Reply(toast=voice("left.word", code=case.code, queue=town.queue(case.queue, voice)))


def take_back_newest(desk: Desk, done: Sequence[Done], town: Town, *, now: datetime, written_at: datetime) -> Reply:
    """Take back the newest act that the servant may; ``done``: all that was done to the case, the newest first."""
    voice, acts = town.voice(town.language), [one for one in done if _is_act(one)]
    meant = next((one for one in done if _stood(one, desk, done, min(now, written_at) - _UNSEEN)), None)
    if meant is not None and meant.undone_at is not None:
        name = next(line.name for line in _undoings(meant, done))
        return Reply(toast=voice("undo.just", name=name, act=voice(f"act.{meant.act}")))
    chosen = next((one for one in acts if _is_theirs(one, desk)), None)
    if chosen is None:
        return Reply(toast=voice("desk.undo_not_yours" if acts else "desk.nothing_to_undo"))
    return take_back(chosen, desk, done, town, now=now)


def take_back(chosen: Done, desk: Desk, done: Sequence[Done], town: Town, *, now: datetime) -> Reply:
    """Take back one act, unless what came later builds on it; ``done``: all that was done, the newest first."""
    voice = town.voice(town.language)
    if not _is_act(chosen) or chosen.before is None:
        return Reply(toast=voice("desk.nothing_to_undo"))
    if not _is_theirs(chosen, desk):
        return Reply(toast=voice("desk.undo_not_yours"))
    place = done.index(chosen)
    later, earlier = done[:place], done[place + 1 :]
    builds_on = next((one for one in later if one.undone_at is None and one.side is chosen.side), None)
    if builds_on is not None and not chosen.gone_out:
        named = {"act": voice(f"act.{chosen.act}"), "later": _name(builds_on, voice)}
        return Reply(toast=voice("undo.depends", **named))
    changed = {one.side for one in later if one.undone_at is None}
    # What came before it and was taken back after it must not come again with what is restored.
    changed |= {one.side for one in earlier if one.undone_at is not None and one.undone_at >= chosen.at}
    answered = any(one.act == Act.ANSWER for one in later)
    latest = Latest(
        chosen.entry, chosen.act, chosen.staff, chosen.at, chosen.before, chosen.telling, chosen.gone_out, answered
    )
    reply = _take_back(latest, desk, town, frozenset(side for side in changed if side), now=now)
    return replace(reply, toast=voice("undo.done", act=voice(f"act.{chosen.act}"))) if reply.effects else reply


def _is_act(one: Done) -> bool:
    return one.undone_at is None and _was_act(one)


def _was_act(one: Done) -> bool:
    return one.actor is Actor.SERVANT and one.before is not None and one.side is not None


def _stood(one: Done, desk: Desk, done: Sequence[Done], seen_at: datetime) -> bool:
    """Tell whether an act was the servant's to take back when they last saw the case, but for what they took back."""
    if not _was_act(one) or not _is_theirs(one, desk):
        return False
    if one.undone_at is None:
        return True
    by = {line.staff for line in _undoings(one, done)}
    return one.undone_at > seen_at and bool(by) and desk.servant.id not in by


def _undoings(one: Done, done: Sequence[Done]) -> list[Done]:
    """List the lines that took an act back: those of its moment."""
    return [line for line in done if line.at == one.undone_at and line.act in (Deed.UNDO, Deed.UNMERGE)]


def _is_theirs(one: Done, desk: Desk) -> bool:
    """Tell whether an act is the servant's to take back; of a case that has left their queue, only that it left."""
    me = desk.servant
    if me.role_in(desk.case.queue) is None and not (
        one.before and one.act == Act.FORWARD and me.role_in(one.before.queue)
    ):
        return False
    return one.staff == me.id or (one.before is not None and _leads(me, one.act, one.before, desk.case))


def _leads(me: Servant, act: str, before: Case, case: Case) -> bool:
    queues = (case.queue, before.queue) if act == Act.FORWARD else (case.queue,)
    return any(me.role_in(queue) in LEADS for queue in queues)


def _sent_from(me: Servant, latest: Latest) -> bool:
    return latest.act == Act.FORWARD and me.role_in(latest.before.queue) is not None


def _name(one: Done, voice: Voice) -> str:
    name = voice("undo.the_citizen") if one.actor is Actor.CITIZEN else one.name
    act = voice(f"act.{one.act}")
    return voice("undo.by", act=act, name=name) if name else act


def _take_back(latest: Latest, desk: Desk, town: Town, changed: frozenset[Side], *, now: datetime) -> Reply:
    """Undo an act; ``changed``: the sides that have changed since, which stay as they are now."""
    voice, case, me = town.voice(town.language), desk.case, desk.servant
    is_lead = _leads(me, latest.act, latest.before, case)
    if latest.staff != me.id and not is_lead:
        return Reply(toast=voice("desk.undo_not_yours"))
    if latest.gone_out:
        return Reply(toast=voice("undo.told" if latest.act == Act.FORWARD else "desk.gone_out"))
    if now - latest.at > WITHIN and not is_lead:
        return Reply(toast=voice("undo.day_passed"))
    if latest.act in _SIDE_OF and case.state not in UNDECIDED:
        # It is sorted no more, and what the citizen is asked next belongs to this version.
        return Reply(toast=voice("desk.not_now", state=how_it_stands(desk, voice)))
    if latest.act == Act.MERGE:
        return merging.unmerge(desk, town, now=now)
    if latest.act in choosing.GOES_OUT:
        return choosing.undo(latest, desk, town, now=now)
    if latest.act == Act.SPLIT:
        return splitting.undo(latest, desk, town, now=now)
    back = _restore(latest, case, changed)
    undo = Entry(Deed.UNDO, Actor.SERVANT, now, staff=me.id, words=voice(f"act.{latest.act}"))
    left = case.queue if back.queue != case.queue else None
    effects: list[Effect] = [UndoAct(back, latest.entry, undo, left), *watch(back, town, now=now)]
    if latest.telling is not None:
        effects.append(StopTelling(latest.telling))
    if latest.act in (Act.DECIDE, Act.AGREE):
        effects.append(ReopenAsks(case.id, QUESTION, latest.at))
    if latest.act in PROMISES:
        # What was said before it holds again, with what is waited for.
        effects += watch_news(back, town, now=now) if owes_news(back) else await_next(back, town, since=now)[1]
    effects += [*_tell_holders(desk, back, voice), *proposal.tell_undone(latest, desk, town)]
    if desk.own_chat is not None and latest.telling is not None:
        effects.append(Tell(say(voice("draft.taken_back", code=case.code)), to=desk.own_chat))
    return Reply(tuple(effects), voice("desk.undone"))


def _restore(latest: Latest, case: Case, changed: frozenset[Side]) -> Case:
    """Give the case as it was, one version on: what was undone happened, and its buttons are old."""
    back = latest.before
    for side, name in _FIELDS.items():
        if side in changed:
            back = replace(back, **{name: getattr(case, name)})
    if Side.STANDING in changed:
        back = replace(case, **{name: getattr(back, name) for name in _FIELDS.values()})
    if back.state is State.ASKED and latest.answered:
        back = replace(back, state=State.ANSWERED)
    # Who wanted it has to ask again, where somebody else may have it now.
    wanted_by = case.wanted_by if latest.act in _SIDE_OF else None
    back = replace(back, version=case.version + 1, wanted_by=wanted_by)
    if latest.act in PROMISES:
        return back
    return replace(back, promised_on=case.promised_on, overdue=case.overdue)


def _tell_holders(desk: Desk, back: Case, voice: Voice) -> list[Effect]:
    """Tell who gets or loses a case because somebody else took an act back."""
    before, after, me = desk.case.holder, back.holder, desk.servant.id
    if before == after:
        return []
    words = ((before, "holding.now_theirs"), (after, "holding.now_yours"))
    return [TellServant(one, say(voice(key, code=back.code))) for one, key in words if one is not None and one != me]
