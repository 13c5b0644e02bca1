"""The ladder that a case climbs when nothing happens with it: each step once, in working time, in the journal.

A case that nobody has is first marked on the board; then who is on duty is told, then the leads. Where the queue
names a fallback, the case goes there in the end, once: two queues do not throw it to and fro. When a promised day
comes near, the one who has the case is told (or who is on duty), then the leads. The clock of a promise stands while
the citizen is asked. Nothing of this reaches a citizen.

The journal is what says which steps were taken, and since when nobody has had the case. So a timer may ring too early
or twice, as timers of older versions do, and no step is taken twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from dialogs.cases.case import Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act, By, Impossible, advance, owes_delivery, owes_news
from dialogs.cases.promise import after_working, before_working, end_of_day
from dialogs.desk_effects import TellDuty, TellLeads, TellServant
from dialogs.effects import ChangeCase, Effect, SetTimer, Timer, WriteEntry
from dialogs.ids import StaffId
from dialogs.message import Button, Line, Message
from dialogs.presses import LookPress, pack
from dialogs.town import Town, write_date

# So much of the journal says enough: a case is not freed and promised anew more often than that in a row.
LOOK_BACK = 200
# States in which a case that nobody has waits to be claimed.
FREE = frozenset({State.NEW, State.REOPENED, State.ANSWERED})


class Step(StrEnum):
    """A rung of the ladder, as it stands in the journal."""

    FREE_DUTY = "free_duty"
    FREE_LEAD = "free_lead"
    NEAR_HOLDER = "near_holder"
    NEAR_LEAD = "near_lead"


# After these the promised day is another one, and after these nobody has the case: it begins at the bottom again.
_PROMISED = frozenset(
    {
        *(Deed.OPENED.value, Deed.OVERDUE.value, Act.CONTEST.value, f"{Act.CONTEST}_words", Act.CHALLENGE.value),
        *(Act.DECIDE.value, Act.AGREE.value, Act.FINISH.value, Act.PLAN.value, Act.START.value),
    }
)
_FREED = frozenset(
    {
        Deed.OPENED.value,
        Act.RELEASE.value,
        Act.EXPIRE.value,
        Act.CONTEST.value,
        f"{Act.CONTEST}_words",
        Act.CHALLENGE.value,
        Act.FORWARD.value,
    }
)


def first_alarms(case_promised_ends_at: datetime, town: Town, *, now: datetime) -> tuple[tuple[Timer, datetime], ...]:
    """Tell when to look after a case that opens now."""
    ladder, time = town.installation.escalation, town.installation.working_time
    near_at = before_working(case_promised_ends_at, ladder.near_holder, time)
    return (Timer.UNCLAIMED, after_working(now, ladder.unclaimed_duty, time)), (Timer.NEAR, max(near_at, now))


def watch_free(case: Case, town: Town, *, now: datetime) -> tuple[SetTimer, ...]:
    """Look after a case that nobody has from now on."""
    if case.state not in FREE:
        return ()
    due_at = after_working(now, town.installation.escalation.unclaimed_duty, town.installation.working_time)
    return SetTimer(Timer.UNCLAIMED, case, due_at), *resume(case, town, now=now)


def watch_promise(case: Case, town: Town, *, now: datetime) -> tuple[SetTimer, ...]:
    """Look after a promise that was given now."""
    return (SetTimer(Timer.NEAR, case, max(now, _near_at(case, town))),)


def resume(case: Case, town: Town, *, now: datetime) -> tuple[SetTimer, ...]:
    """Look after a promise again that came near while the clock stood, if it did."""
    stands = case.state is State.ASKED or not owes_news(case)
    return () if stands or _near_at(case, town) > now else (SetTimer(Timer.NEAR, case, now),)


def climb(timer: Timer, case: Case, entries: Sequence[Entry], town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Take the next step that is due, and wake again for the one after it. ``entries``: the journal, oldest first."""
    return (_free if timer is Timer.UNCLAIMED else _near)(case, entries, town, now=now)


def tell_urgent(case: Case, town: Town, *, by: StaffId) -> tuple[TellDuty, ...]:
    """Tell who is on duty of a case that became urgent and that nobody has."""
    if case.holder is not None or not case.urgent:
        return ()
    return (TellDuty(case.queue, _told(case, "escalation.urgent", town), but=by),)


def tell_overdue(case: Case, town: Town) -> TellServant | TellDuty:
    """Tell who has a case, or else who is on duty, that the promised day has passed."""
    return _to_holder(case, _told(case, "escalation.overdue", town))


def _free(case: Case, entries: Sequence[Entry], town: Town, *, now: datetime) -> tuple[Effect, ...]:
    if case.holder is not None or case.state not in FREE:
        return ()
    ladder, time = town.installation.escalation, town.installation.working_time
    since = _newest(entries, _FREED) or case.opened_at
    for step, span in ((Step.FREE_DUTY, ladder.unclaimed_duty), (Step.FREE_LEAD, ladder.unclaimed_lead)):
        if _is_taken(step, entries, since):
            continue
        due_at = after_working(since, span, time)
        if due_at > now:
            return (SetTimer(Timer.UNCLAIMED, case, due_at),)
        told = _told(case, f"escalation.{step}", town)
        tells = TellDuty(case.queue, told) if step is Step.FREE_DUTY else TellLeads(case.queue, told)
        return WriteEntry(case, Entry(step, Actor.CLOCK, now)), tells, SetTimer(Timer.UNCLAIMED, case, now)
    return _fall_back(case, entries, since, town, now=now)


def _fall_back(
    case: Case, entries: Sequence[Entry], since: datetime, town: Town, *, now: datetime
) -> tuple[Effect, ...]:
    """Send a case that nobody takes to the fallback of its queue; it begins at the bottom there."""
    queue = town.installation.queues.get(case.queue)
    to = queue.fallback if queue is not None else None
    if to is None or any(entry.act == Act.FORWARD and entry.actor is Actor.CLOCK for entry in entries):
        return ()
    span, time = town.installation.escalation.unclaimed_fallback, town.installation.working_time
    due_at = after_working(since, span, time)
    if due_at > now:
        return (SetTimer(Timer.UNCLAIMED, case, due_at),)
    moved = advance(case, Act.FORWARD, frozenset({By.CLOCK}), now=now)
    if isinstance(moved, Impossible):
        return ()
    there, voice = replace(moved, queue=to), town.voice(town.language)
    words = voice("escalation.from_to", old=town.queue(case.queue, voice), new=town.queue(to, voice))
    forwarded = ChangeCase(there, Entry(Act.FORWARD, Actor.CLOCK, now, words=words, before=case))
    return forwarded, *watch_free(there, town, now=now), TellLeads(to, _told(there, "escalation.fallback", town))


def _near(case: Case, entries: Sequence[Entry], town: Town, *, now: datetime) -> tuple[Effect, ...]:
    ladder, time = town.installation.escalation, town.installation.working_time
    ends_at = end_of_day(case.promised_on, time)
    if not owes_news(case) or case.state is State.ASKED or ends_at <= now:
        return ()
    since = _newest(entries, _PROMISED) or case.opened_at
    for step, span in ((Step.NEAR_HOLDER, ladder.near_holder), (Step.NEAR_LEAD, ladder.near_lead)):
        if _is_taken(step, entries, since):
            continue
        due_at = before_working(ends_at, span, time)
        if due_at > now:
            return (SetTimer(Timer.NEAR, case, due_at),)
        told = _told(case, f"escalation.{step}_news" if owes_delivery(case) else f"escalation.{step}", town)
        tells: Effect = TellLeads(case.queue, told) if step is Step.NEAR_LEAD else _to_holder(case, told)
        return WriteEntry(case, Entry(step, Actor.CLOCK, now)), tells, SetTimer(Timer.NEAR, case, now)
    return ()


def _near_at(case: Case, town: Town) -> datetime:
    time = town.installation.working_time
    return before_working(end_of_day(case.promised_on, time), town.installation.escalation.near_holder, time)


def _newest(entries: Sequence[Entry], acts: frozenset[str]) -> datetime | None:
    return next((entry.at for entry in reversed(entries) if entry.act in acts), None)


def _is_taken(step: Step, entries: Sequence[Entry], since: datetime) -> bool:
    return any(entry.act == step and entry.at >= since for entry in entries)


def _to_holder(case: Case, message: Message) -> TellServant | TellDuty:
    return TellDuty(case.queue, message) if case.holder is None else TellServant(case.holder, message)


def _told(case: Case, key: str, town: Town) -> Message:
    """Say something about a case with no more of it than its number and service: a phone shows it locked."""
    voice = town.voice(town.language)
    words = voice(key, code=case.code, day=write_date(case.promised_on, voice))
    button = Button(voice("button.look"), pack(LookPress("case", case.code)))
    return Message(
        (Line(words), Line(f"{town.queue(case.queue, voice)} · {town.service(case.service, voice)}")), ((button,),)
    )
