"""What citizens and servants do on Telegram, as one reads it in a transcript."""

import re
from datetime import timedelta

from bot.app import House, invite
from dialogs.ids import QueueId
from dialogs.installation import Role
from tests.botapi import BotApi, BotMessage, Group, User

_CODE = re.compile(r"Its number is (\S+)\.")


async def propose(citizen: User, words: str, *, service: str = "Parks and playgrounds") -> str:
    """Hand in an idea from the first word to the receipt, and give the number of its case."""
    await citizen.send("/start")
    await citizen.press(await citizen.wait_for("What would you like to do?"), "Share an idea")
    await citizen.press(await citizen.wait_for("What is your idea about?"), service)
    await citizen.wait_for("What is your idea?")
    await citizen.send(words)
    await citizen.press(await citizen.wait_for("press Done"), "Done")
    await citizen.press(await citizen.wait_for("Why does it matter"), "Skip")
    await citizen.press(await citizen.wait_for("What is your link"), "I live here")
    await citizen.press(await citizen.wait_for("Is everything as you want it?"), "Send")
    code = _CODE.search((await citizen.wait_for("Thank you!")).text)
    assert code
    return code[1]


async def enrol(house: House, servant: User, queue: str, role: str = "lead") -> None:
    """Enrol a servant by a one-time link, in their private chat."""
    payload = await invite(
        house.database, house.clock, queue=QueueId(queue), role=Role(role), name="", valid=timedelta(days=1)
    )
    await servant.send(f"/start {payload}")
    await servant.wait_for("You are on the list now")


async def make_room(api: BotApi, lead: User, queue: str) -> Group:
    """Make a group, add the bot to it, and bind it to a queue."""
    group = api.group(f"The {queue} group", [lead])
    group.add_bot(lead)
    group.say(lead, f"/bind {queue}")
    await group.wait_for("This is now the room of")
    return group


async def card_of(api: BotApi, group: Group, code: str, *parts: str, timeout_s: float = 5) -> BotMessage:
    """Wait until the card of a case shows all the parts, and give it; a button is such a part too."""

    def card() -> BotMessage | None:
        newest = next((one for one in reversed(group.messages) if code in one.text), None)
        return newest if newest and all(part in _all_of(newest) for part in parts) else None

    try:
        await api.wait_for(lambda: card() is not None, timeout_s=timeout_s)
    except TimeoutError:
        shown = "\n---\n".join(map(_all_of, group.messages))
        raise AssertionError(f"no card of {code} with {parts}; the group shows:\n{shown}") from None
    found = card()
    assert found
    return found


async def open_card(api: BotApi, group: Group, servant: User, code: str) -> BotMessage:
    """Give the new card of a case; where a batch lists it, after a press on its number."""

    def shown() -> BotMessage | None:
        return next((one for one in reversed(group.messages) if code in one.text), None)

    await api.wait_for(lambda: shown() is not None)
    newest = shown()
    assert newest
    number = re.search(rf"(\d+)\. \S+ {code}", newest.text)
    if number:
        await (await servant.press(newest, number[1])).toast()
    return await card_of(api, group, code, "NEW", "Claim")


async def act(api: BotApi, group: Group, servant: User, code: str, button: str) -> str:
    """Press a button on a card as soon as it is there, and give the toast."""
    return await (await servant.press(await card_of(api, group, code, button), button)).toast()


async def ask(api: BotApi, group: Group, servant: User, code: str, question: str) -> None:
    """Ask the citizen back, as far as the last press on Send."""
    assert await act(api, group, servant, code, "Ask") == "Look in your private chat with me."
    await servant.wait_for(f"{code}: write your question")
    await servant.send(question)
    await servant.press(await servant.wait_for("Shall it go?"), "Send")
    await servant.wait_for("it goes out in")


async def decide(api: BotApi, group: Group, servant: User, code: str, outcome: str, reason: str) -> None:
    """Decide a case, as far as the last press on Send."""
    assert await act(api, group, servant, code, "Decide") == "Look in your private chat with me."
    await servant.press(await servant.wait_for(f"{code}: what is your decision?"), outcome)
    await servant.wait_for(f"{code}: give the reason")
    await servant.send(reason)
    await servant.press(await servant.wait_for("Shall it go?"), "Send")
    await servant.wait_for("it goes out in")


def _all_of(message: BotMessage) -> str:
    labels = [f"[{button.text}]" for row in message.buttons for button in row]
    return "\n".join((message.text, *labels))
