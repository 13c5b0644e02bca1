"""What was written under the name of a group: kept for minutes, until a servant says by a button that it is theirs.

In the database, because a press may come after a restart.
"""

from dataclasses import dataclass
from datetime import datetime

from dialogs.ids import AddressId
from storage.database import Connection
from storage.tables import unsigned


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A text of nobody's: ``number`` is its message, ``reply_to`` the one that it replies to."""

    text: str
    number: int | None
    reply_to: int | None


def keep(c: Connection, id: int, address: AddressId, text: Unsigned, *, now: datetime) -> None:
    """Keep a text under an id that nobody can guess."""
    values = {"id": id, "address_id": address, "text": text.text, "number": text.number, "reply_to": text.reply_to}
    c.execute(unsigned.insert().values(**values, written_at=now))


def take(c: Connection, id: int, address: AddressId, *, since: datetime) -> Unsigned | None:
    """Give a text of a chat, once; None where it is used up, or was written before ``since``."""
    mine = (unsigned.c.id == id) & (unsigned.c.address_id == address)
    row = c.execute(unsigned.delete().where(mine).returning(unsigned)).one_or_none()
    return Unsigned(row.text, row.number, row.reply_to) if row and row.written_at >= since else None


def sweep(c: Connection, *, before: datetime) -> None:
    """Forget what nobody has said to be theirs."""
    c.execute(unsigned.delete().where(unsigned.c.written_at < before))
