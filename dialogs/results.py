"""Results split by who takes part, with every small count hidden, and who has not been heard yet.

A count under ten could tell what one person said. To hide it is not enough: where the others of its row are shown,
and the row's total, it is a subtraction away. So more is hidden until nothing can be worked out:

- a hidden count is never the only one on its line, be it a row, a column or the totals;
- what is hidden on a line is never worth less than ten together, where their sum can be worked out;
- and no way through several lines leads to one: seen as a graph, with the lines for nodes and the hidden counts for
  edges, no edge is a bridge, for only a bridge is the same in every table that has these totals.

That is all there is to know of one table. Two tables must not be shown of which one is a part of the other.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dialogs.cases.case import NEEDS_DELIVERY, UNDECIDED, Outcome, State
from dialogs.cases.participant import Participant
from dialogs.texts import Voice

# Counts below it are hidden.
FEW = 10
# How a hidden count is written.
HIDDEN = f"<{FEW}"

Cell = tuple[int, int]
Grid = list[list[int]]


class Result(StrEnum):
    """What came of what somebody contributed; their own word on whether it worked goes before the service's."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    WORKED = "worked"
    NOT_WORKED = "not_worked"


@dataclass(frozen=True, slots=True)
class Split:
    """Counts with small ones hidden (None). ``rows``: who of them was heard; None are those who did not say.

    ``cells`` by row and result; ``sums`` of the rows, ``totals`` of the results. ``missing``: who was not heard at all.
    """

    rows: tuple[Participant | None, ...]
    results: tuple[Result, ...]
    cells: tuple[tuple[int | None, ...], ...]
    sums: tuple[int | None, ...]
    totals: tuple[int | None, ...]
    everybody: int | None
    missing: tuple[Participant, ...]


def result_of(state: State, outcome: Outcome | None, verdict: str | None) -> Result:
    """Tell the result for one contributor. ``verdict``: their answer to "did it work?", if they gave one."""
    match verdict:
        case "yes":
            return Result.WORKED
        case "no" | "partly":
            return Result.NOT_WORKED
        case _:
            pass
    if outcome is None or state in UNDECIDED:
        return Result.WAITING
    return Result.YES if outcome in NEEDS_DELIVERY else Result.NO


def split(counts: Mapping[tuple[Participant | None, Result], int]) -> Split:
    """Split counts by who takes part, small ones hidden so that none can be worked out from the others."""
    heard = [one for one in (*Participant, None) if any(counts.get((one, result)) for result in Result)]
    shown = hide([[counts.get((one, result), 0) for result in Result] for one in heard])
    return Split(
        rows=tuple(heard),
        results=tuple(Result),
        cells=tuple(tuple(row[:-1]) for row in shown[:-1]),
        sums=tuple(row[-1] for row in shown[:-1]),
        totals=tuple(shown[-1][:-1]) or (None,) * len(Result),
        everybody=shown[-1][-1],
        missing=tuple(one for one in Participant if one not in heard),
    )


def hide(counts: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Add a row and a column of totals to counts, and hide (None) what is small or would tell something small."""
    width = max((len(row) for row in counts), default=0)
    grid = [[*row, sum(row)] for row in counts]
    grid.append([sum(row[column] for row in grid) for column in range(width + 1)])
    hidden = {cell for cell in _cells(grid) if _value(grid, cell) < FEW}
    while (more := _give_away(grid, hidden)) is not None:
        hidden.add(more)
    return [
        [None if (row, column) in hidden else value for column, value in enumerate(line)]
        for row, line in enumerate(grid)
    ]


def tell_missing(split: Split, voice: Voice) -> list[str]:
    """Say who has not been heard yet, a line each."""
    return [voice(f"missing.{one}") for one in split.missing]


def _give_away(grid: Grid, hidden: set[Cell]) -> Cell | None:
    """Choose what has to be hidden as well; None where nothing small can be worked out."""
    for line in _lines(grid):
        inside = [cell for cell in line if cell in hidden]
        visible = [cell for cell in line if cell not in hidden]
        if inside and visible and (len(inside) == 1 or _worth(grid, line, hidden) < FEW):
            return _smallest(grid, visible)
    for row, column in sorted(_bridges(hidden)):
        beside = [cell for line in _lines(grid) if (row, column) in line for cell in line if cell not in hidden]
        if beside:
            return _smallest(grid, beside)
    return None


def _worth(grid: Grid, line: Sequence[Cell], hidden: set[Cell]) -> int:
    """Give the sum of what is hidden on a line, which its total tells; where that is hidden too, it tells nothing."""
    *parts, total = line
    return FEW if total in hidden else sum(_value(grid, cell) for cell in parts if cell in hidden)


def _smallest(grid: Grid, cells: Iterable[Cell]) -> Cell:
    """Choose the cell that costs least to hide: a count before a total, and the smaller one."""
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    return min(cells, key=lambda cell: (cell[0] == last_row or cell[1] == last_column, _value(grid, cell), cell))


def _bridges(hidden: set[Cell]) -> Iterator[Cell]:
    """Find the hidden cells whose lines hang together by them alone."""
    for cell in hidden:
        row, column = cell
        if _column(column) not in _reach(_row(row), hidden - {cell}):
            yield cell


def _reach(start: Hashable, edges: set[Cell]) -> set[Hashable]:
    reached: set[Hashable] = {start}
    while True:
        more = {
            node
            for row, column in edges
            for node in (_row(row), _column(column))
            if {_row(row), _column(column)} & reached
        } - reached
        if not more:
            return reached
        reached |= more


def _row(number: int) -> Hashable:
    return "row", number


def _column(number: int) -> Hashable:
    return "column", number


def _lines(grid: Grid) -> Iterator[list[Cell]]:
    """List the cells of each row and each column, its total last."""
    width = len(grid[0])
    yield from ([(row, column) for column in range(width)] for row in range(len(grid)))
    yield from ([(row, column) for row in range(len(grid))] for column in range(width))


def _cells(grid: Grid) -> Iterator[Cell]:
    return ((row, column) for row in range(len(grid)) for column in range(len(grid[0])))


def _value(grid: Grid, cell: Cell) -> int:
    return grid[cell[0]][cell[1]]
