"""The service as its tormentor sees it: it is started, it dies, and it is started again."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.proof.page import Page

KILLED = -signal.SIGKILL
_DYING_S = 10
_STARTING_S = 5
# A point, and at which of its occurrences from now on.
Kill = tuple[str, int]


class Lives:
    """One life after another. ``ends``: how each ended; ``done``: the kills at a point that have happened."""

    def __init__(self, zygote: asyncio.subprocess.Process, page: Page, environment: dict[str, str]) -> None:
        self.page = page
        self.ends: list[int] = []
        self.ended_at: list[datetime] = []
        self.done: list[Kill] = []
        self._chain: list[Kill] = []
        self._armed: Kill | None = None
        # Whether the kill that is set is the one of a start.
        self._starting = False
        self._zygote = zygote
        self._environment = environment
        self._pid = 0
        self._wanted = False
        self._alive = False
        self._changed = asyncio.Condition()

    @property
    def kills(self) -> int:
        """How often it was killed."""
        return self.ends.count(KILLED)

    async def begin(self) -> None:
        """Start it, and start it again whenever it dies."""
        self._wanted = True
        if not self._alive:
            await self._start()

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
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)

    async def stop(self, *, timeout_s: float = 10) -> float:
        """Ask it to stop (SIGTERM), and tell how many seconds it took. Raises: TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: self._pid != 0)
            self._wanted = False
            began = time.monotonic()
            os.kill(self._pid, signal.SIGTERM)
            await self._changed.wait_for(lambda: self._pid == 0)
        return time.monotonic() - began

    async def run(self) -> None:
        """Read what the zygote says, for as long as it lives."""
        assert self._zygote.stdout is not None
        while line := await self._zygote.stdout.readline():
            said = int(line)
            async with self._changed:
                if self._pid == 0:
                    self._pid = said
                else:
                    self._pid = 0
                    self._alive = False
                    self.ends.append(said)
                    self.ended_at.append(datetime.now(UTC))
                    self._note_kill()
                self._changed.notify_all()
            if self._pid == 0 and self._wanted:
                await self._start()

    async def end(self) -> None:
        """Let nothing live."""
        self._wanted = False
        self.kill()
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        await self._zygote.wait()

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

    async def _start(self) -> None:
        self._alive = True
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps(self._environment).encode() + b"\n")
        await self._zygote.stdin.drain()


@asynccontextmanager
async def lives_of(environment: dict[str, str], folder: Path) -> AsyncIterator[Lives]:
    """Prepare lives of a service with these settings; its page and its log are in ``folder``."""
    page = Page(folder / "page")
    command = (sys.executable, "-m", "tests.proof.zygote", str(folder / "page"), str(folder / "log"))
    pipe = asyncio.subprocess.PIPE
    zygote = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    lives = Lives(zygote, page, environment)
    reading = asyncio.create_task(lives.run())
    try:
        yield lives
    finally:
        await lives.end()
        await reading
