"""The whole loop on Telegram over the wire, and what Telegram can do to it."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import House
from storage.case_tables import cases
from tests.journeys.acts import act, ask, card_of, decide, enrol, make_room, propose
from tests.journeys.living import town_on_telegram

IDEA = "The bench by the north gate has no shade. Could the new trees be planted on that side?"
QUESTION = "Which bench do you mean, the one at the pond?"
REASON = "We will plant two of the new trees there in October."


_ENGLISH = (
    *("start", "offer", "status", "language", "help", "pause", "cancel"),
    *("privacy", "role", "mydata", "forget"),
)
_SPANISH = (
    *("start", "ofrecer", "estado", "idioma", "ayuda", "pausa", "cancelar"),
    *("privacidad", "rol", "misdatos", "olvidar"),
)
# How the answer to each begins, but for the offer, in the order in which they are listed.
_IN_ENGLISH = (
    *("Hello!", "You have not", "Which language", "Choose", "Hello!", "Hello!"),
    *("We keep", "Who are you", "Here is", "Do you"),
)
_IN_SPANISH = (
    *("¡Hola!", "Todavía no", "¿En qué idioma", "Elige", "¡Hola!", "¡Hola!"),
    *("Guardamos", "¿Quién eres", "Aquí", "¿Quieres"),
)


async def state_of(house: House, code: str) -> str:
    query = sa.select(cases.c.state).where(cases.c.code == code)
    return await house.database.read(lambda c: str(c.execute(query).scalar_one()))


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_the_whole_loop(database_url: str, tmp_path: Path, *, webhook: bool) -> None:
    """An idea becomes a card, a question, a decision, and a "no" that is back on the card."""
    async with town_on_telegram(tmp_path, database_url, webhook=webhook) as (house, api, _):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        code = await propose(ana, IDEA)
        card = await card_of(api, room, code, "NEW", IDEA, "nobody has it", "[✋ Claim]")
        assert card.protected
        assert await act(api, room, lee, code, "Claim") == "It is yours."
        room.say(lee, "The trees come in October, I think.", reply_to=card)
        await card_of(api, room, code, "TAKEN", "📝 Lee: The trees come in October")
        await ask(api, room, lee, code, QUESTION)
        asked = await ana.wait_for(QUESTION)
        assert IDEA in asked.text
        await ana.send("Yes, the one at the pond.")
        await ana.wait_for("It is with Parks and streets now")
        await card_of(api, room, code, "ANSWERED", "Yes, the one at the pond.")
        await decide(api, room, lee, code, "Already exists", REASON)
        told = await ana.wait_for("already exists")
        assert IDEA in told.text
        assert REASON in told.text
        asked_back = await ana.wait_for("Did this work for you?")
        await ana.press(asked_back, "No")
        await ana.wait_for("What is still wrong?")
        await ana.send("There are still no trees.")
        await ana.wait_for("There are still no trees.")
        await card_of(api, room, code, "BACK AGAIN", "There are still no trees.", "[✋ Claim]")
        assert await state_of(house, code) == "reopened"
        # What the room is, its board, and one card.
        assert len(room.messages) == 3
        assert bool(api.webhook.tries) == webhook


async def test_nothing_is_said_twice(sqlite_url: str, tmp_path: Path) -> None:
    """Where many talk at once and nothing goes wrong on the way, each message is shown once and answers in time."""
    async with town_on_telegram(tmp_path, sqlite_url) as (_, api, _):
        people = [api.user(f"Citizen {number}") for number in range(20)]
        await asyncio.gather(*(propose(person, f"The bench number {person.id} has no shade.") for person in people))
        for person in people:
            shown = [message.text for message in person.chat.messages]
            assert len(shown) == len(set(shown)) == 8


async def test_the_commands_beside_the_box(sqlite_url: str, tmp_path: Path) -> None:
    """Telegram lists the commands in every language of the town, and each is understood."""
    async with town_on_telegram(tmp_path, sqlite_url) as (_, api, _):
        await api.wait_for_call("setMyCommands", count=10)
        listed = {
            (code, scope): [command["command"] for command in commands]
            for (scope, code), commands in api.methods.commands.items()
        }
        english, spanish = list(_ENGLISH), list(_SPANISH)
        private, groups = "all_private_chats", "all_group_chats"
        assert {code: listed[code, private] for code in ("", "en", "es")} == {"": english, "en": english, "es": spanish}
        # Commands have Latin letters only; the English ones are understood in Arabic, too.
        assert listed["ar", private] == english
        assert {code for code, scope in listed if scope == groups} == {"", "en", "es", "fr", "ar"}
        assert listed["", groups] == ["bind"]
        ana, eva = api.user("Ana"), api.user("Eva", language="es")
        # The offer begins a conversation, so it comes last.
        english.append(english.pop(1))
        spanish.append(spanish.pop(1))
        for command, answer in zip(english, (*_IN_ENGLISH, "How good!"), strict=True):
            await ana.send(f"/{command}")
            await ana.wait_for(answer)
        for command, answer in zip(spanish, (*_IN_SPANISH, "¡Qué bien!"), strict=True):
            await eva.send(f"/{command}")
            await eva.wait_for(answer)
