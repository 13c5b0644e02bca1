"""A browser tells on its owner with every request: nothing of that is kept, logged, shown or given out."""

import io
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

from aiohttp import ClientSession, CookieJar, FormData, TCPConnector

from bot.app import House, invite
from bot.settings import Settings
from dialogs.ids import QueueId
from dialogs.installation import Role
from tests.bot.media_files import CANARY, told_photo
from tests.journeys.chance_house import dump
from tests.journeys.leaks_house import heard
from tests.journeys.living import FastClock, living, settings_of
from tests.journeys.program import hurried_town
from tests.journeys.web_people import Visitor, sign_in, visitor

# Loopback is a whole net: from here nobody else comes.
_ADDRESS, _BEHIND = "127.77.66.55", "203.0.113.77"
_TOLD = {
    "User-Agent": "zqtoldagent/7.7",
    "Accept-Language": "en, zqtoldlanguage",
    "X-Forwarded-For": _BEHIND,
    "X-Real-IP": _BEHIND,
    "Forwarded": f"for={_BEHIND}",
    "From": "zqtoldfrom@example.org",
    "Authorization": "Basic zqtoldlogin",
    "X-Device": "zqtolddevice",
}
_FLOW = """
flow: seen
contribution: report
service: parks
languages: [en]
title: {en: Show us}
steps:
  - ask: picture
    kind: photo
    text: {en: Show us a photo.}
  - ask: words
    kind: text
    text: {en: Tell us in words.}
  - submit: end
    text: {en: "Your number is {reference}."}
"""


@asynccontextmanager
async def telling_browser(url: str) -> AsyncIterator[Visitor]:
    """Open a browser of which every request says whose it is."""
    connector = TCPConnector(local_addr=(_ADDRESS, 0))
    jar = CookieJar(unsafe=True)
    jar.update_cookies({"zqtoldname": "zqtoldcookie"})
    async with ClientSession(connector=connector, cookie_jar=jar, headers=_TOLD) as session:
        it = Visitor(session, url, "/?utm=zqtoldquery")
        await it.open()
        yield it


async def show(it: Visitor) -> None:
    """Send a photo whose name tells as much as its inside."""
    form = next(form for form in re.findall(r"<form.*?</form>", it.page, re.DOTALL) if 'name="photo"' in form)
    fields = FormData(dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)))
    fields.add_field("photo", told_photo("JPEG"), filename="zqtoldfile.jpg", content_type="image/jpeg")
    async with it.session.post(f"{it.url}/say", data=fields) as answer:
        it.page = await answer.text()
        assert answer.status == 200


async def go_wrong(it: Visitor) -> None:
    """Ask for what is not there, send what nobody can take, and speak no HTTP at all."""
    for path in ("/zqtoldpath", "/desk", "/media/zqtoldmedia", "/desk/enter/r_zqtoldpayload"):
        async with it.session.get(f"{it.url}{path}") as answer:
            assert answer.status >= 400 or path.startswith("/desk/enter")
    for kind in ("application/json", "multipart/form-data; boundary=zqtoldboundary", "text/zqtoldtype"):
        async with it.session.post(f"{it.url}/say", data=b"zqtoldbody", headers={"Content-Type": kind}) as answer:
            assert answer.status >= 400
    where = urlsplit(it.url)
    with socket.create_connection((where.hostname, where.port), source_address=(_ADDRESS, 0)) as raw:
        raw.sendall(b"GET /zqtoldraw HTTP/1.1\r\nUser-Agent zqtoldagent\x00\r\n\r\n")


async def lee_of(house: House) -> str:
    """Give a one-time link for a lead."""
    return await invite(
        house.database, house.clock, queue=QueueId("outdoors"), role=Role.LEAD, name="", valid=timedelta(days=7)
    )


async def test_a_browser_full_of_traces_leaves_none(database_url: str, tmp_path: Path) -> None:
    """Of address, cookie, browser, file and path nothing is kept, logged, shown to a servant or in anybody's copy."""
    (hurried_town(tmp_path / "config") / "flows" / "seen.yaml").write_text(_FLOW, "utf-8")
    settings, logged = settings_of(tmp_path, database_url), list[str]()
    with heard(logged):
        kept, shown, given, tokens = await _live(settings)
    assert tokens
    assert logged
    # The photo is drawn here; the program opens it in a process of its own.
    told = "\n".join(line for line in logged if CANARY not in line)
    for text in (kept, shown, given, told):
        assert [
            one for one in ("zqtold", _ADDRESS, _BEHIND, CANARY, *tokens) if one in text.casefold() or one in text
        ] == []


async def _live(settings: Settings) -> tuple[str, str, str, list[str]]:
    """Let somebody send something; give what is kept, shown to a servant and given to themselves, and their tokens."""
    async with living(settings, FastClock(20)) as house, telling_browser(house.url) as ana, visitor(house.url) as lee:
        await ana.press("Show us")
        await ana.read("Show us a photo.")
        await show(ana)
        await ana.read("Tell us in words.")
        await ana.say("The lamp at the gate is broken.")
        await ana.read("Your number is")
        await sign_in(lee, await lee_of(house), "Lee", "outdoors")
        await lee.read("NEW", "The lamp at the gate is broken.")
        await go_wrong(ana)
        async with ana.session.get(f"{house.url}/my-data") as answer:
            packed = await answer.read()
        with ZipFile(io.BytesIO(packed)) as copy:
            given = "\n".join(copy.read(name).decode("utf-8", "replace") for name in copy.namelist())
        # The longest of ours are those that nobody can guess.
        tokens = [one.value for one in ana.session.cookie_jar if one.key.startswith("yousaid") and len(one.value) > 20]
        return str(await house.database.read(dump)), "\n".join(lee.lines), given, tokens
