"""The lists of commands that Telegram shows beside the box: for citizens in each language, for servants, for rooms.

They are looked after while people talk: a new servant or room, or another configuration, has its list within a
minute. Best effort all the same: whoever types the words is understood without any list.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.clock import Clock
from dialogs.desk.listing import Look, name_of
from dialogs.menu import offer_flow
from dialogs.place import group_of
from dialogs.texts import Voice
from dialogs.town import Town
from storage import rooms, staff
from storage.database import Connection
from storage.errors import StorageError

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 30.0
# Commands that are words of the language; /start is the same everywhere. Source: Bot API, BotCommand, 2026.
_WORDS = ("status", "language", "help", "pause", "cancel", "privacy", "role", "mydata", "forget")
# What servants ask for beside what they look at (``Look``).
_DESK = ("duty", "handover", "undo", "split", "bulk")
_NAME = re.compile(r"[a-z0-9_]{1,32}")
# Telegram knows languages by two letters.
_LONGEST_CODE = 2

Commands = tuple[tuple[str, str], ...]
# Whose list it is, and for which language of theirs; "" is for every other one.
Where = tuple[BotCommandScope, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What lists are made of: how we speak (the town's own language first), and the chats of servants and rooms."""

    voices: tuple[Voice, ...]
    servants: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    # Whether people can offer something.
    helps: bool = False


def read_offer(c: Connection, town: Town) -> Offer:
    """Read who gets which list."""
    voices = tuple(town.voice(language) for language in town.installation.languages)
    groups = frozenset(map(group_of, rooms.list_places(c, "telegram")))
    servants = frozenset(staff.list_own_places(c, "telegram"))
    return Offer(voices, servants, groups, helps=offer_flow(town) is not None)


async def keep_commands(bot: Bot, read: Callable[[], Awaitable[Offer]], *, clock: Clock) -> None:
    """Keep the lists as they should be, until cancelled."""
    known: dict[Where, Commands] = {}
    never = asyncio.Event()
    while True:
        try:
            await _update(bot, known, list_commands(await read()))
        except (TelegramError, StorageError) as failed:
            log.info("The lists of commands are looked at again soon: %s", type(failed).__name__)
        await clock.wait(never, timeout_s=_LOOK_EVERY_S)


def list_commands(offer: Offer) -> Mapping[Where, Commands]:
    """List what Telegram should show where."""
    lists: dict[Where, Commands] = {}
    for code, voice in (("", offer.voices[0]), *((voice.language, voice) for voice in offer.voices)):
        if len(code) <= _LONGEST_CODE:
            lists[BotCommandScopeAllPrivateChats(), code] = private_commands(voice, helps=offer.helps)
            lists[BotCommandScopeAllGroupChats(), code] = _bind(voice)
    # The desk speaks the language of the town.
    desk = desk_commands(offer.voices[0])
    names = {name for name, _ in desk}
    theirs = (*desk, *(one for one in private_commands(offer.voices[0], helps=offer.helps) if one[0] not in names))
    lists |= {(BotCommandScopeChat(int(chat)), ""): theirs for chat in offer.servants}
    return lists | {(BotCommandScopeChat(int(chat)), ""): (*desk, *_bind(offer.voices[0])) for chat in offer.rooms}


def desk_commands(voice: Voice) -> Commands:
    """List the commands of servants, in their own chats and in rooms."""
    looks = tuple((look.value, voice(f"command.{name_of(look)}")) for look in Look)
    return (*looks, *((word, voice(f"command.{word}")) for word in _DESK))


def private_commands(voice: Voice, *, helps: bool) -> Commands:
    """List the commands of a private chat: the first word of each kind that can be a command."""
    keys = ("offer", *_WORDS) if helps else _WORDS
    words = {key: [word for word in voice(f"word.{key}").split(", ") if _NAME.fullmatch(word)] for key in keys}
    known = [(found[0], voice(f"command.{key}")) for key, found in words.items() if found]
    return (("start", voice("command.start")), *known)


def _bind(voice: Voice) -> Commands:
    return (("bind", voice("command.bind")),)


async def _update(bot: Bot, known: dict[Where, Commands], wanted: Mapping[Where, Commands]) -> None:
    """Tell Telegram what differs from what it was told. Raises: TelegramError where it does not answer now."""
    for where in [where for where in (*wanted, *known) if wanted.get(where) != known.get(where)]:
        scope, code = where
        try:
            if where in wanted:
                await bot.set_my_commands(wanted[where], scope=scope, language_code=code)
            else:
                await bot.delete_my_commands(scope=scope, language_code=code)
        except (BadRequest, Forbidden) as refused:
            # A chat that is closed to us sees no list either; it is not asked about again.
            log.info("Telegram did not take a list of commands: %s", type(refused).__name__)
        if where in wanted:
            known[where] = wanted[where]
        else:
            known.pop(where, None)
