"""The one place where all is put together, and where it runs.

``open_house`` builds every part around one database; ``House.run`` starts the loops in one task
group. Tests do the same with a clock of their own and a Bot API on loopback.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.answering import signing
from bot.channel import Channel
from bot.clock import Clock, WallClock
from bot.configuration import load_voices, read_configuration
from bot.delivery import Delivery
from bot.library import Library, open_library
from bot.log import server_log
from bot.outages import Outages
from bot.pacing import Pace
from bot.reloading import Reloading, Stamp, stamp_of
from bot.settings import Settings
from bot.telegram.commands import Offer, read_offer
from bot.telegram.link import TelegramLink
from bot.timekeeper import Timekeeper
from bot.turns import Turns
from bot.web.outgoing import WebChannel
from bot.web.parts import Parts
from bot.web.site import build_site
from bot.web.watchers import Watchers
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.town import Town
from storage import inbox, retention, staff, unsigned, visits
from storage.database import Connection, Database
from storage.errors import Unwritable
from storage.secrets import signing_key

log = logging.getLogger(__name__)

# Telegram keeps undelivered updates 24 h; a browser repeats a send within minutes.
_INBOX_KEPT = timedelta(days=7)
_SWEEP_EVERY_S, _SWEEP_AGAIN_S = 3600, 60
_SHUTDOWN_S = 3


@dataclass(slots=True)
class House:
    """Every part of a running installation."""

    settings: Settings
    clock: Clock
    database: Database
    library: Library
    delivery: Delivery
    timekeeper: Timekeeper
    outages: Outages
    reloading: Reloading
    turns: Turns
    site: web.Application
    telegram: TelegramLink | None
    # Where the web site listens, once it does.
    url: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Serve until cancelled. Raises: OSError where the port cannot be had."""
        runner = web.AppRunner(self.site, access_log=None, logger=server_log(), shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self.settings.host, self.settings.port)
            await site.start()
            port = runner.addresses[0][1]
            host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
            self.url = self.settings.public_url or f"http://{host}:{port}"
            await self.delivery.recover()
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self.delivery.run())
                loops.create_task(self.timekeeper.run())
                loops.create_task(self.outages.run())
                loops.create_task(self.reloading.run())
                loops.create_task(self._sweep())
                if self.telegram is not None:
                    loops.create_task(self.telegram.run())
                self.ready.set()
        finally:
            # Only now: what delivery had under way was still going through it.
            if self.telegram is not None:
                await self.telegram.close()
            await runner.cleanup()

    async def _sweep(self) -> None:
        """Forget, once an hour, what nobody needs any more."""
        while True:
            try:
                await self.database.write(self._forget_old)
                is_clean = await self.database.wash()
            except Unwritable as unwritable:
                is_clean = False
                log.warning("Old rows stay for now: %s", unwritable)
            await self.clock.wait(asyncio.Event(), timeout_s=_SWEEP_EVERY_S if is_clean else _SWEEP_AGAIN_S)

    def _forget_old(self, c: Connection) -> None:
        now = self.clock.now()
        inbox.sweep(c, before=now - _INBOX_KEPT)
        visits.sweep(c, now=now)
        unsigned.sweep(c, before=now - signing.WITHIN)
        retention.sweep(c, now=now)


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """Open the database and build every part.

    Raises: BadConfiguration; Unwritable where the database cannot be opened or is newer than the program.
    """
    clock = clock or WallClock()
    # Before the files are read: what changes meanwhile is seen as a change.
    stamp = stamp_of(settings.config)
    town = Town(read_configuration(settings.config), load_voices())
    database = await Database.open(database_url(settings))
    try:
        library = await database.write(lambda c: open_library(c, town, now=clock.now()))
        yield await _build(settings, clock, database, library, stamp)
    finally:
        await database.close()


async def _build(settings: Settings, clock: Clock, database: Database, library: Library, stamp: Stamp) -> House:
    watchers = Watchers()
    telegram = TelegramLink(settings, clock) if settings.telegram_token.get_secret_value() else None
    channels: dict[str, Channel] = {"web": WebChannel(database, watchers, clock)}
    pace = Pace(per_second=settings.telegram_rate)
    delivery = Delivery(database, library, channels, clock, pace)
    timekeeper = Timekeeper(database, library, clock, delivery.look_again)
    outages = Outages(database, clock, delivery.wake)
    reloading = Reloading(settings.config, database, library, clock, wake_delivery=delivery.wake, stamp=stamp)
    turns = Turns(database, library, clock, delivery)
    parts = Parts(
        database=database,
        turns=turns,
        library=library,
        settings=settings,
        clock=clock,
        watchers=watchers,
        signing_key=await database.write(signing_key),
    )
    site = build_site(parts)
    if telegram is not None:

        def opened(channel: Channel) -> None:
            # Until Telegram knows our token, its messages wait in the outbox.
            channels["telegram"] = channel
            delivery.wake()

        async def offer() -> Offer:
            return await database.read(lambda c: read_offer(c, library.town))

        telegram.connect(turns, site, offer=offer, opened=opened, missed=outages.draw_again)
    return House(settings, clock, database, library, delivery, timekeeper, outages, reloading, turns, site, telegram)


def database_url(settings: Settings) -> str:
    """Give the address of the database: PostgreSQL where one is named, else a file in the data folder."""
    return settings.database_url.get_secret_value() or f"sqlite:///{settings.data / 'yousaid.sqlite'}"


async def invite(database: Database, clock: Clock, *, queue: QueueId, role: Role, name: str, valid: timedelta) -> str:
    """Make a one-time invitation and give its payload (a /start payload of Telegram's: at most 64 of A-Za-z0-9_-)."""
    payload = f"r_{secrets.token_urlsafe(24)}"
    expires_at = clock.now() + valid

    def keep(c: Connection) -> None:
        staff.invite(c, payload, queue=queue, role=role, name=name, expires_at=expires_at)

    await database.write(keep)
    return payload
