"""People who answer a conversation, the same way whatever channel they are on.

They read each question before they answer it, as people do: what is sent too early counts for nothing.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import FormData

from bot.app import House
from dialogs.media import MediaKind
from tests.botapi import BotApi, BotMessage, User
from tests.journeys.web_people import Visitor, visitor

_CHOOSER = re.compile(r'<form class="files"[^>]*action="(?P<action>[^"]*)"[^>]*>(?P<inside>.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_PRESSED_S = 5


class Person(Protocol):
    """Somebody in their own chat."""

    async def begin(self, title: str) -> None:
        """Press the button of a flow where a chat begins."""
        ...

    async def read(self, *parts: str) -> str:
        """Wait for the next message that shows all the parts, in its text or on its buttons."""
        ...

    async def press(self, label: str) -> None:
        """Press a button of the message that was read last."""
        ...

    async def say(self, words: str) -> None:
        """Write to the bot."""
        ...

    async def send(self, kind: MediaKind, content: bytes) -> None:
        """Send a photo or a voice note."""
        ...


class OnTelegram:
    """A person on Telegram."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._read: BotMessage | None = None

    async def begin(self, title: str) -> None:
        await self.read(title)
        await self.press(title)

    async def read(self, *parts: str) -> str:
        self._read = await self.user.wait_for(lambda message: all(part in _all_of(message) for part in parts))
        return self._read.text

    async def press(self, label: str) -> None:
        assert self._read is not None
        assert label in _labels(self._read), _all_of(self._read)
        await (await self.user.press(self._read, label)).toast(timeout_s=_PRESSED_S)

    async def say(self, words: str) -> None:
        await self.user.send(words)

    async def send(self, kind: MediaKind, content: bytes) -> None:
        match kind:
            case MediaKind.PHOTO:
                await self.user.send_photo(content)
            case MediaKind.VOICE:
                await self.user.send_voice(content, seconds=2)


class OnTheWeb:
    """A person at the web chat, with a browser that runs no script."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._read = ""

    async def begin(self, title: str) -> None:
        await self.visitor.press(title)

    async def read(self, *parts: str) -> str:
        self._read = await self.visitor.read_next(*parts)
        return self._read

    async def press(self, label: str) -> None:
        await self.visitor.press(label, on=self._read)

    async def say(self, words: str) -> None:
        await self.visitor.say(words)

    async def send(self, kind: MediaKind, content: bytes) -> None:
        """Choose a file in the newest box for one of its kind, and send it."""
        it = self.visitor
        forms = [form for form in _CHOOSER.finditer(it.page) if f'name="{kind}"' in form["inside"]]
        sent = FormData(dict(_HIDDEN.findall(forms[-1]["inside"])))
        sent.add_field(kind, content, filename="mine", content_type="application/octet-stream")
        async with it.session.post(f"{it.url}{forms[-1]['action']}", data=sent) as answer:
            it.page = await answer.text()
            assert answer.status == 200, it.page


@asynccontextmanager
async def web_person(house: House, language: str = "en") -> AsyncIterator[OnTheWeb]:
    """Open a browser in which somebody follows the link to their language, if it is not the page's own."""
    async with visitor(house.url) as it:
        if f'<html lang="{language}"' not in it.page:
            assert f'href="/language/{language}"' in it.page
            async with it.session.get(f"{house.url}/language/{language}") as answer:
                it.page = await answer.text()
        yield OnTheWeb(it)


async def telegram_person(api: BotApi, language: str = "en") -> OnTelegram:
    """Let somebody open the bot, whose account speaks a language."""
    person = OnTelegram(api.user(f"Ana {language}", language=language))
    await person.say("/start")
    return person


def _labels(message: BotMessage) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def _all_of(message: BotMessage) -> str:
    return "\n".join((message.text, *_labels(message)))
