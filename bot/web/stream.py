"""Live lines by server-sent events: what is new or changed in some chats, until the page goes away."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.web import pages
from bot.web.parts import PARTS, Parts
from bot.web.troubles import Trouble
from dialogs.ids import AddressId, QueueId, StaffId
from storage import drafts, lines
from storage.database import Connection, Database
from storage.piles import MOST, Piles, read_piles

# Chrome opens six connections to a host at most, so a seventh page of one visitor could not load.
_MOST_PER_ADDRESS = 6
# Whoever took the right to see a page away, perhaps another process, it shows nothing more after so long.
_MAY_SEE_FOR_S = 4
_LOOKS_BEFORE_NEWS = 4
_SLOWEST_WRITE_S = 20
_PAGE = 100
# Who has not touched a draft for so long has turned to something else.
_WRITING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Watcher:
    """The servant at a room's page: colleagues see that they are there, and they see what waits."""

    id: StaffId
    name: str
    queue: QueueId


@dataclass(frozen=True, slots=True)
class Feed:
    """One chat of a stream: its name on the page, its form, and whether its cards take notes."""

    name: str
    address_id: AddressId
    form: pages.Form
    noting: bool = False
    # In a room: who the page belongs to.
    watcher: Watcher | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What the page of a room says of it: who else is there, and how many cases wait or are one's own."""

    here: str = ""
    piles: dict[str, str] = field(default_factory=dict)


async def stream(
    request: web.Request, feeds: tuple[Feed, ...], speech: pages.Speech, *, allowed: Callable[[], Awaitable[bool]]
) -> web.StreamResponse:
    """Send lines until the page or the right to see them goes; ``Last-Event-ID`` says where to go on."""
    parts = request.app[PARTS]
    if any(parts.watchers.count(feed.address_id) >= _MOST_PER_ADDRESS for feed in feeds[-1:]):
        raise Trouble(429, "web.error.pages")
    stamps = _resume(request, len(feeds))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    # A page that goes away while we write to it is no trouble.
    with _open_page(parts, feeds) as news, suppress(ConnectionResetError):
        await response.prepare(request)
        await _write(response, "retry: 2000\n\n")
        told = News()
        while True:
            # Cleared before anything is asked: what happens from here on sets it again.
            news.clear()
            if parts.watchers.closed:
                return response
            if not await allowed():
                # They left in another tab, or are no servant any more: nothing may stay on the screen.
                await _write(response, "event: left\ndata: {}\n\n")
                return response
            for place, feed in enumerate(feeds):
                found, top = await _look(parts.database, feed.address_id, stamps[place])
                if top < stamps[place]:
                    # Lines were erased: what the page shows may not be there any more.
                    await _write(response, "event: reload\ndata: {}\n\n")
                    return response
                for line in found:
                    stamps[place] = line.stamp
                    await _write(response, _frame(request, feed, line, speech, stamps))
                if len(found) == _PAGE:
                    news.set()
            told = await _tell(response, told, await _read_news(parts, feeds, speech))
            if not news.is_set():
                await _wait(parts, news, allowed)
                await _write(response, ": still here\n\n")
    return response


async def _wait(parts: Parts, news: asyncio.Event, allowed: Callable[[], Awaitable[bool]]) -> None:
    """Wait for news, and for no longer than the page may go without a look or its reader may see it."""
    for _ in range(_LOOKS_BEFORE_NEWS):
        await parts.clock.wait(news, timeout_s=_MAY_SEE_FOR_S)
        if news.is_set() or not await allowed():
            return


def count_piles(piles: Piles) -> dict[str, str]:
    """Say how many cases each pile of a room has, as its link shows it."""
    counts = {"waiting": piles.waiting.count, "mine": piles.mine.count}
    return {name: f"{count}" if count < MOST else f"{MOST - 1}+" for name, count in counts.items()}


@contextmanager
def _open_page(parts: Parts, feeds: tuple[Feed, ...]) -> Iterator[asyncio.Event]:
    """Let news reach an open page, and colleagues know whose it is."""
    with ExitStack() as known:
        news = known.enter_context(parts.watchers.watch(*(feed.address_id for feed in feeds)))
        for feed in feeds:
            if feed.watcher:
                known.enter_context(parts.watchers.be_in(feed.address_id, feed.watcher.name))
        yield news


async def _tell(response: web.StreamResponse, told: News, news: News) -> News:
    if news.here != told.here:
        await _write(response, f"event: here\ndata: {json.dumps({'words': news.here})}\n\n")
    if news.piles != told.piles:
        await _write(response, f"event: piles\ndata: {json.dumps(news.piles)}\n\n")
    return news


async def _read_news(parts: Parts, feeds: tuple[Feed, ...], speech: pages.Speech) -> News:
    """Read which colleagues have this room open too, who is writing for which case, and what waits."""
    room, watcher = next(((feed.address_id, feed.watcher) for feed in feeds if feed.watcher), (None, None))
    if room is None or watcher is None:
        return News()
    since = parts.clock.now() - _WRITING

    def read(c: Connection) -> tuple[list[tuple[str, str]], Piles]:
        return drafts.writers_in(c, watcher.queue, since=since), read_piles(c, room, watcher.queue, watcher.id)

    writers, piles = await parts.database.read(read)
    others = [name for name in parts.watchers.names_in(room) if name != watcher.name]
    here = [speech.voice("web.room.here", names=", ".join(others))] if others else []
    here += [speech.voice("web.room.writing", name=name, code=code) for name, code in writers if name != watcher.name]
    return News(" · ".join(here), count_piles(piles))


async def _look(database: Database, address_id: AddressId, stamp: int) -> tuple[list[lines.Line], int]:
    def look(c: Connection) -> tuple[list[lines.Line], int]:
        return lines.since(c, address_id, stamp, limit=_PAGE), lines.top_stamp(c, address_id)

    return await database.read(look)


def _frame(request: web.Request, feed: Feed, line: lines.Line, speech: pages.Speech, stamps: list[int]) -> str:
    parts = request.app[PARTS]
    shown = pages.show(line, parts, speech)
    organisation = speech.voice.of(parts.installation.organisation)
    html = pages.render_line(shown, feed.form, speech, organisation, noting=feed.noting)
    data = json.dumps({"chat": feed.name, "id": line.id, "html": html})
    return f"id: {'-'.join(map(str, stamps))}\nevent: line\ndata: {data}\n\n"


def _resume(request: web.Request, count: int) -> list[int]:
    told = request.headers.get("Last-Event-ID") or request.query.get("since", "")
    stamps = [int(part) if part.isascii() and part.isdecimal() else 0 for part in told[:60].split("-")]
    return stamps if len(stamps) == count else [0] * count


async def _write(response: web.StreamResponse, text: str) -> None:
    # A page that reads too slowly is dropped; it asks again from where it was.
    try:
        async with asyncio.timeout(_SLOWEST_WRITE_S):
            await response.write(text.encode())
    except TimeoutError:
        raise ConnectionResetError("the page reads too slowly") from None
