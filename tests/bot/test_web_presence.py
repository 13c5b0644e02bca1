"""Colleagues in a web room see who else is there and who is writing about which case; citizens see nobody."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import ClientResponse

from dialogs.desk_effects import Draft
from dialogs.ids import DraftId
from storage import addresses, drafts
from storage.database import Connection, Database
from tests.bot.web_town import Town, form_of, sign_in, town
from tests.storage.rows import NOW, OUTDOORS, a_case, a_person, a_servant

EVENTS = "/desk/outdoors/events"


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town with a room of Parks and streets."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        yield running
    await database.close()


async def who_is_here(stream: ClientResponse) -> str:
    """Wait until a stream says who is there."""
    while line := (await stream.content.readline()).decode():
        if line == "event: here\n":
            return str(json.loads((await stream.content.readline()).decode().removeprefix("data: "))["words"])
    return "the stream has ended"


async def test_a_colleague_comes_and_goes(it: Town) -> None:
    """Who opens a room is named to those who have it open until the page goes away; nobody reads their own name."""
    await sign_in(it, "r_lee", "Lee")
    async with it.client.get(EVENTS) as lees:
        it.client.session.cookie_jar.clear()
        await sign_in(it, "r_kim", "Kim <b>")
        async with it.client.get(EVENTS) as kims:
            assert await who_is_here(lees) == "Here now: Kim <b>"
            assert await who_is_here(kims) == "Here now: Lee"
        assert await who_is_here(lees) == ""


async def test_a_colleague_is_writing(it: Town) -> None:
    """Who has a fresh draft about a case of this queue is named with its number; an old draft says nothing."""
    await sign_in(it, "r_kim", "Kim")
    await it.database.write(lambda c: _begin_draft(c, now=it.parts.clock.now()))
    async with it.client.get(EVENTS) as stream:
        assert await who_is_here(stream) == "Lee is writing about K7F3-9QWD"
    later = it.parts.clock.now() + timedelta(seconds=1)
    assert await it.database.read(lambda c: drafts.writers_in(c, OUTDOORS, since=later)) == []
    assert await it.database.read(lambda c: drafts.writers_in(c, "care", since=NOW)) == []


def _begin_draft(c: Connection, *, now: datetime) -> None:
    case, lee = a_case(c, a_person(c)), a_servant(c)
    chat = addresses.add(c, "telegram", "Lee", addresses.STAFF)
    drafts.save(c, Draft(DraftId(1), lee, chat, case.id, "ask", "writing"), now=now)


async def test_two_pages_of_one_are_one(it: Town) -> None:
    """Somebody with two pages open is there once, and until the last of them is closed."""
    watchers = it.parts.watchers
    room = next(iter(await it.database.read(lambda c: c.exec_driver_sql("SELECT id FROM addresses").scalars().all())))
    with watchers.be_in(room, "Lee"):
        with watchers.be_in(room, "Lee"):
            assert watchers.names_in(room) == ("Lee",)
        assert watchers.names_in(room) == ("Lee",)
    assert watchers.names_in(room) == ()


async def test_a_citizen_sees_nobody(it: Town) -> None:
    """The page of a citizen has no place for it, and their stream says nothing of it."""
    await it.client.post("/say", data={**await form_of(it.client), "text": "Hello"})
    assert 'id="here"' not in await (await it.client.get("/")).text()
    async with it.client.get("/events") as stream:
        first = [(await stream.content.readline()).decode() for _ in range(6)]
    assert not any("here\n" in line for line in first)
