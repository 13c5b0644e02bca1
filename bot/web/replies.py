"""What a form is answered with: a word for the script, or a redirect that shows what came of it."""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.web import guard, pages
from bot.web.guard import Cookie
from bot.web.parts import Parts
from dialogs.ids import AddressId
from storage import lines

# A page without script shows the reply only if it is there when the page is made.
_PATIENCE_S = 2.0
_SETTLED_S = 0.15
_MOST_NEWS = 6
_WORD_LASTS = timedelta(seconds=30)


def answer(request: web.Request, toast: str, *, back: str, signed_for: tuple[Cookie, str]) -> web.Response:
    """Answer a form that was taken. ``signed_for``: whose cookie the next form is signed for."""
    if pages.wants_json(request):
        csrf = pages.new_form(request, "", *signed_for).csrf
        return web.json_response({"toast": toast, "csrf": csrf})
    response = web.Response(status=303, headers={"Location": back})
    if toast:
        guard.set_cookie(request, response, Cookie.WORD, guard.seal(request, toast), lasts=_WORD_LASTS)
    return response


async def wait_for_reply(parts: Parts, address_id: AddressId) -> None:
    """Wait a moment until the last word of a chat is ours and nothing more comes."""
    with parts.watchers.watch(address_id) as news:
        if not await _ours_is_last(parts, address_id):
            await parts.clock.wait(news, timeout_s=_PATIENCE_S)
        await settle(parts, news)


async def settle(parts: Parts, news: asyncio.Event) -> None:
    """Wait until no more news comes for a moment."""
    for _ in range(_MOST_NEWS):
        news.clear()
        await parts.clock.wait(news, timeout_s=_SETTLED_S)
        if not news.is_set():
            return


async def wait_for_change(parts: Parts, news: asyncio.Event) -> None:
    """Wait a moment for something to change in a room."""
    await parts.clock.wait(news, timeout_s=_PATIENCE_S / 2)
    await settle(parts, news)


async def _ours_is_last(parts: Parts, address_id: AddressId) -> bool:
    last = await parts.database.read(lambda c: lines.newest(c, address_id, limit=1))
    return bool(last) and not last[0].author
