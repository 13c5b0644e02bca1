"""The configuration's files change while people talk: what is right goes live, what is wrong is told."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession

from bot.configuration import init, load_voices, read_configuration
from bot.library import open_library
from bot.reloading import Reloading, stamp_of
from dialogs.ids import FlowId, Language
from dialogs.town import Town
from storage import rooms
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.tables import flow_versions, sessions
from tests.journeys.living import FastClock, living, settings_of
from tests.stage import Stage, set_stage

IDEA = FlowId("idea")
FILE = "flows/idea.yaml"
QUESTION = "What is your idea about?"
LEE = "Lee"


@dataclass(slots=True)
class Place:
    """A town with its folder, and an admin, Lee."""

    stage: Stage
    folder: Path
    reloading: Reloading
    times: int = 0

    def change(self, old: str, new: str, name: str = FILE) -> None:
        """Change a file as an editor would, a moment later than the last time."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        self.touch(name)

    def touch(self, name: str = FILE) -> None:
        """Let a file be newer, even where a clock of files is coarse."""
        self.times += 1
        os.utime(self.folder / name, ns=(self.times, self.times))

    async def look(self) -> list[str]:
        """Look twice, which is when a change counts, and give what Lee is told."""
        self.stage.channel.news.clear()
        await self.reloading.look()
        await self.reloading.look()
        await self.stage.do_what_is_due()
        return [said.message.plain() for said in self.stage.channel.news if said.place == LEE]

    async def asks(self, person: str) -> str:
        """Begin an idea and give what is asked."""
        await self.stage.say(person, "/start")
        await self.stage.press(person, "Share an idea")
        return self.stage.channel.newest(person)[0].message.plain()


@asynccontextmanager
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Place]:
    """Set a stage around a folder of its own."""
    folder = tmp_path / "town"
    init(folder)
    built = Town(read_configuration(folder), load_voices())
    async with set_stage(database, town=built) as stage:
        await stage.enrol(LEE, "care", "admin")
        await stage.enrol("Kim", "care", "lead")
        wake, stamp = stage.delivery.wake, stamp_of(folder)
        reloading = Reloading(folder, database, stage.library, stage.clock, wake_delivery=wake, stamp=stamp)
        yield Place(stage, folder, reloading)


async def test_what_is_right_goes_live(database: Database, tmp_path: Path) -> None:
    """Whoever begins after a change meets it; who is inside moves at the next turn; the admin hears of it once."""
    async with town(database, tmp_path) as it:
        assert QUESTION in await it.asks("Ana")
        it.change(QUESTION, "What shall be better?")
        told = await it.look()
        inside = "People inside now: 1. Of them, with something to answer again or anew: 0."
        assert told == [f"The new configuration is live.\nShare an idea: a new version. {inside}"]
        assert "What shall be better?" in await it.asks("Ben")
        await it.stage.say("Ana", "continue")
        assert "What shall be better?" in it.stage.channel.newest("Ana")[0].message.plain()
        assert await it.look() == []


async def test_what_is_wrong_changes_nothing(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake leaves all as it was; it is told once, with its line, to admins alone and in the log."""
    async with town(database, tmp_path) as it:
        it.change("kind: services", "kind: servicess")
        told = await it.look()
        assert len(told) == 1
        assert f"{FILE}:" in told[0]
        assert "services" in told[0]
        assert "yousaid check" in told[0]
        assert f"{FILE}:" in caplog.text
        assert [said.place for said in it.stage.channel.news] == [LEE]
        assert QUESTION in await it.asks("Ana")
        assert await it.look() == []
        it.touch("yousaid.yaml")
        assert len(await it.look()) == 1
        it.change("kind: servicess", "kind: services")
        assert await it.look() == []


async def test_many_mistakes_are_told_in_one_message(database: Database, tmp_path: Path) -> None:
    """The first five, and how many there are."""
    async with town(database, tmp_path) as it:
        path = it.folder / FILE
        path.write_text(path.read_text("utf-8").replace("      en: ", "      xx: "), "utf-8")
        (told,) = await it.look()
        assert told.count(f"{FILE}:") == 5
        assert "In all: " in told


async def test_a_flow_that_people_cannot_go_on_in_is_refused(database: Database, tmp_path: Path) -> None:
    """The version before goes on, all else goes live, also after a restart; the mistake has its place."""
    async with town(database, tmp_path) as it:
        await it.asks("Ana")
        version = it.stage.library.edition.newest[IDEA]
        it.change("ask: who\n    kind: choice", "ask: who\n    kind: choices")
        it.change("en: Town of Riverton", "en: City of Riverton", name="yousaid.yaml")
        live, refused = await it.look()
        assert live == "The new configuration is live."
        line = (it.folder / FILE).read_text("utf-8").splitlines().index("  - ask: who") + 1
        assert f"{FILE}:{line}:10: `who` was of kind `choice` and is of kind `choices` now." in refused
        assert "give it a new id" in refused
        edition = it.stage.library.edition
        assert edition.newest[IDEA] == version
        assert edition.town.installation.organisation[Language("en")] == "City of Riverton"
        assert await it.look() == []
        built = Town(read_configuration(it.folder), load_voices())
        again = await database.write(lambda c: open_library(c, built, now=it.stage.clock.now()))
        assert again.edition.newest == edition.newest
        assert [refusal.flow.id for refusal in again.edition.refused] == [IDEA]
        assert again.town == edition.town


async def test_a_file_that_is_being_written_is_left_alone(database: Database, tmp_path: Path) -> None:
    """What differs from look to look is not read: editors write in several steps."""
    async with town(database, tmp_path) as it:
        for half in ("flow: ide", "flow: idea\nsteps:"):
            (it.folder / FILE).write_text(half, "utf-8")
            it.touch()
            it.stage.channel.news.clear()
            await it.reloading.look()
            await it.stage.do_what_is_due()
            assert it.stage.channel.news == []


async def test_a_change_that_is_taken_back(database: Database, tmp_path: Path) -> None:
    """Putting the old file back makes the old version the newest again, and those inside go back to it."""
    async with town(database, tmp_path) as it:
        await it.asks("Ana")
        first = it.stage.library.edition.newest[IDEA]
        it.change(QUESTION, "What shall be better?")
        await it.look()
        await it.stage.say("Ana", "continue")
        it.change("What shall be better?", QUESTION)
        await it.look()
        assert it.stage.library.edition.newest[IDEA] == first
        await it.stage.say("Ana", "continue")
        assert QUESTION in it.stage.channel.newest("Ana")[0].message.plain()
        count = sa.select(sa.func.count()).select_from(flow_versions).where(flow_versions.c.flow == IDEA)
        assert await database.read(lambda c: c.execute(count).scalar_one()) == 2


async def test_a_flow_that_is_no_longer_offered(database: Database, tmp_path: Path) -> None:
    """Nobody can begin it any more, and who is inside finishes it as it is."""
    async with town(database, tmp_path) as it:
        await it.asks("Ana")
        (it.folder / FILE).unlink()
        assert await it.look() == ["The new configuration is live."]
        await it.stage.press("Ana", "Parks and playgrounds")
        assert "What is your idea?" in it.stage.channel.newest("Ana")[0].message.plain()
        await it.stage.say("Ben", "/start")
        with pytest.raises(LookupError):
            it.stage.channel.button("Ben", "Share an idea")


async def test_a_new_queue_has_its_room(database: Database, tmp_path: Path) -> None:
    """A queue that an admin adds has its web room as soon as it is live."""
    async with town(database, tmp_path) as it:
        new = "queues:\n  water:\n    name: {en: Water, es: Agua, fr: Eau, ar: الماء}\n"
        it.change("queues:\n", new, name="yousaid.yaml")
        it.change("queue: outdoors", "queue: water", name="yousaid.yaml")
        assert await it.look() == ["The new configuration is live."]
        assert len(await database.read(lambda c: rooms.rooms_of(c, "water"))) == 1


async def test_a_session_of_another_process_is_not_led_back(database: Database, tmp_path: Path) -> None:
    """Who moved to a version that this process has not heard of yet goes on there, and not in an older one."""
    async with town(database, tmp_path) as it:
        await it.asks("Ana")
        before = it.stage.library.edition
        it.change(QUESTION, "What shall be better?")
        await it.look()
        await it.stage.say("Ana", "continue")
        it.stage.library.replace(before)
        await it.stage.say("Ana", "continue")
        assert "What shall be better?" in it.stage.channel.newest("Ana")[0].message.plain()


async def test_a_version_with_people_inside_cannot_be_deleted(database: Database, tmp_path: Path) -> None:
    """The database holds every version that a conversation is pinned to."""
    async with town(database, tmp_path) as it:
        await it.asks("Ana")

        def drop(c: Connection) -> None:
            pinned = sa.select(sessions.c.version_id)
            c.execute(flow_versions.delete().where(flow_versions.c.id.in_(pinned)))

        with pytest.raises((sa.exc.IntegrityError, StorageError)):
            await database.write(drop)


async def test_a_living_house_takes_changes_over(database_url: str, tmp_path: Path) -> None:
    """While a house lives, its pages show what stands in the files, and a broken file takes nothing away."""
    settings = settings_of(tmp_path, database_url)
    path = settings.config / FILE
    text = path.read_text("utf-8")
    async with living(settings, FastClock()) as house, ClientSession() as visitor:

        async def wait_for(title: str) -> None:
            async with asyncio.timeout(20):
                while title not in await (await visitor.get(house.url)).text():
                    continue

        await wait_for("Share an idea")
        path.write_text("flow: idea", "utf-8")
        await house.reloading.look()
        await house.reloading.look()
        await wait_for("Share an idea")
        path.write_text(text.replace("en: Share an idea", "en: Tell us an idea"), "utf-8")
        await wait_for("Tell us an idea")


async def test_a_changed_approach_reaches_open_cases(database: Database, tmp_path: Path) -> None:
    """Whoever has an open case of the service hears what is different, and a file that is only touched tells nobody."""
    async with town(database, tmp_path) as it:
        await it.stage.propose("Ana", "A bench in the shade of the trees")
        it.change("approach: product_dominant", "approach: service_management", name="yousaid.yaml")
        live, leads = await it.look()
        assert live == "The new configuration is live."
        # Where a queue has no lead, the admins hear it.
        assert "Open cases that follow: 1." in leads
        await it.stage.pass_time(timedelta(minutes=2))
        told = it.stage.channel.newest("Ana")[0].message.plain()
        assert "You share in the planning" in told
        it.touch("yousaid.yaml")
        assert await it.look() == []
        await it.stage.pass_time(timedelta(minutes=2))
        assert it.stage.channel.newest("Ana")[0].message.plain() == told
