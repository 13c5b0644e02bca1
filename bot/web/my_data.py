"""Handing a citizen the copy of all that is kept about them: to the browser that has their visit, and to no other."""

from aiohttp import web

from bot.answering.own_data import CONTENT_TYPE, FILE_NAME, make_copy
from bot.web import guard
from bot.web.parts import PARTS
from bot.web.troubles import Trouble
from bot.web.visitors import find_visit
from storage import addresses
from storage.database import Connection

PATH = "/my-data"


async def give_copy(request: web.Request) -> web.Response:
    """Give the file, made at this moment; like every answer of ours it may be stored by nobody on the way."""
    parts = request.app[PARTS]
    visit = await find_visit(request)
    if visit is None or not guard.from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    address_id, now = visit.address_id, parts.clock.now()

    def pack(c: Connection) -> bytes | None:
        return make_copy(c, addresses.load(c, address_id), parts.library.town, now=now)

    packed = await parts.database.read(pack)
    if packed is None:
        raise Trouble(404, "web.error.missing")
    headers = {"Content-Type": CONTENT_TYPE, "Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return web.Response(body=packed, headers=headers)
