"""The way out to Telegram, and what each failure of a call means for the message."""

import logging
from datetime import timedelta

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channel import Gone, Moved, NotSent, Refused, SendingFailed, Throttled, Unknown, Unreachable
from bot.telegram.rendering import as_html, as_keyboard
from bot.telegram.transport import AnswerLost
from dialogs.message import Message
from dialogs.texts import clean, cut

log = logging.getLogger(__name__)

# Source: Bot API, answerCallbackQuery, 2026.
_LONGEST_TOAST = 200
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# Parts of Telegram's descriptions of a 400. Source: telegram-bot-api server and TDLib, 2026.
_UNCHANGED = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_UNREACHABLE = ("chat not found", "peer_id_invalid", "not enough rights", "have no rights", "chat_write_forbidden")


class TelegramChannel:
    """A ``bot.channel.Channel`` over one bot; a place is a chat id in decimal."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, place: str, message: Message, *, key: int) -> int:
        """Show a message and return its number. Raises: any ``SendingFailed``.

        Telegram knows no key for sends: the same message sent again is there twice.
        """
        html, keyboard = _rendered(message)
        try:
            sent = await self._bot.send_message(
                int(place),
                html,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
                protect_content=message.protected or None,
            )
        except TelegramError as failed:
            raise _meaning(failed) from failed
        return sent.message_id

    async def edit(self, place: str, number: int, message: Message) -> None:
        """Show a message in place of an earlier one. Raises: any ``SendingFailed`` but ``Unknown``."""
        html, keyboard = _rendered(message)
        try:
            await self._bot.edit_message_text(
                html,
                int(place),
                number,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
            )
        except AnswerLost as failed:
            # The same edit twice is the same edit.
            raise NotSent(str(failed)) from failed
        except TelegramError as failed:
            if _says(failed, _UNCHANGED):
                return
            raise _meaning(failed) from failed

    async def answer_press(self, press_id: str, toast: str = "") -> None:
        """Stop the waiting sign on a pressed button, with a short word if there is one.

        Best effort: a press that is too old to be answered has lost nothing by it.
        """
        try:
            await self._bot.answer_callback_query(press_id, cut(clean(toast), _LONGEST_TOAST) or None)
        except TelegramError as failed:
            log.debug("A press could not be answered: %s", type(failed).__name__)

    async def leave(self, place: str) -> None:
        """Leave a group without a word. Best effort: the next update from there tries again."""
        try:
            await self._bot.leave_chat(int(place))
        except TelegramError as failed:
            log.info("A group could not be left: %s", type(failed).__name__)


def _rendered(message: Message) -> tuple[str, InlineKeyboardMarkup | None]:
    try:
        return as_html(message), as_keyboard(message)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong


def _meaning(failed: TelegramError) -> SendingFailed:
    match failed:
        case RetryAfter():
            return Throttled(_seconds(failed.retry_after))
        case ChatMigrated():
            return Moved(str(failed.new_chat_id))
        case Forbidden():
            return Unreachable(str(failed))
        case BadRequest() if _says(failed, *_GONE):
            return Gone(str(failed))
        case BadRequest() if _says(failed, *_UNREACHABLE):
            return Unreachable(str(failed))
        case BadRequest():
            return Refused(str(failed))
        case AnswerLost():
            return Unknown(str(failed))
        case NetworkError() | InvalidToken() | Conflict():
            # It never got there, or Telegram itself said in its own words that it did not do it (a 5xx,
            # a token that is not valid now). Either way nothing was sent, and later it may be.
            return NotSent(str(failed))
        case _:
            # python-telegram-bot could not read an answer: the message may well be there.
            return Unknown(type(failed).__name__)


def _says(failed: TelegramError, *parts: str) -> bool:
    description = str(failed).lower()
    return isinstance(failed, BadRequest) and any(part in description for part in parts)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
