"""Silence in the middle of a flow: who is reminded of what and when, by the town's clocks."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.flows import engine
from dialogs.flows.flow import Flow
from dialogs.flows.session import Session
from dialogs.ids import FlowId, SessionId, VersionId
from dialogs.installation import Installation
from dialogs.message import Message
from dialogs.presses import OptionPress, unpack
from dialogs.silence import Expired, Silent, Waiting, next_wake, wake, wake_after_pause
from dialogs.town import Town
from tests.stage import starter_town

DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
# A Monday morning in Riverton.
MORNING = datetime(2027, 5, 3, 9, 0, tzinfo=NEW_YORK).astimezone(UTC)


def a_town(quiet: tuple[time, time] = (time(21), time(8))) -> Town:
    """Give Riverton with other quiet hours."""
    return replace(starter_town(), installation=replace(starter_town().installation, quiet_hours=quiet))


def a_flow(*remind_after: timedelta, expire_after: timedelta | None = 30 * DAY) -> Flow:
    """Give the starter's idea, with silences of its own."""
    flow = starter_town().installation.flows[FlowId("idea")]
    return replace(flow, remind_after=remind_after, expire_after=expire_after)


def somebody(flow: Flow, *, reminded: int = 0, reachable: bool = True) -> Silent:
    """Give somebody who opened a flow on Monday morning and stopped at its first question."""
    town = starter_town()
    turn = engine.begin(flow, Session(SessionId(7), VersionId(1)), town.scene("en", MORNING))
    return Silent(turn.session, flow, "en", MORNING, reminded, reachable)


def after(flow: Flow, silence: timedelta, *, reminded: int = 0, town: Town | None = None) -> Waiting | Expired:
    """Look after somebody after a silence."""
    return wake(somebody(flow, reminded=reminded), town or starter_town(), now=MORNING + silence)


def presses(message: Message) -> list[OptionPress]:
    """List what the buttons of a message carry."""
    read = [unpack(button.data) for row in message.buttons for button in row]
    return [press for press in read if isinstance(press, OptionPress)]


def test_what_happens_in_a_long_silence() -> None:
    """A reminder after a day, another after four, a notice three days before the end, and the end."""
    flow, town, reminded, said = a_flow(DAY, 4 * DAY), starter_town(), 0, []
    at = next_wake(flow, town.installation, touched_at=MORNING)
    while at is not None:
        done = wake(somebody(flow, reminded=reminded), town, now=at)
        assert done.message is not None
        said.append(((at - MORNING) / DAY, done.message.plain().splitlines()[0]))
        at, reminded = (done.wake_at, done.reminded) if isinstance(done, Waiting) else (None, 0)
    reminder, expired = town.voice("en")("reminder"), town.voice("en")("expired")
    ends = town.voice("en")("expiring", day="Wednesday, June 2, 2027")
    assert said == [(1, reminder), (4, reminder), (27, ends), (30, expired)]


def test_a_reminder_shows_the_open_question_with_buttons_of_the_same_turn() -> None:
    """What the new buttons do, those of the question above do too: nothing is dead, whatever arrives."""
    silent = somebody(a_flow(DAY))
    done = wake(silent, starter_town(), now=MORNING + DAY)
    assert isinstance(done, Waiting)
    assert done.message is not None
    asked = engine.begin(silent.flow, silent.session, starter_town().scene("en", MORNING)).messages[-1]
    assert asked.plain().splitlines()[-1] in done.message.plain()
    assert presses(done.message)
    assert {(press.session, press.turn) for press in presses(done.message)} == {(7, silent.session.turn)}


def test_who_was_about_to_cancel_is_asked_that_again() -> None:
    """The open question of somebody who wrote "cancel" is whether they mean it."""
    silent = somebody(a_flow(DAY))
    silent = replace(silent, session=replace(silent.session, cancelling=True))
    done = wake(silent, starter_town(), now=MORNING + DAY)
    assert done.message is not None
    assert starter_town().voice("en")("cancel.sure") in done.message.plain()


def test_what_is_due_at_once_is_one_message() -> None:
    """Whoever was passed over for long, because the town's machine was off, gets the newest message only."""
    flow = a_flow(DAY, 4 * DAY)
    late = after(flow, 10 * DAY)
    assert isinstance(late, Waiting)
    assert (late.reminded, late.wake_at) == (2, MORNING + 27 * DAY)
    notice = after(flow, 90 * DAY)
    assert isinstance(notice, Waiting)
    assert (notice.reminded, notice.wake_at) == (3, MORNING + 93 * DAY)


def test_nobody_is_woken_too_early() -> None:
    """Looked after before anything is due, as after a change of the flow, people are left in peace."""
    assert after(a_flow(4 * DAY), DAY) == Waiting(None, 0, MORNING + 4 * DAY)
    assert after(a_flow(DAY, expire_after=None), 2 * DAY, reminded=1) == Waiting(None, 1, None)
    assert after(a_flow(expire_after=None), 2 * DAY) == Waiting(None, 0, None)


@pytest.mark.parametrize(
    ("expire_after", "notice"), [(30 * DAY, 27 * DAY), (2 * DAY, DAY), (timedelta(hours=2), timedelta(hours=1))]
)
def test_the_notice_leaves_time(expire_after: timedelta, notice: timedelta) -> None:
    """It comes three days before the end, or half of the time before, where that is shorter."""
    flow = a_flow(expire_after=expire_after)
    assert next_wake(flow, starter_town().installation, touched_at=MORNING) == MORNING + notice
    done = after(flow, notice)
    assert isinstance(done, Waiting)
    assert done.wake_at == MORNING + expire_after
    assert isinstance(after(flow, expire_after, reminded=done.reminded), Expired)


def test_a_flow_without_silences_wakes_nobody() -> None:
    """Where the admin asks for nothing, there is nothing to wait for."""
    installation = starter_town().installation
    assert next_wake(a_flow(expire_after=None), installation, touched_at=MORNING) is None
    assert wake_after_pause(a_flow(DAY, expire_after=None), installation, now=MORNING) is None


def test_who_asked_for_a_pause_is_told_of_the_end_only() -> None:
    """After "pause" there are no reminders, but the notice comes, and its day is counted from the pause."""
    flow, town = a_flow(DAY, 4 * DAY), starter_town()
    at = wake_after_pause(flow, town.installation, now=MORNING)
    assert at == MORNING + 27 * DAY
    done = wake(somebody(flow), town, now=at)
    assert isinstance(done, Waiting)
    assert (done.reminded, done.wake_at) == (3, MORNING + 30 * DAY)


def test_who_cannot_be_reached_is_not_written_to() -> None:
    """Their draft goes through the same stages in silence, and is deleted."""
    flow = a_flow(DAY)
    first = wake(somebody(flow, reachable=False), starter_town(), now=MORNING + DAY)
    assert first == Waiting(None, 1, MORNING + 27 * DAY)
    last = wake(somebody(flow, reminded=2, reachable=False), starter_town(), now=MORNING + 30 * DAY)
    assert last == Expired(None)


@pytest.mark.parametrize(
    ("due", "comes"),
    [
        ("2027-05-04 20:59", "2027-05-04 20:59"),
        ("2027-05-04 21:00", "2027-05-05 08:00"),
        ("2027-05-05 02:00", "2027-05-05 08:00"),
        ("2027-05-05 08:00", "2027-05-05 08:00"),
        # The night in which the clocks go forward, and the one in which they go back.
        ("2027-03-13 23:00", "2027-03-14 08:00"),
        ("2027-11-06 23:00", "2027-11-07 08:00"),
    ],
)
def test_in_quiet_hours_nobody_is_written_to(due: str, comes: str) -> None:
    """What falls into them comes right after them, by the clocks on the town's walls."""
    due_at, comes_at = (datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC) for text in (due, comes))
    flow, town = a_flow(DAY), starter_town()
    assert next_wake(flow, town.installation, touched_at=due_at - DAY) == comes_at
    late = wake(replace(somebody(flow), touched_at=due_at - DAY), town, now=due_at)
    assert late == Waiting(None, 0, comes_at) if due_at != comes_at else late.message is not None


moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minute: MORNING + timedelta(minutes=minute))
minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


@given(moments, st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]))
def test_quiet_hours_end(due_at: datetime, quiet: tuple[time, time]) -> None:
    """Whatever they are and whenever it is: never before it is due, at most a day later, and not within them."""
    installation: Installation = a_town(quiet).installation
    comes_at = next_wake(a_flow(DAY, expire_after=None), installation, touched_at=due_at - DAY)
    assert comes_at is not None
    assert due_at <= comes_at <= due_at + timedelta(hours=25)
    local, (begins, ends) = comes_at.astimezone(NEW_YORK).time(), quiet
    inside = begins <= local < ends if begins < ends else local >= begins or local < ends
    # An end within the hour that is skipped in spring, or that comes twice in autumn, is an hour of grace.
    assert not inside or comes_at.astimezone(NEW_YORK).month in (3, 11)


def test_it_costs_next_to_nothing() -> None:
    """Every turn asks when to wake its person: that takes less than 20 µs."""
    flow, installation = a_flow(DAY, 4 * DAY), starter_town().installation
    times = repeat(lambda: next_wake(flow, installation, touched_at=MORNING), number=1000, repeat=5)
    assert min(times) / 1000 < 20e-6
