"""What the tests of the Telegram channel share: an intake that writes down, clocks, and a bot on the double."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from telegram import Bot

from bot.telegram.connecting import build_bot, close_bot
from bot.telegram.outgoing import TelegramChannel
from bot.telegram.receiving import Receiver
from bot.turns import Outcome
from dialogs.events import Update
from dialogs.ids import MediaId
from dialogs.media import Media, MediaKind
from tests.botapi import BotApi

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


class WritingIntake:
    """An intake that keeps what it is given; ``before`` may fail or wait first, ``answer`` says what comes of it."""

    def __init__(self) -> None:
        self.taken: list[Update] = []
        self.aside: list[tuple[str, str]] = []
        self.tried: list[str] = []
        self.answer = Outcome()
        self.before: Callable[[Update], object] = lambda _: None
        self.wanted: frozenset[MediaKind] = frozenset()
        self.media: dict[MediaId, Media] = {}
        self.own_data: dict[str, bytes] = {}
        self._more = asyncio.Event()

    async def take(self, update: Update) -> Outcome:
        """Keep an update."""
        self.tried.append(update.key)
        gate = self.before(update)
        if isinstance(gate, asyncio.Event):
            await gate.wait()
        self.taken.append(update)
        self._ring()
        return self.answer

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        """Tell what the test says is wanted."""
        return self.wanted

    async def load_media(self, id: MediaId) -> Media | None:
        """Give what the test has put there."""
        return self.media.get(id)

    async def load_own_data(self, channel: str, place: str) -> bytes | None:
        """Give what the test has put there."""
        assert channel == "telegram"
        return self.own_data.get(place)

    async def set_aside(self, *, channel: str, bot: str, key: str, raw: str) -> None:
        """Keep a poisonous update."""
        assert (channel, bot) == ("telegram", "4242")
        self.aside.append((key, raw))
        self._ring()

    async def wait_until(self, true: Callable[[], bool]) -> None:
        """Wait until something was taken that makes this true."""
        async with asyncio.timeout(5):
            while not true():
                await self._more.wait()
                self._more.clear()

    def _ring(self) -> None:
        self._more.set()


class HurriedClock:
    """A clock on which every wait is over at once, and the time was spent; ``waits`` says how much."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._now = START

    def now(self) -> datetime:
        return self._now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        if not happened.is_set():
            self.waits.append(timeout_s)
            self.move(timeout_s)
        # A pause that takes no time must still let the others run.
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Side:
    """Our side of the wire."""

    bot: Bot
    channel: TelegramChannel
    intake: WritingIntake
    receiver: Receiver
    clock: HurriedClock


@asynccontextmanager
async def our_side(api: BotApi, *, token: str = "") -> AsyncIterator[Side]:
    """Connect a bot to the double."""
    bot = build_bot(token or api.token, api.url)
    intake, clock = WritingIntake(), HurriedClock()

    async def load_own(place: str) -> bytes | None:
        return await intake.load_own_data("telegram", place)

    channel = TelegramChannel(bot, intake.load_media, load_own)
    receiver = Receiver(intake, channel, bot="4242", username="YouSaidTestBot", clock=clock)
    try:
        yield Side(bot, channel, intake, receiver, clock)
    finally:
        await receiver.finish()
        await close_bot(bot)
