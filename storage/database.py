"""The door to the store: ``read(work)`` and ``write(work)`` run plain functions of a connection.

The functions are synchronous and the same for both databases. On SQLite one thread writes, with
group commit (``storage/writer.py``), and reads go through aiosqlite. On PostgreSQL each unit is a
transaction of its own on asyncpg, run again when it lost a race.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import LostRace, StorageError, Unwritable
from storage.migrate import upgrade
from storage.writer import Writer

T = TypeVar("T")
Connection = sa.Connection
Work = Callable[[Connection], T]

# SQLite: a commit is on the disk when it returns, also where the power fails.
SYNCHRONOUS = "FULL"
_ATTEMPTS = 5
# SQLSTATE: serialization failure, deadlock; and a unique value that somebody else wrote at the same
# moment. Running the unit again is the answer: it then sees what they wrote.
_UNIQUE = "23505"
_RUN_AGAIN = ("40001", "40P01", _UNIQUE)
# SQLSTATE: a read-only transaction.
_READ_ONLY = "25006"
# SQLSTATE classes: connection exceptions, insufficient resources (disk full), operator intervention, system errors.
_UNWRITABLE = ("08", "53", "57", "58", _READ_ONLY)

# Those of the system are not ours to clean.
_OWN_TABLES = "SELECT quote_ident(relname) FROM pg_stat_user_tables WHERE schemaname = current_schema()"


class Database:
    """One open database; ``Database.open`` makes it."""

    def __init__(self, engine: AsyncEngine, writer: Writer | None) -> None:
        self._engine = engine
        # What only reads goes without a transaction, as on SQLite; READ COMMITTED promised no more, for three trips.
        self._reading = engine if writer else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open ``sqlite:///path`` or ``postgresql://…`` and bring its tables up to date.

        Raises: Unwritable where that cannot be done, with a sentence that says why.
        """
        try:
            return await (cls._open_sqlite(url) if url.startswith("sqlite:") else cls._open_postgres(url))
        except (DBAPIError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise Unwritable(f"the database cannot be opened: {reason}") from error

    @classmethod
    async def _open_sqlite(cls, url: str) -> Self:
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.pool.NullPool, hide_parameters=True)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
        writer = Writer(engine)
        try:
            await writer.submit(upgrade)
        except BaseException:
            writer.close()
            raise
        reader = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=4, hide_parameters=True)
        sa.event.listen(reader.sync_engine, "connect", _prepare_sqlite)
        return cls(reader, writer)

    @classmethod
    async def _open_postgres(cls, url: str) -> Self:
        driver_url = sa.make_url(url).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(driver_url, pool_size=16, max_overflow=0, pool_timeout=30, hide_parameters=True)
        sa.event.listen(engine.sync_engine, "checkout", _leave_out_closed)
        try:
            async with engine.begin() as connection:
                # Two processes that start together must not both change the tables.
                await connection.execute(sa.text("SELECT pg_advisory_xact_lock(796834)"))
                await connection.run_sync(upgrade)
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine, None)

    async def read(self, work: Work[T]) -> T:
        """Run a unit that only reads.

        Raises: Unwritable where the database cannot be reached.
        """
        try:
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)
        except (DBAPIError, sa.exc.TimeoutError, OSError) as error:
            if isinstance(error, DBAPIError) and not _is_out_of_reach(error):
                raise
            raise Unwritable(f"the database cannot be read: {_reason(error)}") from error

    async def write(self, work: Work[T]) -> T:
        """Run a unit in a transaction and return after its commit; it may be run more than once.

        Raises: Unwritable where the database cannot be written; whatever ``work`` raised.
        """
        if self._writer is not None:
            return await self._writer.submit(work)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            except LostRace:
                continue
            except (DBAPIError, sa.exc.TimeoutError, OSError) as error:
                state = _sqlstate(error)
                if state in _RUN_AGAIN and (attempt < _ATTEMPTS or state != _UNIQUE):
                    continue
                if state == _READ_ONLY:
                    # The others in the pool were opened when this was so, too, and would stay like that.
                    await self._engine.dispose()
                if not isinstance(error, DBAPIError) or state.startswith(_UNWRITABLE) or not state:
                    raise Unwritable(f"the database cannot be written: {_reason(error)}") from error
                raise
        raise StorageError("somebody else was faster, again and again")

    async def wash(self) -> bool:
        """See that what was deleted is on the disk no longer than need be; false: not now, try again.

        SQLite writes zeros over what is deleted, but its log keeps the older pages until it is written back and cut
        off, which waits for whoever reads. PostgreSQL keeps dead rows until they are vacuumed; their bytes may lie
        in a page until it is used again, and in its own log until that is.
        Raises: Unwritable where the database cannot be reached.
        """
        try:
            async with self._engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
                    return not busy
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                tables = (await alone.exec_driver_sql(_OWN_TABLES)).scalars().all()
                await alone.exec_driver_sql(f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {', '.join(tables)}")
                return True
        except (DBAPIError, sa.exc.TimeoutError, OSError) as error:
            raise Unwritable(f"the database cannot be cleaned up: {_reason(error)}") from error

    async def close(self) -> None:
        """Finish what was submitted and let go of every connection."""
        if self._writer is not None:
            self._writer.close()
        await self._engine.dispose()


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions are off: ours begin IMMEDIATE, so that no writer finds out late.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _leave_out_closed(connection: Any, _: object, __: object) -> None:
    # When PostgreSQL was started anew, the pool is full of connections that ended; this asks nobody.
    if connection.driver_connection.is_closed():
        raise sa.exc.DisconnectionError


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_out_of_reach(error: DBAPIError) -> bool:
    # asyncpg calls a connection that was cut an InterfaceError.
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return lost or _sqlstate(error).startswith(_UNWRITABLE)


def _sqlstate(error: BaseException) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")


def _reason(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
