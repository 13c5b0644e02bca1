"""A case that goes to another queue: what that means for the cards of both, and which queues it was in."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Case
from dialogs.cases.lifecycle import Act
from dialogs.ids import QueueId
from storage.case_tables import cards, journal
from storage.codec import unpack_case
from storage.database import Connection
from storage.tables import rooms

_FORWARDS = (
    sa.select(journal.c.before)
    .where(
        journal.c.case_id == sa.bindparam("case"),
        journal.c.act == Act.FORWARD.value,
        journal.c.undone_at.is_(None),
    )
    .order_by(journal.c.id)
)


def move_cards(c: Connection, case: Case, left: QueueId, *, anew: bool, now: datetime) -> None:
    """Let the rooms of the queue that a case left say so, and those of its present one show it.

    ``anew``: in a new message, where they showed it before. So it is also where a room was told the last of it: nobody
    looks that far up.
    """
    here = (cards.c.case_id == case.id) & cards.c.address_id.in_(_rooms(case.queue))
    number = sa.null() if anew else sa.case((cards.c.left_at.is_not(None), cards.c.number))
    c.execute(cards.update().where(here).values(number=number, left_at=None))
    there = (cards.c.case_id == case.id) & cards.c.address_id.in_(_rooms(left))
    c.execute(cards.update().where(there).values(left_at=now))


def path_of(c: Connection, case: Case) -> tuple[QueueId, ...]:
    """List the queues that a case was in, oldest first, and its present one."""
    befores = c.execute(_FORWARDS, {"case": case.id}).scalars()
    return (*(unpack_case(before).queue for before in befores), case.queue)


def _rooms(queue: QueueId) -> sa.Select[tuple[int]]:
    return sa.select(rooms.c.address_id).where(rooms.c.queue == queue)
