"""The methods of the Bot API that the product uses, as strict as Telegram's."""

import json
from datetime import timedelta

from bot.clock import Clock
from tests.botapi.entities import parse_html, units
from tests.botapi.extras import in_topic, react, set_commands, topic_of
from tests.botapi.limits import Limits
from tests.botapi.people import Press
from tests.botapi.world import ApiError, BotButton, BotMessage, Chat, Json, World

_LONGEST_TEXT = 4096
_LONGEST_TOAST = 200
_LONGEST_CAPTION = 1024
_MOST_FETCHED = 20_000_000
_SIGNS = {"photo": b"\xff\xd8\xff", "voice": b"OggS", "document": b"PK"}
_MOST_BUTTONS = 100
_MOST_IN_A_ROW = 8
_STYLES = ("primary", "success", "danger")


class Methods:
    """What each call does to the world."""

    def __init__(self, world: World, limits: Limits, clock: Clock) -> None:
        self.presses: dict[str, Press] = {}
        # By the id of their chat, or the kind of their scope, and the language.
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self._world = world
        self._limits = limits
        self._clock = clock

    def call(self, method: str, params: Json) -> object:
        """Do one call. Raises: ApiError."""
        match method:
            case "getme":
                return {**self._world.bot, "can_join_groups": True, "can_read_all_group_messages": False}
            case "sendmessage":
                return self._send(params)
            case "sendphoto" | "sendvoice" | "senddocument":
                return self._send_file(params, method.removeprefix("send"))
            case "getfile":
                return self._file(params)
            case "editmessagetext" | "editmessagereplymarkup":
                return self._edit(params, text_too=method == "editmessagetext")
            case "deletemessage":
                return self._delete(params)
            case "answercallbackquery":
                return self._answer(params)
            case "pinchatmessage":
                return self._pin(params)
            case "leavechat":
                return self._leave(params)
            case "getchat":
                return {**self._chat(params).json(), "accent_color_id": 0, "max_reaction_count": 11}
            case _:
                return self._call_beside(method, params)

    def _call_beside(self, method: str, params: Json) -> object:
        match method:
            case "setmycommands" | "deletemycommands":
                return set_commands(self._world, self.commands, params, drop=method == "deletemycommands")
            case "setmessagereaction":
                return self._react(params)
            case _:
                raise ApiError(404, "Not Found: method not found")

    def _send(self, params: Json) -> Json:
        chat = self._writable(params)
        topic = topic_of(chat, params)
        text, entities = _text(params)
        buttons = _buttons(params)
        self._limits.charge(chat, self._clock.now())
        message = BotMessage(0, chat.id, self._clock.now(), text, str(params.get("text", "")), entities, buttons)
        message.topic = topic
        message.protected = _true(params.get("protect_content"))
        return self._shown(self._world.add_message(chat, message))

    def _send_file(self, params: Json, kind: str) -> Json:
        chat = self._writable(params)
        content = params.get(kind)
        if not isinstance(content, bytes):
            raise ApiError(400, f"Bad Request: there is no {kind} in the request")
        caption = str(params.get("caption", ""))
        if units(caption) > _LONGEST_CAPTION:
            raise ApiError(400, "Bad Request: message caption is too long")
        if not content.startswith(_SIGNS[kind]):
            raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
        self._limits.charge(chat, self._clock.now())
        message = BotMessage(0, chat.id, self._clock.now(), caption, buttons=_buttons(params))
        message.protected = _true(params.get("protect_content"))
        setattr(message, kind, self._world.keep_file(content))
        return self._shown(self._world.add_message(chat, message))

    def _file(self, params: Json) -> Json:
        id = str(params.get("file_id", ""))
        content = self._world.files.get(id)
        if content is None:
            raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > _MOST_FETCHED:
            raise ApiError(400, "Bad Request: file is too big")
        return {"file_id": id, "file_unique_id": id[-8:], "file_size": len(content), "file_path": f"photos/{id}.jpg"}

    def _edit(self, params: Json, *, text_too: bool) -> Json:
        chat, message = self._own_message(params, "edit")
        buttons = _buttons(params)
        text, entities = _text(params) if text_too else (message.text, message.entities)
        self._limits.charge(chat, self._clock.now())
        if (text, entities, buttons) == (message.text, message.entities, message.buttons):
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        if text_too:
            message.edits.append(message.text)
            message.text, message.entities, message.html = text, entities, str(params.get("text", ""))
        message.buttons = buttons
        self._world.touch(message)
        return self._shown(message)

    def _pin(self, params: Json) -> bool:
        chat, _ = self._own_message(params, "pin")
        self._limits.charge(chat, self._clock.now())
        # The bot is no admin of the groups here, as in most groups.
        raise ApiError(400, "Bad Request: not enough rights to manage pinned messages in the chat")

    def _react(self, params: Json) -> bool:
        chat = self._writable(params)
        self._limits.charge(chat, self._clock.now())
        done = react(chat, chat.messages.get(_integer(params.get("message_id"))), params)
        self._world.changed.ring()
        return done

    def _delete(self, params: Json) -> bool:
        chat, message = self._own_message(params, "delete")
        self._limits.charge(chat, self._clock.now())
        if self._clock.now() - message.at > timedelta(hours=48):
            raise ApiError(400, "Bad Request: message can't be deleted for everyone")
        message.deleted = True
        self._world.touch(message)
        return True

    def _answer(self, params: Json) -> bool:
        press = self.presses.get(str(params.get("callback_query_id")))
        if press is None or press.answer is not None or press.expires_at <= self._clock.now():
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        toast = str(params.get("text", ""))
        if units(toast) > _LONGEST_TOAST:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        press.answer = toast
        self._world.changed.ring()
        return True

    def _leave(self, params: Json) -> bool:
        chat = self._writable(params)
        if chat.kind == "private":
            raise ApiError(400, "Bad Request: chat member status can't be changed in private chats")
        chat.bot_in = False
        self._world.changed.ring()
        return True

    def _chat(self, params: Json) -> Chat:
        chat = self._world.chats.get(_integer(params.get("chat_id")))
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def _writable(self, params: Json) -> Chat:
        chat = self._chat(params)
        if chat.upgraded_to:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.upgraded_to},
            )
        self._admit(chat)
        return chat

    def _admit(self, chat: Chat) -> None:
        if chat.kind == "private":
            person = self._world.people[chat.id]
            if person.blocks:
                raise ApiError(403, "Forbidden: bot was blocked by the user")
            if not person.started:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        elif not chat.bot_in:
            raise ApiError(403, f"Forbidden: bot was kicked from the {chat.kind} chat")

    def _own_message(self, params: Json, act: str) -> tuple[Chat, BotMessage]:
        chat = self._chat(params)
        if chat.upgraded_to:
            # An edit in the old chat only fails; it does not say where the group went.
            raise ApiError(400, f"Bad Request: message can't be {act.rstrip('e')}ed")
        self._admit(chat)
        message = chat.messages.get(_integer(params.get("message_id")))
        if message is None or message.deleted:
            raise ApiError(400, f"Bad Request: message to {act} not found")
        if not message.from_bot:
            raise ApiError(400, f"Bad Request: message can't be {act.rstrip('e')}ed")
        return chat, message

    def _shown(self, message: BotMessage) -> Json:
        return message_json(self._world, message)


def message_json(world: World, message: BotMessage) -> Json:
    """Give a message of the bot's as the Bot API does."""
    shown: Json = {
        "message_id": message.id,
        "from": world.bot,
        "chat": world.chats[message.chat_id].json(),
        "date": int(message.at.timestamp()),
        "text": message.text,
        **in_topic(message.topic),
    }
    if message.document:
        shown["document"] = {"file_id": message.document, "file_unique_id": message.document[-8:]}
    if message.photo or message.voice:
        shown["caption"] = shown.pop("text")
        file: Json = {"file_id": message.photo or message.voice}
        shown |= {"photo": [file | {"width": 90, "height": 67}]} if message.photo else {"voice": file | {"duration": 1}}
    if message.entities:
        shown["entities"] = message.entities
    if message.protected:
        shown["has_protected_content"] = True
    if message.buttons:
        shown["reply_markup"] = {
            "inline_keyboard": [
                [{"text": button.text, "callback_data": button.data} for button in row] for row in message.buttons
            ]
        }
    return shown


def _text(params: Json) -> tuple[str, list[Json]]:
    raw = str(params.get("text", ""))
    mode = params.get("parse_mode")
    if mode not in (None, "HTML"):
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    text, entities = parse_html(raw) if mode == "HTML" else (raw, [])
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if units(text.strip()) > _LONGEST_TEXT:
        raise ApiError(400, "Bad Request: message is too long")
    return text.strip(), entities


def _buttons(params: Json) -> list[list[BotButton]]:
    markup = params.get("reply_markup")
    if not markup:
        return []
    try:
        rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
        widths = [len(row) for row in rows]
        if len(rows) > _MOST_BUTTONS or sum(widths) > _MOST_BUTTONS or max(widths, default=0) > _MOST_IN_A_ROW:
            raise ApiError(400, "Bad Request: reply markup is too long")
        return [[_button(button) for button in row] for row in rows if row]
    except (ValueError, KeyError, TypeError):
        raise ApiError(400, "Bad Request: can't parse reply keyboard markup JSON object") from None


def _button(button: Json) -> BotButton:
    text, data, style = button["text"], button.get("callback_data"), button.get("style", "")
    if not text.strip():
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text is empty")
    if data is None:
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
    if not 1 <= len(data.encode()) <= 64:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    if style and style not in _STYLES:
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: invalid button style specified")
    return BotButton(text, data, style)


def _integer(value: object) -> int:
    text = str(value)
    return int(text) if text.lstrip("-").isdecimal() else 0


def _true(value: object) -> bool:
    return str(value).lower() in ("true", "1")
