"""Live lines: server-sent events that go on where a page was, and see what changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse

from dialogs.message import say
from storage.database import Database
from tests.bot.web_town import Town, form_of, town


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town in which one citizen has written already."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        await running.client.post("/say", data={**await form_of(running.client), "text": "Hello"})
        yield running
    await database.close()


@dataclass(frozen=True, slots=True)
class Arrived:
    """One event of a stream: its id, its name, and the HTML of its line."""

    id: str
    name: str
    html: str


async def next_event(stream: ClientResponse) -> Arrived:
    """Wait for the next event of a stream; an empty name says that the stream has ended."""
    found = {"id": "", "event": "", "data": "{}"}
    async with asyncio.timeout(10):
        while line := (await stream.content.readline()).decode():
            if line == "\n" and found["event"]:
                return Arrived(found["id"], found["event"], json.loads(found["data"]).get("html", ""))
            name, _, value = line.strip().partition(": ")
            if name in found:
                found[name] = value
    return Arrived("", "", "")


async def test_a_stream_goes_on_where_the_page_was(it: Town) -> None:
    """After Last-Event-ID only what is newer comes, and what was changed comes again under its old id."""
    place = it.turns.taken[0].place
    async with it.client.get("/events") as stream:
        own, reply = await next_event(stream), await next_event(stream)
    assert "Hello" in own.html
    assert "We heard you." in reply.html
    async with it.client.get("/events", headers={"Last-Event-ID": reply.id}) as stream:
        number = await it.channel.send(place, say("Something new"), key=7)
        fresh = await next_event(stream)
        await it.channel.edit(place, number, say("Something better"))
        changed = await next_event(stream)
    assert "Something new" in fresh.html
    assert "Something better" in changed.html
    assert f'id="own-{number}"' in fresh.html
    assert f'id="own-{number}"' in changed.html
    assert int(own.id) < int(reply.id) < int(fresh.id) < int(changed.id)


async def test_a_line_sent_twice_is_shown_once(it: Town) -> None:
    """A message sent again under the same key keeps its number and makes no second line."""
    place = it.turns.taken[0].place
    numbers = {await it.channel.send(place, say("Once"), key=7) for _ in range(3)}
    assert len(numbers) == 1
    assert (await (await it.client.get("/")).text()).count("Once") == 1


async def test_erased_lines_leave_the_page(it: Town) -> None:
    """A page that knows of more than there is gets told to load itself anew."""
    async with it.client.get("/events", headers={"Last-Event-ID": "999"}) as stream:
        assert (await next_event(stream)).name == "reload"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_no_other_site_may_listen(it: Town, headers: dict[str, str]) -> None:
    """A stream asked for by another site is refused, also with our cookie."""
    assert (await it.client.get("/events", headers=headers)).status == 403


async def test_a_stranger_hears_nothing(it: Town) -> None:
    """Without a visit there is no stream."""
    async with it.another_browser() as stranger:
        assert (await stranger.get("/events")).status == 403


async def test_streams_of_one_visitor_are_few(it: Town) -> None:
    """The seventh page of one talk is told so."""
    streams = [await it.client.get("/events") for _ in range(6)]
    assert (await it.client.get("/events")).status == 429
    for stream in streams:
        stream.close()


async def test_open_pages_do_not_hold_up_the_end(it: Town) -> None:
    """When the service stops, a stream ends by itself."""
    async with it.client.get("/events", headers={"Last-Event-ID": "2"}) as stream:
        it.parts.watchers.close()
        assert (await next_event(stream)).name == ""
