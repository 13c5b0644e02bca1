"""Nobody reads what is not for them: a short play by chance, and a person of whom every part tells on them."""

import json
import logging
from pathlib import Path
from random import Random

import pytest

from bot.log import set_up_log
from storage.database import Database
from tests.bot.media_files import CANARY, sound, told_photo
from tests.botapi import BotApi, User
from tests.botapi.world import Json, Person
from tests.journeys.acts import act, ask, card_of, enrol, make_room
from tests.journeys.chance_house import dump
from tests.journeys.leaks_house import Name, play
from tests.journeys.living import town_on_telegram
from tests.journeys.program import hurried_town

_ID, _PHONE = 7_305_550_142, "+15025550142"
_NAMES = ("Zqfirst", "Zqlast", "zquser_name", "Zqforwarded", "Zqcontact", "Zqpoll", "Zqfile")
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
  - ask: sound
    kind: voice
    text: {en: Tell us aloud.}
  - ask: place
    kind: location
    area: 1 km
    text: {en: Where is it?}
  - ask: words
    kind: text
    text: {en: Tell us in words.}
  - submit: end
    text: {en: "Your number is {reference}."}
"""


# A life of a few minutes each; ``make proof`` plays 20,000 steps (``tests/proof/leaks.py``).
@pytest.mark.parametrize("name", ["telegram", "web"])
async def test_nobody_reads_what_is_not_for_them(database: Database, name: Name) -> None:
    """Whatever citizens and servants do among each other, each word reaches those it is for, once, and nobody else."""
    played = await play(database, Random().randrange(10**6), 40, name=name)
    assert played.oracle.judged > 20


class ToldPerson(Person):
    """An account of which every field is filled."""

    def json(self) -> Json:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": "Zqfirst",
            "last_name": "Zqlast",
            "username": "zquser_name",
            "language_code": "en",
            "is_premium": True,
        }


async def send_everything(ana: User) -> None:
    """Send every kind of content that nobody asked for, each with something that tells on its sender."""
    other = {"id": 7_305_550_143, "is_bot": False, "first_name": "Zqforwarded"}
    contents: list[Json] = [
        {"contact": {"phone_number": _PHONE, "first_name": "Zqcontact", "user_id": _ID}},
        {"poll": {"id": "1", "question": "Zqpoll", "options": [{"text": "Zqpoll", "voter_count": 1}]}},
        {"sticker": {"file_id": "Zqfile", "file_unique_id": "Zqfile", "emoji": "🙂", "set_name": "Zqfile"}},
        {"document": {"file_id": "Zqfile", "file_unique_id": "Zqfile", "file_name": "Zqfile.pdf"}},
        {"dice": {"emoji": "🎲", "value": 1}},
        {"text": "Look at this.", "forward_origin": {"type": "user", "sender_user": other, "date": 0}},
        {"text": "And at this.", "quote": {"text": "Zqforwarded", "position": 0}, "via_bot": other},
    ]
    for content in contents:
        await ana.send_content(content)
        # Each is answered with the question again.
        await ana.wait_for("Show us a photo.")


async def answer_everything(ana: User) -> str:
    """Answer each question of the flow, and give the number of the case."""
    await ana.send("/start")
    await ana.press(await ana.wait_for("What would you like to do?"), "Show us")
    await ana.wait_for("Show us a photo.")
    await send_everything(ana)
    await ana.send_photo(told_photo("JPEG"))
    await ana.wait_for("Tell us aloud.")
    await ana.send_voice(sound(told=True))
    await ana.wait_for("Where is it?")
    await ana.send_location(38.2527111, -85.7585222)
    await ana.wait_for("Tell us in words.")
    await ana.send(f"The lamp is broken, call me at {_PHONE} please.")
    return (await ana.wait_for("Your number is")).text.split()[3].rstrip(".")


def everything_in(api: BotApi, but: User) -> str:
    """Give all that the bot said and did, but in one person's own chat."""
    calls = [call for call in api.calls if str(call.params.get("chat_id")) != str(but.id)]
    return json.dumps([str(call.params) for call in calls])


def traces(*more: str) -> list[str]:
    """List what gives them away."""
    return [*_NAMES, "38.2527", "85.7585", "5025550142", "502-555", CANARY, *more]


async def test_an_account_full_of_traces_leaves_none(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of the account, the files and the contents of a person nothing is shown to anybody, logged or even kept."""
    flows = hurried_town(tmp_path / "config") / "flows"
    (flows / "seen.yaml").write_text(_FLOW, "utf-8")
    set_up_log("debug")
    logging.getLogger().addHandler(caplog.handler)
    async with town_on_telegram(tmp_path, database_url) as (house, api, _):
        lee, ana, ben = api.user("Lee"), api.user("Ana", id=_ID), api.user("Ben")
        ana.person = api.world.people[_ID] = ToldPerson(_ID, "Zqfirst")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        code = await answer_everything(ana)
        await card_of(api, room, code, "NEW", "The lamp is broken")
        await act(api, room, lee, code, "Claim")
        await ask(api, room, lee, code, "Which lamp do you mean?")
        await ana.wait_for("Which lamp do you mean?")
        await ana.send("The one at the gate.")
        await card_of(api, room, code, "The one at the gate.")
        for asked in ("/queue", f"/case {code}", "/find lamp", "/stats", "/mine"):
            await lee.send(asked)
        await lee.wait_for("1")
        for asked in ("/start", "/privacy", "/mydata", "/status"):
            await ben.send(asked)
        await ben.wait_for("You have not sent us anything yet")
        shown = everything_in(api, ana)
        assert [one for one in traces(str(_ID)) if one in shown] == []
        # The photo is drawn here; the program opens it in a process of its own.
        logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("PIL"))
        assert [one for one in traces(str(_ID)) if one in logged] == []
        kept = str(await house.database.read(dump))
    # Their own words are theirs; the area is kept in place of the place.
    assert [one for one in traces() if one in kept and one not in _PHONE] == []
