"""Where people and rooms are: a place on a channel."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.ids import AddressId, PersonId
from storage.database import Connection
from storage.tables import addresses, people

# A citizen's own chat, a servant's own chat (they may be a citizen there too), a review room.
PRIVATE, STAFF, ROOM = "private", "staff", "room"


@dataclass(frozen=True, slots=True)
class Address:
    """One chat. ``person`` is None in rooms and in the own chats of servants on the web."""

    id: AddressId
    channel: str
    place: str
    kind: str
    person: PersonId | None
    reachable: bool


_COLUMNS = (
    addresses.c.id,
    addresses.c.channel,
    addresses.c.place,
    addresses.c.kind,
    addresses.c.person_id,
    addresses.c.unreachable_at.is_(None),
)


# Built once: every turn runs it.
_FIND = sa.select(*_COLUMNS).where(
    addresses.c.channel == sa.bindparam("channel"), addresses.c.place == sa.bindparam("place")
)
# Others may still write rows that point to it.
_HOLD = _FIND.with_for_update(key_share=True)


def find(c: Connection, channel: str, place: str) -> AddressId | None:
    """Find the address of a place."""
    known = find_address(c, channel, place)
    return known.id if known else None


def find_address(c: Connection, channel: str, place: str) -> Address | None:
    """Find a place with all we know of it."""
    row = c.execute(_FIND, {"channel": channel, "place": place}).one_or_none()
    return Address(*row) if row else None


def hold_address(c: Connection, channel: str, place: str) -> Address | None:
    """Find a place, and let no other turn of it begin until the end of the transaction.

    Two messages at once would each add to what they both read, and one of them would be lost (PostgreSQL).
    """
    row = c.execute(_HOLD, {"channel": channel, "place": place}).one_or_none()
    return Address(*row) if row else None


def load(c: Connection, address_id: AddressId) -> Address:
    """Give a known address."""
    return Address(*c.execute(sa.select(*_COLUMNS).where(addresses.c.id == address_id)).one())


def add(c: Connection, channel: str, place: str, kind: str, *, person: PersonId | None = None) -> AddressId:
    """Add a place."""
    values = {"channel": channel, "place": place, "kind": kind, "person_id": person}
    return AddressId(c.execute(addresses.insert().values(values).returning(addresses.c.id)).scalar_one())


def add_citizen(c: Connection, channel: str, place: str, language: str, *, now: datetime) -> Address:
    """Add a person who writes for the first time, with their place."""
    values = {"language": language, "created_at": now}
    person = PersonId(c.execute(people.insert().values(values).returning(people.c.id)).scalar_one())
    return Address(add(c, channel, place, PRIVATE, person=person), channel, place, PRIVATE, person, reachable=True)


def set_kind(c: Connection, address_id: AddressId, kind: str) -> None:
    """Note what a place is."""
    c.execute(addresses.update().where(addresses.c.id == address_id).values(kind=kind))


def set_reachable(c: Connection, address_id: AddressId, *, reachable: bool, now: datetime) -> None:
    """Note whether anything can reach a place."""
    at = None if reachable else now
    c.execute(addresses.update().where(addresses.c.id == address_id).values(unreachable_at=at))


def move(c: Connection, address_id: AddressId, place: str) -> None:
    """Note that a place has a new reference, which no other place has."""
    c.execute(addresses.update().where(addresses.c.id == address_id).values(place=place))
