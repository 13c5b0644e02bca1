"""Batches: in a rush, one message of a room lists many new cases, and each of them counts as posted.

A new card that is about to be sent takes others that wait along: their rows become the one row of the
batch, in one transaction. A kill before it leaves cards that are due, a kill after it a batch that is due.
The batch is known by the number of that row, which also keeps the number of its message.
"""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.urgency import Urgency
from dialogs.effects import Lane
from dialogs.ids import BatchId, CaseId, OutboxId
from storage import outbox, rooms
from storage.case_tables import cards
from storage.database import Connection
from storage.outbox import IS_DUE, Parcel
from storage.tables import outbox as outbox_table

# Where more new cards than this wait for a room, they are listed, so many in a message.
MOST_SINGLY, AT_ONCE = 6, 10

# Built once: every new card in a room with a budget runs it. A card whose drawing has begun has no mark.
_NEW_CARDS = (
    sa.select(outbox_table.c.id, outbox_table.c.draws_case_id)
    .where(
        IS_DUE,
        outbox_table.c.lane == sa.literal_column(str(Lane.CARD.value)),
        outbox_table.c.address_id == sa.bindparam("room"),
        outbox_table.c.urgency == Urgency.NEW.value,
        outbox_table.c.dedup.is_not(None),
        outbox_table.c.due_at <= sa.bindparam("now"),
    )
    .order_by(outbox_table.c.wanted_by, outbox_table.c.id)
    .limit(AT_ONCE)
    # What a turn holds at this moment it is changing; waiting for it here could wait for ever.
    .with_for_update(skip_locked=True)
)
_LISTED = (
    sa.select(cards.c.case_id, cards.c.number)
    .where(cards.c.batch_id == sa.bindparam("batch"))
    .order_by(cards.c.case_id)
)


def gather(c: Connection, parcel: Parcel, *, now: datetime) -> Parcel:
    """Give what goes in place of a new card: itself, or a batch of it and others where many wait for its room."""
    waiting = c.execute(_NEW_CARDS, {"room": parcel.address, "now": now}).all()
    if len(waiting) <= MOST_SINGLY or parcel.id not in {row.id for row in waiting}:
        return parcel
    batch = BatchId(parcel.id)
    for row in waiting:
        rooms.list_in_batch(c, parcel.address, CaseId(row.draws_case_id), batch)
    outbox.withdraw(c, [OutboxId(row.id) for row in waiting if row.id != parcel.id])
    is_now = {"draws_case_id": None, "draws_batch_id": batch, "case_id": None, "dedup": f"batch:{batch}"}
    c.execute(outbox_table.update().where(outbox_table.c.id == parcel.id).values(is_now))
    return replace(parcel, draws=None, draws_batch=batch, about=None)


def list_cases(c: Connection, batch: BatchId) -> list[tuple[CaseId, bool]]:
    """List the cases of a batch, and whether each has a card of its own in the room by now."""
    return [(CaseId(row.case_id), row.number is not None) for row in c.execute(_LISTED, {"batch": batch})]


def number_of(c: Connection, batch: BatchId) -> int | None:
    """Tell which message of its room shows a batch."""
    number: int | None = c.execute(sa.select(outbox_table.c.number).where(outbox_table.c.id == batch)).scalar()
    return number


def set_number(c: Connection, batch: BatchId, number: int | None) -> None:
    """Note which message of its room shows a batch; None: none does any more."""
    c.execute(outbox_table.update().where(outbox_table.c.id == batch).values(number=number))
