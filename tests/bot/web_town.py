"""A town's web site on loopback for tests: the real pages and database, and turns that only echo."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import WallClock
from bot.library import open_library
from bot.settings import Settings
from bot.web.outgoing import WebChannel
from bot.web.parts import Beside, Parts
from bot.web.site import build_site
from bot.web.watchers import Watchers
from dialogs.events import Update
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.media import MediaKind
from dialogs.message import Message, say
from storage import addresses, inbox, staff
from storage.database import Connection, Database
from tests.stage import starter_town

OUTDOORS = QueueId("outdoors")

Browser = TestClient[web.Request, web.Application]


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an update."""

    toast: str = ""
    leave_room: bool = False


@dataclass(slots=True)
class EchoingTurns:
    """Turns without dialogs: each new update is kept, and answered by ``reply``."""

    database: Database
    channel: WebChannel
    reply: Message | None = field(default_factory=lambda: say("We heard you."))
    toast: str = ""
    failure: Exception | None = None
    taken: list[Update] = field(default_factory=list)
    wanted: frozenset[MediaKind] = frozenset()

    async def take(self, update: Update, beside: Beside | None = None) -> Said:
        if self.failure:
            raise self.failure
        now = update.sent_at

        def work(c: Connection) -> bool:
            if not inbox.receive(c, update, now=now):
                return False
            known = addresses.find(c, "web", update.place)
            address_id = known or addresses.add_citizen(c, "web", update.place, update.language, now=now).id
            if beside:
                beside(c, address_id)
            return True

        if await self.database.write(work):
            self.taken.append(update)
            if self.reply:
                await self.channel.send(update.place, self.reply, key=1000 + len(self.taken))
        return Said(self.toast)

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        return self.wanted


@dataclass(frozen=True, slots=True)
class Town:
    """A running site with a browser in front of it."""

    database: Database
    parts: Parts
    turns: EchoingTurns
    channel: WebChannel
    server: TestServer
    client: Browser

    def another_browser(self) -> Browser:
        """Open a browser of somebody else on the same site."""
        return TestClient(self.server, cookie_jar=CookieJar(unsafe=True))


@asynccontextmanager
async def town(database: Database, settings: Settings | None = None) -> AsyncIterator[Town]:
    """Run the site of the starter's town."""
    clock, watchers = WallClock(), Watchers()
    channel = WebChannel(database, watchers, clock)
    turns = EchoingTurns(database, channel)
    library = await database.write(lambda c: open_library(c, starter_town(), now=clock.now()))
    parts = Parts(database, turns, library, settings or Settings(), clock, watchers, signing_key=b"k" * 32)
    async with TestClient(TestServer(build_site(parts)), cookie_jar=CookieJar(unsafe=True)) as client:
        yield Town(database, parts, turns, channel, client.server, client)  # type: ignore[arg-type]


async def invite(it: Town, payload: str, queue: QueueId = OUTDOORS) -> None:
    """Make a one-time link."""
    expires_at = it.parts.clock.now() + timedelta(days=1)
    await it.database.write(
        lambda c: staff.invite(c, payload, queue=queue, role=Role.REVIEWER, name="", expires_at=expires_at)
    )


async def sign_in(
    it: Town, payload: str = "r_parks", name: str = "Lee", *, queue: QueueId = OUTDOORS
) -> ClientResponse:
    """Come in by a one-time link, in the browser of the town."""
    await invite(it, payload, queue)
    page = await it.client.get(f"/desk/enter/{payload}")
    fields = {"csrf": field_of(await page.text(), "csrf"), "name": name}
    return await it.client.post(f"/desk/enter/{payload}", data=fields)


async def form_of(client: Browser, path: str = "/") -> dict[str, str]:
    """Open a page and give the hidden fields of its box."""
    page = await (await client.get(path)).text()
    return {name: field_of(page, name) for name in ("csrf", "nonce", "seen", "chat")}


def field_of(page: str, name: str) -> str:
    """Give the last hidden field of that name on a page."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[-1])


async def count(database: Database, table: str) -> int:
    """Count the rows of a table."""
    return await database.read(lambda c: int(c.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()))
