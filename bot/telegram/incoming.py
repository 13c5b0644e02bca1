"""A raw update of Telegram's as an event: pure, and total over whatever shape arrives.

The dictionaries are read here by hand: what is missing, null or of a wrong type is simply not
there, so nothing that anybody sends can raise. (It is also quicker than building the library's
objects, of which nearly all would be thrown away.)
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from bot.telegram.kinds import CONTENT, SERVICE
from dialogs import place
from dialogs.events import (
    Blocked,
    Event,
    Ignored,
    LocationSent,
    Pressed,
    RoomEntered,
    RoomLeft,
    RoomMoved,
    Started,
    TextEdited,
    TextSent,
    Unblocked,
    Unreadable,
    Update,
)
from dialogs.texts import LONGEST_IN, clean

Raw = Mapping[str, object]

# The updates we ask Telegram for; the others cost and say nothing to us.
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")

# Accounts behind which anybody may stand: anonymous admins, Telegram itself, channels. Source: Bot API, 2026.
_GROUP_ANONYMOUS = 1087968824
_NOBODY = frozenset({_GROUP_ANONYMOUS, 777000, 136817688})
_NOTHING: Raw = MappingProxyType({})
_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,64})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?=\s|$)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
# Source: Bot API, InlineKeyboardButton and deep links, 2026.
_LONGEST_DATA = 64
_LONGEST_PAYLOAD = 64
_LONGEST_NAME = 128


def read_update(raw: Raw, *, bot: str, username: str, received_at: datetime) -> Update | None:
    """Read one update, or give None where it has no chat that could be ours.

    ``bot`` is our bot's id in decimal; ``username`` tells commands to us from those to another bot.
    """
    number, where = _integer(raw.get("update_id")), place_of(raw)
    if number is None or not where:
        return None
    kind, part, message, chat = _taken_apart(raw)
    private = _is_private(chat)
    event = _event(kind, part, private=private, username=username)
    who = _part(part.get("from"))
    pressed = kind == "callback_query"
    return Update(
        channel="telegram",
        bot=bot,
        key=str(number),
        place=where,
        private=private,
        sender=_sender(part),
        event=event,
        sent_at=received_at if pressed else _moment(part.get("edit_date") or part.get("date"), received_at),
        position=None if pressed else _integer(part.get("message_id")),
        reply_to=_integer(message.get("message_id")) if pressed else _replied_to(part, bot),
        sender_name=_name(who) if isinstance(event, Started) and event.payload else "",
        language=_language(who.get("language_code")),
        anonymous=not pressed and _is_anonymous(part, chat),
        quote="" if pressed else clean(_text(_part(part.get("quote")).get("text"))[:LONGEST_IN]),
    )


def place_of(raw: Raw) -> str:
    """Give the chat an update is about, or the topic of a group; empty where there is none."""
    *_, message, chat = _taken_apart(raw)
    number = _integer(chat.get("id"))
    thread = _integer(message.get("message_thread_id"))
    if not number:
        return ""
    # Replies of any supergroup have a thread, too; and the General topic has none.
    if message.get("is_topic_message") is not True or thread is None or thread <= 0 or _is_private(chat):
        return str(number)
    return place.topic(str(number), thread)


def message_of(raw: Raw) -> Raw:
    """Give the new message that an update is; empty for any other update."""
    return _part(raw.get("message"))


def press_of(raw: Raw) -> str:
    """Give the id by which a press is answered; empty where the update is no press."""
    return _text(_part(raw.get("callback_query")).get("id"))


def _taken_apart(raw: Raw) -> tuple[str, Raw, Raw, Raw]:
    # An update is its id and one part, under the word for its kind; in a press, the message is one level deeper.
    kind, part = next(((name, _part(value)) for name, value in raw.items() if isinstance(value, dict)), ("", _NOTHING))
    message = _part(part.get("message")) if kind == "callback_query" else part
    return kind, part, message, _part(message.get("chat"))


def _event(kind: str, part: Raw, *, private: bool, username: str) -> Event:
    match kind:
        case "message":
            return _message(part, username)
        case "edited_message":
            return _edited(part)
        case "callback_query":
            data = part.get("data")
            return Pressed(clean(data)[:_LONGEST_DATA]) if isinstance(data, str) else Ignored("press")
        case "my_chat_member":
            return _membership(part, private=private)
        case _:
            return Ignored(clean(kind)[:64])


def _edited(message: Raw) -> Event:
    text, number = message.get("text"), _integer(message.get("message_id"))
    if isinstance(text, str) and number is not None and (cleaned := clean(text[:LONGEST_IN])):
        return TextEdited(cleaned, number)
    # A live location "edits" its message every few seconds; nobody waits for an answer to that.
    return Unreadable("edited") if isinstance(text or message.get("caption"), str) else Ignored("edited")


def _message(message: Raw, username: str) -> Event:
    if moved_to := _integer(message.get("migrate_to_chat_id")):
        return RoomMoved(str(moved_to))
    if any(name in message for name in SERVICE):
        return Ignored("service")
    text = message.get("text")
    if isinstance(text, str):
        return _written(clean(text[:LONGEST_IN]), username)
    return _location(message) or Unreadable(next((kind for kind in CONTENT if message.get(kind)), "unknown"))


def _location(message: Raw) -> LocationSent | None:
    venue = _part(message.get("venue"))
    location = _part(venue.get("location") or message.get("location"))
    latitude, longitude = _degrees(location.get("latitude"), 90), _degrees(location.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return LocationSent(latitude, longitude, clean(_text(venue.get("title")))[:_LONGEST_NAME])


def _degrees(value: object, most: int) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most
    return float(value) if fits and isinstance(value, int | float) else None


def _written(text: str, username: str) -> Event:
    command = _COMMAND.match(text)
    if command is None:
        return TextSent(text) if text else Unreadable("empty")
    if command["bot"] and username and command["bot"].lower() != username.lower():
        return Ignored("another bot's command")
    rest = text[command.end() :].strip()
    if command["name"].lower() == "start":
        return Started(rest[:_LONGEST_PAYLOAD])
    return TextSent(f"/{command['name']} {rest}".rstrip() if command["bot"] else text)


def _membership(change: Raw, *, private: bool) -> Event:
    before, after = (_is_in(_part(change.get(side))) for side in ("old_chat_member", "new_chat_member"))
    if after is None or before is after:
        return Ignored("membership")
    if private:
        return Unblocked() if after else Blocked()
    return RoomEntered() if after else RoomLeft()


def _is_in(member: Raw) -> bool | None:
    match member.get("status"):
        case "creator" | "administrator" | "member":
            return True
        case "restricted":
            return member.get("is_member") is True
        case "left" | "kicked":
            return False
        case _:
            return None


def _is_private(chat: Raw) -> bool:
    kind = chat.get("type")
    return kind == "private" if isinstance(kind, str) else (_integer(chat.get("id")) or 0) > 0


def _sender(part: Raw) -> str | None:
    who = _part(part.get("from"))
    number = _integer(who.get("id"))
    if not number or number in _NOBODY or who.get("is_bot") or part.get("sender_chat") or part.get("via_bot"):
        return None
    return str(number)


def _is_anonymous(part: Raw, chat: Raw) -> bool:
    who, under = _part(part.get("from")), _part(part.get("sender_chat"))
    in_own_name = _integer(under.get("id")) in (None, _integer(chat.get("id")))
    return who.get("id") == _GROUP_ANONYMOUS and in_own_name and not part.get("via_bot")


def _replied_to(message: Raw, bot: str) -> int | None:
    original = _part(message.get("reply_to_message"))
    author = _integer(_part(original.get("from")).get("id"))
    if author is not None and str(author) != bot:
        return None
    return _integer(original.get("message_id"))


def _moment(seconds: object, otherwise: datetime) -> datetime:
    # An inaccessible message has date 0; 2**33 is the year 2242, well inside what datetime can hold.
    number = _integer(seconds)
    return datetime.fromtimestamp(number, UTC) if number is not None and 0 < number < 2**33 else otherwise


def _name(who: Raw) -> str:
    return clean(f"{_text(who.get('first_name'))} {_text(who.get('last_name'))}")[:_LONGEST_NAME]


def _language(code: object) -> str:
    return code if isinstance(code, str) and _LANGUAGE.fullmatch(code) else ""


def _part(value: object) -> Raw:
    return value if isinstance(value, dict) else _NOTHING


def _integer(value: object) -> int | None:
    # Ids are 64-bit; a greater number is nobody's, and no database would take it.
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
