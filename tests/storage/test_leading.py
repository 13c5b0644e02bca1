"""One program at a time serves a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.leading import lead

SOON = 0.01


class Standby:
    """A second program on the same database."""

    def __init__(self, url: str) -> None:
        self.waits, self.leads, self.ends = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._run(url))

    async def _run(self, url: str) -> None:
        async with lead(url, waiting=self.waits.set, look_every_s=SOON):
            self.leads.set()
            await self.ends.wait()


async def test_the_second_stands_by_until_the_first_ends(database_url: str) -> None:
    """While one serves, another waits and says so; when the first ends, it goes on."""
    async with asyncio.timeout(20):
        async with lead(database_url, waiting=nobody, look_every_s=SOON):
            second = Standby(database_url)
            await second.waits.wait()
            assert not second.leads.is_set()
        await second.leads.wait()
        second.ends.set()
        await second.task


async def test_a_broken_connection_is_mended(postgres_url: str) -> None:
    """Who lost the connection that held the right takes it again, if nobody else did."""
    async with asyncio.timeout(20), lead(postgres_url, waiting=nobody, look_every_s=SOON) as lost:
        first = await holder(postgres_url)
        await end(postgres_url, first)
        while (now := await holder(postgres_url)) in (None, first):
            pass
        assert now is not None
        assert not lost.is_set()


async def test_who_was_too_slow_must_stop(postgres_url: str) -> None:
    """Where another program took the right meanwhile, the first one hears that it is lost."""
    async with (
        asyncio.timeout(20),
        lead(postgres_url, waiting=nobody, look_every_s=SOON) as lost,
        opened(postgres_url) as thief,
    ):
        first = await holder(postgres_url)
        # It waits in line, so nobody comes in between.
        taking = asyncio.create_task(thief.execute(sa.text("SELECT pg_advisory_lock(796835)")))
        while not await waits(postgres_url):
            pass
        await end(postgres_url, first)
        await taking
        await lost.wait()


async def holder(url: str) -> int | None:
    """Give the process of the server that holds the right."""
    return await ask(url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 796835 AND granted")


async def waits(url: str) -> bool:
    """Tell whether somebody waits for the right."""
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 796835 AND NOT granted"
    return await ask(url, query) is not None


async def end(url: str, process: int | None) -> None:
    """Break a connection from the server's side."""
    assert process is not None
    await ask(url, f"SELECT pg_terminate_backend({process})::int")


async def ask(url: str, query: str) -> int | None:
    """Ask the server something on a connection of our own."""
    async with opened(url) as connection:
        found: int | None = (await connection.execute(sa.text(query))).scalar()
        return found


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncConnection]:
    """Open a connection of our own."""
    engine = create_async_engine(sa.make_url(url).set(drivername="postgresql+asyncpg"), poolclass=sa.pool.NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


def nobody() -> None:
    """Nobody waits here."""
    raise AssertionError("the right was not free")
