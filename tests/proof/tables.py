"""The service's tables as anybody can read them: plain SQL, none of the product's code."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import asyncpg

Row = dict[str, Any]

# Everything that must have left before the service is quiet.
_UNSENT = "SELECT count(*) AS n FROM outbox WHERE status IN ('due', 'sending')"
_UNSENT_THERE = (
    "SELECT count(*) AS n FROM outbox o JOIN addresses a ON a.id = o.address_id "
    "WHERE o.status IN ('due', 'sending') AND a.place IN ({places})"
)


class Tables:
    """A second pair of eyes on the database of a running service."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: asyncpg.Connection[Any] | None = None
        self._turn = asyncio.Lock()

    async def rows(self, query: str) -> list[Row]:
        """Run a query and give its rows."""
        if self.url.startswith("sqlite:"):
            # Opened anew each time: a reader that stays would spare the next life the recovery of its log.
            path = self.url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=5)) as connection:
                connection.row_factory = sqlite3.Row
                return [dict(row) for row in connection.execute(query)]
        async with self._turn:
            self._connection = self._connection or await asyncpg.connect(self.url)
            return [dict(row) for row in await self._connection.fetch(query)]

    async def unsent(self, places: list[int] | None = None) -> int:
        """Count the messages that have still to leave, to all chats or to some."""
        listed = ", ".join(f"'{place}'" for place in places or ())
        return int((await self.rows(_UNSENT_THERE.format(places=listed) if places else _UNSENT))[0]["n"])

    async def wait_until(self, true: Callable[[list[Row]], bool], query: str, *, timeout_s: float) -> list[Row]:
        """Ask again and again until the answer is as wished, since another process writes it."""
        async with asyncio.timeout(timeout_s):
            while not true(rows := await self.rows(query)):
                await asyncio.sleep(0.02)
            return rows

    async def close(self) -> None:
        """Look no longer."""
        if self._connection is not None:
            await self._connection.close()
