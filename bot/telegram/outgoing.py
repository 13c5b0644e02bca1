"""The way out to Telegram, and what each failure of a call means for the message."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from telegram import Bot, LinkPreviewOptions
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

from bot.answering.own_data import CONTENT_TYPE, FILE_NAME
from bot.channel import Closed, Gone, Moved, NotSent, Refused, SendingFailed, Throttled, Unknown, Unreachable
from bot.telegram.files import SentFile, fetch_file
from bot.telegram.rendering import as_html, as_keyboard
from bot.telegram.transport import AnswerLost, File, form
from dialogs.events import MediaSent, Unreadable
from dialogs.ids import MediaId
from dialogs.media import Media, MediaKind
from dialogs.message import Message, OwnData, Shown
from dialogs.place import group_of, moved, topic_of
from dialogs.texts import clean, cut

log = logging.getLogger(__name__)

ANSWER_PRESS = "answerCallbackQuery"
# Source: Bot API, answerCallbackQuery, 2026.
_LONGEST_TOAST = 200
_LONGEST_CAPTION = 1024
# One of those that a bot may use, and which says no more than it does. Source: Bot API, ReactionTypeEmoji, 2026.
_RECEIPT = json.dumps([{"type": "emoji", "emoji": "✍"}])
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True).to_json()
# The method that shows it, and the file as that takes it.
_FILES = {
    MediaKind.PHOTO: ("sendPhoto", "photo", "photo.jpg", "image/jpeg"),
    MediaKind.VOICE: ("sendVoice", "voice", "voice.ogg", "audio/ogg"),
}

# Parts of Telegram's descriptions of a 400. Source: telegram-bot-api server and TDLib, 2026.
_UNCHANGED = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_CLOSED = ("message thread not found", "topic_closed", "topic_deleted")
_UNREACHABLE = ("chat not found", "peer_id_invalid", "not enough rights", "have no rights", "chat_write_forbidden")


LoadMedia = Callable[[MediaId], Awaitable[Media | None]]
LoadOwnData = Callable[[str], Awaitable[bytes | None]]


async def _nothing_kept(_: MediaId) -> Media | None:
    return None


async def _nobody_kept(_: str) -> bytes | None:
    return None


class TelegramChannel:
    """A ``bot.channel.Channel`` over one bot; a place is a chat id in decimal, or a topic of it (``dialogs/place.py``).

    ``load`` gives the content of a photo or voice note at the moment in which it is sent, ``load_own`` the file of all
    that is kept about the person of a chat.
    """

    def __init__(self, bot: Bot, load: LoadMedia = _nothing_kept, load_own: LoadOwnData = _nobody_kept) -> None:
        self._bot = bot
        self._load = load
        self._load_own = load_own

    async def send(self, place: str, message: Message, *, key: int) -> int:
        """Show a message and return its number. Raises: any ``SendingFailed``.

        Telegram knows no key for sends: the same message sent again is there twice.
        A photo or voice note alone is shown as such; among words, its label stands for it.
        """
        method, fields, file = await self._as_call(place, message)
        try:
            sent = await self._call(method, {**_where(place), **fields}, file=file)
            return int(sent["message_id"])
        except TelegramError as failed:
            raise _meaning(failed, place) from failed
        except (KeyError, TypeError, ValueError) as unread:
            # Telegram says it did it, and not how: the message may well be there.
            raise Unknown("an answer without a message") from unread

    async def edit(self, place: str, number: int, message: Message) -> None:
        """Show a message in place of an earlier one. Raises: any ``SendingFailed`` but ``Unknown``."""
        try:
            await self._call("editMessageText", {"chat_id": group_of(place), "message_id": number, **_shown(message)})
        except AnswerLost as failed:
            # The same edit twice is the same edit.
            raise NotSent(str(failed)) from failed
        except TelegramError as failed:
            if _says(failed, _UNCHANGED):
                return
            raise _meaning(failed, place) from failed

    async def acknowledge(self, place: str, number: int) -> None:
        """Put a reaction on a message. Raises: any ``SendingFailed``, also where the group forbids reactions."""
        fields = {"chat_id": group_of(place), "message_id": number, "reaction": _RECEIPT}
        try:
            await self._call("setMessageReaction", fields)
        except TelegramError as failed:
            raise _meaning(failed, place) from failed

    async def pin(self, place: str, number: int) -> None:
        """Pin a message without a sound. Raises: any ``SendingFailed``; Refused where the bot has no right to."""
        try:
            fields = {"chat_id": group_of(place), "message_id": number, "disable_notification": True}
            await self._call("pinChatMessage", fields)
        except TelegramError as failed:
            raise _meaning(failed, place) from failed

    async def answer_press(self, press_id: str, toast: str = "") -> None:
        """Stop the waiting sign on a pressed button, with a short word if there is one.

        Best effort: a press that is too old to be answered has lost nothing by it.
        """
        try:
            await self._call(ANSWER_PRESS, press_fields(press_id, toast))
        except TelegramError as failed:
            log.debug("A press could not be answered: %s", type(failed).__name__)

    async def leave(self, place: str) -> None:
        """Leave a group without a word. Best effort: the next update from there tries again."""
        try:
            await self._call("leaveChat", {"chat_id": group_of(place)})
        except TelegramError as failed:
            log.info("A group could not be left: %s", type(failed).__name__)

    async def fetch(self, file: SentFile) -> MediaSent | Unreadable:
        """Fetch a photo or voice note that somebody sent, and make it clean."""
        return await fetch_file(self._bot, file)

    async def _as_call(self, place: str, message: Message) -> tuple[str, dict[str, object], File | None]:
        match message.blocks:
            case (Shown(attachment, label),):
                media = await self._load(attachment.id)
            case (OwnData(label),):
                return await self._own_data(place, label)
            case _:
                return "sendMessage", {**_shown(message), "protect_content": message.protected}, None
        if media is None:
            raise Refused("what was to be shown is not there any more")
        method, field, name, content_type = _FILES[attachment.kind]
        # It is a citizen's: it stays where it is shown.
        fields: dict[str, object] = {"caption": cut(clean(label), _LONGEST_CAPTION), "protect_content": True}
        return method, fields, File(field, name, content_type, media.content)

    async def _own_data(self, place: str, label: str) -> tuple[str, dict[str, object], File | None]:
        packed = await self._load_own(place)
        if packed is None:
            raise Refused("there is nobody here whose data could be sent")
        # It is the person's own: they may keep it and pass it on.
        fields: dict[str, object] = {"caption": cut(clean(label), _LONGEST_CAPTION)}
        return "sendDocument", fields, File("document", FILE_NAME, CONTENT_TYPE, packed)

    async def _call(self, method: str, fields: Mapping[str, object], *, file: File | None = None) -> Any:
        """Make a call and give its result as it came. Raises: TelegramError.

        The library's own methods read the result into objects that nobody here asks for, which costs more
        than the call itself.
        """
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", form(fields, file=file))


def press_fields(press_id: str, toast: str) -> dict[str, str]:
    """Give the fields of the call that answers a press."""
    return {"callback_query_id": press_id, "text": cut(clean(toast), _LONGEST_TOAST)}


def _where(place: str) -> dict[str, object]:
    thread = topic_of(place)
    return {"chat_id": group_of(place), **({"message_thread_id": thread} if thread else {})}


def _shown(message: Message) -> dict[str, object]:
    try:
        keyboard = as_keyboard(message)
        shown: dict[str, object] = {"text": as_html(message), "parse_mode": ParseMode.HTML}
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    shown["link_preview_options"] = _NO_PREVIEW
    if keyboard is not None:
        shown["reply_markup"] = keyboard
    return shown


def _meaning(failed: TelegramError, place: str) -> SendingFailed:
    match failed:
        case RetryAfter():
            return Throttled(_seconds(failed.retry_after))
        case ChatMigrated():
            return Moved(moved(place, str(failed.new_chat_id)))
        case Forbidden():
            return Unreachable(str(failed))
        case BadRequest() if _says(failed, *_GONE):
            return Gone(str(failed))
        case BadRequest() if _says(failed, *_CLOSED):
            return Closed(str(failed))
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
