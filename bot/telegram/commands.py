"""The list of commands that Telegram shows beside the box, in each language of the town."""

import logging
import re
from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from dialogs.cases.listing import Look, name_of
from dialogs.texts import Voice

log = logging.getLogger(__name__)

# Commands that are words of the language; /start is the same everywhere. Source: Bot API, BotCommand, 2026.
_WORDS = ("status", "language", "help", "pause", "cancel", "privacy", "forget")
_NAME = re.compile(r"[a-z0-9_]{1,32}")
# Telegram knows languages by two letters.
_LONGEST_CODE = 2


async def offer_commands(bot: Bot, voices: Sequence[Voice]) -> None:
    """Tell Telegram the commands; the first voice's are for everybody whose language we do not speak.

    Best effort: whoever types the words is understood without any list.
    """
    try:
        for code, voice in (("", voices[0]), *((voice.language, voice) for voice in voices)):
            if len(code) > _LONGEST_CODE:
                continue
            private, groups = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
            await bot.set_my_commands(private_commands(voice), scope=private, language_code=code)
            await bot.set_my_commands(group_commands(voice), scope=groups, language_code=code)
    except TelegramError as failed:
        log.info("Telegram did not take the list of commands: %s", type(failed).__name__)


def group_commands(voice: Voice) -> list[BotCommand]:
    """List the commands of a group: what servants can look at there, and what makes it a room."""
    looks = [BotCommand(look.value, voice(f"command.{name_of(look)}")) for look in Look]
    return [*looks, BotCommand("bind", voice("command.bind"))]


def private_commands(voice: Voice) -> list[BotCommand]:
    """List the commands of a private chat: the first word of each kind that can be a command."""
    words = {key: [word for word in voice(f"word.{key}").split(", ") if _NAME.fullmatch(word)] for key in _WORDS}
    known = [BotCommand(found[0], voice(f"command.{key}")) for key, found in words.items() if found]
    return [BotCommand("start", voice("command.start")), *known]
