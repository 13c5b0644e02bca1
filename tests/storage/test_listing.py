"""Lists and numbers for servants: their order, their pages, whose they are, and that indexes find them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogs.cases.case import Actor, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.listing import PAGE, After, Listed
from dialogs.ids import CaseId, QueueId, StaffId
from storage import cases, listing
from storage.case_tables import cases as table
from storage.database import Connection, Database
from tests.storage.rows import NOW, OUTDOORS, a_servant
from tests.storage.test_search import put

CARE, NOWHERE = QueueId("care"), QueueId("nowhere")
STATEMENTS = {
    "open cases": lambda: listing._every_open(3),
    "held cases": lambda: listing._every_held().params(holder=1, queues=["care"], day="", number=0),
    "the cases": lambda: listing._WHOLE.params(ids=[1]),
    "their words": lambda: listing._WORDS.params(ids=[1]),
    "what is due": lambda: listing._DUE.params(queues=["care"], today="2027-05-03"),
}


def fill(c: Connection) -> list[CaseId]:
    """Open two dozen cases in two queues, the newest with the oldest promise, every fourth decided."""
    made = []
    for number in range(24):
        case = put(c, f"bench {number}", queue=CARE if number % 2 else OUTDOORS)
        day = f"2027-05-{28 - number:02}"
        state = State.DECIDED if number % 4 == 3 else [State.NEW, State.TAKEN, State.REOPENED][number % 3]
        c.execute(table.update().where(table.c.id == case.id).values(promised_on=day, state=state.value))
        made.append(case.id)
    return made


def ids(page: tuple[Listed, ...]) -> list[CaseId]:
    """Name the cases of a page."""
    return [one.case.id for one in page]


async def test_the_oldest_promise_comes_first_page_by_page(database: Database) -> None:
    """The pages of two queues hold every open case once, in the order of the promised days."""
    made = await database.write(fill)
    first = await database.read(lambda c: listing.list_open(c, (OUTDOORS, CARE), after=None))
    assert len(first) == PAGE + 1
    last = first[PAGE - 1].case
    after = After(last.promised_on, last.id)
    rest = await database.read(lambda c: listing.list_open(c, (OUTDOORS, CARE), after=after))
    assert ids(first[:PAGE]) + ids(rest) == [id for number, id in reversed(list(enumerate(made))) if number % 4 != 3]
    assert first[0].words[0].answer == "bench 22"


async def test_only_these_queues_are_listed(database: Database) -> None:
    """A list of one queue has nothing of another, and no queues have no cases."""
    made = await database.write(fill)
    care = await database.read(lambda c: listing.list_open(c, (CARE,), after=None))
    assert ids(care) == [id for number, id in reversed(list(enumerate(made))) if number % 4 == 1]
    assert await database.read(lambda c: listing.list_open(c, (NOWHERE,), after=None)) == ()
    assert await database.read(lambda c: listing.list_open(c, (), after=None)) == ()


async def test_what_a_servant_holds(database: Database) -> None:
    """The list of a servant has what they hold, open or promised, in the queues where they still have a role."""

    def hold(c: Connection) -> tuple[StaffId, list[CaseId]]:
        made, lee = fill(c), a_servant(c)
        c.execute(table.update().where(table.c.id.in_(made[:8])).values(holder_id=lee))
        # Of those that are decided, one promised something, and the other is an end.
        c.execute(table.update().where(table.c.id == made[3]).values(outcome="accepted"))
        c.execute(table.update().where(table.c.id == made[7]).values(outcome="declined"))
        return lee, made

    lee, made = await database.write(hold)
    held = await database.read(lambda c: listing.list_held(c, lee, (OUTDOORS, CARE), after=None))
    assert ids(held) == [made[number] for number in (6, 5, 4, 3, 2, 1, 0)]
    assert ids(await database.read(lambda c: listing.list_held(c, lee, (CARE,), after=None))) == [
        made[5],
        made[3],
        made[1],
    ]
    assert await database.read(lambda c: listing.list_held(c, StaffId(lee + 1), (OUTDOORS,), after=None)) == ()


async def test_the_numbers(database: Database) -> None:
    """States, what is promised for today, what is late, and the middle of the times to a first act."""

    def act(c: Connection) -> None:
        made, lee = fill(c), a_servant(c)
        for number, minutes in ((0, 10), (2, 30), (4, 200)):
            at = NOW + timedelta(minutes=minutes)
            cases.write_entry(c, cases.load(c, made[number]), Entry(Deed.NOTE, Actor.SERVANT, at, staff=lee))
            later = at + timedelta(days=1)
            cases.write_entry(c, cases.load(c, made[number]), Entry(Act.ASK, Actor.SERVANT, later, staff=lee))
        c.execute(table.update().where(table.c.id == made[0]).values(overdue=True))

    await database.write(act)
    day = NOW.date().replace(day=20)
    stats = await database.read(lambda c: listing.count_cases(c, (OUTDOORS,), today=day))
    assert stats.counts == {State.NEW: 4, State.TAKEN: 4, State.REOPENED: 4}
    # Number 8 is promised for the 20th, ten to 22 for days before it, and number 0 was late once already.
    assert (stats.today, stats.late) == (1, 8)
    assert stats.first_act == timedelta(minutes=30)
    nothing = await database.read(lambda c: listing.count_cases(c, (NOWHERE,), today=day))
    assert (nothing.counts, nothing.today, nothing.late, nothing.first_act) == ({}, 0, 0, None)


@pytest.mark.parametrize("name", STATEMENTS)
async def test_indexes_find_them(name: str, sqlite_url: str) -> None:
    """No list and no number reads through the table of cases or of contributions."""
    database = await Database.open(sqlite_url)
    plan = await database.read(lambda c: _plan(c, STATEMENTS[name]))
    await database.close()
    steps = [step for step in plan if any(where in step for where in ("cases", "contributions"))]
    assert steps
    assert [step for step in steps if not step.startswith("SEARCH")] == []
    # Each short list comes out of its index in order, and is not sorted first.
    assert len([step for step in plan if "TEMP B-TREE FOR ORDER BY" in step]) <= 1


def _plan(c: Connection, make: Callable[[], sa.sql.Executable]) -> list[str]:
    compiled = make().compile(dialect=c.dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    values = tuple(1 for _ in compiled.positiontup)
    return [str(row[-1]) for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
