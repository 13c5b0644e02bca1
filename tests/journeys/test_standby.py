"""Two programs on one database: one serves, the other stands by."""

import asyncio
import signal
from pathlib import Path

from tests.journeys.program import hurried_town, started_program


async def test_the_second_program_goes_on_where_the_first_ends(tmp_path: Path) -> None:
    """A second program says that it stands by, and serves as soon as the first has ended."""
    hurried_town(tmp_path / "town")
    async with asyncio.timeout(40), started_program(tmp_path) as first:
        assert b"is ready" in await _next_line(first)
        async with started_program(tmp_path) as second:
            assert b"stands by" in await _next_line(second)
            first.send_signal(signal.SIGTERM)
            assert await first.wait() == 0
            assert b"is ready" in await _next_line(second)


async def _next_line(program: asyncio.subprocess.Process) -> bytes:
    assert program.stdout is not None
    return await program.stdout.readline()
