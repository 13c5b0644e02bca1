"""A town changes the approach of a service: its cases follow, people hear it once, and a kill changes nothing."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.approach_change import follow_approaches, move_page
from dialogs.cases.case import Deed
from dialogs.ids import ServiceId
from dialogs.installation import Approach
from dialogs.town import Town
from storage import approaches
from storage.case_tables import cases, journal
from storage.database import Connection, Database
from tests.stage import Stage, set_stage, starter_town

PARKS = ServiceId("parks")
SHARED = {PARKS: Approach.SERVICE_MANAGEMENT}
NOTICE = "The way in which we work has changed"


def shared_parks() -> Town:
    """The town of the starter, with the design of its parks shared."""
    town = starter_town()
    parks = replace(town.installation.services[PARKS], approach=SHARED[PARKS])
    services = {**town.installation.services, PARKS: parks}
    return Town(replace(town.installation, services=services), town.voices)


async def follow(stage: Stage) -> tuple[int, list[str]]:
    """Change the town as a restart would, page by page, and give how many moved and who was written to."""
    stage.channel.news.clear()
    moved = await follow_approaches(stage.database, shared_parks(), now=stage.clock.now(), page=1)
    await stage.pass_time(timedelta(minutes=2))
    return moved, sorted(said.place for said in stage.channel.news if NOTICE in said.message.plain())


def end_oldest(c: Connection) -> None:
    """Let the oldest case have come to its end."""
    oldest = sa.select(sa.func.min(cases.c.id)).scalar_subquery()
    c.execute(cases.update().where(cases.c.id == oldest).values(state="confirmed", outcome="accepted"))


def standing(c: Connection) -> tuple[list[str], int]:
    """Tell the approach of every case, oldest first, and how many lines of the journals speak of a change."""
    lines = sa.select(sa.func.count()).where(journal.c.act == Deed.APPROACH.value)
    return list(c.execute(sa.select(cases.c.approach).order_by(cases.c.id)).scalars()), c.execute(lines).scalar_one()


async def test_cases_follow_and_each_person_hears_it_once(database: Database) -> None:
    """Open cases move with a line and a notice, what has ended keeps still, leads hear how many; once and no more."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        for person in ("Ana", "Ben", "Kim"):
            await stage.propose(person, f"An idea of {person}")
        await database.write(end_oldest)
        assert await follow(stage) == (2, ["Ben", "Kim"])
        read = [said.message.plain() for said in stage.channel.newest("Lee")]
        (told,) = [text for text in read if "another way" in text]
        assert "Parks and playgrounds" in told
        assert "shared design. Open cases that follow: 2." in told
        assert await database.read(standing) == (["service_management"] * 3, 2)
        assert await follow(stage) == (0, [])
        assert await database.read(standing) == (["service_management"] * 3, 2)


async def test_what_a_kill_left_behind_moves_at_the_next_start(database: Database) -> None:
    """After the first page the program ends; the next start goes on, and nobody hears it twice."""
    async with set_stage(database) as stage:
        for person in ("Ana", "Ben"):
            await stage.propose(person, f"An idea of {person}")
        now, town = stage.clock.now(), shared_parks()
        page = await database.write(lambda c: move_page(c, SHARED, town, now=now, limit=1, is_first=True))
        assert page == 1
        assert await database.read(lambda c: approaches.is_behind(c, SHARED))
        assert await follow(stage) == (1, ["Ana", "Ben"])
        assert await follow(stage) == (0, [])
