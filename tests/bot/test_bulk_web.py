"""Several cases at once in a browser without scripts: every step is a form, and the next page shows what follows."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import WallClock
from bot.delivery import Delivery
from bot.library import open_library
from bot.pacing import Pace
from bot.settings import Settings
from bot.turns import Outcome, Turns
from bot.web.outgoing import WebChannel
from bot.web.parts import Beside, Parts
from bot.web.site import build_site
from bot.web.watchers import Watchers
from dialogs.events import Update
from dialogs.media import MediaKind
from storage import cases
from storage.database import Connection, Database
from tests.bot.web_town import Browser, Town, form_of, sign_in
from tests.stage import starter_town
from tests.storage.rows import a_case, a_person, a_version

ROOM = "/desk/outdoors"


@dataclass(frozen=True, slots=True)
class WholeTurns:
    """Real turns, after which everything has been said."""

    turns: Turns
    delivery: Delivery

    async def take(self, update: Update, beside: Beside | None = None) -> Outcome:
        outcome = await self.turns.take(update, beside)
        await self.delivery.send_due()
        await self.delivery.settle()
        return outcome

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        return await self.turns.wants(update)


@asynccontextmanager
async def a_site(database: Database) -> AsyncIterator[Town]:
    """Run the site of the starter's town with nothing left out behind it."""
    clock, watchers = WallClock(), Watchers()
    channel = WebChannel(database, watchers, clock)
    library = await database.write(lambda c: open_library(c, starter_town(), now=clock.now()))
    delivery = Delivery(database, library, {"web": channel}, clock, Pace(per_second=26))
    turns = WholeTurns(Turns(database, library, clock, delivery), delivery)
    parts = Parts(database, turns, library, Settings(), clock, watchers, signing_key=b"k" * 32)
    async with TestClient(TestServer(build_site(parts)), cookie_jar=CookieJar(unsafe=True)) as client:
        yield Town(database, parts, turns, channel, client.server, client)  # type: ignore[arg-type]


async def press(client: Browser, label: str) -> str:
    """Press the last button of the page with this label, as a form, and give the page that follows."""
    page = await (await client.get(ROOM)).text()
    buttons = re.findall(r'name="data" value="([^"]*)">([^<]*)</button>', page)
    data = [html.unescape(value) for value, text in buttons if html.unescape(text) == label][-1]
    return await (await client.post(ROOM, data={**await form_of(client, ROOM), "data": data})).text()


async def test_three_are_tagged_by_forms_alone(sqlite_url: str) -> None:
    """A servant types the command, presses numbers, a tag and the yes, and takes all of it back."""
    database = await Database.open(sqlite_url)

    def open_cases(c: Connection) -> None:
        ana, version = a_person(c), a_version(c)
        for number in range(3):
            a_case(c, ana, code=f"{number:04}-0000", version=version)

    async with a_site(database) as it:
        await database.write(open_cases)
        await sign_in(it)
        await it.client.post(ROOM, data={**await form_of(it.client, ROOM), "text": "/bulk"})
        page = await press(it.client, "1")
        assert "Chosen (1):" in page
        await press(it.client, "3")
        for label in ("🏷 Tag", "Safety"):
            await press(it.client, label)
        assert "You can take all of it back within a day." in await press(it.client, "Do it")
        assert await database.read(_tags) == [("safety",), (), ("safety",)]
        assert "Taken back (2):" in await press(it.client, "Undo all")
        assert await database.read(_tags) == [(), (), ()]
    await database.close()


def _tags(c: Connection) -> list[tuple[str, ...]]:
    found = [cases.find_by_code(c, f"{number:04}-0000") for number in range(3)]
    return [case.tags for case in found if case is not None]
