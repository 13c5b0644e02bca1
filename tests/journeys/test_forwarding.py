"""A case goes to another team and comes back, on Telegram and on the web: each room shows what is its own."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from bot.app import House, invite
from bot.clock import Clock
from dialogs.ids import QueueId
from dialogs.installation import Role
from tests.botapi import BotApi, Group, User
from tests.journeys.acts import act, card_of, enrol, make_room, propose
from tests.journeys.living import FastClock, living, settings_of, town_on_telegram
from tests.journeys.web_people import Visitor, sign_in, visitor

WORDS = "A bench in the shade by the north gate."
REASON = "It is about the health centre."


async def test_on_telegram(sqlite_url: str, tmp_path: Path) -> None:
    """The card moves to the other group, comes back by Undo, and moves again; the citizen is told once."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, tom, ana = api.user("Lee"), api.user("Tom"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        await enrol(house, tom, "care")
        parks, care = await make_room(api, lee, "outdoors"), await make_room(api, tom, "care")
        code = await propose(ana, WORDS)
        await _forward(api, parks, lee, code, quietly=True)
        assert WORDS in (await card_of(api, care, code, "NEW", "[✋ Claim]", REASON)).text
        gone = await card_of(api, parks, code, "Forwarded to Care and health", "[Undo]")
        assert len(gone.text.splitlines()) == 1
        assert await act(api, parks, lee, code, "Undo") == "Taken back."
        await card_of(api, care, code, "Taken back by Parks and streets")
        await card_of(api, parks, code, "NEW", WORDS, "Lee took back: forwarding")
        await _forward(api, parks, lee, code)
        told = await ana.wait_for("Care and health looks after it from now on")
        assert WORDS in told.text
        assert REASON not in told.text
        assert [message.text for message in ana.chat.messages].count(told.text) == 1
        # Where the new team is it is posted anew, under the line that said it was gone.
        assert [code in message.text for message in care.messages].count(True) == 2


async def _forward(api: BotApi, room: Group, servant: User, code: str, *, quietly: bool = False) -> None:
    await servant.press(await card_of(api, room, code, "More"), "More")
    assert await act(api, room, servant, code, "Forward") == "Look in your private chat with me."
    await servant.press(await servant.wait_for("which team is it for?"), "Care and health")
    await servant.wait_for("Write in a line or two why")
    await servant.send(REASON)
    preview = await servant.wait_for("Shall it go?")
    if quietly:
        await servant.press(preview, "Tell the citizen: yes")
        preview = await servant.wait_for("The citizen is told nothing of this.")
    await servant.press(preview, "Send")
    await servant.wait_for("is with Care and health now")


async def test_on_the_web(sqlite_url: str, tmp_path: Path) -> None:
    """The same with pages and forms alone; it is brought back by writing /undo."""
    clock = FastClock(20)
    async with living(settings_of(tmp_path, sqlite_url), clock) as house, AsyncExitStack() as browsers:
        lee, tom, ana = [await browsers.enter_async_context(visitor(house.url)) for _ in range(3)]
        await _sign_in(house, clock, lee, "Lee", "outdoors")
        await _sign_in(house, clock, tom, "Tom", "care")
        await _submit(ana)
        for label in ("More", "Forward"):
            await lee.press(label, on=WORDS)
        await lee.press("Care and health", on="which team is it for?")
        await lee.read("Write in a line or two why")
        await lee.say(REASON)
        await lee.press("Tell the citizen: yes")
        await lee.read("The citizen is told nothing of this.")
        await lee.press("Send", on="The citizen is told nothing of this.")
        line = await lee.read("➡ Forwarded to Care and health")
        code = line.split(" · ")[1].split()[0]
        await tom.open()
        await tom.read("NEW", WORDS, REASON, code)
        await lee.say(f"/undo {code}")
        await lee.read("Taken back: forwarding.")
        await lee.read("NEW", WORDS, "Lee took back: forwarding")
        await tom.open()
        await tom.read("↩ Taken back by Parks and streets")
        assert not any(WORDS in shown for shown in tom.lines)


async def _sign_in(house: House, clock: Clock, servant: Visitor, name: str, queue: str) -> None:
    payload = await invite(
        house.database, clock, queue=QueueId(queue), role=Role.REVIEWER, name="", valid=timedelta(days=1)
    )
    await sign_in(servant, payload, name, queue)


async def _submit(person: Visitor) -> None:
    await person.press("Share an idea")
    await person.press("Parks and playgrounds")
    await person.read("What is your idea?")
    await person.say(WORDS)
    await person.press("Done")
    await person.press("Skip", on="Why does it matter")
    await person.press("I live here")
    await person.press("Send")
    await person.read("Thank you!")
