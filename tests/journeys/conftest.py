"""What the journeys in a browser stand on: the real program, and a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.journeys.browser import opened_browser
from tests.journeys.program import Program, running_program


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A running browser without any profile."""
    async with opened_browser(chromium) as opened:
        yield opened


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    """The real program, serving a town in a hurry."""
    async with running_program(tmp_path) as running:
        yield running
