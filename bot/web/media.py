"""Showing a photo or voice note: to the person whose it is, and to those who look after its case; to nobody else."""

from aiohttp import web

from bot.web.parts import PARTS
from bot.web.troubles import Trouble
from bot.web.visitors import find_member, find_visit
from dialogs.ids import MediaId
from dialogs.media import MediaKind
from storage import addresses, media
from storage.media import Owned

PATH = "/media/{id:[A-Za-z0-9_-]{22}}"
_TYPES = {MediaKind.PHOTO: ("image/jpeg", "photo.jpg"), MediaKind.VOICE: ("audio/ogg", "voice.ogg")}


async def show_media(request: web.Request) -> web.Response:
    """Give a photo or voice note, whole or the part that a player asks for."""
    database, id = request.app[PARTS].database, MediaId(request.match_info["id"])
    owned = await database.read(lambda c: media.find_owner(c, id))
    if owned is None or not await _may_see(request, owned):
        raise Trouble(404, "web.error.missing")
    found = await database.read(lambda c: media.load(c, id))
    if found is None:
        raise Trouble(404, "web.error.missing")
    content_type, name = _TYPES[owned.kind]
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'inline; filename="{name}"',
        # Opened in a page of its own it can do nothing, whatever it is taken for.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
    }
    return _part(request, found.content, headers)


async def _may_see(request: web.Request, owned: Owned) -> bool:
    visit = await find_visit(request)
    if visit is not None:
        address_id = visit.address_id
        address = await request.app[PARTS].database.read(lambda c: addresses.load(c, address_id))
        if address.person == owned.person:
            return True
    member = await find_member(request) if owned.queue is not None else None
    return member is not None and owned.queue is not None and member.servant.role_in(owned.queue) is not None


def _part(request: web.Request, content: bytes, headers: dict[str, str]) -> web.Response:
    # Players ask for parts; those of iPhones play nothing else.
    try:
        first, end, _ = request.http_range.indices(len(content))
    except ValueError:
        first, end = 0, len(content)
    if "Range" not in request.headers or (first, end) == (0, len(content)):
        return web.Response(body=content, headers=headers)
    if first >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{len(content)}"
    return web.Response(status=206, body=content[first:end], headers=headers)
