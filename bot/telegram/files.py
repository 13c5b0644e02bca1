"""Photos and voice notes that people send on Telegram: which file to fetch, and fetching it.

Nothing is fetched that nobody asked for, and never inside a transaction. The address of a file holds the
bot's token, so it is in no error and in no log.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from telegram import Bot
from telegram.error import TelegramError

from bot.media.cleaning import MOST_BYTES, clean
from bot.telegram.incoming import Raw
from bot.telegram.transport import Transport, form
from dialogs.events import MediaSent, Unreadable
from dialogs.media import Media, MediaKind
from dialogs.texts import LONGEST_IN
from dialogs.texts import clean as clean_text

log = logging.getLogger(__name__)

_NOTHING: Raw = MappingProxyType({})
_TRIES = 2
# What Telegram calls its files, such as photos/file_12.jpg. A server of one's own may give a path of its disk.
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._/-]{0,200}")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A photo or voice note as a message names it. ``id`` empty: Telegram says it is too large."""

    kind: MediaKind
    id: str
    caption: str = ""


def find_file(message: Raw) -> SentFile | None:
    """Find the photo or voice note in a message; None where there is neither. Total over any shape."""
    caption = message.get("caption")
    words = clean_text(caption[:LONGEST_IN]) if isinstance(caption, str) else ""
    photos = message.get("photo")
    if isinstance(photos, list) and photos:
        # The same picture in several sizes.
        sizes = [size for size in photos if isinstance(size, dict)]
        fitting = [size for size in sizes if _fits(size, MediaKind.PHOTO)]
        largest = max(fitting, key=_area, default=_NOTHING)
        return SentFile(MediaKind.PHOTO, _id(largest), words)
    for name, kind in (("voice", MediaKind.VOICE), ("audio", MediaKind.VOICE), ("document", None)):
        part = message.get(name)
        if isinstance(part, dict):
            is_a = kind or _kind_of(part.get("mime_type"))
            return SentFile(is_a, _id(part) if _fits(part, is_a) else "", words) if is_a else None
    return None


async def fetch_file(bot: Bot, file: SentFile) -> MediaSent | Unreadable:
    """Fetch a file and make it clean."""
    content = await _fetch(bot, file) if file.id else Unreadable("too_large")
    if isinstance(content, Unreadable):
        return content
    made = await clean(file.kind, content)
    return MediaSent(made, file.caption) if isinstance(made, Media) else Unreadable(made.kind)


async def _fetch(bot: Bot, file: SentFile) -> bytes | Unreadable:
    assert isinstance(bot.request, Transport)
    for _ in range(_TRIES):
        try:
            told = await bot.request.post(f"{bot.base_url}/getFile", form({"file_id": file.id}))
            path = told.get("file_path") if isinstance(told, Mapping) else None
            if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
                break
            content = await bot.request.fetch(f"{bot.base_file_url}/{path}", most_bytes=MOST_BYTES[file.kind])
        except TelegramError as failed:
            if "file is too big" in str(failed).lower():
                return Unreadable("too_large")
            log.info("A file could not be fetched (%s).", type(failed).__name__)
        else:
            return Unreadable("too_large") if content is None else content
    return Unreadable("failed")


def _kind_of(mime_type: object) -> MediaKind | None:
    match mime_type.partition("/")[0].lower() if isinstance(mime_type, str) else "":
        case "image":
            return MediaKind.PHOTO
        case "audio":
            return MediaKind.VOICE
        case _:
            return None


def _fits(part: Raw, kind: MediaKind) -> bool:
    size = part.get("file_size")
    return not isinstance(size, int) or size <= MOST_BYTES[kind]


def _id(part: Raw) -> str:
    id = part.get("file_id")
    return id if isinstance(id, str) else ""


def _area(size: Raw) -> int:
    width, height = size.get("width"), size.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0
