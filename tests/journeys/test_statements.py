"""Twenty real statements of citizens go through the whole loop, on Telegram and on the web.

They come from the public engagement of Bowling Green (Kentucky, 2018), of which a copy lies beside the checkout.
"""

import asyncio
import csv
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import House, invite
from dialogs.ids import QueueId
from dialogs.installation import Role
from storage.case_tables import cases
from tests.botapi import BotApi, Group, User
from tests.journeys.acts import act, card_of, decide, enrol, make_room, open_card, propose
from tests.journeys.living import FastClock, living, settings_of, town_on_telegram
from tests.journeys.web_people import Visitor, sign_in, visitor

STATEMENTS = Path(__file__).parents[2].parent / "shared" / "data" / "bowling-green" / "statements.csv"
SERVICES = {"outdoors": "Parks and playgrounds", "care": "Health centre", "community": "Library"}
VERDICTS = {"Yes": "confirmed", "No": "reopened"}
# What a notice quotes of a contribution at most.
LONGEST = 160


@dataclass(slots=True)
class Matter:
    """One statement on its way: who looks after it, what is decided, and whether it worked."""

    words: str
    queue: str
    reason: str
    verdict: str
    code: str = ""


@pytest.fixture
def matters() -> list[Matter]:
    """Twenty statements from all over the list, quotation marks and ampersands among them."""
    if not STATEMENTS.exists():
        pytest.skip("The statements of Bowling Green do not lie beside this checkout (../shared/data).")
    with STATEMENTS.open(encoding="utf-8", newline="") as file:
        said = dict.fromkeys(row["comment-body"].strip() for row in csv.DictReader(file))
    fitting = [words for words in said if 10 <= len(words) <= LONGEST]
    signs = [words for words in fitting if re.search("[\"&'/]", words)][:5]
    chosen = [*signs, *[words for words in fitting if words not in signs][:: len(fitting) // 15][:15]]
    assert len(set(chosen)) == 20
    queues, verdicts = list(SERVICES), list(VERDICTS)
    return [
        Matter(words, queues[number % 3], f"We have looked at matter {number} and say so.", verdicts[number % 2])
        for number, words in enumerate(chosen)
    ]


async def test_statements_on_telegram(sqlite_url: str, tmp_path: Path, matters: list[Matter]) -> None:
    """Each is submitted, carded, claimed, decided, told, asked back and answered, and reaches nobody else."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        rooms: dict[str, tuple[User, Group]] = {}
        for queue in SERVICES:
            servant = api.user(f"Servant of {queue}")
            await enrol(house, servant, queue)
            rooms[queue] = servant, await make_room(api, servant, queue)
        people = [api.user(f"Citizen {number}") for number in range(len(matters))]
        await asyncio.gather(*(_submit(person, matter) for person, matter in zip(people, matters, strict=True)))
        await asyncio.gather(*(_work_through(api, *rooms[queue], _of(matters, queue)) for queue in SERVICES))
        await asyncio.gather(*(_hear(person, matter) for person, matter in zip(people, matters, strict=True)))
        for matter in matters:
            mark = "it worked" if matter.verdict == "Yes" else "did it work? No"
            await card_of(api, rooms[matter.queue][1], matter.code, mark, matter.words)
        await _check_states(house, matters)
        chats = ["\n".join(message.text for message in person.chat.messages) for person in people]
        _check_strangers(chats, matters)


async def test_statements_on_the_web(sqlite_url: str, tmp_path: Path, matters: list[Matter]) -> None:
    """The same with pages and forms alone, without a script."""
    clock = FastClock(20)
    async with living(settings_of(tmp_path, sqlite_url), clock) as house, AsyncExitStack() as browsers:
        servants = {queue: await browsers.enter_async_context(visitor(house.url)) for queue in SERVICES}
        for queue, servant in servants.items():
            payload = await invite(
                house.database, clock, queue=QueueId(queue), role=Role.REVIEWER, name="", valid=timedelta(days=1)
            )
            await sign_in(servant, payload, f"Servant of {queue}", queue)
        people = [await browsers.enter_async_context(visitor(house.url)) for _ in matters]
        await asyncio.gather(*(_submit_pages(person, matter) for person, matter in zip(people, matters, strict=True)))
        await asyncio.gather(*(_work_through_pages(servants[queue], _of(matters, queue)) for queue in SERVICES))
        await asyncio.gather(*(_hear_pages(person, matter) for person, matter in zip(people, matters, strict=True)))
        for matter in matters:
            mark = "it worked" if matter.verdict == "Yes" else "did it work? No"
            await servants[matter.queue].read(matter.code, mark, matter.words)
        await _check_states(house, matters)
        _check_strangers(["\n".join(person.lines) for person in people], matters)


async def _submit(person: User, matter: Matter) -> None:
    matter.code = await propose(person, matter.words, service=SERVICES[matter.queue])


async def _work_through(api: BotApi, servant: User, room: Group, mine: list[Matter]) -> None:
    for matter in mine:
        card = await open_card(api, room, servant, matter.code)
        assert matter.words in card.text.splitlines()
        assert await act(api, room, servant, matter.code, "Claim") == "It is yours."
        await decide(api, room, servant, matter.code, "Already exists", matter.reason)


async def _hear(person: User, matter: Matter) -> None:
    told = await person.wait_for(f"for your number {matter.code}")
    assert {matter.words, matter.reason} <= set(told.text.splitlines())
    asked = await person.wait_for("Did this work for you?")
    assert {matter.words, matter.reason} <= set(asked.text.splitlines())
    await person.press(asked, matter.verdict)
    await person.wait_for("Thank you")


async def _submit_pages(person: Visitor, matter: Matter) -> None:
    await person.press("Share an idea")
    await person.press(SERVICES[matter.queue])
    await person.read("What is your idea?")
    await person.say(matter.words)
    await person.press("Done")
    await person.press("Skip", on="Why does it matter")
    await person.press("I live here")
    await person.press("Send")
    code = re.search(r"Its number is (\S+)\.", await person.read("Thank you!"))
    assert code
    matter.code = code[1]


async def _work_through_pages(servant: Visitor, mine: list[Matter]) -> None:
    for matter in mine:
        card = await servant.read(matter.code, "NEW")
        assert matter.words in map(str.strip, card.splitlines())
        await servant.press("Claim", on=matter.code)
        await servant.press("Decide", on=matter.code)
        await servant.press("Already exists", on=matter.code)
        await servant.read(matter.code, "give the reason")
        await servant.say(matter.reason)
        await servant.read(matter.words, matter.reason)
        await servant.press("Send", on="Shall it go?", below=matter.reason)
        await servant.read(matter.code, "it goes out in")


async def _hear_pages(person: Visitor, matter: Matter) -> None:
    told = await person.read(f"for your number {matter.code}")
    assert {matter.words, matter.reason} <= set(map(str.strip, told.splitlines()))
    asked = await person.read("Did this work for you?", matter.reason)
    assert matter.words in map(str.strip, asked.splitlines())
    await person.press(matter.verdict, on="Did this work for you?")
    await person.read("Thank you", "good to know" if matter.verdict == "Yes" else "It is back with")


def _of(matters: list[Matter], queue: str) -> list[Matter]:
    return [matter for matter in matters if matter.queue == queue]


async def _check_states(house: House, matters: list[Matter]) -> None:
    query = sa.select(cases.c.code, cases.c.state)
    found = await house.database.read(lambda c: {row.code: row.state for row in c.execute(query)})
    assert found == {matter.code: VERDICTS[matter.verdict] for matter in matters}


def _check_strangers(chats: list[str], matters: list[Matter]) -> None:
    """See that each person's own words, number and answer stand in their chat and in no other."""
    for number, matter in enumerate(matters):
        for text in (matter.words, matter.code, matter.reason):
            assert [other for other, chat in enumerate(chats) if text in chat] == [number]
