"""People at the web chat and the web desk with a browser that runs no script: pages, forms and cookies."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import TypeVar

from aiohttp import ClientSession, CookieJar

T = TypeVar("T")

_FORM = re.compile(r'<form[^>]*?action="(?P<action>[^"]*)"[^>]*>(?P<inside>.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_BUTTON = re.compile(r'<button[^>]*name="data" value="([^"]*)"[^>]*>(.*?)</button>', re.DOTALL)
_PATIENCE_S = 10


@dataclass(slots=True)
class Visitor:
    """One browser at one page."""

    session: ClientSession
    url: str
    path: str
    page: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines of the chats on the page, from top to bottom, as they are read."""
        return [_read(line) for line in _lines(self.page)]

    async def open(self) -> None:
        """Ask for the page."""
        async with self.session.get(f"{self.url}{self.path}") as answer:
            self.page = await answer.text()
            assert answer.status == 200, _read(self.page)

    async def say(self, text: str) -> None:
        """Write into the box at the end of the page."""
        status, page = await self.try_to_say(text)
        assert status == 200, page

    async def try_to_say(self, text: str) -> tuple[int, str]:
        """Write into the box at the end of the page; give the status and what is read then."""
        box = next(form for form in reversed(list(_FORM.finditer(self.page))) if "<textarea" in form["inside"])
        return await self._post(box, text=text), _read(self.page)

    async def press(self, label: str, *, on: str = "", below: str = "") -> None:
        """Press the newest button with this label as soon as it is there.

        ``on``: a text that its line holds; ``below``: a text that a line above it holds.
        """

        def find() -> tuple[re.Match[str], str] | None:
            lines = _lines(self.page) or [self.page]
            first = next((number for number, line in enumerate(lines) if below in _read(line)), len(lines))
            parts = [line for line in reversed(lines[first:]) if on in _read(line)]
            for form in (form for part in parts for form in _FORM.finditer(part)):
                for data, shown in _BUTTON.findall(form["inside"]):
                    if _read(shown).endswith(label):
                        return form, unescape(data)
            return None

        form, data = await self._when(find, f"[{label}] on a line with {on!r}")
        assert await self._post(form, data=data) == 200, _read(self.page)

    async def read(self, *parts: str) -> str:
        """Wait until one line holds all the parts, and give the newest such line."""

        def find() -> str | None:
            return next((line for line in reversed(self.lines) if all(part in line for part in parts)), None)

        return await self._when(find, " … ".join(parts))

    async def read_next(self, *parts: str) -> str:
        """Wait until a line below all that this person said holds all the parts, and give it."""

        def find() -> str | None:
            lines = _lines(self.page)
            said = [number for number, line in enumerate(lines, 1) if line.startswith('<li class="line you')]
            news = map(_read, lines[max(said, default=0) :])
            return next((line for line in news if all(part in line for part in parts)), None)

        return await self._when(find, " … ".join(parts))

    async def _when(self, find: Callable[[], T | None], what: str) -> T:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (found := find()) is None:
                    await self._news()
                    await self.open()
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; the page shows:\n{self._shown()}") from None
        return found

    def _shown(self) -> str:
        return "\n---\n".join(re.sub(r"\n\s*\n+", "\n", line) for line in self.lines)

    async def _news(self) -> None:
        stamp = re.search(r'data-events="([^"]*)" data-stamp="([^"]*)"', self.page)
        assert stamp, _read(self.page)
        async with self.session.get(f"{self.url}{stamp[1]}", params={"since": stamp[2]}) as events:
            while not (line := await events.content.readline()).startswith(b"event:"):
                assert line, "the stream has ended"

    async def _post(self, form: re.Match[str], **fields: str) -> int:
        sent = {**dict(_HIDDEN.findall(form["inside"])), **fields}
        async with self.session.post(f"{self.url}{form['action']}", data=sent) as answer:
            self.page = await answer.text()
            return answer.status


@asynccontextmanager
async def visitor(url: str, path: str = "/") -> AsyncIterator[Visitor]:
    """Open a browser of somebody at a page."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        it = Visitor(session, url, path)
        await it.open()
        yield it


async def sign_in(it: Visitor, payload: str, name: str, queue: str) -> None:
    """Come in by a one-time link, and go to the room of a queue."""
    it.path = f"/desk/enter/{payload}"
    await it.open()
    fields = dict(_HIDDEN.findall(it.page))
    async with it.session.post(f"{it.url}{it.path}", data={**fields, "name": name}) as answer:
        assert answer.status == 200
    it.path = f"/desk/{queue}"
    await it.open()


def _lines(page: str) -> list[str]:
    return re.findall(r'<li class="line.*?</li>', page, re.DOTALL)


def _read(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()
