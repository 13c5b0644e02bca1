"""The service as its tormentor sees it: it is started, it dies, and it is started again."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.proof.page import Page

KILLED = -signal.SIGKILL


class Lives:
    """One life after another. ``ends``: how each ended; ``chain``: the kills to set, one a life."""

    def __init__(self, zygote: asyncio.subprocess.Process, page: Page, environment: dict[str, str]) -> None:
        self.page = page
        self.ends: list[int] = []
        self.chain: list[tuple[str, int]] = []
        self.starting_s: list[float] = []
        self._zygote = zygote
        self._environment = environment
        self._pid = 0
        self._wanted = False
        self._changed = asyncio.Condition()

    @property
    def kills(self) -> int:
        """How often it was killed."""
        return self.ends.count(KILLED)

    async def begin(self) -> None:
        """Start it, and start it again whenever it dies."""
        self._wanted = True
        await self._start()

    def arm(self, chain: list[tuple[str, int]]) -> None:
        """Set a kill in this life, and one in each of those that follow."""
        self.chain = chain[1:]
        if chain:
            self.page.arm(*chain[0])

    def disarm(self) -> int:
        """Set no more kills; tell how many did not happen."""
        left = len(self.chain) + self.page.disarm()
        self.chain = []
        return left

    def kill(self) -> None:
        """Kill it now, wherever it is."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)

    async def stop(self, *, timeout_s: float = 10) -> float:
        """Ask it to stop (SIGTERM), and tell how many seconds it took. Raises: TimeoutError."""
        self._wanted = False
        began, ended = time.monotonic(), len(self.ends)
        os.kill(self._pid, signal.SIGTERM)
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.ends) > ended)
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
                    self.ends.append(said)
                self._changed.notify_all()
            if self._pid == 0 and self._wanted:
                if self.chain:
                    self.page.arm(*self.chain.pop(0))
                await self._start()

    async def end(self) -> None:
        """Let nothing live."""
        self._wanted = False
        self.kill()
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        await self._zygote.wait()

    async def _start(self) -> None:
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
