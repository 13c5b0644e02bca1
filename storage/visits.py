"""Who a browser's cookie is, and the receipt codes that reopen a talk on another device.

Only SHA-256 of a token or a code is kept: a copy of the database opens nobody's talk. Both are
random and long, so a salt or a slow hash would add nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from dialogs.ids import AddressId, Language, StaffId, unspell
from storage.database import Connection
from storage.tables import addresses, people, receipts, visits


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that we know. ``staff_id`` is None for a citizen; ``language`` may be empty."""

    address_id: AddressId
    place: str
    staff_id: StaffId | None
    language: Language


def begin(
    c: Connection, token: str, address_id: AddressId, *, staff_id: StaffId | None = None, expires_at: datetime
) -> None:
    """Let a fresh token stand for an address until ``expires_at``."""
    values = {"address_id": address_id, "staff_id": staff_id, "expires_at": expires_at}
    c.execute(visits.insert().values(token_sha256=_hashed(token), **values))


def find(c: Connection, token: str, *, now: datetime) -> Visit | None:
    """Tell whose token this is; None for one that we never gave, that ended or that is too old."""
    query = (
        sa.select(visits.c.address_id, addresses.c.place, visits.c.staff_id, people.c.language)
        .join(addresses, addresses.c.id == visits.c.address_id)
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .where(visits.c.token_sha256 == _hashed(token), visits.c.expires_at > now)
    )
    row = c.execute(query).one_or_none()
    return row and Visit(row.address_id, row.place, row.staff_id, Language(row.language or ""))


def end(c: Connection, token: str) -> None:
    """Let a token mean nothing from now on."""
    c.execute(visits.delete().where(visits.c.token_sha256 == _hashed(token)))


def sweep(c: Connection, *, now: datetime) -> None:
    """Delete the visits that are too old."""
    c.execute(visits.delete().where(visits.c.expires_at <= now))


def keep_receipt(c: Connection, address_id: AddressId, code: str, *, at: datetime) -> None:
    """Let a code reopen the talk of an address."""
    values = {"code_sha256": hash_code(code), "address_id": address_id, "created_at": at}
    c.execute(receipts.insert().values(values))


def address_of_receipt(c: Connection, code: str) -> AddressId | None:
    """Tell which talk a code reopens; the code may be written in any case, with or without hyphens."""
    query = sa.select(receipts.c.address_id).where(receipts.c.code_sha256 == hash_code(code))
    found: AddressId | None = c.execute(query).scalar()
    return found


def hash_code(code: str) -> str:
    """Give what is kept of a code, however it is written."""
    return _hashed(unspell(code))


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
