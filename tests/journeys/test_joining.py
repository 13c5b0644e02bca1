"""Joining others on the web, with pages and forms alone, and in the chat of a channel with an account."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from dialogs.cases.case import Actor, Entry
from dialogs.events import Pressed
from dialogs.presses import JoinPress, pack
from storage import cases
from storage.case_tables import cases as case_table
from storage.case_tables import contributors
from storage.database import Connection, Database
from tests.journeys.living import FastClock, living, settings_of
from tests.journeys.web_people import Visitor, visitor
from tests.stage import MORNING, set_stage

CODES = sa.select(case_table.c.code).order_by(case_table.c.id)
LINE = "Shade for people who sit by the north gate."


def show_line(c: Connection) -> None:
    """Let others read a line of the first case, as a servant would."""
    case = cases.load(c, c.execute(sa.select(sa.func.min(case_table.c.id))).scalar_one())
    shown = replace(case, public_line=LINE, version=case.version + 1)
    cases.change(c, shown, Entry("public_line", Actor.SERVANT, MORNING, words=LINE, before=case))


def pointers(c: Connection) -> list[int | None]:
    """List what each case points to, oldest first."""
    return list(c.execute(sa.select(case_table.c.merged_into).order_by(case_table.c.id)).scalars())


async def test_joining_by_forms_alone(sqlite_url: str, tmp_path: Path) -> None:
    """Without a script the offer stands under the receipt, a press joins, the next words are theirs, a press parts."""
    async with living(settings_of(tmp_path, sqlite_url), FastClock(20)) as house, visitor(house.url) as ana:
        await send(ana, "My mother needs a bench")
        await house.database.write(show_line)
        async with visitor(house.url) as ben:
            await send(ben, "People who sit by the north gate need shade")
            assert await ben.read(LINE, "Somebody has already")
            await ben.press("Join and add mine")
            await ben.read("You are with them now", "What is different for you?")
            await ben.say("I come in a wheelchair")
            await ben.read("You wrote:", "I come in a wheelchair")
            assert await house.database.read(pointers) == [None, 1]
            await ben.press("Keep mine separate after all")
            await ben.read("It is separate again")
            assert await house.database.read(pointers) == [None, None]


@pytest.mark.parametrize("channel", ["telegram", "web"])
async def test_a_press_joins_what_was_offered_and_nothing_else(database: Database, channel: str) -> None:
    """Nobody joins by another's button, nor what they were not offered; each is answered, and pressing twice is one."""
    async with set_stage(database, channel=channel) as stage:
        await stage.propose("Ana", "My mother needs a bench")
        await database.write(show_line)
        await stage.propose("Ben", "People who sit by the north gate need shade")
        codes = await database.read(lambda c: list(c.execute(CODES).scalars()))
        for who, code, answer in (("Ana", codes[1], "1"), ("Ben", codes[0], "1"), ("Ben", codes[1], "2")):
            outcome = await stage.happen(who, Pressed(pack(JoinPress(code, answer))))
            assert outcome.toast
        assert await database.read(pointers) == [None, None]
        await stage.press("Ben", "Join them")
        await stage.press("Ben", "Join them")
        assert await database.read(pointers) == [None, 1]
        assert await database.read(lambda c: c.execute(sa.select(sa.func.count(contributors.c.id))).scalar()) == 2


async def send(citizen: Visitor, words: str) -> None:
    """Send an idea about a park by forms."""
    await citizen.press("Share an idea")
    await citizen.press("Parks and playgrounds")
    await citizen.read("What is your idea?")
    await citizen.say(words)
    await citizen.press("Done")
    await citizen.press("Skip", on="Why does it matter")
    await citizen.press("I live here")
    await citizen.press("Send")
    await citizen.read("Thank you!")
