"""How many files may be on their way in at once: each is held in memory, so the others wait at the gate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

_AT_ONCE, _AT_ONCE_FROM_ONE = 8, 3


class Gate:
    """Lets files in, a few at a time, and of one client fewer, so that nobody takes every place."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        # A client's places live as long as somebody holds or awaits one, so this does not grow.
        self._of_clients: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def enter(self, client: str) -> AsyncIterator[None]:
        """Wait for a place and hold it."""
        own = self._of_clients.setdefault(client, asyncio.Semaphore(_AT_ONCE_FROM_ONE))
        async with own, self._places:
            yield
