"""The real program in a process of its own: ``yousaid serve`` on a free port, with a town in a hurry.

It is forked, which is quick, where a test is about what people do with it; it is started by its command where
the start itself is tried.
"""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import STARTER
from tests.forked import Forked, fork, heard, run_command

_START_S = 20
_STOP_S = 10
# Everything a citizen waits for comes after a second.
_HURRY = (
    ("holds: {ask: 15 seconds, decide: 60 seconds}", "holds: {ask: 1 second, decide: 1 second}"),
    ("ask_back: {after: 14 days, window: 14 days}", "ask_back: {after: 1 second, window: 14 days}"),
    # And in each queue something is decided without a design step.
    ("approach: service_management\n    queue: care", "approach: product_dominant\n    queue: care"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """A running program and the links that it printed."""

    process: Forked
    chat: str
    desk: str

    async def stop(self) -> int:
        """Ask it to end, as a server's supervisor would, and give its status. Raises: TimeoutError."""
        self.process.send(signal.SIGTERM)
        async with asyncio.timeout(_STOP_S):
            return await self.process.end()


@asynccontextmanager
async def running_program(folder: Path) -> AsyncIterator[Program]:
    """Fork the program with its data in ``folder`` and wait until it prints its links."""
    hurried_town(folder / "town")
    async with heard() as (voice, said):
        process = await fork(run_command("serve"), _environment(folder), voice=voice)
        # Else what it says would not end with it.
        voice.close()
        try:
            async with asyncio.timeout(_START_S):
                program = Program(process, chat=await _link(said, "Chat"), desk=await _link(said, "Desk"))
            yield program
        finally:
            process.send(signal.SIGKILL)
            await process.end()


@asynccontextmanager
async def started_program(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the program by its command, with its data and its town in ``folder``."""
    command = (sys.executable, "-m", "bot.cli", "serve")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=_environment(folder), stdout=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YOUSAID_")}
    return environment | {
        "YOUSAID_LISTEN": "127.0.0.1:0",
        "YOUSAID_DATA": str(folder / "data"),
        "YOUSAID_CONFIG": str(folder / "town"),
    }


def hurried_town(folder: Path, hurry: Iterable[tuple[str, str]] = _HURRY) -> Path:
    """Copy the starter's town into a folder with other words in it, by default so that it waits a second at most."""
    shutil.copytree(STARTER, folder)
    file = folder / "yousaid.yaml"
    text = file.read_text("utf-8")
    for calm, hurried in hurry:
        assert calm in text
        text = text.replace(calm, hurried)
    file.write_text(text, "utf-8")
    return folder


async def _link(said: asyncio.StreamReader, name: str) -> str:
    async for line in said:
        if found := re.match(rf"\s*{name}:\s+(\S+)", line.decode()):
            return found[1]
    raise AssertionError(f"the program ended before it printed its link {name}")
