"""From a form, or the script's JSON, to an event: read with limits, and turned into an Update."""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from bot.web.guard import Cookie, from_our_pages, new_token
from bot.web.pages import made_by_us, new_form
from bot.web.parts import PARTS
from bot.web.troubles import Kept, Trouble, keep
from bot.web.uploads import Upload, read_upload
from dialogs.events import Event, Pressed, TextSent, Unreadable, Update
from dialogs.ids import Language
from dialogs.texts import LONGEST_IN, clean

# A story of 12,000 emoji in a form takes 144 KB; what is a little too long should still come back.
LARGEST_BODY_BYTES = 512 * 1024
_SLOWEST_BODY_S = 20
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought. ``data`` is a button's; ``seen`` and ``line`` are ids of lines."""

    text: str
    data: str
    nonce: str
    csrf: str
    seen: int | None
    line: int | None
    chat: str
    upload: Upload | None = None


async def read_sent(request: web.Request) -> Sent:
    """Read a form, which may bring a file. Raises: Trouble for what no page of ours sends."""
    if request.content_type != "multipart/form-data":
        return _sent(await read_fields(request), None)
    if not from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    return _sent(*await read_upload(request))


def _sent(fields: Mapping[str, str], upload: Upload | None) -> Sent:
    nonce = fields.get("nonce", "")
    return Sent(
        text=clean(fields.get("text", "")),
        data=clean(fields.get("data", "")),
        # Without a nonce a repeat cannot be recognised; the words still count.
        nonce=nonce if _NONCE.fullmatch(nonce) else secrets.token_urlsafe(16),
        csrf=fields.get("csrf", ""),
        seen=number(fields.get("seen", "")),
        line=number(fields.get("line", "")),
        chat=fields.get("chat", "own"),
        upload=upload,
    )


async def read_fields(request: web.Request) -> Mapping[str, str]:
    """Read the fields of a form or of a JSON object as texts. Raises: Trouble."""
    try:
        async with asyncio.timeout(_SLOWEST_BODY_S):
            if request.content_type == "application/json":
                value = json.loads(await request.read())
            else:
                value = dict(await request.post())
    except TimeoutError:
        raise Trouble(408, "web.error.slow") from None
    except (ValueError, LookupError, RecursionError):
        raise Trouble(400, "web.error.odd") from None
    if not isinstance(value, dict):
        raise Trouble(400, "web.error.odd")
    return {str(name): str(field) for name, field in value.items() if isinstance(field, str | int)}


def check(request: web.Request, sent: Sent, action: str, holder: Cookie, subject: str) -> None:
    """Refuse what did not come from a page of ours or cannot be taken. Raises: Trouble."""
    if not from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    cookie = "" if subject else new_token()
    fresh = new_form(request, action, holder, subject or cookie, seen=sent.seen or 0)
    keep(request, Kept(sent.text, replace(fresh, nonce=sent.nonce, chat=sent.chat), cookie))
    if not made_by_us(request, sent.csrf, holder, subject):
        raise Trouble(403, "web.error.stale" if subject else "web.error.cookies")
    if not sent.text and not sent.data and sent.upload is None:
        raise Trouble(400, "web.error.empty")
    if len(sent.text) > LONGEST_IN:
        raise Trouble(413, "web.error.long")


def update_of(
    request: web.Request, sent: Sent, *, place: str, private: bool, sender: str, name: str, language: Language
) -> Update:
    """Make the update; the same form with the same content twice is the same update."""
    # The nonce is hashed too, and kept nowhere: from the key nobody can guess what was written.
    file = hashlib.sha256(sent.upload.content).hexdigest() if sent.upload else ""
    content = f"{sent.nonce}\0{place}\0{sent.data}\0{sent.line}\0{sent.text}{file}"
    return Update(
        channel="web",
        bot="web",
        key=f"{sender}:{hashlib.sha256(content.encode()).hexdigest()[:32]}",
        place=place,
        private=private,
        sender=sender,
        event=_event(sent),
        sent_at=request.app[PARTS].clock.now(),
        position=sent.seen,
        reply_to=sent.line,
        sender_name=name,
        language=language,
    )


def _event(sent: Sent) -> Event:
    # A file is opened later, if anybody asked for it.
    if sent.upload is not None:
        return Unreadable(sent.upload.kind)
    return Pressed(sent.data) if sent.data else TextSent(sent.text)


def number(text: str) -> int | None:
    """Read a count that the databases can hold; None for anything else."""
    return int(text) if 0 < len(text) <= 18 and text.isascii() and text.isdecimal() else None
