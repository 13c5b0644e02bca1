"""The promise in working days, over weekends, holidays and both ends of daylight saving."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cases.promise import end_of_day, is_working_day, promised_day
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
