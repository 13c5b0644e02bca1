"""What exists in the double: people, chats, messages, and the numbers they get."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An answer that is a refusal, in Telegram's words."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Bell:
    """Wakes all who wait for something to change."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """What will be set at the next ring; get it before you look whether you must wait."""
        return self._next

    def ring(self) -> None:
        """Wake everybody."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()


@dataclass(frozen=True, slots=True)
class BotButton:
    """A button as the person sees it, and what it carries."""

    text: str
    data: str
    style: str = ""


@dataclass(slots=True)
class BotMessage:
    """A message in a chat. ``edits``: the texts it had before; ``stamp`` goes up with every change anywhere."""

    id: int
    chat_id: int
    at: datetime
    text: str
    html: str = ""
    entities: list[Json] = field(default_factory=list)
    buttons: list[list[BotButton]] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    protected: bool = False
    deleted: bool = False
    from_bot: bool = True
    stamp: int = 0
    # The id of the file it shows, by what it is: photo, voice or document.
    photo: str = ""
    voice: str = ""
    document: str = ""
    # Its topic, 0 for none, and the bot's reaction to it.
    topic: int = 0
    reactions: list[str] = field(default_factory=list)

    def button(self, text: str) -> BotButton:
        """Find the button whose text holds ``text``."""
        for row in self.buttons:
            for button in row:
                if text in button.text:
                    return button
        raise AssertionError(f"no button {text!r} on {self.text!r}, only {self.buttons!r}")


@dataclass(slots=True)
class Person:
    """An account of Telegram's."""

    id: int
    name: str
    language: str = "en"
    started: bool = False
    blocks: bool = False

    def json(self) -> Json:
        """Give the account as the Bot API does."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}


@dataclass(slots=True)
class Chat:
    """A private chat, a group or a supergroup."""

    id: int
    kind: str
    title: str
    members: set[int] = field(default_factory=set)
    bot_in: bool = True
    upgraded_to: int = 0
    messages: dict[int, BotMessage] = field(default_factory=dict)
    last_number: int = 0
    # The topics of a forum, and whether each is open.
    topics: dict[int, bool] = field(default_factory=dict)
    general_open: bool = True
    # Which reactions its admins allow; None: every one.
    reactions: frozenset[str] | None = None

    def json(self) -> Json:
        """Give the chat as the Bot API does."""
        named = "first_name" if self.kind == "private" else "title"
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.kind, named: self.title, **forum}


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the product made, and how it was answered (``code`` 0: the connection was dropped)."""

    method: str
    chat: int | None
    at: datetime
    code: int
    description: str
    params: Json


class World:
    """All people and chats, and the counters of Telegram."""

    def __init__(self, bot_id: int, username: str) -> None:
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": "YouSaid", "username": username}
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.changed = Bell()
        # What was sent by anybody, by file id.
        self.files: dict[str, bytes] = {}
        self._stamp = 0
        # Private chats and basic groups share the numbers of the account; a supergroup has its own.
        self._last_number = 0
        self._last_person = 5_000_000_000
        self._last_chat = 4_000_000_000

    def add_person(self, name: str, *, language: str = "en", id: int = 0) -> Person:
        """Make an account and its private chat with the bot."""
        self._last_person += 1
        person = Person(id or self._last_person, name, language)
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", name, {person.id})
        return person

    def add_chat(self, kind: str, title: str, *, bot_in: bool) -> Chat:
        """Make a group or a supergroup."""
        self._last_chat += 1
        number = -self._last_chat if kind == "group" else -1_000_000_000_000 - self._last_chat
        self.chats[number] = Chat(number, kind, title, bot_in=bot_in)
        return self.chats[number]

    def add_message(self, chat: Chat, message: BotMessage) -> BotMessage:
        """Give a message its number in the chat and show it."""
        if chat.kind == "supergroup":
            chat.last_number += 1
            message.id = chat.last_number
        else:
            self._last_number += 1
            message.id = self._last_number
        chat.messages[message.id] = message
        self.touch(message)
        return message

    def keep_file(self, content: bytes) -> str:
        """Keep a file and give its id."""
        id = f"AgACAgIAAxkBAAI{len(self.files):06}"
        self.files[id] = content
        return id

    def touch(self, message: BotMessage) -> None:
        """Tell everybody that a message is new or was changed."""
        self._stamp += 1
        message.stamp = self._stamp
        self.changed.ring()
