"""How the copy of a person's data reaches them, and nobody else: a document on Telegram, a download on the web."""

from collections.abc import AsyncIterator
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.channel import Refused, Unknown
from dialogs.message import Message, OwnData
from storage.codec import pack_message, unpack_message
from storage.database import Database
from tests.bot.telegram_port import Side
from tests.bot.web_town import Town, form_of, sign_in, town
from tests.botapi import BotApi, How

COPY = Message((OwnData("A copy of <my> data"),))


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town in which one citizen has written and was handed a copy."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        running.turns.reply = COPY
        await running.client.post("/say", data={**await form_of(running.client), "text": "My <idea>"})
        yield running
    await database.close()


async def test_telegram_gets_a_document(api: BotApi, side: Side) -> None:
    """It is made for the chat it goes to, and may be saved and passed on: it is theirs."""
    ana = api.user("Ana")
    await ana.send("/start")
    side.intake.own_data[str(ana.id)] = b"PK the data of Ana"
    await side.channel.send(str(ana.id), COPY, key=1)
    shown = ana.chat.messages[0]
    assert api.world.files[shown.document] == b"PK the data of Ana"
    assert shown.text == "A copy of <my> data"
    assert not shown.protected


async def test_each_trouble_with_it_says_what_to_do(api: BotApi, side: Side) -> None:
    """A chat of nobody's is refused; a lost answer is what it is for words."""
    ana = api.user("Ana")
    await ana.send("/start")
    with pytest.raises(Refused):
        await side.channel.send(str(ana.id), COPY, key=1)
    side.intake.own_data[str(ana.id)] = b"PK the data of Ana"
    api.fail_next("sendDocument", How.DONE_BUT_DROPPED)
    with pytest.raises(Unknown):
        await side.channel.send(str(ana.id), COPY, key=1)


async def test_the_web_has_a_link_for_its_own_browser(it: Town) -> None:
    """The chat shows the link, the file holds what was written, and nobody on the way may store it."""
    page = await (await it.client.get("/")).text()
    assert '<a href="/my-data" download>A copy of &lt;my&gt; data</a>' in page
    answer = await it.client.get("/my-data")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "application/zip"
    with ZipFile(BytesIO(await answer.read())) as archive:
        assert b"My <idea>" in archive.read("data.json")


async def test_nobody_else_can_fetch_it(it: Town) -> None:
    """Another browser, a servant, and a page of somebody else's are sent away with a kind page."""
    foreign = await it.client.get("/my-data", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    it.client.session.cookie_jar.clear()
    await sign_in(it)
    assert (await it.client.get("/my-data")).status == 403
    async with it.another_browser() as other:
        assert (await other.get("/my-data")).status == 403


def test_it_survives_its_packing() -> None:
    """The message that hands it over holds no data, and comes back as it was."""
    assert unpack_message(pack_message(COPY)) == COPY
    assert COPY.plain() == "A copy of <my> data"
