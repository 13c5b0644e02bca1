"""The one thread that writes to SQLite, with group commit.

SQLite has one writer at a time, and a durable commit costs an fsync. So units of work that wait
are run one after another in one transaction, each in a savepoint of its own, and their callers are
woken after the one COMMIT (the scheme of every database with group commit; SQLite's WAL with
``synchronous=FULL`` makes the commit durable). A unit that raises undoes its own savepoint only.
When the COMMIT fails, the whole batch fails: nobody was told yet that anything was done.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage.errors import LostRace, StorageError, Unwritable

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

# A batch is one fsync; beyond this many units the first caller would wait for the last one.
LARGEST_BATCH = 64
_ATTEMPTS = 5


class _Unit:
    """One unit of work, and the caller who waits for it."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Work[Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs units of work on a thread of its own, many to a commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._units: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._connection: sa.Connection | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Work[T]) -> T:
        """Run ``work`` and return after the commit that holds it.

        Raises: Unwritable where the database cannot be written; whatever ``work`` raised.
        """
        if self._closed:
            raise Unwritable("the database is closed")
        unit = _Unit(work, asyncio.get_running_loop())
        self._units.put(unit)
        return await unit.future  # type: ignore[no-any-return]

    def close(self) -> None:
        """Finish what was submitted and end the thread."""
        self._closed = True
        self._units.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._units.get()) is not None:
            batch, more = self._gather(first)
            self._do(batch)
            self._wake(batch)
            if not more:
                break
        if self._connection is not None:
            self._connection.close()

    def _gather(self, first: _Unit) -> tuple[list[_Unit], bool]:
        batch = [first]
        while len(batch) < LARGEST_BATCH:
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                return batch, True
            if unit is None:
                return batch, False
            batch.append(unit)
        return batch, True

    def _do(self, batch: list[_Unit]) -> None:
        try:
            connection = self._connection = self._connection or self._engine.connect()
            with connection.begin():
                for unit in batch:
                    _run_in_savepoint(connection, unit)
        except (DBAPIError, sqlite3.Error) as error:
            self._fail(batch, error)

    def _fail(self, batch: list[_Unit], error: DBAPIError | sqlite3.Error) -> None:
        # The connection may be in any state now: a fresh one is how the writer recovers without a restart.
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        for unit in batch:
            unit.error = Unwritable(f"the database cannot be written: {getattr(error, 'orig', error)}")
            unit.error.__cause__ = error

    def _wake(self, batch: list[_Unit]) -> None:
        loops = {unit.loop for unit in batch}
        for loop in loops:
            mine = [unit for unit in batch if unit.loop is loop]
            # A loop that has ended has nobody left who waits.
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, mine)


def _settle(units: list[_Unit]) -> None:
    for unit in units:
        unit.settle()


def _run_in_savepoint(connection: sa.Connection, unit: _Unit) -> None:
    # Straight to the driver: through SQLAlchemy the savepoints would cost as much as the unit's own statements.
    savepoint = _driver_of(connection).execute
    for _ in range(_ATTEMPTS):
        savepoint("SAVEPOINT unit")
        try:
            unit.result, unit.error = unit.work(connection), None
        except DBAPIError as error:
            if not _is_about_the_data(error):
                raise
            unit.error = error
        except Exception as error:  # noqa: BLE001 - it is the caller's, who waits for it
            unit.error = error
        if unit.error is None:
            savepoint("RELEASE unit")
            return
        savepoint("ROLLBACK TO unit")
        savepoint("RELEASE unit")
        if not isinstance(unit.error, LostRace):
            return
    unit.error = StorageError("somebody else was faster, again and again")


def _driver_of(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _is_about_the_data(error: DBAPIError) -> bool:
    """Tell a unit's own mistake (a constraint) from a database that cannot be written."""
    return isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError)
