"""Review rooms: which chats show the cards of a queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Case
from dialogs.cases.sorting import Menu
from dialogs.ids import AddressId, BatchId, CaseId, QueueId
from storage import addresses
from storage.case_tables import cards
from storage.database import Connection
from storage.tables import rooms

# Built once: every act on a case runs it.
_ROOMS_OF = (
    sa.select(rooms.c.address_id, cards.c.number, cards.c.batch_id)
    .outerjoin(cards, (cards.c.address_id == rooms.c.address_id) & (cards.c.case_id == sa.bindparam("case")))
    .where(rooms.c.queue == sa.bindparam("queue"))
    .order_by(rooms.c.address_id)
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a room shows a case: the message that is its card, and the batch that lists it."""

    room: AddressId
    number: int | None
    batch: BatchId | None


def bind(c: Connection, address_id: AddressId, queue: QueueId, *, now: datetime) -> None:
    """Make a chat the room of a queue; its cards of another queue are its no longer."""
    leave(c, address_id)
    c.execute(rooms.insert().values(address_id=address_id, queue=queue, bound_at=now))


def leave(c: Connection, address_id: AddressId) -> None:
    """Let a chat be no room any more."""
    c.execute(rooms.delete().where(rooms.c.address_id == address_id))
    c.execute(cards.delete().where(cards.c.address_id == address_id))


def queue_of(c: Connection, address_id: AddressId) -> QueueId | None:
    """Tell which queue's room a chat is."""
    found = c.execute(sa.select(rooms.c.queue).where(rooms.c.address_id == address_id)).scalar()
    return None if found is None else QueueId(found)


def rooms_of(c: Connection, queue: str, case_id: CaseId | None = None) -> list[Seen]:
    """List the rooms of a queue, and where each of them shows a case, if one is named."""
    rows = c.execute(_ROOMS_OF, {"queue": queue, "case": case_id})
    return [
        Seen(AddressId(row.address_id), row.number, None if row.batch_id is None else BatchId(row.batch_id))
        for row in rows
    ]


def ensure_web_rooms(c: Connection, queues: Iterable[QueueId], *, now: datetime) -> None:
    """See to it that every queue has its web room."""
    for queue in queues:
        if addresses.find(c, "web", f"room:{queue}") is None:
            bind(c, addresses.add(c, "web", f"room:{queue}", addresses.ROOM), queue, now=now)


def card_number(c: Connection, address_id: AddressId, case_id: CaseId) -> int | None:
    """Tell which message of a room shows a case."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case_id)
    number: int | None = c.execute(sa.select(cards.c.number).where(mine)).scalar()
    return number


def case_of_card(c: Connection, address_id: AddressId, number: int) -> CaseId | None:
    """Tell which case a message of a room shows."""
    mine = (cards.c.address_id == address_id) & (cards.c.number == number)
    found = c.execute(sa.select(cards.c.case_id).where(mine)).scalar()
    return None if found is None else CaseId(found)


def set_card(c: Connection, address_id: AddressId, case_id: CaseId, number: int | None) -> None:
    """Note which message of a room shows a case; None: none does any more."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case_id)
    if c.execute(cards.update().where(mine).values(number=number)).rowcount == 0:
        c.execute(cards.insert().values(address_id=address_id, case_id=case_id, number=number))


def list_in_batch(c: Connection, address_id: AddressId, case_id: CaseId, batch: BatchId) -> None:
    """Note that a batch lists a case in a room, which so counts as posted there."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case_id)
    if c.execute(cards.update().where(mine).values(batch_id=batch)).rowcount == 0:
        c.execute(cards.insert().values(address_id=address_id, case_id=case_id, batch_id=batch))


def show_menu(c: Connection, address_id: AddressId, case: Case, menu: Menu) -> bool:
    """Open a menu under the card of a case for as long as it is at this version; false where no card is."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case.id)
    return c.execute(cards.update().where(mine).values(menu=menu.value, menu_version=case.version)).rowcount == 1


def close_menus(c: Connection, case: Case) -> list[AddressId]:
    """Close the menus under the cards of a case; give the rooms where one was open."""
    is_open = (cards.c.case_id == case.id) & (cards.c.menu != "") & (cards.c.menu_version == case.version)
    rows = c.execute(cards.update().where(is_open).values(menu="").returning(cards.c.address_id))
    return [AddressId(row.address_id) for row in rows]


def menu_of(c: Connection, address_id: AddressId, case: Case) -> Menu:
    """Tell which menu is open under the card of a case."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case.id) & (cards.c.menu_version == case.version)
    return Menu(c.execute(sa.select(cards.c.menu).where(mine)).scalar() or "")


def forget_cards(c: Connection, address_id: AddressId) -> list[CaseId]:
    """Note that a chat's messages can no longer be edited; give the cases to post anew."""
    here = cards.c.address_id == address_id
    gone = sa.select(cards.c.case_id).where(here, cards.c.number.is_not(None) | cards.c.batch_id.is_not(None))
    found = [CaseId(row.case_id) for row in c.execute(gone)]
    c.execute(cards.update().where(here).values(number=None, batch_id=None))
    return found
