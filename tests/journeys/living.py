"""A whole house that lives in this process: its real loops, real HTTP on loopback, and a clock that runs fast."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app import House, open_house
from bot.clock import Clock
from bot.settings import Settings
from tests.botapi import BotApi
from tests.journeys.program import hurried_town

SPEED = 100
WEBHOOK_SECRET = "the-webhooks-own-secret"
# A Monday morning in Riverton.
_MORNING = datetime(2027, 5, 3, 13, 0, tzinfo=UTC)


class FastClock:
    """A clock on which a minute takes half a second or so, and which can be put forward."""

    def __init__(self, speed: float = SPEED) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._skipped = timedelta()

    def now(self) -> datetime:
        return _MORNING + self._skipped + timedelta(seconds=(time.monotonic() - self._began) * self._speed)

    def skip(self, how_long: timedelta) -> None:
        """Let time pass at once. Who waits finds out when their wait is over."""
        self._skipped += how_long

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s / self._speed):
                await happened.wait()
        except TimeoutError:
            return


def settings_of(
    folder: Path, database_url: str, api: BotApi | None = None, *, webhook: bool = False, port: int = 0
) -> Settings:
    """Make the settings of a house; ``folder`` is where its data and its configuration are."""
    config = folder / "config"
    postgres = database_url if database_url.startswith("postgresql") else ""
    return Settings(
        config=config if config.exists() else hurried_town(config),
        data=folder,
        database_url=SecretStr(postgres),
        listen=f"127.0.0.1:{port}",
        public_url="https://riverton.example" if webhook else "",
        webhook_secret=SecretStr(WEBHOOK_SECRET if webhook else ""),
        telegram_token=SecretStr(api.token if api else ""),
        telegram_api=api.url if api else "http://127.0.0.1:9",
        telegram_rate=500,
    )


@asynccontextmanager
async def living(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """Let a house live; what goes wrong in its loops goes wrong here."""
    async with open_house(settings, clock) as house:
        running = asyncio.create_task(house.run())
        ready = asyncio.create_task(house.ready.wait())
        try:
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            yield house
        finally:
            ready.cancel()
            running.cancel()
            await asyncio.wait((running,))
            # A house that has fallen explains whatever else went wrong.
            if not running.cancelled():
                running.result()


@asynccontextmanager
async def town_on_telegram(
    folder: Path, database_url: str, *, webhook: bool = False
) -> AsyncIterator[tuple[House, BotApi, FastClock]]:
    """Let a house and a Bot API live by the same clock."""
    clock, port = FastClock(), free_port()
    async with BotApi(clock=clock) as api:
        if webhook:
            api.webhook.reached_at = f"http://127.0.0.1:{port}/telegram"
        settings = settings_of(folder, database_url, api, webhook=webhook, port=port)
        async with living(settings, clock) as house:
            yield house, api, clock


def free_port() -> int:
    """Find a port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
