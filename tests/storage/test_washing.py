"""What was deleted leaves the disk too: on SQLite every byte of it, on PostgreSQL every row."""

import asyncio

from storage.database import Connection, Database
from storage.inbox import set_aside
from tests.storage.rows import NOW, files_of

CANARY = "canary-of-ana"


async def test_no_byte_is_left_in_the_file_or_its_log(sqlite_url: str) -> None:
    """While the database is open, a wash after a deletion leaves nothing of it in the file or in the log beside it."""
    database = await Database.open(sqlite_url)
    try:
        await database.write(_write)
        await database.write(_delete)
        assert CANARY.encode() in files_of(sqlite_url)
        assert await database.wash()
        assert CANARY.encode() not in files_of(sqlite_url)
    finally:
        await database.close()


async def test_a_wash_waits_for_nobody_and_harms_nobody(database: Database) -> None:
    """Turns go on beside it, and all that they write is there."""
    await asyncio.gather(database.write(_write), database.wash(), *(database.write(_count) for _ in range(20)))
    assert await database.read(_count) == 1


async def test_dead_rows_are_gone(postgres_url: str) -> None:
    """On PostgreSQL the next row takes the place of the deleted one, which so is free."""
    database = await Database.open(postgres_url)
    try:
        await database.write(_write)
        await database.write(_delete)
        assert await database.wash()
        await database.write(_write)
        place = "SELECT CAST(ctid AS text) FROM inbox"
        assert await database.read(lambda c: c.exec_driver_sql(place).scalar_one()) == "(0,1)"
    finally:
        await database.close()


def _write(c: Connection) -> None:
    set_aside(c, "telegram", "1", "1", CANARY * 200, now=NOW)


def _delete(c: Connection) -> None:
    c.exec_driver_sql("DELETE FROM inbox")


def _count(c: Connection) -> int:
    return int(c.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())
