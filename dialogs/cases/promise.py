"""The promise: a date in working days, and the moment at which that day ends."""

from datetime import date, datetime, time, timedelta
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
