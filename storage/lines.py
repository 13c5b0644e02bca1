"""What the web chats show, theirs and ours.

Two numbers, not one, go up in every chat. The **id** is the message's number: it is given once, and
a later line of the same chat has a greater one, so a page says with the greatest id it shows which
prompts its reader can have seen. The **stamp** is given anew whenever a line changes, so a page asks
with the greatest stamp it knows for everything new *or* changed. Had the page to name the stamp to
say what was seen, an edit of an old line would count as having seen a prompt that came later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.ids import AddressId
from storage.database import Connection
from storage.outbox import WITHDRAWN
from storage.tables import addresses, lines, outbox


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chat. ``author`` is empty for the bot; ``message`` is packed (``storage/codec.py``)."""

    id: int
    stamp: int
    author: str
    message: str
    at: datetime


# Built once: every line runs these.
_LOCK = sa.select(addresses.c.id).where(addresses.c.id == sa.bindparam("address")).with_for_update()
_TOP = sa.select(sa.func.coalesce(sa.func.max(lines.c.stamp), 0)).where(lines.c.address_id == sa.bindparam("address"))
_SHOWN = sa.select(lines.c.id).where(lines.c.outbox_id == sa.bindparam("parcel"))
_IS_WITHDRAWN = sa.select(outbox.c.id).where(outbox.c.id == sa.bindparam("parcel"), outbox.c.status == WITHDRAWN)
_ADD = lines.insert().returning(lines.c.id)
_COLUMNS = (lines.c.id, lines.c.stamp, lines.c.author, lines.c.message, lines.c.at)


def add(
    c: Connection,
    address_id: AddressId,
    message: str,
    *,
    author: str = "",
    at: datetime,
    outbox_id: int | None = None,
) -> int:
    """Add a line and give its id; the same ``outbox_id`` again adds nothing and gives the first id."""
    stamp = _next_stamp(c, address_id)
    if outbox_id is not None:
        known: int | None = c.execute(_SHOWN, {"parcel": outbox_id}).scalar()
        if known is not None:
            return known
        if c.execute(_IS_WITHDRAWN, {"parcel": outbox_id}).scalar() is not None:
            # Its person took their words back while it was under way.
            return 0
    values = {"address_id": address_id, "stamp": stamp, "author": author, "message": message, "at": at}
    return int(c.execute(_ADD, {**values, "outbox_id": outbox_id}).scalar_one())


def change(c: Connection, address_id: AddressId, line_id: int, message: str) -> bool:
    """Put another message in place of a line's; false where this chat has no such line."""
    stamp = _next_stamp(c, address_id)
    mine = (lines.c.id == line_id) & (lines.c.address_id == address_id)
    return c.execute(lines.update().where(mine).values(message=message, stamp=stamp)).rowcount == 1


def forget(c: Connection, address_id: AddressId, *, since: datetime) -> None:
    """Delete what a chat shows from a moment on."""
    c.execute(lines.delete().where(lines.c.address_id == address_id, lines.c.at >= since))


def since(c: Connection, address_id: AddressId, stamp: int, *, limit: int) -> list[Line]:
    """List the lines that are new or changed after ``stamp``, in the order in which that happened."""
    query = sa.select(*_COLUMNS).where(lines.c.address_id == address_id, lines.c.stamp > stamp)
    return [Line(*row) for row in c.execute(query.order_by(lines.c.stamp).limit(limit))]


def newest(c: Connection, address_id: AddressId, *, limit: int, before: int | None = None) -> list[Line]:
    """List the last lines of a chat from top to bottom, or the last ones above the line ``before``."""
    query = sa.select(*_COLUMNS).where(lines.c.address_id == address_id)
    if before is not None:
        query = query.where(lines.c.id < before)
    return [Line(*row) for row in c.execute(query.order_by(lines.c.id.desc()).limit(limit))][::-1]


def these(c: Connection, address_id: AddressId, ids: Sequence[int]) -> list[Line]:
    """List lines of a chat in the order in which they are named, as far as they are there."""
    query = sa.select(*_COLUMNS).where(lines.c.address_id == address_id, lines.c.id.in_(ids))
    found = {row.id: Line(*row) for row in c.execute(query)}
    return [found[id] for id in ids if id in found]


def top_stamp(c: Connection, address_id: AddressId) -> int:
    """Give the greatest stamp of a chat, 0 for an empty one."""
    return int(c.execute(_TOP, {"address": address_id}).scalar_one())


def _next_stamp(c: Connection, address_id: AddressId) -> int:
    # Two writers of one chat wait for each other on PostgreSQL, so that ids and stamps become
    # visible in the order in which they count; SQLite has one writer and ignores the lock.
    c.execute(_LOCK, {"address": address_id})
    return top_stamp(c, address_id) + 1
