"""The promise in working days, over weekends, holidays and both ends of daylight saving."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cases.promise import after_working, end_of_day, is_working_day, promised_day, start_of_day
from dialogs.installation import WorkingTime

NINE_TO_FIVE = (time(9), time(17))
TOWN = WorkingTime(
    "America/New_York",
    {0: NINE_TO_FIVE, 1: NINE_TO_FIVE, 2: NINE_TO_FIVE, 3: NINE_TO_FIVE, 4: (time(9), time(15))},
    frozenset({date(2027, 5, 31), date(2027, 12, 24)}),
)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@pytest.mark.parametrize(
    ("sent", "days", "promised"),
    [
        # A Monday morning, and the same on a Friday afternoon and on a Sunday.
        (datetime(2027, 5, 3, 13, tzinfo=UTC), 1, date(2027, 5, 4)),
        (datetime(2027, 5, 7, 20, tzinfo=UTC), 1, date(2027, 5, 10)),
        (datetime(2027, 5, 9, 13, tzinfo=UTC), 1, date(2027, 5, 10)),
        # Over a weekend whose Monday is a holiday.
        (datetime(2027, 5, 28, 13, tzinfo=UTC), 1, date(2027, 6, 1)),
        (datetime(2027, 5, 3, 13, tzinfo=UTC), 10, date(2027, 5, 17)),
        # In Riverton it is still Monday when it is Tuesday in UTC.
        (datetime(2027, 5, 4, 2, tzinfo=UTC), 1, date(2027, 5, 4)),
    ],
)
def test_a_promise_counts_working_days(sent: datetime, days: int, promised: date) -> None:
    """The day of sending does not count, nor do weekends and holidays; the day is the town's."""
    assert promised_day(sent, days, TOWN) == promised


@given(MOMENTS, st.integers(1, 30))
def test_a_promise_is_a_working_day_ahead(sent: datetime, days: int) -> None:
    """A promised day is one on which the town works, lies ahead, and more days never make it earlier."""
    day = promised_day(sent, days, TOWN)
    assert is_working_day(day, TOWN)
    assert end_of_day(day, TOWN) > sent
    assert promised_day(sent, days + 1, TOWN) > day
    passed = [sent.date() + timedelta(days=n) for n in range((day - sent.date()).days + 1)]
    assert sum(is_working_day(one, TOWN) for one in passed) in {days, days + 1}


@pytest.mark.parametrize(
    ("day", "ends_at"),
    [
        # Standard time until March 14, 2027, daylight saving until November 7.
        (date(2027, 3, 12), datetime(2027, 3, 12, 20, tzinfo=UTC)),
        (date(2027, 3, 15), datetime(2027, 3, 15, 21, tzinfo=UTC)),
        (date(2027, 11, 5), datetime(2027, 11, 5, 19, tzinfo=UTC)),
        (date(2027, 11, 8), datetime(2027, 11, 8, 22, tzinfo=UTC)),
        # A day on which nobody works still ends.
        (date(2027, 3, 14), datetime(2027, 3, 14, 21, tzinfo=UTC)),
    ],
)
def test_a_day_ends_by_the_clock_on_the_wall(day: date, ends_at: datetime) -> None:
    """A working day ends at its closing time as the town's clocks show it, in summer and in winter."""
    assert end_of_day(day, TOWN) == ends_at


@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        # Within a day, over a night, over a weekend after a short Friday, and from a Sunday on.
        (datetime(2027, 5, 3, 14, tzinfo=UTC), 2, datetime(2027, 5, 3, 16, tzinfo=UTC)),
        (datetime(2027, 5, 3, 20, tzinfo=UTC), 2, datetime(2027, 5, 4, 14, tzinfo=UTC)),
        (datetime(2027, 5, 7, 18, tzinfo=UTC), 2, datetime(2027, 5, 10, 14, tzinfo=UTC)),
        (datetime(2027, 5, 9, 18, tzinfo=UTC), 4, datetime(2027, 5, 10, 17, tzinfo=UTC)),
        # Until the very end of a day; and past a Monday that is a holiday.
        (datetime(2027, 5, 3, 19, tzinfo=UTC), 2, datetime(2027, 5, 3, 21, tzinfo=UTC)),
        (datetime(2027, 5, 28, 18, tzinfo=UTC), 2, datetime(2027, 6, 1, 14, tzinfo=UTC)),
        # Over the night in which the clocks are changed, the same hours of the town.
        (datetime(2027, 3, 12, 19, tzinfo=UTC), 2, datetime(2027, 3, 15, 14, tzinfo=UTC)),
    ],
)
def test_hours_are_counted_while_the_town_works(start: datetime, hours: int, ends: datetime) -> None:
    """Nights, weekends and holidays do not count."""
    assert after_working(start, timedelta(hours=hours), TOWN) == ends


@given(MOMENTS, st.integers(1, 3000), st.integers(1, 3000))
def test_hours_add_up(start: datetime, first: int, second: int) -> None:
    """Two spans one after the other end when both together do, always within the hours of a working day."""
    one, two = timedelta(minutes=first), timedelta(minutes=second)
    ends = after_working(start, one + two, TOWN)
    assert after_working(after_working(start, one, TOWN), two, TOWN) == ends
    day = ends.astimezone(ZoneInfo(TOWN.timezone)).date()
    assert is_working_day(day, TOWN)
    assert start_of_day(day, TOWN) < ends <= end_of_day(day, TOWN)
