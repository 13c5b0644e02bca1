"""One bot of Telegram's: its transport, its name, and what is said when its token is wrong."""

import logging

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.clock import Clock
from bot.telegram.receiving import pause
from bot.telegram.transport import Transport

log = logging.getLogger(__name__)


def build_bot(token: str, api: str) -> Bot:
    """Make a bot that calls the Bot API at ``api``; nothing is sent yet.

    Raises: telegram.error.InvalidToken for an empty token.
    """
    # At DEBUG the library writes the token and every text it sends into the log.
    logging.getLogger("telegram").setLevel(logging.WARNING)
    transport = Transport()
    return Bot(token, f"{api}/bot", f"{api}/file/bot", request=transport, get_updates_request=transport)


def bot_id(token: str) -> str:
    """Give the bot's id, which is the part of its token that is no secret."""
    return token.partition(":")[0]


async def introduce(bot: Bot, *, clock: Clock) -> str | None:
    """Ask Telegram for the bot's username, for as long as it takes; None if it does not know the token.

    (Not ``Bot.initialize``, which puts a refused token into the text of its error.)
    """
    troubles = 0
    while True:
        try:
            return (await bot.get_me()).username or ""
        except InvalidToken:
            say_wrong_token()
            return None
        except TelegramError as failed:
            troubles += 1
            if troubles == 1:
                log.warning("Telegram does not answer (%s: %s). Trying again.", type(failed).__name__, failed)
        await pause(clock, troubles)


async def close_bot(bot: Bot) -> None:
    """Close the bot's connections."""
    if isinstance(bot.request, Transport):
        await bot.request.shutdown()


def say_wrong_token() -> None:
    """Say plainly that the token is wrong, and what to do."""
    log.error(
        "Telegram does not know this bot token, so there is no Telegram chat; everything else goes on. "
        "Copy the token from @BotFather into YOUSAID_TELEGRAM_TOKEN and start again."
    )


async def ask_username(token: str, api: str) -> str | None:
    """Ask Telegram once for the bot's username; None if it does not answer or does not know the token."""
    bot = build_bot(token, api)
    try:
        return (await bot.get_me()).username
    except TelegramError:
        return None
    finally:
        await close_bot(bot)
