"""The program in a process of its own that begins at once: it is forked from one that has imported everything.

That one (``multiprocessing``'s fork server) is there once a test process, from the first fork on. What begins
here is the program as it is on the command line, with an environment of its own; only its imports are spared.
"""

import asyncio
import contextlib
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import bot.cli

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.zygote"])

# Where a process says what it says: a file, or a pipe to us.
Voice = Path | Connection


@dataclass(frozen=True, slots=True)
class Forked:
    """A process, which may have ended."""

    pid: int
    _process: BaseProcess
    _ended: asyncio.Event

    @property
    def lives(self) -> bool:
        """Tell whether it has not ended yet, as far as is known here."""
        return not self._ended.is_set()

    def send(self, signal: int) -> None:
        """Send it a signal, if it lives."""
        if self.lives:
            # It may have ended just now.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal)

    async def end(self) -> int:
        """Wait until it ends, and give its status; minus the signal, if it was killed."""
        await self._ended.wait()
        assert self._process.exitcode is not None
        return self._process.exitcode


async def fork(work: Callable[[], int], environment: Mapping[str, str], *, voice: Voice) -> Forked:
    """Begin a piece of work in a process of its own, whose status is what the work gives."""
    process = _FORKING.Process(target=_live, args=(work, dict(environment), voice), daemon=True)
    await asyncio.to_thread(process.start)
    assert process.pid is not None
    loop, ended, sentinel = asyncio.get_running_loop(), asyncio.Event(), process.sentinel

    def note_end() -> None:
        loop.remove_reader(sentinel)
        process.join()
        ended.set()

    loop.add_reader(sentinel, note_end)
    return Forked(process.pid, process, ended)


def run_command(*arguments: str) -> Callable[[], int]:
    """Give the work of a command: ``yousaid`` with these arguments."""
    return partial(bot.cli.main, arguments)


@contextlib.asynccontextmanager
async def heard() -> AsyncIterator[tuple[Connection, asyncio.StreamReader]]:
    """Give a voice for a process, and what can be read of it."""
    ear, voice = _FORKING.Pipe(duplex=False)
    reader = asyncio.StreamReader()
    pipe = os.fdopen(os.dup(ear.fileno()), "rb", buffering=0)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        with ear, voice:
            yield voice, reader
    finally:
        transport.close()


def _live(work: Callable[[], int], environment: Mapping[str, str], voice: Voice) -> None:
    """Be that process."""
    os.environ.clear()
    os.environ.update(environment)
    if isinstance(voice, Path):
        with voice.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    else:
        os.dup2(voice.fileno(), 1)
    sys.exit(work())
