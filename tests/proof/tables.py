"""The service's tables as anybody can read them: plain SQL, none of the product's code."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import asyncpg  # type: ignore[import-untyped]

Row = dict[str, Any]

_LOOK_EVERY_S = 0.01

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
        self._connection: asyncpg.Connection | None = None
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

    async def all_sent(self, places: list[int] | None = None) -> None:
        """Wait until no message to some chats, or to any, has still to leave."""
        listed = ", ".join(f"'{place}'" for place in places or ())
        query = _UNSENT_THERE.format(places=listed) if places else _UNSENT
        while (await self.rows(query))[0]["n"]:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(_LOOK_EVERY_S)

    async def close(self) -> None:
        """Look no longer."""
        if self._connection is not None:
            await self._connection.close()
