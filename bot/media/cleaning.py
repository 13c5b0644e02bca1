"""Making a stranger's photo or voice note clean, in a process of its own (``worker.py``).

Whatever the file does to the process that opens it, here it is a value: the clean medium, or that it is spoiled.
"""

import asyncio
import json
import logging
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from dialogs.ids import MediaId
from dialogs.media import Attachment, Media, MediaKind

log = logging.getLogger(__name__)

# Telegram's bots can fetch 20 MB at most. Source: Bot API, getFile, 2026.
MOST_BYTES = {MediaKind.PHOTO: 10_000_000, MediaKind.VOICE: 20_000_000}
_WORKER = Path(__file__).with_name("worker.py")
_AT_A_TIME = 2
_SLOWEST_S = 20.0
# 132 random bits: whoever may not see one cannot guess it.
_ID_LETTERS = 22
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A file that nobody will see. ``kind``: failed, too_large or too_long, as ``dialogs.events.Unreadable`` has it."""

    kind: str


async def clean(kind: MediaKind, content: bytes) -> Media | Spoiled:
    """Make a photo or voice note anew without anything that is not picture or sound; two at a time."""
    if len(content) > MOST_BYTES[kind]:
        return Spoiled("too_large")
    place = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_A_TIME))
    async with place:
        answer = await _ask_worker(kind, content)
    head, _, made = answer.partition(b"\n")
    told: dict[str, Any] = json.loads(head) if head else {"spoiled": "failed"}
    if "spoiled" in told:
        return Spoiled(str(told["spoiled"]))
    id = MediaId(secrets.token_urlsafe(_ID_LETTERS)[:_ID_LETTERS])
    return Media(Attachment(id, kind, int(told["seconds"])), made)


async def _ask_worker(kind: MediaKind, content: bytes) -> bytes:
    """Give the worker's answer, empty if it gave none."""
    # Nothing of our environment goes along: it holds the bot's token and the database's password.
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_WORKER),
        kind,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    try:
        async with asyncio.timeout(_SLOWEST_S):
            answer, _ = await worker.communicate(content)
    except TimeoutError:
        log.warning("A %s took too long to open and was refused.", kind.value)
        return b""
    finally:
        if worker.returncode is None:
            with suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    if worker.returncode:
        log.warning("A %s could not be opened (the process ended with %d).", kind.value, worker.returncode)
        return b""
    return answer
