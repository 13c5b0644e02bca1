"""One program at a time serves a database; others stand by, and the first of them goes on when it ends.

Telegram's limits are per bot, so one sender is right, and one poller is all that Telegram allows. The
right to serve is a lock that dies with its holder, however that ends: on PostgreSQL an advisory lock of
a connection of its own, on SQLite an exclusive transaction on a file beside the database.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import Unwritable

# Any number will do, as long as it is the same everywhere; the migrations have the one before it.
_TRY = sa.text("SELECT pg_try_advisory_lock(796835)")
_LOOK_EVERY_S = 1.0

T = TypeVar("T")


@asynccontextmanager
async def lead(
    url: str, *, waiting: Callable[[], None], look_every_s: float = _LOOK_EVERY_S
) -> AsyncIterator[asyncio.Event]:
    """Hold the right to serve a database, once it is free; ``waiting`` is called once if it is not.

    Gives an event that is set where the right was lost: then somebody else serves, and this program must stop.
    Raises: Unwritable.
    """
    if url.startswith("sqlite:"):
        lock = await _wait_for_file(Path(f"{url.removeprefix('sqlite:///')}.lead"), waiting, look_every_s)
        try:
            yield asyncio.Event()
        finally:
            lock.close()
        return
    engine = create_async_engine(
        sa.make_url(url).set(drivername="postgresql+asyncpg"), poolclass=sa.pool.NullPool, hide_parameters=True
    )
    lost = asyncio.Event()
    try:
        held = await _wait_for_lock(engine, waiting, look_every_s)
        keeping = asyncio.create_task(_keep(engine, held, lost, look_every_s))
        try:
            yield lost
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
    finally:
        await engine.dispose()


async def _wait_for_file(path: Path, waiting: Callable[[], None], look_every_s: float) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(path, timeout=0, isolation_level=None)
        return await _until_given(lambda: _try_file(lock), waiting, look_every_s)
    except (OSError, sqlite3.Error) as error:
        raise Unwritable(f"the database cannot be opened: {error}") from error


async def _wait_for_lock(engine: AsyncEngine, waiting: Callable[[], None], look_every_s: float) -> AsyncConnection:
    try:
        return await _until_given(lambda: _try_lock(engine), waiting, look_every_s)
    except (DBAPIError, OSError) as error:
        raise Unwritable(f"the database cannot be opened: {getattr(error, 'orig', None) or error}") from error


async def _until_given(
    attempt: Callable[[], Awaitable[T | None]], waiting: Callable[[], None], look_every_s: float
) -> T:
    """Try until something is given; say once that it is waited for."""
    told = False
    while (given := await attempt()) is None:
        if not told:
            waiting()
            told = True
        await asyncio.sleep(look_every_s)
    return given


async def _try_file(lock: sqlite3.Connection) -> sqlite3.Connection | None:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as failed:
        if failed.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return None
    return lock


async def _try_lock(engine: AsyncEngine) -> AsyncConnection | None:
    connection = await engine.connect()
    if (await connection.execute(_TRY)).scalar():
        # The lock belongs to the connection, and outlives the transaction.
        await connection.commit()
        return connection
    await connection.close()
    return None


async def _keep(engine: AsyncEngine, held: AsyncConnection, lost: asyncio.Event, look_every_s: float) -> None:
    """Take the lock again when its connection breaks; where somebody else was faster, it is lost."""
    connection: AsyncConnection | None = held
    while connection is not None:
        try:
            await _until_it_ends(connection)
        finally:
            await connection.invalidate()
            await connection.close()
        connection = await _take_again(engine, look_every_s)
    lost.set()


async def _until_it_ends(connection: AsyncConnection) -> None:
    ended = asyncio.Event()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    driver.add_termination_listener(lambda _: ended.set())
    if not driver.is_closed():
        await ended.wait()


async def _take_again(engine: AsyncEngine, look_every_s: float) -> AsyncConnection | None:
    while True:
        try:
            return await _try_lock(engine)
        except (DBAPIError, OSError):
            # Nobody can serve a database that nobody reaches.
            await asyncio.sleep(look_every_s)
