"""What the tests of the Telegram channel may ask for: the double of Telegram, and our side of the wire."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.telegram_port import Side, our_side
from tests.botapi import BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """The double of Telegram."""
    async with BotApi() as api:
        yield api


@pytest.fixture
async def side(api: BotApi) -> AsyncIterator[Side]:
    """Our side of it."""
    async with our_side(api) as side:
        yield side
