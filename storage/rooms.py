"""Review rooms: which chats show the cards of a queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Case
from dialogs.desk.sorting import Menu
from dialogs.ids import AddressId, BatchId, CaseId, QueueId
from storage import addresses, duties
from storage.case_tables import cards, cases
from storage.database import Connection
from storage.tables import addresses as places
from storage.tables import rooms

# Built once: every act on a case runs the first, every drawing of its card the second.
_ROOMS_OF = sa.union_all(
    sa.select(rooms.c.address_id, cards.c.number, cards.c.batch_id, sa.false().label("has_left"))
    .outerjoin(cards, (cards.c.address_id == rooms.c.address_id) & (cards.c.case_id == sa.bindparam("case")))
    .where(rooms.c.queue == sa.bindparam("queue")),
    sa.select(cards.c.address_id, cards.c.number, cards.c.batch_id, sa.true()).where(
        cards.c.case_id == sa.bindparam("case"), cards.c.left_at.is_not(None)
    ),
).order_by("address_id")
_SHOWN_IN = (
    sa.select(rooms.c.queue, cards.c.menu, cards.c.menu_version)
    .outerjoin(cards, (cards.c.address_id == rooms.c.address_id) & (cards.c.case_id == sa.bindparam("case")))
    .where(rooms.c.address_id == sa.bindparam("room"))
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a room shows a case: the message that is its card, and the batch that lists it.

    ``has_left``: the case is another queue's now, and the room has not been told the last of it.
    """

    room: AddressId
    number: int | None
    batch: BatchId | None
    has_left: bool = False


def bind(c: Connection, address_id: AddressId, queue: QueueId, *, now: datetime) -> None:
    """Make a chat the room of a queue; its cards of another queue are its no longer."""
    leave(c, address_id)
    c.execute(rooms.insert().values(address_id=address_id, queue=queue, bound_at=now))
    duties.ensure(c, queue)


def leave(c: Connection, address_id: AddressId) -> None:
    """Let a chat be no room any more."""
    c.execute(rooms.delete().where(rooms.c.address_id == address_id))
    c.execute(cards.delete().where(cards.c.address_id == address_id))


def queue_of(c: Connection, address_id: AddressId) -> QueueId | None:
    """Tell which queue's room a chat is."""
    found = c.execute(sa.select(rooms.c.queue).where(rooms.c.address_id == address_id)).scalar()
    return None if found is None else QueueId(found)


def list_newest_cards(c: Connection, channel: str, *, in_each: int) -> list[tuple[AddressId, CaseId]]:
    """List the newest cards in each room of a channel, of cases that are undecided."""
    query = sa.select(rooms.c.address_id).join(places, rooms.c.address_id == places.c.id)
    found: list[tuple[AddressId, CaseId]] = []
    for room in c.execute(query.where(places.c.channel == channel).order_by(rooms.c.address_id)).scalars().all():
        newest = (
            sa.select(cards.c.case_id)
            .join(cases, cases.c.id == cards.c.case_id)
            .where(cards.c.address_id == room, cards.c.number.is_not(None), cards.c.left_at.is_(None))
            .where(cases.c.state.in_([state.value for state in UNDECIDED]))
            .order_by(cards.c.number.desc())
            .limit(in_each)
        )
        found += [(AddressId(room), CaseId(case_id)) for case_id in c.execute(newest).scalars()]
    return found


def list_places(c: Connection, channel: str) -> list[str]:
    """List the places of a channel that are rooms."""
    query = sa.select(places.c.place).join(rooms, rooms.c.address_id == places.c.id)
    return list(c.execute(query.where(places.c.channel == channel)).scalars())


def list_in_group(c: Connection, channel: str, group: str) -> list[str]:
    """List the places of a group that are rooms: the group itself, and its topics."""
    inside = (places.c.place == group) | places.c.place.startswith(f"{group}/", autoescape=True)
    query = sa.select(places.c.place).join(rooms, rooms.c.address_id == places.c.id)
    return list(c.execute(query.where(places.c.channel == channel, inside).order_by(places.c.id)).scalars())


def rooms_of(c: Connection, queue: str, case_id: CaseId | None = None) -> list[Seen]:
    """List the rooms of a queue, and where each of them shows a case, if one is named; and those that it has left."""
    rows = c.execute(_ROOMS_OF, {"queue": queue, "case": case_id})
    return [
        Seen(
            AddressId(row.address_id),
            row.number,
            None if row.batch_id is None else BatchId(row.batch_id),
            bool(row.has_left),
        )
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


def shown_in(c: Connection, address_id: AddressId, case: Case) -> tuple[QueueId | None, Menu]:
    """Tell whose room a chat is, and which menu is open under the card of a case there."""
    row = c.execute(_SHOWN_IN, {"room": address_id, "case": case.id}).one_or_none()
    if row is None:
        return None, Menu.PLAIN
    return QueueId(row.queue), Menu(row.menu) if row.menu and row.menu_version == case.version else Menu.PLAIN


def settle(c: Connection, address_id: AddressId, case_id: CaseId) -> None:
    """Note that a room was told the last of a case which has left its queue: it is not drawn there any more."""
    mine = (cards.c.address_id == address_id) & (cards.c.case_id == case_id)
    c.execute(cards.update().where(mine).values(left_at=None))


def forget_cards(c: Connection, address_id: AddressId) -> list[CaseId]:
    """Note that a chat's messages can no longer be edited; give the cases to post anew."""
    here = cards.c.address_id == address_id
    gone = sa.select(cards.c.case_id).where(here, cards.c.number.is_not(None) | cards.c.batch_id.is_not(None))
    found = [CaseId(row.case_id) for row in c.execute(gone)]
    c.execute(cards.update().where(here).values(number=None, batch_id=None))
    c.execute(rooms.update().where(rooms.c.address_id == address_id).values(board=None, board_shows=None))
    return found
