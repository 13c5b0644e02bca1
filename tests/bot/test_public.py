"""The public board over real HTTP: for everybody, without a cookie, a script, or a word from anywhere else."""

import re
from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.bot.web_town import Town, town
from tests.storage.test_public import decided


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town that has said yes to something."""
    database = await Database.open(sqlite_url)
    await database.write(lambda c: decided(c, "My mother needs shade", "Shade <at> the benches", days=2))
    async with town(database) as running:
        yield running
    await database.close()


async def test_everybody_can_read_it(it: Town) -> None:
    """The line and the answer stand there; what the citizen wrote does not, and nothing is set, run or fetched."""
    for path in ("/said", "/said/parks", "/said/parks?lang=ar"):
        answer = await it.client.get(path)
        page = await answer.text()
        assert answer.status == 200
        assert "Shade &lt;at&gt; the benches" in page
        assert "In May." in page
        assert "My mother" not in page
        assert "Set-Cookie" not in answer.headers
        assert re.findall(r"<script|style=|https?://", page) == []
    assert 'dir="rtl"' in page
    assert "Shade &lt;" not in await (await it.client.get("/said/buses")).text()


async def test_nothing_small_is_told(it: Town) -> None:
    """Where one person wrote, no number stands on any page, nor in what programs read."""
    for path in ("/said", "/said/parks"):
        assert "Not enough people have written yet" in await (await it.client.get(path)).text()
    everything = await (await it.client.get("/said.json")).json()
    assert {*everything["services"]["parks"]["people"]["all"].values()} == {None}
    sheet = await (await it.client.get("/said.figures.csv")).text()
    assert re.findall(r"\d", sheet) == []


async def test_programs_get_their_forms(it: Town) -> None:
    """Each form has its type and is in the language that is asked for; there is no other form and no other service."""
    for form, kind in (("rss", "application/rss+xml"), ("json", "application/json"), ("csv", "text/csv")):
        answer = await it.client.get(f"/said.{form}?lang=es")
        assert answer.content_type == kind
        assert "Shade" in await answer.text()
    assert [(await it.client.get(path)).status for path in ("/said.exe", "/said/nowhere")] == [404, 404]


async def test_it_is_counted_once_a_minute(it: Town) -> None:
    """What changed since is read a minute later, however many look; and the chat leads there."""
    await it.client.get("/said")
    await it.database.write(lambda c: c.exec_driver_sql("UPDATE cases SET public_line = NULL"))
    assert "Shade &lt;" in await (await it.client.get("/said")).text()
    assert 'href="/said?lang=en"' in await (await it.client.get("/")).text()
