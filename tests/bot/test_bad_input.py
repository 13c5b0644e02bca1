"""Whatever people and their programs send gets a clear word, loses nothing, and changes nothing of others."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import House
from dialogs.ids import StaffId
from dialogs.texts import LONGEST_IN
from storage import staff
from storage.case_tables import contributions, every_table
from storage.database import Connection
from storage.tables import sessions
from tests.botapi import BotApi, BotMessage, Group, User
from tests.journeys.acts import act, card_of, decide, enrol, make_room, propose
from tests.journeys.living import town_on_telegram

FAMILY = "👨‍👩‍👧‍👦"
CONTENTS: list[dict[str, Any]] = [
    {"sticker": {"file_id": "s", "emoji": "🙂"}},
    {"contact": {"phone_number": "+1 270 555 0100", "first_name": "Ana"}},
    {"photo": [{"file_id": "p", "width": 1, "height": 1}], "caption": "Here it is"},
    {"voice": {"file_id": "v", "duration": 3}},
    {"location": {"latitude": 36.99, "longitude": -86.44}},
    {"poll": {"id": "1", "question": "?"}},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"document": {"file_id": "d"}, "animation": {"file_id": "d"}},
    {"something_new": {"of": "next year"}},
]
SHAPES: list[dict[str, Any]] = [
    {},
    {"message": None},
    {"message": {}},
    {"message": {"chat": None, "text": "x"}},
    {"message": {"chat": {"id": "one"}, "text": "x"}},
    {"message": {"chat": {"id": 2**70, "type": "private"}, "text": "x"}},
    {"message": {"chat": {"id": 5, "type": "private"}, "text": ["x"], "date": "now", "message_id": {}}},
    {"message": [1, 2, 3]},
    {"callback_query": {"id": 7, "data": {"a": 1}}},
    {"callback_query": {"id": "8", "from": {"id": 5}, "message": None, "data": "f:idea"}},
    {"my_chat_member": {"chat": {"id": -5, "type": "group"}, "new_chat_member": "me"}},
    {"channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "x"}},
    {"edited_message": {"chat": {"id": 6, "type": "private"}, "text": "x", "edit_date": -1}},
    {"inline_query": {"id": "1", "from": {"id": 5}, "query": "x"}},
    {"an_update_of_next_year": {"chat": {"id": 5}, "deep": {"er": [[[[]]]]}}},
]
# An idea takes 4,000 characters.
TOO_LONG = {
    "4095": "a" * 4095,
    "4096": "a" * 4096,
    "4097": "a" * 4097,
    "ten thousand": "word " * 2000,
    "4096 less-than signs": "<" * 4096,
}
TEXTS = {
    "4000": "a" * 4000,
    "4000 less-than signs": "<" * 4000,
    "entities": "&lt;b&gt; <b>bold</b> <a href='x'>x</a> &#0; ]]> {who} {0} %s",
    "family emoji at the limit": "a" * 3990 + FAMILY,
    "family emoji": FAMILY * 372,
    "right to left": "\u202eهل يمكن زراعة الأشجار هنا؟\u202c \u2067abc\u2069",
    "zero width": "a\u200bb\u200cc\u2060d\ufeffe \u00ad\u034f a long zero-width text",
    "lone surrogates": "The bench \ud83d has \ude00 no shade.",
    "control characters": "The bench\x00 by\x07 the\x1b[31m gate\r\nhas no shade.",
}


@asynccontextmanager
async def on_telegram(folder: Path, url: str) -> AsyncIterator[tuple[House, BotApi]]:
    async with town_on_telegram(folder, url) as (house, api, _):
        yield house, api


async def test_what_is_no_text(sqlite_url: str, tmp_path: Path) -> None:
    """A sticker, a contact and all the rest get a clear word, and the open question is asked again."""
    async with on_telegram(tmp_path, sqlite_url) as (_, api):
        ana = api.user("Ana")
        for content in CONTENTS:
            await ana.send_content(content)
            await ana.wait_for("I cannot use that")
        await ana.send("/start")
        await ana.press(await ana.wait_for("What would you like to do?"), "Share an idea")
        await ana.wait_for("What is your idea about?")
        for content in CONTENTS:
            await ana.send_content(content)
            again = await ana.wait_for("I cannot use that")
            assert "What is your idea about?" in again.text
        await ana.press(again, "Library")
        await ana.wait_for("What is your idea?")


async def test_updates_of_every_shape(sqlite_url: str, tmp_path: Path) -> None:
    """What no Bot API has ever sent is taken and stops nobody: the next person is answered."""
    async with on_telegram(tmp_path, sqlite_url) as (_, api):
        for shape in SHAPES:
            api.updates.put_raw(shape)
        ana = api.user("Ana")
        await ana.send("/start")
        await ana.wait_for("What would you like to do?")
        await api.wait_for(lambda: not api.updates.waiting)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_texts_of_every_kind(text: str, sqlite_url: str, tmp_path: Path) -> None:
    """Each text is kept whole, answered, and shown on the card as it begins."""
    async with on_telegram(tmp_path, sqlite_url) as (house, api):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        code = await propose(ana, text)
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        whole = whole.replace("\x00", "").replace("\r\n", "\n").strip()
        card = await card_of(api, room, code, "NEW")
        assert whole[:500] in card.text
        stored = await house.database.read(lambda c: c.execute(sa.select(contributions.c.answers)).scalar_one())
        assert whole in _texts(stored)


@pytest.mark.parametrize("text", TOO_LONG.values(), ids=TOO_LONG)
async def test_texts_that_are_too_long(text: str, sqlite_url: str, tmp_path: Path) -> None:
    """Each is taken whole as a long answer; outside of a question it is kept until its place is known."""
    async with on_telegram(tmp_path, sqlite_url) as (house, api):
        ana = api.user("Ana")
        await ana.send(text)
        kept = await ana.wait_for("I have kept what you wrote")
        assert text[:50] in kept.text
        await ana.send("cancel")
        await ana.press(await ana.wait_for("What would you like to do?"), "Share an idea")
        await ana.press(await ana.wait_for("What is your idea about?"), "Library")
        await ana.wait_for("What is your idea?")
        await ana.send(text)
        await ana.press(await ana.wait_for("I have that."), "✓ Done")
        await ana.wait_for("Why does it matter")
        answers = await house.database.read(lambda c: c.execute(sa.select(sessions.c.answers)).scalar_one())
        assert text.strip() in _texts(answers)
        await ana.send(text)
        await ana.wait_for("I have that.")
        await ana.send("b" * (LONGEST_IN - 3000))
        await ana.wait_for(f"characters; this question takes up to {LONGEST_IN}.")
        await ana.send("skip")
        await ana.wait_for("What is your link")


@dataclass(frozen=True, slots=True)
class Targets:
    """What a forger would like to press: the buttons of others, with their messages."""

    ana: User
    lee: User
    room: Group
    code: str
    question: BotMessage
    card: BotMessage
    draft: BotMessage
    ask_back: BotMessage

    @property
    def buttons(self) -> list[tuple[BotMessage, str]]:
        shown = (self.question, self.card, self.draft, self.ask_back)
        return [(message, button.data) for message in shown for row in message.buttons for button in row]


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, BotApi, Targets]]:
    """Ana was asked whether it worked and is in the middle of an idea; Lee has a card and a draft."""
    async with on_telegram(tmp_path, sqlite_url) as (house, api):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        done = await propose(ana, "The bench by the north gate has no shade.")
        await act(api, room, lee, done, "Claim")
        await decide(api, room, lee, done, "Already exists", "We will plant two trees there.")
        ask_back = await ana.wait_for("Did this work for you?")
        code = await propose(ana, "A second bench at the pond.")
        await act(api, room, lee, code, "Claim")
        await act(api, room, lee, code, "Decide")
        draft = await lee.wait_for(f"{code}: what is your decision?")
        card = await card_of(api, room, code, "TAKEN", "[❓ Ask]")
        await ana.send("start")
        await ana.press(await ana.wait_for("What would you like to do?"), "Share an idea")
        question = await ana.wait_for("What is your idea about?")
        yield house, api, Targets(ana, lee, room, code, question, card, draft, ask_back)


async def test_a_stranger_presses_the_buttons_of_others(scene: tuple[House, BotApi, Targets]) -> None:
    """Every button of a citizen, a card and a draft, pressed by somebody else, is answered and changes nothing."""
    house, api, targets = scene
    ben = api.user("Ben")
    await ben.send("/start")
    await ben.wait_for("What would you like to do?")
    before = await house.database.read(_everything)
    for message, data in targets.buttons:
        for place in (ben.id, targets.room.id):
            assert await (await ben.forge(place, message.id, data)).toast() != ""
    assert await house.database.read(_everything) == before


async def test_a_servant_of_another_queue(scene: tuple[House, BotApi, Targets]) -> None:
    """Neither a card of another queue nor a colleague's draft obeys a servant who has no part in it."""
    house, api, targets = scene
    kim = api.user("Kim")
    await enrol(house, kim, "care")
    room = await make_room(api, kim, "care")
    before = await house.database.read(_everything)
    for message, data in targets.buttons:
        for place in (room.id, kim.id, targets.room.id):
            assert await (await kim.forge(place, message.id, data)).toast() != ""
    assert await house.database.read(_everything) == before


async def test_nobody_behind_an_account_of_telegrams(scene: tuple[House, BotApi, Targets]) -> None:
    """Anonymous admins and Telegram itself have no rights, and cannot be enrolled."""
    house, api, targets = scene
    before = await house.database.read(_everything)
    for number in (1087968824, 777000, 136817688):
        nobody = api.user("Nobody", id=number)
        for message, data in targets.buttons:
            assert await (await nobody.forge(targets.room.id, message.id, data)).toast() != ""
    assert await house.database.read(_everything) == before


async def test_a_removed_servant(scene: tuple[House, BotApi, Targets]) -> None:
    """From the moment of removal neither cards nor the own draft obey."""
    house, api, targets = scene
    await house.database.write(lambda c: staff.remove(c, StaffId(1), now=house.clock.now()))
    before = await house.database.read(_everything)
    for message in (targets.card, targets.draft):
        for row in message.buttons:
            for button in row:
                assert await (await targets.lee.forge(message.chat_id, message.id, button.data)).toast() != ""
    targets.room.say(targets.lee, "A note from outside.", reply_to=targets.card)
    await api.wait_for(lambda: not api.updates.waiting)
    assert await house.database.read(_everything) == before


async def test_flipped_and_random_data(scene: tuple[House, BotApi, Targets]) -> None:
    """Data with a bit flipped, and data of pure chance, is answered and changes nothing, whoever sends it."""
    house, api, targets = scene
    dice = random.Random(2027)
    ben = api.user("Ben")
    before = await house.database.read(_everything)
    for message, data in targets.buttons:
        at = dice.randrange(len(data))
        flipped = data[:at] + chr(ord(data[at]) ^ 1 << dice.randrange(5)) + data[at + 1 :]
        assert await (await ben.forge(message.chat_id, message.id, flipped)).toast() != ""
    kinds = ["", "s:", "c:", "d:", "a:", "w:", "f:", "l:", f"c:{targets.code}:", "c:0000-0000:1:claim", "a:9:yes"]
    for number in range(60):
        data = kinds[number % len(kinds)] + "".join(chr(dice.randrange(1, 0x2FFF)) for _ in range(dice.randrange(40)))
        for who in (ben, targets.ana, targets.lee):
            assert await (await who.forge(who.id, number, data)).toast() != ""
    assert await house.database.read(_everything) == before


async def test_presses_that_come_again(scene: tuple[House, BotApi, Targets]) -> None:
    """The same press delivered five times, and pressed five times, is done once."""
    house, api, targets = scene
    first = await targets.ana.press(targets.question, "Library")
    await targets.ana.wait_for("What is your idea?")
    before = await house.database.read(_everything)
    assert first.update_id
    api.updates.repeat([first.update_id] * 5)
    for _ in range(5):
        assert await (await targets.ana.press(targets.question, "Library")).toast() != ""
    assert await house.database.read(_everything) == before


def _everything(c: Connection) -> dict[str, list[str]]:
    """Give all rows but those which say that something came in or goes out, who wrote to us, and that we live.

    The running house adds up its counts and draws its boards in its own time: that is nobody's doing.
    """
    beside = {"inbox", "outbox", "lines", "addresses", "people", "alive", "case_counts"}
    drawn = {"board_seen_at", "board_at", "digest_at", "digest_case", "board", "board_shows"}
    tables = [table for table in every_table.sorted_tables if table.name not in beside]
    columns = {table.name: [column for column in table.columns if column.name not in drawn] for table in tables}
    return {name: sorted(str(row) for row in c.execute(sa.select(*mine))) for name, mine in columns.items()}


def _texts(value: object) -> list[str]:
    match value:
        case str():
            try:
                inner = json.loads(value)
            except ValueError:
                return [value]
            return [value, *(_texts(inner) if not isinstance(inner, str) else [inner])]
        case dict():
            return [text for part in value.values() for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
        case _:
            return []
