"""Random values made on the first start and kept, such as the key that signs forms."""

import secrets

import sqlalchemy as sa

from storage import tables
from storage.database import Connection


def signing_key(c: Connection) -> bytes:
    """Give the key that signs forms (256 bits), making it where there is none."""
    return _key(c, "signing")


def import_key(c: Connection) -> bytes:
    """Give the key by which rows of other platforms are known again, making it where there is none."""
    return _key(c, "imports")


def _key(c: Connection, name: str) -> bytes:
    found: str | None = c.execute(sa.select(tables.secrets.c.value).where(tables.secrets.c.name == name)).scalar()
    if found is None:
        found = secrets.token_hex(32)
        c.execute(tables.secrets.insert().values(name=name, value=found))
    return bytes.fromhex(found)
