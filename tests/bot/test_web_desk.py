"""The staff's room over real HTTP: signing in once, cards, notes, the own chat, and who may not."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dialogs.events import Pressed, TextSent
from dialogs.ids import QueueId, StaffId
from dialogs.message import Button, Line, Message
from storage import staff
from storage.database import Database
from tests.bot.test_web_live import next_event
from tests.bot.web_town import Town, form_of, invite, sign_in, town

CARD = Message((Line("NEW · Parks #K7F3", strong=True),), ((Button("Claim", "c:K7F3:1:claim"),),))
ROOM = "/desk/outdoors"


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town with one card in a room."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        await running.channel.send("room:outdoors", CARD, key=1)
        yield running
    await database.close()


async def test_a_look_at_a_link_does_not_use_it_up(it: Town) -> None:
    """Only the button on the page redeems the link, once; the second time it says so."""
    await invite(it, "r_once")
    for _ in range(3):
        assert (await it.client.get("/desk/enter/r_once")).status == 200
    fields = await _entrance(it, "r_once")
    assert (await it.client.post("/desk/enter/r_once", data={**fields, "name": "Lee"})).url.path == ROOM
    fields = await _entrance(it, "r_once")
    assert (await it.client.post("/desk/enter/r_once", data={**fields, "name": "Kim"})).status == 410


async def test_a_link_needs_a_name_and_our_form(it: Town) -> None:
    """Without a name, or without our signature, the link stays good."""
    await invite(it, "r_once")
    fields = await _entrance(it, "r_once")
    assert (await it.client.post("/desk/enter/r_once", data={**fields, "name": " "})).status == 400
    assert (await it.client.post("/desk/enter/r_once", data={"csrf": "x", "name": "Lee"})).status == 403
    assert (await it.client.post("/desk/enter/r_once", data={**fields, "name": "Lee"})).status == 200


async def test_a_second_link_adds_a_queue(it: Town) -> None:
    """A servant who is signed in stays one servant, and then sees a list of queues."""
    await sign_in(it)
    await invite(it, "r_care", QueueId("care"))
    fields = await _entrance(it, "r_care")
    page = await (await it.client.post("/desk/enter/r_care", data={**fields, "name": "Lee"})).text()
    assert 'href="/desk/care"' in page
    assert 'href="/desk/outdoors"' in page


async def test_a_card_is_pressed_and_noted(it: Town) -> None:
    """A press and a note come from the servant, in the room, and name the card's number."""
    await sign_in(it)
    it.turns.reply = None
    fields = {**await form_of(it.client, ROOM), "chat": "room", "line": "1"}
    await it.client.post(ROOM, data={**fields, "data": "c:K7F3:1:claim"})
    page = await (await it.client.post(ROOM, data={**fields, "text": "Looked at it"})).text()
    press, note = it.turns.taken
    assert (press.place, press.private, press.sender, press.reply_to) == ("room:outdoors", False, "staff:1", 1)
    assert press.event == Pressed("c:K7F3:1:claim")
    assert note.event == TextSent("Looked at it")
    assert note.reply_to == 1
    assert '<p class="name">Lee</p>' in page
    assert page.index("Parks #K7F3", page.index("Lee</p>")) < page.index("Looked at it")


async def test_a_note_shows_no_personal_data(it: Town) -> None:
    """What a note quotes of somebody is covered in the room, as it is on the card."""
    await sign_in(it)
    fields = {**await form_of(it.client, ROOM), "chat": "room", "line": "1"}
    page = await (
        await it.client.post(ROOM, data={**fields, "text": "She says +34 612 345 678, ana@example.org"})
    ).text()
    assert "She says [phone], [e-mail]" in page
    assert "612" not in page


async def test_the_own_chat_is_private(it: Town) -> None:
    """Words in the panel go to the servant's own place, and no colleague sees them."""
    await sign_in(it)
    await it.client.post(ROOM, data={**await form_of(it.client, ROOM), "text": "A draft of mine"})
    assert replace(it.turns.taken[0], key="").place == "staff:1"
    assert it.turns.taken[0].private
    assert "A draft of mine" in await (await it.client.get(ROOM)).text()
    async with it.another_browser() as colleague:
        await sign_in(replace(it, client=colleague), "r_other", "Kim")
        page = await (await colleague.get(ROOM)).text()
        assert "#K7F3" in page
        assert "A draft of mine" not in page


async def test_strangers_and_other_queues_are_refused(it: Town) -> None:
    """Nobody sees a room or acts in it without a role there."""
    for path in ("/desk", ROOM, f"{ROOM}/events"):
        assert (await it.client.get(path)).status == 403
    assert (await it.client.post(ROOM, data={"data": "x"})).status == 403
    await sign_in(it)
    for path in ("/desk/care", "/desk/care/events", "/desk/nowhere"):
        assert (await it.client.get(path)).status == 403
    fields = await form_of(it.client, ROOM)
    assert (await it.client.post("/desk/care", data={**fields, "data": "x"})).status == 403
    assert it.turns.taken == []


async def test_a_removed_servant_is_out_at_once(it: Town) -> None:
    """After removal the open stream ends, and every page and act is refused with a clear word."""
    await sign_in(it)
    fields = await form_of(it.client, ROOM)
    async with it.client.get(f"{ROOM}/events") as stream:
        assert "#K7F3" in (await next_event(stream)).html
        await it.database.write(lambda c: staff.remove(c, StaffId(1), now=it.parts.clock.now()))
        await it.channel.send("room:outdoors", CARD, key=2)
        assert [(await next_event(stream)).name for _ in range(2)] == ["piles", "left"]
    answer = await it.client.get(ROOM)
    assert answer.status == 403
    assert "staff who are signed in" in await answer.text()
    assert (await it.client.post(ROOM, data={**fields, "data": "x"})).status == 403


async def test_a_citizen_is_no_servant(it: Town) -> None:
    """The cookie of a talk opens no desk, and the cookie of a desk opens no talk."""
    await it.client.post("/say", data={**await form_of(it.client), "text": "Hello"})
    jar = {cookie.key: cookie.value for cookie in it.client.session.cookie_jar}
    assert (await it.client.get(ROOM, cookies={"yousaid-desk": jar["yousaid"]})).status == 403
    async with it.another_browser() as other:
        await sign_in(replace(it, client=other))
        jar = {cookie.key: cookie.value for cookie in other.session.cookie_jar}
        assert 'id="start"' in await (await other.get("/", cookies={"yousaid": jar["yousaid-desk"]})).text()


async def test_signing_out_ends_it(it: Town) -> None:
    """After signing out the desk is closed to this browser."""
    await sign_in(it)
    await it.client.post("/desk/leave", data=await form_of(it.client, ROOM))
    assert (await it.client.get(ROOM)).status == 403


async def _entrance(it: Town, payload: str) -> dict[str, str]:
    return await form_of(it.client, f"/desk/enter/{payload}")
