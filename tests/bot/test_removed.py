"""A servant is removed: from then on nothing is done for them, a plain word says why, and soon nothing is shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.channel import Channel
from bot.delivery import Delivery
from bot.pacing import Pace
from bot.settings import Settings
from bot.timekeeper import Timekeeper
from bot.turns import Outcome, Turns
from bot.web.outgoing import WebChannel
from bot.web.parts import Beside, Parts
from bot.web.site import build_site
from bot.web.watchers import Watchers
from dialogs.events import Pressed, TextSent, Update
from dialogs.media import MediaKind
from dialogs.message import say
from dialogs.presses import CardPress, DutyPress, LookPress, pack
from storage import addresses, cases, drafts, outbox, staff
from storage.case_tables import cases as case_table
from storage.case_tables import journal
from storage.database import Connection, Database
from tests.bot.test_web_live import next_event
from tests.bot.web_town import Browser, Town, form_of, sign_in
from tests.stage import Stage, StageClock, set_stage, starter_town

ROOM = "/desk/outdoors"
VOICE = starter_town().voice("en")
LEFT = VOICE("desk.left")
SOON = timedelta(seconds=5)


@dataclass(slots=True)
class HandClock:
    """The stage's time for a site: who waits for news really waits, until somebody moves the time on."""

    of_stage: StageClock
    # Set while somebody waits.
    awaited: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.of_stage.now()

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        ends_at = self.now() + timedelta(seconds=timeout_s)
        self.awaited.set()
        while not happened.is_set() and self.now() < ends_at:
            ways = [asyncio.ensure_future(event.wait()) for event in (happened, self._moved)]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        self.awaited.clear()

    async def advance(self, seconds: float) -> None:
        """Let time pass for who waits by now."""
        async with asyncio.timeout(10):
            await self.awaited.wait()
        self.of_stage.move_to(self.now() + timedelta(seconds=seconds))
        self._moved.set()
        self._moved = asyncio.Event()


@dataclass(frozen=True, slots=True)
class WholeTurns:
    """Turns after which all that follows has been done."""

    stage: Stage

    async def take(self, update: Update, beside: Beside | None = None) -> Outcome:
        outcome = await self.stage.turns.take(update, beside)
        await self.stage.do_what_is_due()
        return outcome

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        return await self.stage.turns.wants(update)


@dataclass(frozen=True, slots=True)
class Scene:
    """A house with Telegram and a site; Lee is a servant on both, and Mia leads."""

    stage: Stage
    it: Town
    clock: HandClock
    code: str

    @property
    def browser(self) -> Browser:
        """Give Lee's browser."""
        return self.it.client

    async def remove(self) -> None:
        """Take every right from Lee, as `yousaid staff remove` does: without a word to the running service."""
        now = self.stage.clock.now()

        def both(c: Connection) -> None:
            gone = [staff.remove(c, one.id, now=now) for one in staff.list_servants(c) if one.name == "Lee"]
            assert gone == [True, True]

        await self.stage.database.write(both)


@asynccontextmanager
async def a_scene(database: Database) -> AsyncIterator[Scene]:
    """Open the house: Lee has claimed what Ana sent, and what they ask lies before them."""
    async with set_stage(database) as stage:
        clock, watchers = HandClock(stage.clock), Watchers()
        channel = WebChannel(database, watchers, clock)
        channels: dict[str, Channel] = {"telegram": stage.channel, "web": channel}
        stage.delivery = Delivery(database, stage.library, channels, stage.clock, Pace(per_second=26))
        stage.turns = Turns(database, stage.library, stage.clock, stage.delivery, stage.names)
        stage.timekeeper = Timekeeper(database, stage.library, stage.clock, stage.delivery.look_again)
        turns = WholeTurns(stage)
        parts = Parts(database, turns, stage.library, Settings(), clock, watchers, signing_key=b"k" * 32)
        async with TestClient(TestServer(build_site(parts)), cookie_jar=CookieJar(unsafe=True)) as client:
            it = Town(database, parts, turns, channel, client.server, client)  # type: ignore[arg-type]
            await stage.enrol("Lee", "outdoors", "reviewer")
            await stage.enrol("Mia", "outdoors", "lead")
            await stage.bind("outdoors", "Mia", "outdoors")
            await sign_in(it)
            await stage.propose("Ana", "A bus on Sunday mornings.")
            await stage.press("outdoors", "Claim", sender="Lee")
            await stage.press("outdoors", "Ask", sender="Lee")
            await stage.say("Lee", "Which mornings?")
            code = await database.read(lambda c: str(c.execute(sa.select(case_table.c.code)).scalar_one()))
            yield Scene(stage, it, clock, code)


async def test_nothing_is_done_for_them_on_telegram(database: Database) -> None:
    """Presses, commands and what they were writing are refused with a plain word, and nothing moves or goes out."""
    async with a_scene(database) as scene:
        stage, code = scene.stage, scene.code
        private = [
            button.data for said in stage.channel.newest("Lee") for row in said.message.buttons for button in row
        ]
        card = stage.channel.newest("outdoors")[0]
        await scene.remove()
        before = await database.read(_desk)
        stage.channel.news.clear()
        presses = (
            pack(CardPress(code, 2, "release")),
            pack(DutyPress("me", "outdoors", 0)),
            pack(LookPress("find", "")),
        )
        for data in (*private, *presses):
            assert (await stage.happen("Lee", Pressed(data))).toast == LEFT
        for row in card.message.buttons:
            for button in row:
                told = await stage.happen("outdoors", Pressed(button.data), sender="Lee")
                assert told.toast == VOICE("desk.stranger")
        assert stage.channel.news == []
        asked = f"queue|mine|find bus|case {code}|stats|help|undo {code}|split {code} a bus|duty|duty me|handover|bulk"
        for command in asked.split("|"):
            await stage.say("Lee", f"/{command}")
            assert stage.channel.newest("Lee")[0].message.plain() == LEFT
        for reply_to, text in ((None, "/find bus"), (card.number, "/undo"), (card.number, "We looked at it.")):
            await stage.happen("outdoors", TextSent(text), sender="Lee", reply_to=reply_to)
            assert stage.channel.newest("Lee")[0].message.plain() == f"{VOICE('room.not_taken')}\n{LEFT}"
        # What was in the making is gone by their next word, and reached nobody.
        await stage.say("Lee", "Which Sundays?")
        assert stage.channel.newest("Lee")[0].message.plain() == f"{LEFT}\n{VOICE('desk.unsent')}"
        assert {said.place for said in stage.channel.news} == {"Lee"}
        await stage.pass_time(timedelta(minutes=2))
        assert await database.read(_desk) == before
        assert "Which" not in " ".join(said.message.plain() for said in stage.channel.newest("Ana"))


async def test_nothing_is_shown_to_them_on_the_web(database: Database) -> None:
    """Every page and act is refused at once, and what is open shows nothing more within five seconds."""
    async with a_scene(database) as scene:
        client, fields = scene.browser, await form_of(scene.browser, ROOM)
        async with client.get(f"{ROOM}/events") as stream:
            while scene.code not in (await next_event(stream)).html:
                pass
            await _read_all(stream, scene.clock)
            removed_at = scene.clock.now()
            await scene.remove()
            for path in ("/desk", ROOM, f"{ROOM}?show=mine", f"{ROOM}/events"):
                answer = await client.get(path)
                assert (answer.status, scene.code in await answer.text()) == (403, False)
            for act in ({"text": "/find bus"}, {"data": pack(CardPress(scene.code, 2, "release")), "chat": "room"}):
                answer = await client.post(ROOM, data={**fields, **act})
                assert (answer.status, VOICE("web.error.no_servant") in await answer.text()) == (403, True)
            await scene.clock.advance(4)
            assert (await next_event(stream)).name == "left"
            assert scene.clock.now() - removed_at <= SOON
            assert await stream.content.read() == b""


async def test_news_after_the_removal_is_for_the_others(database: Database) -> None:
    """What happens in the room a moment later ends the open page instead of being shown there."""
    async with a_scene(database) as scene, scene.browser.get(f"{ROOM}/events") as stream:
        await _read_all(stream, scene.clock)
        await scene.remove()
        await scene.it.channel.send("room:outdoors", say("Only for colleagues"), key=99)
        rest = (await stream.content.read()).decode()
        assert "event: left" in rest
        assert "Only for colleagues" not in rest


async def test_what_waits_to_be_said_to_them_is_not_said(database: Database) -> None:
    """A message about a case that had not gone out stays unsaid; and nobody is named as writing any more."""
    async with a_scene(database) as scene:
        stage, now = scene.stage, scene.stage.clock.now()

        def tell(c: Connection) -> None:
            chat = addresses.find(c, "telegram", "Lee")
            assert chat is not None
            outbox.put(c, chat, say("About a case"), now=now)

        await database.write(tell)
        assert await database.read(lambda c: drafts.writers_in(c, "outdoors", since=now - SOON)) == [
            ("Lee", scene.code)
        ]
        await scene.remove()
        assert await database.read(lambda c: drafts.writers_in(c, "outdoors", since=now - SOON)) == []
        await stage.do_what_is_due()
        assert "About a case" not in [said.message.plain() for said in stage.channel.newest("Lee")]


async def test_who_comes_back_finds_nothing_half_done(database: Database) -> None:
    """A new invitation makes them a servant again, whose old draft is nobody's: its button sends nothing."""
    async with a_scene(database) as scene:
        stage = scene.stage
        send = stage.channel.button("Lee", "Send")
        await scene.remove()
        await stage.enrol("Lee", "outdoors", "reviewer")
        assert (await stage.happen("Lee", Pressed(send.data))).toast == VOICE("old_button")
        await stage.say("Lee", f"/case {scene.code}")
        assert scene.code in stage.channel.newest("Lee")[0].message.plain()
        case = await database.read(lambda c: cases.find_by_code(c, scene.code))
        assert case is not None
        assert case.state == "taken"


async def _read_all(stream: ClientResponse, clock: HandClock) -> None:
    """Read what a stream has to say until it waits for news."""
    async with asyncio.timeout(10):
        await clock.awaited.wait()
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.05):
                await stream.content.readline()


def _desk(c: Connection) -> list[list[str]]:
    """Give all cases and everything that was done to them."""
    return [sorted(str(row) for row in c.execute(sa.select(table))) for table in (case_table, journal)]
