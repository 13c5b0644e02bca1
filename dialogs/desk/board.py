"""The board: how a queue stands, in one message of each of its rooms, which is edited in place.

It names cases by their number and service alone, so that it can stay in sight. What it says of time it says in whole
hours and days: between two of them it has nothing new to say, and is left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from babel.units import format_unit

from dialogs.cases.case import UNDECIDED, Case, State
from dialogs.cases.promise import after_working
from dialogs.desk.card import SIGNS
from dialogs.ids import QueueId
from dialogs.message import Button, Line, Message
from dialogs.presses import LookPress, pack
from dialogs.texts import Voice, locale_of
from dialogs.town import Town, write_date

# What a board begins with, so that it is known at a glance.
SIGN = "📋"
# It is drawn anew this long after the last time at the earliest.
APART = timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# A case in one of these can be decided next, is being done, or waits for the citizens' word.
_ASKING = (State.OFFERED, State.PLANNED, State.IN_DELIVERY, State.CHECKING)
_SHOWN = (*(state for state in State if state in UNDECIDED), *_ASKING)


@dataclass(frozen=True, slots=True)
class BoardView:
    """How a queue stands. ``oldest``: of the cases that nobody has; ``next_promise``: of those still to be decided."""

    queue: QueueId
    counts: Mapping[State, int] = field(default_factory=dict)
    late: int = 0
    oldest: Case | None = None
    next_promise: date | None = None
    on_duty: str = ""


def draw_board(view: BoardView, town: Town, *, now: datetime) -> Message:
    """Draw the board of a queue in the town's language."""
    voice = town.voice(town.language)
    title = f"{SIGN} {voice('board.title', queue=town.queue(view.queue, voice))}"
    return Message((Line(title, strong=True), *map(Line, tell_standing(view, town, now=now))), (list_button(voice),))


def tell_standing(view: BoardView, town: Town, *, now: datetime) -> list[str]:
    """Say how a queue stands, a line each."""
    voice = town.voice(town.language)
    counts = [
        f"{SIGNS[state]} {voice(f'state.{state}')}: {view.counts[state]}" for state in _SHOWN if view.counts.get(state)
    ]
    lines = [" · ".join(counts) or voice("board.nothing")]
    if view.oldest is not None:
        waits_long = waits_too_long_at(view.oldest, town) <= now
        key = "board.oldest_long" if waits_long else "board.oldest"
        lines.append(voice(key, code=view.oldest.code, age=write_age(now - view.oldest.opened_at, voice)))
    if view.next_promise is not None:
        lines.append(voice("board.promise", day=write_date(view.next_promise, voice)))
    if view.late:
        lines.append(voice("look.late", count=view.late))
    return [*lines, voice("board.duty", name=view.on_duty) if view.on_duty else voice("board.nobody")]


def changes_at(view: BoardView, town: Town, *, now: datetime) -> datetime | None:
    """Tell when a board says something else though nothing has happened; None: not before something does."""
    if view.oldest is None:
        return None
    opened_at, age = view.oldest.opened_at, now - view.oldest.opened_at
    step = _HOUR if age < _DAY else _DAY
    next_age_at = opened_at + (age // step + 1) * step
    too_long_at = waits_too_long_at(view.oldest, town)
    # At night and on free days nobody reads how long it is by now.
    next_age_at = after_working(next_age_at, timedelta(0), town.installation.working_time)
    return min(next_age_at, too_long_at) if too_long_at > now else next_age_at


def waits_too_long_at(case: Case, town: Town) -> datetime:
    """Tell from when on the board marks a case that nobody has."""
    return after_working(case.opened_at, town.installation.escalation.unclaimed_duty, town.installation.working_time)


def list_button(voice: Voice) -> tuple[Button, ...]:
    """Offer the list of open cases, from which each can be opened."""
    return (Button(voice("button.open_cases"), pack(LookPress("queue", ""))),)


def write_age(age: timedelta, voice: Voice) -> str:
    """Write how long something has been waiting, in whole hours or days."""
    if age < _HOUR:
        return voice("board.short_age")
    number, unit = (age // _HOUR, "duration-hour") if age < _DAY else (age // _DAY, "duration-day")
    return format_unit(number, unit, length="long", locale=locale_of(voice.language) or "en")
