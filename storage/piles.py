"""The piles of a web room: the cards that wait for somebody, and those of one servant.

A room lists every card, the newest first; who looks for work wants what is left of it, the longest waiting first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, State
from dialogs.ids import AddressId, QueueId, StaffId
from storage.boards import IS_FREE
from storage.case_tables import cards
from storage.case_tables import cases as table
from storage.database import Connection
from storage.tables import lines

# No more of a pile are shown, or counted.
MOST = 100
_MINE = table.c.holder_id == sa.bindparam("holder")
_QUEUE = table.c.queue == sa.bindparam("queue")


def _numbers(*conditions: sa.ColumnElement[bool], first: Sequence[sa.ColumnElement[int]]) -> sa.Select[tuple[int]]:
    """Find the lines that show cases: the card of each, or the batch that lists it."""
    here = (cards.c.case_id == table.c.id) & (cards.c.address_id == sa.bindparam("room"))
    listed = lines.c.outbox_id == cards.c.batch_id
    return (
        sa.select(sa.func.coalesce(cards.c.number, lines.c.id).label("number"), table.c.urgent)
        .select_from(table.outerjoin(cards, here).outerjoin(lines, listed))
        .where(_QUEUE, *conditions)
        .order_by(*first)
        .limit(MOST)
    )


# Built once: every open page asks with every change.
_FREE = _numbers(IS_FREE, first=(table.c.id,))
# Somebody else is to agree to what a colleague proposed.
_PROPOSED = _numbers(table.c.state == State.PROPOSED.value, ~_MINE, first=(table.c.promised_on, table.c.id))
_HELD = _numbers(
    _MINE, table.c.state.in_(sorted(state.value for state in UNDECIDED)), first=(table.c.promised_on, table.c.id)
)


@dataclass(frozen=True, slots=True)
class Pile:
    """The lines of a pile in their order, and how many cases they show: a batch shows several."""

    lines: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Piles:
    """What waits in a room, and what is in the hands of the servant who looks."""

    waiting: Pile
    mine: Pile


def read_piles(c: Connection, room: AddressId, queue: QueueId, holder: StaffId) -> Piles:
    """Read the piles of a room, what is urgent first, then the longest waiting."""
    values = {"room": room, "queue": queue, "holder": holder}
    return Piles(_read(c, (_FREE, _PROPOSED), values), _read(c, (_HELD,), values))


def _read(c: Connection, statements: Sequence[sa.Select[tuple[int]]], values: dict[str, object]) -> Pile:
    rows = [row for statement in statements for row in c.execute(statement, values)]
    rows.sort(key=lambda row: not row.urgent)
    # A card that is still on its way has no line yet.
    return Pile(tuple(dict.fromkeys(row.number for row in rows if row.number is not None)), len(rows))
