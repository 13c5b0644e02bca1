"""Two programs on one database: one serves, the other stands by."""

import asyncio
from pathlib import Path

from tests.journeys.program import running_program, started_program


async def test_the_second_program_goes_on_where_the_first_ends(tmp_path: Path) -> None:
    """A second program says that it stands by, and serves as soon as the first has ended."""
    async with asyncio.timeout(40), running_program(tmp_path) as first, started_program(tmp_path) as second:
        assert second.stdout is not None
        assert b"stands by" in await second.stdout.readline()
        assert await first.stop() == 0
        assert b"is ready" in await second.stdout.readline()
