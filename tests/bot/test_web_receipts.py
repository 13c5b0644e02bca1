"""Coming back by a receipt code, and leaving a shared device."""

from collections.abc import AsyncIterator

import pytest

from bot.web.throttle import PER_CLIENT
from storage import addresses, visits
from storage.database import Connection, Database
from tests.bot.web_town import Town, count, form_of, town

CODE = "K7F3-9QWD-22MX-7PPA"


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town in which one citizen has written and holds a receipt."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        await running.client.post("/say", data={**await form_of(running.client), "text": "My idea"})

        def keep(c: Connection) -> None:
            address_id = addresses.find(c, "web", running.turns.taken[0].place)
            assert address_id is not None
            visits.keep_receipt(c, address_id, CODE, at=running.parts.clock.now())

        await database.write(keep)
        yield running
    await database.close()


@pytest.mark.parametrize("typed", [CODE, "k7f39qwd22mx7ppa", " K7F3 9QWD 22MX 7PPA "])
async def test_a_code_opens_the_talk_elsewhere(it: Town, typed: str) -> None:
    """Another browser that types the code, in any spelling, sees the talk, and what it writes belongs to it."""
    async with it.another_browser() as other:
        answer = await other.post("/reopen", data={**await form_of(other, "/reopen"), "code": typed})
        assert "My idea" in await answer.text()
        await other.post("/say", data={**await form_of(other), "text": "One thing more"})
    assert len({update.place for update in it.turns.taken}) == 1
    assert await count(it.database, "people") == 1


async def test_a_wrong_code_opens_nothing(it: Town) -> None:
    """An unknown code is answered kindly, with what was typed still in the box."""
    async with it.another_browser() as other:
        answer = await other.post("/reopen", data={**await form_of(other, "/reopen"), "code": "<WRONG>"})
        page = await answer.text()
        assert answer.status == 404
        assert "&lt;WRONG&gt;" in page
        assert "yousaid" not in answer.cookies


async def test_guessing_is_slowed(it: Town) -> None:
    """After ten wrong codes even the right one must wait, and the page says how long."""
    async with it.another_browser() as other:
        fields = await form_of(other, "/reopen")
        for number in range(PER_CLIENT):
            assert (await other.post("/reopen", data={**fields, "code": f"WRONG{number}"})).status == 404
        answer = await other.post("/reopen", data={**fields, "code": CODE})
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "600"
        assert "ten minutes" in await answer.text()


async def test_a_code_needs_our_own_form(it: Town) -> None:
    """Another site cannot type a code for somebody."""
    async with it.another_browser() as other:
        fields = await form_of(other, "/reopen")
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert (await other.post("/reopen", data={**fields, "code": CODE}, headers=foreign)).status == 403
        assert (await other.post("/reopen", data={**fields, "code": CODE, "csrf": "x"})).status == 403


async def test_leaving_forgets_on_this_device(it: Town) -> None:
    """Quick exit ends the visit, clears the browser, and the old cookie opens nothing any more."""
    token = {cookie.key: cookie.value for cookie in it.client.session.cookie_jar}["yousaid"]
    answer = await it.client.post("/leave", data=await form_of(it.client), allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/left")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    page = await (await it.client.get("/", cookies={"yousaid": token})).text()
    assert "My idea" not in page
    assert await count(it.database, "visits") == 0


async def test_no_token_or_code_is_kept(it: Town) -> None:
    """The database holds neither the cookie nor the code, only what they hash to."""
    token = {cookie.key: cookie.value for cookie in it.client.session.cookie_jar}["yousaid"]

    def dump(c: Connection) -> str:
        return str([c.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("visits", "receipts")])

    kept = await it.database.read(dump)
    assert token not in kept
    assert CODE not in kept
