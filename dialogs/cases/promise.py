"""Working time: the promised day, the moments at which a day begins and ends, and spans of hours in it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.installation import WorkingTime


def promised_day(now: datetime, working_days: int, time_: WorkingTime) -> date:
    """Count ``working_days`` from today, which does not count itself. ``now`` is aware."""
    day = now.astimezone(ZoneInfo(time_.timezone)).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, time_)
    return day


def is_working_day(day: date, time_: WorkingTime) -> bool:
    """Tell whether the town works on a day."""
    return day.weekday() in time_.hours and day not in time_.holidays


def end_of_day(day: date, time_: WorkingTime) -> datetime:
    """Give the moment (aware) when a working day's hours end; late enough to be sure, still on that date."""
    closing = time_.hours.get(day.weekday(), (time(9), time(17)))[1]
    return datetime.combine(day, closing, ZoneInfo(time_.timezone))


def start_of_day(day: date, time_: WorkingTime) -> datetime:
    """Give the moment (aware) when a working day's hours begin."""
    opening = time_.hours.get(day.weekday(), (time(9), time(17)))[0]
    return datetime.combine(day, opening, ZoneInfo(time_.timezone))


def after_working(start: datetime, span: timedelta, time_: WorkingTime) -> datetime:
    """Give the moment (UTC) when so much working time has passed. ``start`` is aware."""
    day, left = start.astimezone(ZoneInfo(time_.timezone)).date(), span
    while True:
        if is_working_day(day, time_):
            # In UTC, so that an hour is an hour also when the clocks are changed.
            begins = max(start_of_day(day, time_), start).astimezone(UTC)
            ends = end_of_day(day, time_).astimezone(UTC)
            if begins + left <= ends:
                return begins + left
            left -= max(ends - begins, timedelta(0))
        day += timedelta(days=1)


def next_working_day(day: date, time_: WorkingTime) -> date:
    """Give this day, or the next one on which the town works."""
    while not is_working_day(day, time_):
        day += timedelta(days=1)
    return day


def before_working(end: datetime, span: timedelta, time_: WorkingTime) -> datetime:
    """Give the moment (UTC) from which on so much working time is left until ``end``, which is aware."""
    day, left = end.astimezone(ZoneInfo(time_.timezone)).date(), span
    while True:
        if is_working_day(day, time_):
            begins = start_of_day(day, time_).astimezone(UTC)
            ends = min(end_of_day(day, time_), end).astimezone(UTC)
            if ends - left >= begins:
                return ends - left
            left -= max(ends - begins, timedelta(0))
        day -= timedelta(days=1)
