"""Duty: whose turn it is in a queue. A list of servants, in order; each has a working day, or a week.

Whoever is on duty is told first when something waits too long. The list goes on from whoever has the turn: who takes
it out of order, or passes it on, moves nobody else, and the one after them is next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dialogs.cases.promise import next_working_day, start_of_day
from dialogs.desk.seat import Servant
from dialogs.desk_effects import SetDuty, TellServant
from dialogs.effects import Effect, Reply
from dialogs.ids import QueueId, StaffId
from dialogs.installation import LEADS, Turn
from dialogs.message import Button, Line, Message, rows_of, say
from dialogs.presses import DutyPress, pack
from dialogs.texts import cut
from dialogs.town import Town

_MOST_NAMES, _LONGEST_NAME = 12, 40


class DutyAct(StrEnum):
    """What can be done to a duty list, after ``/duty`` or by a button."""

    ME = "me"
    OFF = "off"
    JOIN = "join"
    LEAVE = "leave"
    ADD = "add"
    REMOVE = "remove"


# What a servant does to their own place on the list; the rest is for leads.
OWN = (DutyAct.ME, DutyAct.OFF, DutyAct.JOIN, DutyAct.LEAVE)


@dataclass(frozen=True, slots=True)
class Rota:
    """The duty list of a queue in its order, whose turn it is, and until when."""

    queue: QueueId
    staff: tuple[StaffId, ...] = ()
    on_duty: StaffId | None = None
    ends_at: datetime | None = None

    def after(self, servant: StaffId | None, able: Sequence[Servant]) -> StaffId | None:
        """Tell who comes after a servant, of those who still have a role in the queue; perhaps they themselves."""
        may = {one.id for one in able}
        start = self.staff.index(servant) + 1 if servant in self.staff else 0
        return next((one for one in (*self.staff[start:], *self.staff[:start]) if one in may), None)


@dataclass(frozen=True, slots=True)
class DutyDesk:
    """What a servant sees of a duty list. ``able``: all who have a role in the queue, they themselves too."""

    rota: Rota
    me: Servant
    able: tuple[Servant, ...]

    def name(self, servant: StaffId | None) -> str:
        """Name a servant of the queue; "" for anybody else."""
        return next((one.name for one in self.able if one.id == servant), "")

    @property
    def leads(self) -> bool:
        """Tell whether the servant leads the queue."""
        return self.me.role_in(self.rota.queue) in LEADS


def turn_ends(turn: Turn, town: Town, *, now: datetime) -> datetime:
    """Tell when a turn that is running now ends: the next working day, or the first one of the next week, begins."""
    time = town.installation.working_time
    today = now.astimezone(ZoneInfo(time.timezone)).date()
    days = 1 if turn is Turn.DAY else 7 - today.weekday()
    return start_of_day(next_working_day(today + timedelta(days=days), time), time)


def draw_duty(desk: DutyDesk, town: Town) -> Message:
    """Show whose turn it is, who comes after them, and what can be done about it."""
    voice, rota = town.voice(town.language), desk.rota
    on_duty = desk.name(rota.on_duty)
    lines = [Line(voice("duty.title", queue=town.queue(rota.queue, voice)), strong=True)]
    lines.append(Line(voice("board.duty", name=on_duty) if on_duty else voice("duty.nobody")))
    start = rota.staff.index(rota.on_duty) + 1 if rota.on_duty in rota.staff else 0
    after = [name for one in (*rota.staff[start:], *rota.staff[:start]) if (name := desk.name(one)) and name != on_duty]
    if after:
        lines.append(Line(voice(f"duty.after_{town.installation.turn}", names=", ".join(after))))
    buttons = [_button(act, rota.queue, desk.me.id, voice(f"button.duty_{act}")) for act in OWN]
    others = [one for one in desk.able if one.id not in rota.staff and one.id != desk.me.id] if desk.leads else []
    adds = [
        _button(DutyAct.ADD, rota.queue, one.id, f"＋ {cut(one.name, _LONGEST_NAME)}") for one in others[:_MOST_NAMES]
    ]
    return Message(tuple(lines), (*rows_of(buttons, width=2), *rows_of(adds, width=2)))


def find_named(words: str, able: Sequence[Servant]) -> StaffId | None:
    """Find the one servant whom a lead has named; None where there is none, or more than one."""
    named = [one.id for one in able if one.name.casefold() == " ".join(words.split()).casefold()]
    return named[0] if len(named) == 1 else None


def change(act: DutyAct, who: StaffId, desk: DutyDesk, town: Town, *, now: datetime) -> Reply:
    """Do something to a duty list, for oneself or, as a lead, for a colleague."""
    voice, rota, me = town.voice(town.language), desk.rota, desk.me.id
    who = me if act in OWN else who
    if who not in {one.id for one in desk.able}:
        return Reply(toast=voice("holding.no_colleague"))
    if act is DutyAct.OFF and rota.on_duty != who:
        return Reply(toast=voice("duty.not_yours"))
    changed = _settled(_changed(act, who, desk), rota, town, now=now)
    values = {"queue": town.queue(rota.queue, voice), "name": desk.name(who)}
    tells: list[Effect] = []
    if changed.on_duty not in (None, me, rota.on_duty):
        assert changed.on_duty is not None
        tells.append(TellServant(changed.on_duty, say(voice("duty.yours_now", **values))))
    elif act is DutyAct.ADD and who not in rota.staff:
        tells.append(TellServant(who, say(voice("duty.added", **values))))
    next_ = desk.name(changed.on_duty) or voice("board.no_name")
    toast = voice(f"duty.did_{act}", **values, next=next_)
    return Reply((_written(changed), *tells), toast)


def pass_on(rota: Rota, able: Sequence[Servant], town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Give the turn to the next one, because a new day or week has begun; they are told."""
    next_ = replace(rota, on_duty=rota.after(rota.on_duty, able))
    written = _written(_settled(next_, rota, town, now=now, anew=True))
    if next_.on_duty is None or next_.on_duty == rota.on_duty:
        return (written,)
    voice = town.voice(town.language)
    told = voice("duty.yours_now", queue=town.queue(rota.queue, voice))
    return written, TellServant(next_.on_duty, say(told))


def _changed(act: DutyAct, who: StaffId, desk: DutyDesk) -> Rota:
    rota = desk.rota
    joined = rota.staff if who in rota.staff else (*rota.staff, who)
    match act:
        case DutyAct.ME:
            return replace(rota, staff=joined, on_duty=who)
        case DutyAct.JOIN | DutyAct.ADD:
            return replace(rota, staff=joined, on_duty=who if rota.on_duty is None else rota.on_duty)
        case DutyAct.OFF:
            next_ = rota.after(who, desk.able)
            return replace(rota, on_duty=None if next_ == who else next_)
        case DutyAct.LEAVE | DutyAct.REMOVE:
            next_ = rota.after(who, desk.able) if rota.on_duty == who else rota.on_duty
            staff = tuple(one for one in rota.staff if one != who)
            return replace(rota, staff=staff, on_duty=None if next_ == who else next_)


def _settled(changed: Rota, before: Rota, town: Town, *, now: datetime, anew: bool = False) -> Rota:
    """Give a list the end of its turn, which runs while there is anybody on it."""
    if not changed.staff:
        return replace(changed, on_duty=None, ends_at=None)
    if anew or before.ends_at is None or before.ends_at <= now:
        return replace(changed, ends_at=turn_ends(town.installation.turn, town, now=now))
    return changed


def _written(rota: Rota) -> SetDuty:
    return SetDuty(rota.queue, rota.staff, rota.on_duty, rota.ends_at)


def _button(act: DutyAct, queue: QueueId, who: StaffId, text: str) -> Button:
    # A button about oneself is for whoever presses it.
    return Button(text, pack(DutyPress(act, queue, 0 if act in OWN else who)))
