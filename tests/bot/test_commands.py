"""The lists of commands beside the box follow what changes while the program runs."""

import asyncio
from dataclasses import dataclass, field

from bot.telegram.commands import Offer, keep_commands
from dialogs.ids import Language
from tests.bot.telegram_port import Side
from tests.botapi import BotApi, How
from tests.stage import starter_town


def offer(*languages: str, servants: tuple[int, ...] = (), rooms: tuple[int, ...] = ()) -> Offer:
    """Make an offer in these languages."""
    voices = tuple(starter_town().voice(Language(language)) for language in languages)
    return Offer(voices, frozenset(map(str, servants)), frozenset(map(str, rooms)))


@dataclass(slots=True)
class Changing:
    """What is on offer, one after another; the last one stays, and ``looked`` is set when it was read twice."""

    offers: list[Offer]
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    last_read: int = 0

    async def read(self) -> Offer:
        if len(self.offers) > 1:
            return self.offers.pop(0)
        self.last_read += 1
        if self.last_read > 1:
            self.looked.set()
        return self.offers[0]


async def keep(side: Side, *offers: Offer) -> None:
    """Keep the lists for as long as the offers change."""
    changing = Changing(list(offers))
    keeping = asyncio.create_task(keep_commands(side.bot, changing.read, clock=side.clock))
    async with asyncio.timeout(5):
        await changing.looked.wait()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_a_new_language_has_its_list(side: Side, api: BotApi) -> None:
    """A language that the town speaks from now on has its lists without a restart, and one that it left has none."""
    await keep(side, offer("en", "es"), offer("en", "fr"))
    assert {code for _, code in api.methods.commands} == {"", "en", "fr"}
    assert ("all_private_chats", "fr") in api.methods.commands


async def test_who_is_no_servant_any_more_has_no_list(side: Side, api: BotApi) -> None:
    """A servant who was removed sees what every citizen sees, and what stays the same is not told again."""
    lee, mia = api.user("Lee"), api.user("Mia")
    await keep(side, offer("en", servants=(lee.id, mia.id)), offer("en", servants=(mia.id,)))
    assert {chat for chat, _ in api.methods.commands if chat.isdecimal()} == {str(mia.id)}
    assert len(api.called("setMyCommands")) == 6
    assert len(api.called("deleteMyCommands")) == 1


async def test_a_chat_that_is_not_there_hinders_nobody(side: Side, api: BotApi) -> None:
    """A list that Telegram refuses is not offered again and again; one that found no answer is."""
    lee = api.user("Lee")
    api.fail_next("setMyCommands", How.SERVER_ERROR)
    await keep(side, offer("en", servants=(99,)), offer("en", servants=(99, lee.id)))
    assert (str(lee.id), "") in api.methods.commands
    assert [call.code for call in api.called("setMyCommands")].count(400) == 1
