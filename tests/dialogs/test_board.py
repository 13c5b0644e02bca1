"""The board and the digest: what they say of a queue, when they have something new to say, and when nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from dialogs.cases.case import State
from dialogs.desk.board import BoardView, changes_at, draw_board, write_age
from dialogs.desk.digest import MOST, DigestView, draw_digest, next_digest
from dialogs.installation import Queue
from tests.dialogs.matters import NOW, OUTDOORS, a_case, riverton

TOWN = riverton()
VOICE = TOWN.voice("en")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BUSY = BoardView(OUTDOORS, {State.NEW: 3, State.TAKEN: 1, State.CONFIRMED: 90}, 2, a_case(), date(2027, 5, 17), "Lee")


def test_a_board_says_how_a_queue_stands() -> None:
    """It names the states that are left to do, the oldest case that is free, the next promise, and who is on duty."""
    said = draw_board(BUSY, TOWN, now=NOW + 2 * HOUR).plain()
    assert said.splitlines() == [
        "📋 Parks and streets: how it stands",
        "🟢 new: 3 · ✋ taken: 1",
        "Nobody has K7F3-9QWD yet. It has been waiting for 2 hours.",
        "Next promised day: Monday, May 17, 2027",
        "Past their promised day: 2",
        "On duty: Lee",
    ]
    assert "waiting too long" in draw_board(BUSY, TOWN, now=NOW + 4 * HOUR).plain()
    assert "Nothing is open" in draw_board(BoardView(OUTDOORS, {State.CONFIRMED: 9}), TOWN, now=NOW).plain()


@pytest.mark.parametrize("minutes", [0, 59, 60, 200, 240, 60 * 8, 60 * 24, 60 * 100, 60 * 24 * 12])
def test_a_board_changes_when_it_says_and_not_before(minutes: int) -> None:
    """Until the moment that it names a board says the same in working hours; at that moment something else."""
    now = NOW + timedelta(minutes=minutes)
    at = changes_at(BUSY, TOWN, now=now)
    assert at is not None
    assert at > now
    assert draw_board(BUSY, TOWN, now=at) != draw_board(BUSY, TOWN, now=now)
    if at - now <= HOUR:
        assert draw_board(BUSY, TOWN, now=at - timedelta(seconds=1)) == draw_board(BUSY, TOWN, now=now)


def test_a_board_of_nothing_waits_for_something() -> None:
    """Where nobody waits for anything, time alone changes nothing."""
    assert changes_at(replace(BUSY, oldest=None), TOWN, now=NOW) is None


@pytest.mark.parametrize(
    ("age", "written"),
    [
        (59 * HOUR / 60, "less than an hour"),
        (HOUR, "1 hour"),
        (23.9 * HOUR, "23 hours"),
        (DAY, "1 day"),
        (9.5 * DAY, "9 days"),
    ],
)
def test_an_age_is_written_in_whole_hours_or_days(age: timedelta, written: str) -> None:
    """An exact time would tell when somebody wrote."""
    assert write_age(age, VOICE) == written


@pytest.mark.parametrize(
    ("after", "at"),
    [
        # Before and after nine on a Monday; over a weekend; over a Monday that is a holiday.
        (datetime(2027, 5, 3, 12, 59, tzinfo=UTC), datetime(2027, 5, 3, 13, tzinfo=UTC)),
        (datetime(2027, 5, 3, 13, tzinfo=UTC), datetime(2027, 5, 4, 13, tzinfo=UTC)),
        (datetime(2027, 5, 7, 13, 1, tzinfo=UTC), datetime(2027, 5, 10, 13, tzinfo=UTC)),
        (datetime(2027, 5, 29, 13, tzinfo=UTC), datetime(2027, 6, 1, 13, tzinfo=UTC)),
        # Nine o'clock is another hour after either end of daylight saving.
        (datetime(2027, 3, 12, 14, tzinfo=UTC), datetime(2027, 3, 15, 13, tzinfo=UTC)),
        (datetime(2027, 11, 5, 13, tzinfo=UTC), datetime(2027, 11, 8, 14, tzinfo=UTC)),
    ],
)
def test_a_digest_comes_when_the_day_begins(after: datetime, at: datetime) -> None:
    """It comes on each working day at the same hour of the town's clocks."""
    time_ = TOWN.installation.working_time
    assert next_digest(TOWN.installation.queues[OUTDOORS], time_, after=after).astimezone(UTC) == at
    late = Queue(OUTDOORS, {}, digest_at=time(11, 30))
    assert next_digest(late, time_, after=at).astimezone(UTC) == at + 2.5 * HOUR


def test_a_digest_tells_what_the_day_brings() -> None:
    """It tells what is new, due, back and waiting, each case by its number; the longest list is cut and says so."""
    today, next_day = (
        replace(a_case(), promised_on=date(2027, 5, 3), urgent=True),
        replace(a_case(), promised_on=date(2027, 5, 4)),
    )
    view = DigestView(OUTDOORS, 4, (today, next_day), (a_case(State.REOPENED),), (a_case(),) * (MOST + 1), "Lee")
    told = draw_digest(view, TOWN, now=NOW + HOUR)
    assert told is not None
    assert told.plain().splitlines() == [
        "☀️ Parks and streets: the day ahead",
        "New since the last time: 4",
        "Promised for today:",
        "❗ K7F3-9QWD · Parks and playgrounds",
        "Promised for Tuesday, May 4, 2027:",
        "K7F3-9QWD · Parks and playgrounds",
        "Back again, because it did not work yet:",
        "K7F3-9QWD · Parks and playgrounds",
        "Nobody has these yet:",
        *["K7F3-9QWD · Parks and playgrounds · 1 hour"] * MOST,
        "… and more. Write /queue to see them all.",
        "On duty: Lee",
    ]


def test_a_quiet_queue_gets_no_digest() -> None:
    """Where nothing is new, due or back there is no digest, though cases wait."""
    assert draw_digest(DigestView(OUTDOORS, waiting=(a_case(),), on_duty="Lee"), TOWN, now=NOW) is None
