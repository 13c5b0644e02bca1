"""Results by who takes part: small counts are hidden, and nothing that is shown gives one away."""

from fractions import Fraction
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cases.case import Outcome, State
from dialogs.cases.participant import Participant
from dialogs.results import FEW, Result, hide, result_of, split, tell_missing
from tests.dialogs.matters import riverton

COUNTS = st.integers(0, 12) | st.integers(0, 60)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=5)
)
Shown = list[list[int | None]]
T = TypeVar("T")


@given(TABLES)
def test_nothing_small_is_shown(counts: list[list[int]]) -> None:
    """What is shown is as it was counted, and ten at least."""
    whole = with_totals(counts)
    for row, line in enumerate(hide(counts)):
        for column, value in enumerate(line):
            assert value is None or value == whole[row][column] >= FEW


@given(TABLES)
def test_nothing_hidden_can_be_worked_out(counts: list[list[int]]) -> None:
    """No sum and no difference of what is shown, over any number of lines, gives a hidden count."""
    shown = hide(counts)
    hidden = [(r, c) for r, line in enumerate(shown) for c, value in enumerate(line) if value is None]
    lines = reduced(equations(shown, hidden))
    for place in range(len(hidden)):
        alone = [Fraction(place == other) for other in range(len(hidden))]
        assert not is_made_of(alone, lines), (counts, shown)


@given(TABLES)
def test_what_is_hidden_together_is_not_small(counts: list[list[int]]) -> None:
    """Where a line's total is shown, what is hidden in it is worth ten together at least."""
    shown, whole = hide(counts), with_totals(counts)
    for line, real in zip([*shown, *columns(shown)], [*whole, *columns(whole)], strict=True):
        rest = sum(number for value, number in zip(line[:-1], real[:-1], strict=True) if value is None)
        assert line[-1] is None or None not in line or rest >= FEW


def test_a_table_without_small_counts_is_shown_whole() -> None:
    """Nothing is hidden that need not be."""
    assert hide([[10, 20], [30, 40]]) == [[10, 20, 30], [30, 40, 70], [40, 60, 100]]


def test_one_small_count_takes_three_others_with_it() -> None:
    """A small count is hidden with one more of its row and its column, and with the one that would give these away."""
    shown = hide([[3, 40, 50], [60, 20, 70], [80, 90, 30]])
    assert shown == [[None, None, 50, 93], [None, None, 70, 150], [80, 90, 30, 200], [143, 150, 150, 443]]


def test_a_group_that_is_not_there_is_told() -> None:
    """Who was not heard at all has no row, and a line that says so."""
    counted = split({(Participant.SERVICE_USER, Result.WORKED): 20, (None, Result.WAITING): 30})
    assert counted.rows == (Participant.SERVICE_USER, None)
    assert "No volunteer has been heard yet." in tell_missing(counted, riverton().voice("en"))
    assert len(counted.missing) == 4


def test_nobody_at_all_is_a_table_too() -> None:
    """A service of which nobody has said anything has no rows, and nobody is left out of the list of the missing."""
    counted = split({})
    assert (counted.rows, counted.cells, counted.everybody) == ((), (), None)
    assert counted.missing == tuple(Participant)


@pytest.mark.parametrize(
    ("state", "outcome", "verdict", "result"),
    [
        (State.NEW, None, None, Result.WAITING),
        (State.REOPENED, Outcome.ACCEPTED, None, Result.WAITING),
        (State.IN_DELIVERY, Outcome.PARTLY, None, Result.YES),
        (State.CHECKING, Outcome.DECLINED, "unsure", Result.NO),
        (State.CONFIRMED, Outcome.ACCEPTED, "yes", Result.WORKED),
        (State.REOPENED, Outcome.ACCEPTED, "partly", Result.NOT_WORKED),
        (State.CONFIRMED, Outcome.DECLINED, "no", Result.NOT_WORKED),
    ],
)
def test_what_came_of_it(state: State, outcome: Outcome | None, verdict: str | None, result: Result) -> None:
    """The own word on whether it worked goes first, then what was decided."""
    assert result_of(state, outcome, verdict) is result


def with_totals(counts: list[list[int]]) -> list[list[int]]:
    """Add the totals to a table."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in columns(rows)]]


def columns(rows: list[list[T]]) -> list[list[T]]:
    """Turn a table on its side."""
    return [list(column) for column in zip(*rows, strict=True)]


def equations(shown: Shown, hidden: list[tuple[int, int]]) -> list[list[Fraction]]:
    """Write what each line tells of the hidden counts: which of them, and whether as a part or as the total."""
    height, width = len(shown), len(shown[0])
    rows = [[(row, column) for column in range(width)] for row in range(height)]
    lines = [*rows, *columns(rows)]
    return [[Fraction((cell in line) * (-1 if cell == line[-1] else 1)) for cell in hidden] for line in lines]


def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Bring equations to a form in which each begins further to the right than the one before (Gauss)."""
    left, done = [row for row in rows if any(row)], []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left = [subtract(row, pivot, column) for row in left if row is not pivot]
        left = [row for row in left if any(row)]
        done.append(pivot)
    return done


def subtract(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    """Take so much of one equation from another that nothing is left in a column."""
    times = row[column] / pivot[column]
    return [one - times * other for one, other in zip(row, pivot, strict=True)]


def is_made_of(row: list[Fraction], lines: list[list[Fraction]]) -> bool:
    """Tell whether an equation follows from others that are in that form."""
    for line in lines:
        row = subtract(row, line, next(column for column, value in enumerate(line) if value))
    return not any(row)
