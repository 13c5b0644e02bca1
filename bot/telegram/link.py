"""The link to Telegram: one bot, its way in (webhook or long polling) and its way out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from aiohttp import web
from telegram.error import InvalidToken, TelegramError

from bot.channel import Channel
from bot.clock import Clock
from bot.settings import Settings
from bot.telegram.commands import Offer, keep_commands
from bot.telegram.connecting import bot_id, build_bot, close_bot, introduce, say_wrong_token
from bot.telegram.outgoing import TelegramChannel
from bot.telegram.polling import poll, stop_webhook
from bot.telegram.receiving import Intake, Receiver, pause
from bot.telegram.webhook import Answer, register_webhook, webhook_handler
from dialogs.ids import MediaId
from dialogs.media import Media

log = logging.getLogger(__name__)

WEBHOOK = "/telegram"


class TelegramLink:
    """One bot of Telegram's. ``connect`` it to the turns, then ``run`` it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._token = settings.telegram_token.get_secret_value()
        self._bot = build_bot(self._token, settings.telegram_api)
        self._channel = TelegramChannel(self._bot, self._load_media, self._load_own_data)
        self._intake: Intake | None = None
        self._offer: Callable[[], Awaitable[Offer]] | None = None
        self._opened: Callable[[Channel], None] | None = None
        self._missed: Callable[[], Awaitable[None]] | None = None
        self._answer: Answer | None = None

    def connect(
        self,
        intake: Intake,
        site: web.Application,
        *,
        offer: Callable[[], Awaitable[Offer]],
        opened: Callable[[Channel], None],
        missed: Callable[[], Awaitable[None]],
    ) -> None:
        """Say where updates go, which commands to offer, and who is told.

        ``opened``: messages can go out now. ``missed``: presses may have been lost.
        Opens the webhook's address on the site.
        """
        self._intake, self._offer, self._opened, self._missed = intake, offer, opened, missed
        if self._settings.webhook:
            site.router.add_post(WEBHOOK, self._answer_webhook)

    async def run(self) -> None:
        """Take updates until cancelled, or until Telegram does not know the token."""
        assert self._intake is not None
        assert self._opened is not None
        assert self._offer is not None
        assert self._missed is not None
        username = await introduce(self._bot, clock=self._clock)
        if username is None:
            return
        receiver = Receiver(self._intake, self._channel, bot=bot_id(self._token), username=username, clock=self._clock)
        self._opened(self._channel)
        keeping = asyncio.create_task(keep_commands(self._bot, self._offer, clock=self._clock))
        try:
            if self._settings.webhook:
                await self._serve_webhook(receiver)
            elif await self._surely(partial(stop_webhook, self._bot)):
                await poll(self._bot, receiver, clock=self._clock, missed=self._missed)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def close(self) -> None:
        """Close the connections, once nothing is under way any more."""
        await close_bot(self._bot)

    async def _load_media(self, id: MediaId) -> Media | None:
        return await self._intake.load_media(id) if self._intake is not None else None

    async def _load_own_data(self, place: str) -> bytes | None:
        return await self._intake.load_own_data("telegram", place) if self._intake is not None else None

    async def _serve_webhook(self, receiver: Receiver) -> None:
        secret = self._settings.webhook_secret.get_secret_value()
        self._answer = webhook_handler(receiver, secret=secret)
        address = self._settings.public_url + WEBHOOK
        try:
            if await self._surely(partial(register_webhook, self._bot, address, secret=secret)):
                await asyncio.Event().wait()
        finally:
            self._answer = None
            await receiver.finish()

    async def _answer_webhook(self, request: web.Request) -> web.Response:
        if self._answer is None:
            # Telegram delivers again, and by then we know our own name.
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "1"})
        return await self._answer(request)

    async def _surely(self, call: Callable[[], Awaitable[None]]) -> bool:
        """Make a call for as long as it takes; false if Telegram does not know the token any more."""
        failures = 0
        while True:
            try:
                await call()
            except InvalidToken:
                say_wrong_token()
                return False
            except TelegramError as failed:
                failures += 1
                if failures == 1:
                    log.warning("Telegram does not answer (%s). Trying again.", type(failed).__name__)
                await pause(self._clock, failures)
            else:
                return True
