"""What the journeys in a browser stand on: the real program in a process of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.journeys.program import Program, running_program


@pytest_asyncio.fixture(loop_scope="session")
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    """The real program, serving a town in a hurry."""
    async with running_program(tmp_path) as running:
        yield running
