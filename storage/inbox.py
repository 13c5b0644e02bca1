"""What came in: one row an update, so that an update delivered again is nothing."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dialogs.events import Update
from storage.addresses import Address
from storage.database import Connection
from storage.tables import inbox


def receive(c: Connection, update: Update, *, now: datetime) -> bool:
    """Note an update; false where it was here before."""
    return _insert(c, channel=update.channel, bot=update.bot, key=update.key, received_at=now)


def set_aside(c: Connection, channel: str, bot: str, key: str, raw: str, *, now: datetime) -> None:
    """Keep an update that failed again and again, as it came, for a person to look at."""
    _insert(c, channel=channel, bot=bot, key=key, received_at=now, aside=raw)


def list_aside(c: Connection) -> list[tuple[str, str, datetime]]:
    """List what was set aside, as (channel, key, when)."""
    query = sa.select(inbox.c.channel, inbox.c.key, inbox.c.received_at).where(inbox.c.aside.is_not(None))
    return [(row.channel, row.key, row.received_at) for row in c.execute(query.order_by(inbox.c.received_at))]


def aside_of(c: Connection, address: Address) -> Sequence[Any]:
    """List what was set aside and names a chat."""
    place = re.compile(rf"(?<!\w){re.escape(address.place)}(?!\w)")
    query = sa.select(inbox).where(inbox.c.channel == address.channel, inbox.c.aside.contains(address.place))
    return [row for row in c.execute(query.order_by(inbox.c.received_at)).all() if place.search(row.aside)]


def sweep(c: Connection, *, before: datetime) -> None:
    """Forget updates that no channel delivers again."""
    c.execute(inbox.delete().where(inbox.c.received_at < before, inbox.c.aside.is_(None)))


# The same statement on both databases, built once for each.
_RECEIVE = {
    "sqlite": sqlite.insert(inbox).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(inbox).on_conflict_do_nothing(),
}


def _insert(c: Connection, **values: object) -> bool:
    return c.execute(_RECEIVE[c.dialect.name], values).rowcount == 1
