"""Photos and voice notes out of a form: read piece by piece, with limits on bytes, time and how many at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot.media.cleaning import MOST_BYTES, clean
from bot.web.guard import client_of
from bot.web.parts import PARTS
from bot.web.troubles import Trouble
from dialogs.events import MediaSent
from dialogs.media import Media, MediaKind

_LARGEST_BODY_BYTES = 25_000_000
_LARGEST_FIELD_BYTES = 64 * 1024
_MOST_FIELDS = 16
# A photo over a poor mobile line.
_SLOWEST_S = 120
_PROBLEMS = {
    "failed": (415, "web.error.media"),
    "too_large": (413, "web.error.media_large"),
    "too_long": (413, "web.error.media_large"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it, not yet opened."""

    kind: MediaKind
    content: bytes


async def read_upload(request: web.Request) -> tuple[Mapping[str, str], Upload]:
    """Read a form with a file in it. Raises: Trouble for what no page of ours sends, and for too much."""
    if (request.content_length or 0) > _LARGEST_BODY_BYTES:
        raise Trouble(413, "web.error.media_large")
    try:
        async with asyncio.timeout(_SLOWEST_S), request.app[PARTS].gate.enter(client_of(request)):
            fields, upload = await _read_parts(request)
    except TimeoutError:
        raise Trouble(408, "web.error.slow") from None
    except (ValueError, LookupError, AssertionError):
        # What aiohttp says of a body that is no multipart form.
        raise Trouble(400, "web.error.odd") from None
    if upload is None or not upload.content:
        raise Trouble(400, "web.error.media_empty")
    return fields, upload


async def open_upload(upload: Upload) -> MediaSent:
    """Make a file clean. Raises: Trouble for one that cannot be opened, or is too large or too long."""
    made = await clean(upload.kind, upload.content)
    if isinstance(made, Media):
        return MediaSent(made)
    raise Trouble(*_PROBLEMS[made.kind])


async def _read_parts(request: web.Request) -> tuple[Mapping[str, str], Upload | None]:
    fields: dict[str, str] = {}
    upload: Upload | None = None
    reader = await request.multipart()
    for _ in range(_MOST_FIELDS):
        part = await reader.next()
        if part is None:
            return fields, upload
        if not isinstance(part, BodyPartReader):
            break
        name = part.name or ""
        if part.filename is None:
            fields[name] = (await _read(part, _LARGEST_FIELD_BYTES, "web.error.huge")).decode("utf-8", "replace")
        elif name in tuple(MediaKind) and upload is None:
            kind = MediaKind(name)
            upload = Upload(kind, await _read(part, MOST_BYTES[kind], "web.error.media_large"))
        else:
            break
    raise Trouble(400, "web.error.odd")


async def _read(part: BodyPartReader, most_bytes: int, problem: str) -> bytes:
    content, size = bytearray(), 0
    while piece := await part.read_chunk(1 << 16):
        size += len(piece)
        if size > _LARGEST_BODY_BYTES:
            break
        # What is too large is read to its end and thrown away: a browser listens only once it has told all.
        if size <= most_bytes:
            content += piece
        else:
            content.clear()
    if size > most_bytes:
        raise Trouble(413, problem)
    return bytes(content)
