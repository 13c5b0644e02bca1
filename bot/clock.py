"""The one door to the time, so that tests can move it."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting for something to happen."""

    def now(self) -> datetime:
        """Tell the time (aware, UTC)."""
        ...

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        """Wait until ``happened`` is set, at most ``timeout_s``."""
        ...


class WallClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await happened.wait()
        except TimeoutError:
            return
