"""The service as its tormentor sees it: it is started, it dies, and it is started again."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.forked import Forked, fork
from tests.proof.life import live
from tests.proof.page import Page

KILLED = -signal.SIGKILL
_DYING_S = 10
_STARTING_S = 5
# A point, and at which of its occurrences from now on.
Kill = tuple[str, int]


class Lives:
    """One life after another. ``ends``: how each ended; ``done``: the kills at a point that have happened."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.page = Page(folder / "page")
        self.ends: list[int] = []
        self.ended_at: list[datetime] = []
        self.done: list[Kill] = []
        self._chain: list[Kill] = []
        self._armed: Kill | None = None
        # Whether the kill that is set is the one of a start.
        self._starting = False
        self._environment = environment
        self._folder = folder
        self._life: Forked | None = None
        self._wanted = False
        self._changed = asyncio.Condition()

    @property
    def kills(self) -> int:
        """How often it was killed."""
        return self.ends.count(KILLED)

    async def begin(self) -> None:
        """Start it, and start it again whenever it dies."""
        async with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def arm(self, chain: list[Kill]) -> None:
        """Set a kill in this life, and one in each of those that follow."""
        self._chain = list(chain)
        self._arm_next()

    async def disarm(self) -> None:
        """Set no more kills, and wait until one that is happening has happened.

        A start that is to be killed may be behind with what it has to do, and gets its time for it.
        """
        if self._starting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STARTING_S), self._changed:
                    await self._changed.wait_for(lambda: self._armed is None)
        self._chain = []
        self._starting = False
        self.page.disarm()
        async with asyncio.timeout(_DYING_S), self._changed:
            await self._changed.wait_for(lambda: len(self.done) == self.page.killed)
        self._armed = None

    def kill(self) -> None:
        """Kill it now, wherever it is."""
        if self._life is not None:
            self._life.send(signal.SIGKILL)

    async def stop(self, *, timeout_s: float = 10) -> float:
        """Ask it to stop (SIGTERM), and tell how many seconds it took. Raises: TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: self._life is not None)
            assert self._life is not None
            self._wanted = False
            began = time.monotonic()
            self._life.send(signal.SIGTERM)
            await self._changed.wait_for(lambda: self._life is None)
        return time.monotonic() - began

    async def run(self) -> None:
        """Give it one life after another, as long as one is wanted."""
        try:
            while True:
                async with self._changed:
                    await self._changed.wait_for(lambda: self._wanted)
                life = await fork(partial(live, self._folder / "page"), self._environment, voice=self._folder / "log")
                async with self._changed:
                    self._life = life
                    self._changed.notify_all()
                status = await life.end()
                async with self._changed:
                    self._life = None
                    self.ends.append(status)
                    self.ended_at.append(datetime.now(UTC))
                    self._note_kill()
                    self._changed.notify_all()
        finally:
            self.kill()

    def _note_kill(self) -> None:
        if self._armed is not None and self.page.killed > len(self.done):
            self.done.append(self._armed)
            self._armed = None
            self._starting = bool(self._chain)
            self._arm_next()

    def _arm_next(self) -> None:
        if self._chain:
            self._armed = self._chain.pop(0)
            self.page.arm(*self._armed)


@asynccontextmanager
async def lives_of(environment: dict[str, str], folder: Path) -> AsyncIterator[Lives]:
    """Prepare lives of a service with these settings; its page and its log are in ``folder``."""
    lives = Lives(environment, folder)
    running = asyncio.create_task(lives.run())
    try:
        yield lives
    finally:
        running.cancel()
        await asyncio.wait((running,))
