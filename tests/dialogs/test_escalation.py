"""The ladder: which step is due when, that none is taken twice, and that no citizen is told anything by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialogs.cases.case import Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.cases.promise import before_working, end_of_day
from dialogs.clockwork import ring
from dialogs.desk.escalation import FREE, Step, first_alarms, tell_overdue, tell_urgent, watch_free
from dialogs.desk.holding import watch
from dialogs.desk_effects import TellDuty, TellLeads, TellServant
from dialogs.effects import ChangeCase, Effect, SetTimer, StartTelling, Timer, WriteEntry
from dialogs.ids import StaffId
from dialogs.town import Town
from tests.dialogs.matters import CARE, NOW, OUTDOORS, a_case, riverton

TOWN = riverton()
TIME = TOWN.installation.working_time
LEE = StaffId(1)
HOUR = timedelta(hours=1)
OPENED = Entry(Deed.OPENED, Actor.CITIZEN, NOW)


def play(timer: Timer, case: Case, entries: list[Entry], start: datetime) -> list[tuple[datetime, str, str]]:
    """Ring a timer, and those that it sets, until nothing more is set; give (when, the step, who was told)."""
    taken, at = [], start
    for _ in range(20):
        effects = ring(timer, case, case.version - 1, TOWN, now=at, entries=entries)
        for effect in effects:
            if isinstance(effect, WriteEntry):
                entries.append(effect.entry)
                taken.append((at.astimezone(UTC), str(effect.entry.act), tells(effects)))
        again = [effect.due_at for effect in effects if isinstance(effect, SetTimer)]
        if not again:
            return taken
        at = again[0]
    raise AssertionError("it never ends")


def tells(effects: tuple[Effect, ...]) -> str:
    """Name the kind of people who are told."""
    return " ".join(type(one).__name__ for one in effects if isinstance(one, TellDuty | TellLeads | TellServant))


def test_nobody_has_it() -> None:
    """After four working hours who is on duty is told, after eight the leads; each once, however often it rings."""
    entries = [OPENED]
    steps = [
        (NOW + 4 * HOUR, Step.FREE_DUTY, "TellDuty"),
        (NOW + 8 * HOUR, Step.FREE_LEAD, "TellLeads"),
    ]
    assert play(Timer.UNCLAIMED, a_case(), entries, NOW) == steps
    assert play(Timer.UNCLAIMED, a_case(), entries, NOW + 9 * HOUR) == []


def test_after_it_is_free_again_it_climbs_again() -> None:
    """A release begins the ladder anew; time outside the working hours does not count."""
    friday = datetime(2027, 5, 7, 18, tzinfo=UTC)
    entries = [OPENED, Entry(Step.FREE_DUTY, Actor.CLOCK, NOW + 4 * HOUR), Entry(Act.RELEASE, Actor.SERVANT, friday)]
    steps = play(Timer.UNCLAIMED, a_case(), entries, friday)
    # One hour is left on Friday, so the rest of the four is Monday's.
    assert steps[0] == (datetime(2027, 5, 10, 16, tzinfo=UTC), Step.FREE_DUTY, "TellDuty")
    assert len(steps) == 2


@pytest.mark.parametrize("state", sorted(FREE))
def test_in_the_end_another_queue_gets_it(state: State) -> None:
    """After sixteen working hours what nobody takes goes to the fallback of its queue, without a word to the citizen.

    It climbs there from the bottom, and never falls back a second time.
    """
    with_fallback = town_with_fallback()
    taken = [OPENED, Entry(Step.FREE_DUTY, Actor.CLOCK, NOW), Entry(Step.FREE_LEAD, Actor.CLOCK, NOW)]
    soon = ring(Timer.UNCLAIMED, a_case(state), 1, with_fallback, now=NOW + 9 * HOUR, entries=taken)
    at = NOW + 32 * HOUR
    assert [effect.due_at for effect in soon if isinstance(effect, SetTimer)] == [at]
    effects = ring(Timer.UNCLAIMED, a_case(state), 1, with_fallback, now=at, entries=taken)
    moved = next(effect for effect in effects if isinstance(effect, ChangeCase))
    assert (moved.case.queue, moved.case.version) == (CARE, a_case().version + 1)
    assert moved.case.state is (State.REOPENED if state is State.REOPENED else State.NEW)
    assert [one.queue for one in effects if isinstance(one, TellLeads)] == [CARE]
    assert not any(isinstance(one, StartTelling) for one in effects)
    again = [*taken, moved.entry, *(replace(entry, at=at) for entry in taken[1:])]
    assert ring(Timer.UNCLAIMED, a_case(state), 1, with_fallback, now=at + 99 * HOUR, entries=again) == ()
    assert ring(Timer.UNCLAIMED, a_case(state), 1, TOWN, now=at, entries=taken) == ()


def town_with_fallback() -> Town:
    """Give the town, in which Care and health gets what nobody outdoors takes."""
    queues = {**TOWN.installation.queues, OUTDOORS: replace(TOWN.installation.queues[OUTDOORS], fallback=CARE)}
    return Town(replace(TOWN.installation, queues=queues), TOWN.voices)


@pytest.mark.parametrize("state", State)
def test_only_what_waits_for_somebody_climbs(state: State) -> None:
    """A case that somebody has, or that is decided, takes no step for want of a holder."""
    held = a_case(state, holder=LEE)
    assert ring(Timer.UNCLAIMED, held, 1, TOWN, now=NOW + 9 * HOUR, entries=[OPENED]) == ()
    free = ring(Timer.UNCLAIMED, a_case(state), 1, TOWN, now=NOW + 9 * HOUR, entries=[OPENED])
    assert bool(free) == (state in FREE)
    assert bool(watch_free(a_case(state), TOWN, now=NOW)) == (state in FREE)


def test_the_promise_comes_near() -> None:
    """Eight working hours before the promised day ends the holder is told, four before it the leads; each once."""
    case, entries = a_case(State.TAKEN, holder=LEE), [OPENED]
    ends_at = end_of_day(case.promised_on, TIME).astimezone(UTC)
    steps = [(ends_at - 8 * HOUR, Step.NEAR_HOLDER, "TellServant"), (ends_at - 4 * HOUR, Step.NEAR_LEAD, "TellLeads")]
    assert play(Timer.NEAR, case, entries, NOW) == steps
    assert play(Timer.NEAR, case, entries, ends_at - HOUR) == []
    # Nobody has it: then it is for who is on duty.
    assert play(Timer.NEAR, a_case(), [OPENED], NOW)[0][2] == "TellDuty"
    # A promise that was given anew has its own steps.
    again = [*entries, Entry(Deed.OVERDUE, Actor.CLOCK, ends_at - 100 * HOUR)]
    assert len(play(Timer.NEAR, case, [again[0], again[-1], *entries[1:]], ends_at - HOUR)) == 0


def test_a_new_promise_has_its_own_steps() -> None:
    """After the promised day has passed, the next one comes near in its turn."""
    case = replace(a_case(State.TAKEN, holder=LEE), overdue=True)
    passed = NOW + 24 * HOUR
    entries = [OPENED, Entry(Step.NEAR_HOLDER, Actor.CLOCK, NOW), Entry(Deed.OVERDUE, Actor.CLOCK, passed)]
    assert [step for _, step, _ in play(Timer.NEAR, case, entries, passed)] == [Step.NEAR_HOLDER, Step.NEAR_LEAD]


def test_the_clock_stands_while_the_citizen_is_asked() -> None:
    """While an answer is waited for no step is taken; with the answer those that are due by then are."""
    asked, answered = a_case(State.ASKED, holder=LEE), a_case(State.ANSWERED, holder=LEE)
    near_at = end_of_day(asked.promised_on, TIME) - 6 * HOUR
    assert ring(Timer.NEAR, asked, asked.version, TOWN, now=near_at, entries=[OPENED]) == ()
    for case, goes_on in ((asked, False), (answered, True)):
        timers = watch(case, TOWN, now=near_at)
        assert any(one.timer is Timer.NEAR and one.due_at == near_at for one in timers) == goes_on
    assert not any(one.timer is Timer.NEAR for one in watch(answered, TOWN, now=NOW))


@pytest.mark.parametrize("state", [State.DECIDED, State.CHECKING, State.CONFIRMED, State.UNCONFIRMED])
def test_what_is_decided_climbs_no_more(state: State) -> None:
    """A promise that was kept comes near to nobody."""
    case = a_case(state, holder=LEE)
    assert ring(Timer.NEAR, case, 1, TOWN, now=end_of_day(case.promised_on, TIME) - HOUR, entries=[OPENED]) == ()


def test_it_is_looked_after_from_the_beginning() -> None:
    """A case that opens is looked at after four working hours, and eight before its promised day ends."""
    case = a_case()
    ends_at = end_of_day(case.promised_on, TIME)
    alarms = dict(first_alarms(ends_at, TOWN, now=NOW))
    assert alarms == {Timer.UNCLAIMED: NOW + 4 * HOUR, Timer.NEAR: ends_at - 8 * HOUR}


def test_who_hears_at_once() -> None:
    """Of what became urgent hears who is on duty, but not who said so; of a promise that passed, who has the case."""
    urgent = replace(a_case(), urgent=True)
    assert [one.but for one in tell_urgent(urgent, TOWN, by=LEE)] == [LEE]
    assert tell_urgent(replace(urgent, holder=LEE), TOWN, by=LEE) == ()
    assert tell_urgent(a_case(), TOWN, by=LEE) == ()
    assert isinstance(tell_overdue(a_case(), TOWN), TellDuty)
    assert isinstance(tell_overdue(a_case(State.TAKEN, holder=LEE), TOWN), TellServant)


@pytest.mark.parametrize(
    ("end", "hours", "begins"),
    [
        (datetime(2027, 5, 3, 21, tzinfo=UTC), 8, datetime(2027, 5, 3, 13, tzinfo=UTC)),
        (datetime(2027, 5, 3, 21, tzinfo=UTC), 9, datetime(2027, 4, 30, 18, tzinfo=UTC)),
        # Over a holiday, and over both ends of daylight saving.
        (datetime(2027, 6, 1, 14, tzinfo=UTC), 2, datetime(2027, 5, 28, 18, tzinfo=UTC)),
        (datetime(2027, 3, 15, 14, tzinfo=UTC), 2, datetime(2027, 3, 12, 19, tzinfo=UTC)),
        (datetime(2027, 11, 8, 15, tzinfo=UTC), 2, datetime(2027, 11, 5, 18, tzinfo=UTC)),
    ],
)
def test_working_time_is_counted_backwards(end: datetime, hours: int, begins: datetime) -> None:
    """So much working time is left from a moment on until the end."""
    assert before_working(end, hours * HOUR, TIME) == begins
