"""Photos and voice notes on the web: chosen in a form, read with limits, and shown to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData
from playwright.async_api import Browser as RealBrowser
from playwright.async_api import expect

from bot.app import invite
from bot.media.cleaning import MOST_BYTES
from bot.web import uploads
from dialogs.desk.card import ATTACHMENTS
from dialogs.effects import KeepMedia, OpenSession
from dialogs.events import MediaSent, Unreadable
from dialogs.flows.session import Session
from dialogs.ids import FlowId, MediaId, SessionId, VersionId
from dialogs.installation import Role
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Button, Line, Message, Shown, say
from dialogs.presses import CardPress, pack
from dialogs.said import Said
from storage import addresses, lines
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.recorder import Place, record
from tests.bot.media_files import CANARY, photo, sound, told_photo
from tests.bot.photo_town import photo_config
from tests.bot.web_town import OUTDOORS, Browser, Town, form_of, sign_in, town
from tests.journeys.browser import IN_A_BROWSER, desktop, phone
from tests.journeys.living import FastClock, living, settings_of
from tests.journeys.steps import hear, press, write
from tests.storage.rows import NOW, a_version, opening

PHOTO, VOICE = MediaKind.PHOTO, MediaKind.VOICE
HERS = SessionId(41)
SEEN = Media(Attachment(MediaId("p" * 22), PHOTO), b"\xff\xd8\xff a picture")
HEARD = Media(Attachment(MediaId("v" * 22), VOICE, 12), b"OggS a note")
JSON = {"Accept": "application/json"}


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town in which Ana has said hello, and where photos and voice notes are asked for."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        running.turns.wanted = frozenset(MediaKind)
        await running.client.post("/say", data={**await form_of(running.client), "text": "Hello"})
        yield running
    await database.close()


async def upload(
    client: Browser, content: bytes, *, kind: str = "photo", form: dict[str, str] | None = None, json: bool = False
) -> ClientResponse:
    """Send a file as the page's form does."""
    data = FormData()
    for name, value in (form or await form_of(client)).items():
        data.add_field(name, value)
    data.add_field(kind, BytesIO(content), filename=f"{CANARY}.jpg", content_type="image/jpeg")
    return await client.post("/say", data=data, headers=JSON if json else {}, allow_redirects=False)


async def place_of_ana(it: Town) -> str:
    return it.turns.taken[0].place


async def own_lines(it: Town) -> list[Message]:
    """What stands in the chat as Ana's own."""
    place = await place_of_ana(it)

    def read(c: Connection) -> list[Message]:
        address = addresses.find(c, "web", place)
        assert address is not None
        return [unpack_message(line.message) for line in lines.newest(c, address, limit=50) if line.author == "you"]

    return await it.database.read(read)


async def test_a_question_offers_what_it_takes(it: Town) -> None:
    """Where a photo is asked for there is a box to choose one, which needs no script; elsewhere there is none."""
    assert 'type="file"' not in await (await it.client.get("/")).text()
    it.turns.reply = Message((Line("Show us."),), wants=(PHOTO,))
    await it.client.post("/say", data={**await form_of(it.client), "text": "More"})
    page = await (await it.client.get("/")).text()
    assert 'enctype="multipart/form-data"' in page
    assert 'name="photo" required' in page
    assert 'name="voice"' not in page
    assert "Choose a photo" in page


async def test_a_photo_is_taken_clean(it: Town) -> None:
    """A chosen photo becomes an event with a picture that has nothing else in it, and a line in the chat."""
    answer = await upload(it.client, told_photo("JPEG"))
    assert (answer.status, answer.headers["Location"]) == (303, "/#end")
    event = it.turns.taken[-1].event
    assert isinstance(event, MediaSent)
    assert event.media.attachment.kind is PHOTO
    assert CANARY.encode() not in event.media.content
    assert await own_lines(it) == [say("Hello"), say("📷 Photo")]


async def test_a_voice_note_is_taken_clean(it: Town) -> None:
    """A chosen sound becomes an event with its length; the script is answered with words."""
    answer = await upload(it.client, sound(seconds=2), kind="voice", json=True)
    assert (answer.status, (await answer.json()).keys()) == (200, {"toast", "csrf"})
    event = it.turns.taken[-1].event
    assert isinstance(event, MediaSent)
    assert event.media.attachment.seconds == 2


async def test_the_same_file_twice_is_one(it: Town) -> None:
    """A form that is sent again with the same file counts once; with another file it is another answer."""
    form = await form_of(it.client)
    for content in (photo(), photo(), photo(width=90)):
        assert (await upload(it.client, content, form=form)).status == 303
    assert [type(update.event) for update in it.turns.taken[1:]] == [MediaSent, MediaSent]


async def test_what_nobody_asked_for_is_not_opened(it: Town) -> None:
    """Where the question takes no photo the turn hears of one, and its content goes nowhere."""
    it.turns.wanted = frozenset({VOICE})
    assert (await upload(it.client, b"anything")).status == 303
    assert it.turns.taken[-1].event == Unreadable("photo")


@pytest.mark.parametrize(
    ("size_bytes", "kind", "status", "words"),
    [
        (100, "photo", 415, "could not take that file"),
        (100, "voice", 415, "could not take that file"),
        (MOST_BYTES[PHOTO] + 1, "photo", 413, "too large"),
        (25_000_001, "voice", 413, "too large"),
        (0, "photo", 400, "No file was chosen"),
        (100, "film", 400, "could not understand"),
    ],
)
async def test_what_is_not_taken_is_said(it: Town, *, size_bytes: int, kind: str, status: int, words: str) -> None:
    """What cannot be taken is answered kindly, on a page and to the script, and no turn hears of it."""
    content = bytes(size_bytes)
    page = await upload(it.client, content, kind=kind)
    assert page.status == status
    assert words in await page.text()
    told = await upload(it.client, content, kind=kind, json=True)
    assert told.status == status
    assert words in (await told.json())["problem"]
    assert len(it.turns.taken) == 1


async def test_a_file_must_come_from_our_page(it: Town) -> None:
    """Without our signature, or from another site, no file is taken."""
    form = await form_of(it.client)
    assert (await upload(it.client, photo(), form=form | {"csrf": "forged"})).status == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    data = FormData(form | {"x": "y"})
    data.add_field("photo", photo(), filename="a.jpg")
    assert (await it.client.post("/say", data=data, headers=foreign)).status == 403
    assert len(it.turns.taken) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"--x\r\n\r\n\r\n--x--\r\n",
        b"no boundary at all",
        b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + b"a" * 70_000 + b"\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 30 + b"--x--\r\n",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\nContent-Encoding: gzip\r\n\r\nx\r\n',
    ],
)
async def test_a_broken_form_is_refused(it: Town, body: bytes) -> None:
    """Whatever comes in place of a form is answered with a word, never with silence or a fault of ours."""
    for boundary in ("; boundary=x", ""):
        headers = {"Content-Type": f"multipart/form-data{boundary}"}
        answer = await it.client.post("/say", data=body, headers=headers)
        assert 400 <= answer.status < 500
    assert len(it.turns.taken) == 1


async def test_a_slow_file_is_let_go(it: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends a file too slowly hears so, and takes nobody's place for long."""
    monkeypatch.setattr(uploads, "_SLOWEST_S", 0.05)
    reader, writer = await asyncio.open_connection(it.server.host, it.server.port)
    writer.write(
        b"POST /say HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    assert b" 408 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def keep_both(it: Town, *, sent: bool) -> None:
    """Give Ana a conversation with two files, which she may have sent."""
    place = await place_of_ana(it)

    def work(c: Connection) -> None:
        address = addresses.find_address(c, "web", place)
        here = Place(address, a_version(c))
        begun = OpenSession(Session(HERS, VersionId(0)), FlowId("idea"))
        record(c, (begun, KeepMedia(HERS, SEEN), KeepMedia(HERS, HEARD)), here, now=NOW)
        said = Said("Show us", "", attachments=(SEEN.attachment, HEARD.attachment))
        if sent:
            record(c, (replace(opening(HERS), words=(said,)),), here, now=NOW)

    await it.database.write(work)


async def look(client: Browser, media: Media) -> int:
    return (await client.get(f"/media/{media.attachment.id}")).status


async def test_a_photo_is_shown_to_whose_it_is(it: Town) -> None:
    """The one who sent it sees it; another citizen and a stranger learn nothing, not even that it is there."""
    await keep_both(it, sent=False)
    answer = await it.client.get(f"/media/{SEEN.attachment.id}")
    assert (answer.status, answer.content_type, await answer.read()) == (200, "image/jpeg", SEEN.content)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    for nowhere in ("x" * 22, "p" * 21, "../" + "p" * 22, "%00" + "p" * 21):
        assert (await it.client.get(f"/media/{nowhere}")).status == 404
    async with it.another_browser() as eva:
        assert await look(eva, SEEN) == 404
        await eva.post("/say", data={**await form_of(eva), "text": "Hello"})
        assert await look(eva, SEEN) == 404


async def test_servants_see_what_belongs_to_their_queue(it: Town) -> None:
    """Once it was sent, the servants of its queue see a photo, and no others."""
    other = next(queue for queue in it.parts.installation.queues if queue != "outdoors")
    async with it.another_browser() as lee, it.another_browser() as kim:
        await sign_in(replace(it, client=lee))
        await sign_in(replace(it, client=kim), "r_other", queue=other)
        await keep_both(it, sent=True)
        assert [await look(lee, media) for media in (SEEN, HEARD)] == [200, 200]
        assert [await look(kim, media) for media in (SEEN, HEARD)] == [404, 404]


async def test_a_draft_is_nobody_elses(it: Town) -> None:
    """A photo of a conversation that was not sent is shown to no servant."""
    async with it.another_browser() as lee:
        await sign_in(replace(it, client=lee))
        await keep_both(it, sent=False)
        assert await look(lee, SEEN) == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=0-", 200, slice(None)),
        ("bytes=0-3,5-6", 200, slice(None)),
        ("nonsense", 200, slice(None)),
        ("bytes=99-", 416, slice(0, 0)),
    ],
)
async def test_players_get_the_part_they_ask_for(it: Town, *, asked: str, status: int, part: slice) -> None:
    """A player can ask for a part, and gets the whole where its wish makes no sense."""
    await keep_both(it, sent=False)
    answer = await it.client.get(f"/media/{HEARD.attachment.id}", headers={"Range": asked})
    assert (answer.status, await answer.read()) == (status, HEARD.content[part])


async def test_the_pages_show_them_in_place(it: Town) -> None:
    """In a chat and on a card a photo is a picture and a voice note a player; nothing need be sent to see them."""
    shown = (Shown(SEEN.attachment, "📷 Photo"), Shown(HEARD.attachment, "🎤 <12>"))
    it.turns.reply = Message((Line("Look."), *shown))
    await it.client.post("/say", data={**await form_of(it.client), "text": "More"})
    page = await (await it.client.get("/")).text()
    assert f'<img src="/media/{SEEN.attachment.id}" alt="Photo that was sent" loading="lazy">' in page
    assert f'<audio src="/media/{HEARD.attachment.id}" aria-label="🎤 &lt;12&gt;" controls preload="none">' in page
    buttons = ((Button("Claim", "c:1"),), (Button("Clip", pack(CardPress("K7F3-9QWD", 1, ATTACHMENTS))),))
    await it.channel.send("room:outdoors", Message((Line("A card"), *shown), buttons), key=77)
    await sign_in(it)
    room = await (await it.client.get("/desk/outdoors")).text()
    assert "/media/" + SEEN.attachment.id in room
    assert "Claim" in room
    assert "Clip" not in room


@IN_A_BROWSER
async def test_a_photo_in_a_real_browser(sqlite_url: str, tmp_path: Path, browser: RealBrowser) -> None:
    """A person chooses a photo without a script, sends it and sees it; who opens the room sees it on the card."""
    photo_config(tmp_path / "config")
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo(width=400, height=300))
    clock = FastClock(speed=1)
    async with living(settings_of(tmp_path, sqlite_url), clock) as house:
        ana, lee = await phone(browser, script=False), await desktop(browser)
        await ana.goto(house.url)
        await ana.get_by_role("button", name="Report something").click()
        await hear(ana, "Please show us the place.")
        await ana.get_by_label("Choose a photo").set_input_files(file)
        await ana.get_by_role("button", name="Send this file").click()
        await expect(ana.locator(".you img")).to_be_visible()
        await expect(ana.locator(".you img")).to_have_js_property("naturalWidth", 400)
        await press(ana, "Done")
        await hear(ana, "What happened there?")
        await expect(ana.locator(".files:visible")).to_have_count(1)
        await write(ana, "A hole in the road.")
        for button in ("Done", "Skip", "Send"):
            await press(ana, button)
        await hear(ana, "Your reference is")
        payload = await invite(
            house.database, clock, queue=OUTDOORS, role=Role.REVIEWER, name="", valid=timedelta(days=1)
        )
        await lee.goto(f"{house.url}/desk/enter/{payload}")
        await lee.get_by_label("Your name").fill("Lee")
        await lee.get_by_role("button", name="Sign in").click()
        await expect(lee.locator(".cards img")).to_have_js_property("naturalWidth", 400)
