"""What runs at every turn finds its rows by an index, however many there are."""

import pytest
import sqlalchemy as sa

from storage import (
    addresses,
    announcements,
    batches,
    boards,
    cases,
    citizens,
    coming,
    contributors,
    counts,
    duties,
    fitting,
    lines,
    merges,
    offers,
    outbox,
    piles,
    public_matters,
    rooms,
    sessions,
    timers,
    unmaskings,
    weighings,
)
from storage.database import Connection, Database
from tests.stage import MORNING

HOT = {
    "find a place": addresses._FIND,
    "load a citizen": citizens._LOADED,
    "save a conversation": sessions._SAVE,
    "end a conversation": sessions._END,
    "what is due": outbox._LIST_DUE.params(
        now=MORNING, channels=["web"], passing_over=[1], holding_back=[(1, 3)], most=500
    ),
    "the new cards of a room": batches._NEW_CARDS,
    "the cases of a batch": batches._LISTED,
    "mark what was sent": outbox._MARK_SENT,
    "the waiting card": outbox._WAITING_CARD,
    "questions to a person": contributors._ASKS_SEEN,
    "a person's cases": contributors._OWN_CASES,
    "rooms of a queue": rooms._ROOMS_OF,
    "a case": cases._LOAD,
    "its newest entries": cases._NEWEST,
    "all that is said in it": merges._PARTS,
    "a page of its contributors": contributors._AFTER,
    "the case it is merged into": merges._ROOT,
    "its first words": cases._FIRST_WORDS,
    "its latest act": cases._LATEST_ACT,
    "the last act of its holder": cases._TOUCHED,
    "what a servant was shown": unmaskings._COUNT,
    "a due timer": timers._DUE,
    "what comes next": coming._NEXT,
    "the counts of a queue": counts._SUMS.params(queues=["care"]),
    "what nobody has": boards._FREE,
    "the next promise": boards._NEXT_PROMISE,
    "what came in since": boards._FRESH,
    "what is promised for a day": boards._DUE.params(queue="care", days=["2027-05-03"], most=9),
    "what a servant holds": duties._HELD.params(holder=1, queue="care", most=9),
    "what waits in a room": piles._FREE,
    "what waits for a second servant": piles._PROPOSED,
    "what is one's own in a room": piles._HELD.params(room=1, queue="care", holder=1),
    "offers that could fit": fitting._OPEN.params(queue="outdoors"),
    "what can be joined": offers._PUBLIC.params(queue="outdoors"),
    "who could be joined": offers._PEOPLE,
    "what was offered": offers._OTHERS,
    "whose offer it was": offers._NAMED,
    "the latest offer": offers._LATEST,
    "a started announcement": announcements._STARTED,
    "the top of a chat": lines._TOP,
    "who delivers it": weighings._CHOICE,
    "what servants think of it": weighings._VIEWS,
    "what contributors think of it": weighings._HEARD,
    "whether they were asked": weighings._ASKED,
    "what everybody can read": public_matters._NEWEST,
    "what was told of it": public_matters._TOLD.params(cases=[1]),
}
# What a started announcement is found by holds only the open ones, the delayed are few, and values are no table.
# A tree is the few cases that are merged into one; of it and of everything else a page is taken, and not more.
SMALL = ("announcements USING INDEX ix_announcements_open", "SCAN anon_", "CONSTANT ROW", "SCAN tree", "SCAN above")


@pytest.mark.parametrize("name", HOT)
async def test_no_table_is_read_through(name: str, sqlite_url: str) -> None:
    """The plan of each hot statement searches, and scans no table."""
    database = await Database.open(sqlite_url)
    plan = await database.read(lambda c: _plan(c, HOT[name]))
    await database.close()
    scans = [step for step in plan if step.startswith("SCAN") and not any(small in step for small in SMALL)]
    assert scans == [], plan


def _plan(c: Connection, statement: sa.sql.Executable) -> list[str]:
    compiled = statement.compile(dialect=c.dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    values = dict.fromkeys(compiled.positiontup, 1)
    rows = c.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(values[name] for name in compiled.positiontup))
    return [str(row[-1]) for row in rows]
