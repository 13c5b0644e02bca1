"""Counts of cases: what the database counts by itself is what there is, whatever happened to the cases and when."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Actor, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.board import APART
from dialogs.ids import QueueId
from storage import boards, cases, counts
from storage.case_tables import case_counts
from storage.case_tables import cases as table
from storage.counts import Counts
from storage.database import Connection, Database
from tests.storage.rows import NOW, OUTDOORS, a_room
from tests.storage.test_search import put

CARE = QueueId("care")
QUEUES = (OUTDOORS, CARE)
Change = tuple[int, State, QueueId, bool, bool]


def counted_one_by_one(c: Connection, queue: QueueId) -> Counts:
    """Count by looking at every case."""
    rows = c.execute(sa.select(table.c.state, table.c.overdue).where(table.c.queue == queue)).all()
    late = sum(row.overdue and State(row.state) in UNDECIDED for row in rows)
    return Counts(dict(Counter(State(row.state) for row in rows)), late)


def play(c: Connection, changes: list[Change]) -> None:
    """Change some cases, fold the counts in between, and compare."""
    made = [put(c, f"bench {number}") for number in range(4)]
    for number, state, queue, overdue, folds in changes:
        case = made[number]
        moved = replace(case, version=case.version + 1, state=state, queue=queue, overdue=overdue)
        cases.change(c, moved, Entry(Act.CLAIM, Actor.SERVANT, NOW))
        made[number] = moved
        if folds:
            counts.fold(c, queue)
    for queue in QUEUES:
        assert counts.count(c, (queue,)) == counted_one_by_one(c, queue)
        counts.fold(c, queue)
        assert counts.count(c, (queue,)) == counted_one_by_one(c, queue)
    assert sum(counts.count(c, QUEUES).states.values()) == len(made)


@pytest.mark.parametrize("seed", range(3))
async def test_the_count_is_what_there_is(database: Database, seed: int) -> None:
    """After any changes, folded at any time, the counts by state are those of the cases themselves."""
    chance = random.Random(seed)

    def change() -> Change:
        state, queue = chance.choice(list(State)), chance.choice(QUEUES)
        return chance.randrange(4), state, queue, chance.random() < 0.3, chance.random() < 0.2

    changes = [change() for _ in range(30)]
    await database.write(lambda c: play(c, changes))


async def test_a_board_reads_the_counts(database: Database) -> None:
    """A change that keeps the state of a case adds nothing; the board has the counts, and the oldest free case."""

    def change(c: Connection) -> int:
        made = [put(c, f"bench {number}", queue=queue) for number, queue in enumerate((OUTDOORS, OUTDOORS, CARE))]
        moved = replace(made[0], version=2, state=State.TAKEN, overdue=True)
        cases.change(c, moved, Entry(Act.CLAIM, Actor.SERVANT, NOW))
        before = c.execute(sa.select(sa.func.count()).select_from(case_counts)).scalar_one()
        same = replace(moved, version=3, urgent=True)
        cases.change(c, same, Entry(Act.KEEP, Actor.SERVANT, NOW))
        return int(c.execute(sa.select(sa.func.count()).select_from(case_counts)).scalar_one()) - before

    assert await database.write(change) == 0
    view = await database.read(lambda c: boards.board_view(c, OUTDOORS))
    assert (view.counts, view.late) == ({State.TAKEN: 1, State.NEW: 1}, 1)
    assert view.oldest is not None
    assert (view.oldest.code, view.next_promise) == ("CASE-0002", date(2027, 5, 17))


async def test_only_what_changed_makes_a_board_due(database: Database) -> None:
    """A board is due when it is new, and then a minute after its last look where a case has changed since."""
    await database.write(a_room)
    due = await database.read(lambda c: boards.list_desks(c)[0].board_due_at)
    assert due is not None
    assert due < NOW

    def look(c: Connection) -> None:
        assert boards.rooms_to_draw(c, OUTDOORS, "a") != []
        assert boards.rooms_to_draw(c, OUTDOORS, "a") == []
        boards.looked(c, OUTDOORS, now=NOW, again_at=None)

    await database.write(look)
    assert await database.read(lambda c: boards.list_desks(c)[0].board_due_at) is None
    await database.write(lambda c: put(c, "bench"))
    assert await database.read(lambda c: boards.list_desks(c)[0].board_due_at) == NOW + APART
