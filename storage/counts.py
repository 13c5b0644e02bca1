"""How many cases of a queue are in which state: counted by the database itself as each case changes.

Every change of a case adds its difference (the triggers of migration 0004), in the same transaction, whoever makes it.
Differences are only ever added, so no turn waits for another one's count. Once in a while those of a queue are folded
into one row for each state, and so a count among a hundred thousand cases reads as little as among ten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, State
from dialogs.ids import QueueId
from storage.case_tables import case_counts
from storage.database import Connection

_SUMS = (
    sa.select(case_counts.c.state, case_counts.c.late, sa.func.sum(case_counts.c.cases).label("cases"))
    .where(case_counts.c.queue.in_(sa.bindparam("queues", expanding=True)))
    .group_by(case_counts.c.state, case_counts.c.late)
)
_TAKE = (
    case_counts.delete()
    .where(case_counts.c.queue == sa.bindparam("of_queue"))
    .returning(case_counts.c.state, case_counts.c.late, case_counts.c.cases)
)
_PUT = case_counts.insert()


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases by state, and how many of the open ones are past their promised day."""

    states: Mapping[State, int]
    late: int


def count(c: Connection, queues: Sequence[QueueId]) -> Counts:
    """Count the cases of some queues."""
    return _read(c.execute(_SUMS, {"queues": list(queues)}))


def fold(c: Connection, queue: QueueId) -> None:
    """Make one row for each state of a queue out of all its differences."""
    sums: Counter[tuple[str, bool]] = Counter()
    for row in c.execute(_TAKE, {"of_queue": queue}):
        sums[row.state, row.late] += row.cases
    rows = [
        {"queue": queue, "state": state, "late": late, "cases": cases, "is_news": False}
        for (state, late), cases in sums.items()
        if cases
    ]
    if rows:
        c.execute(_PUT, rows)


def _read(rows: Any) -> Counts:
    states: Counter[State] = Counter()
    late = 0
    for row in rows:
        states[State(row.state)] += int(row.cases)
        late += int(row.cases) if row.late and State(row.state) in UNDECIDED else 0
    return Counts({state: cases for state, cases in states.items() if cases}, late)
