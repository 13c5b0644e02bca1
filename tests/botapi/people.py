"""Acting in the double: people who write, press and block, and groups in which they do it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tests.botapi.world import BotMessage, Chat, Json, Person

if TYPE_CHECKING:
    from tests.botapi.api import BotApi

Wanted = str | Callable[[BotMessage], bool]


class Talk:
    """One chat as a person sees it; ``wait_for`` goes through it from top to bottom, as a reader does."""

    def __init__(self, api: "BotApi", chat: Chat) -> None:
        self.chat = chat
        self._api = api
        self._read_to = 0

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    @property
    def messages(self) -> list[BotMessage]:
        """What the bot shows here, from top to bottom."""
        return [message for message in self.chat.messages.values() if message.from_bot and not message.deleted]

    async def wait_for(self, wanted: Wanted, *, timeout_s: float = 5) -> BotMessage:
        """Wait for the next new or changed message that fits, after those that were waited for before.

        ``wanted``: a part of its text, or a question asked of it. Raises: AssertionError that shows the chat.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    rung = self._api.world.changed.next
                    for message in sorted(self.messages, key=lambda message: message.stamp):
                        if message.stamp > self._read_to and _fits(message, wanted):
                            self._read_to = message.stamp
                            return message
                    await rung.wait()
        except TimeoutError:
            shown = "\n---\n".join(message.text for message in self.messages) or "(nothing)"
            raise AssertionError(f"waited {timeout_s} s in vain for {wanted!r}; the chat shows:\n{shown}") from None


class User:
    """A person with a private chat with the bot."""

    def __init__(self, api: "BotApi", person: Person) -> None:
        self.person = person
        self.chat = Talk(api, api.world.chats[person.id])
        self._api = api

    @property
    def id(self) -> int:
        """The account's id."""
        return self.person.id

    async def send(self, text: str, *, reply_to: BotMessage | None = None) -> int:
        """Write to the bot; give the number of the message."""
        return self._api.post(self, self.chat.chat, {"text": text}, reply_to=reply_to)

    async def send_content(self, content: Json) -> int:
        """Send something that is no text, such as ``{"sticker": {...}}``."""
        return self._api.post(self, self.chat.chat, content)

    async def send_photo(self, content: bytes, *, caption: str = "") -> int:
        """Send a photo, which Telegram offers in two sizes."""
        id = self._api.world.keep_file(content)
        sizes: list[Json] = [
            {"file_id": id, "file_unique_id": id[-8:], "width": width, "height": width, "file_size": len(content)}
            for width in (90, 800)
        ]
        return await self.send_content({"photo": sizes} | ({"caption": caption} if caption else {}))

    async def send_voice(self, content: bytes, *, seconds: int = 1) -> int:
        """Send a voice note."""
        id = self._api.world.keep_file(content)
        voice: Json = {"file_id": id, "file_unique_id": id[-8:], "duration": seconds, "mime_type": "audio/ogg"}
        return await self.send_content({"voice": voice | {"file_size": len(content)}})

    async def send_location(self, latitude: float, longitude: float) -> int:
        """Send a place."""
        return await self.send_content({"location": {"latitude": latitude, "longitude": longitude}})

    async def press(self, message: BotMessage, button: str, *, inaccessible: bool = False) -> "Press":
        """Press the button whose text holds ``button``."""
        data = message.button(button).data
        return self._api.press(self, message.chat_id, message.id, data, inaccessible=inaccessible)

    async def forge(self, chat_id: int, message_id: int, data: str) -> "Press":
        """Press what was never there: any data, on any message."""
        return self._api.press(self, chat_id, message_id, data, inaccessible=True)

    async def wait_for(self, wanted: Wanted, *, timeout_s: float = 5) -> BotMessage:
        """Wait for the bot in the private chat; see ``Talk.wait_for``."""
        return await self.chat.wait_for(wanted, timeout_s=timeout_s)

    def block(self) -> None:
        """Close the chat to the bot."""
        self.person.blocks = True
        self._api.member_changed(self, self.chat.chat, "member", "kicked")

    def unblock(self) -> None:
        """Open it again."""
        self.person.blocks = False
        self._api.member_changed(self, self.chat.chat, "kicked", "member")


class Group:
    """A group chat; ``upgrade`` makes it a supergroup with another id."""

    def __init__(self, api: "BotApi", chat: Chat) -> None:
        self.chat = Talk(api, chat)
        self.old_id = 0
        self._api = api

    @property
    def id(self) -> int:
        """The id that the chat has now."""
        return self.chat.id

    @property
    def messages(self) -> list[BotMessage]:
        """What the bot shows here."""
        return self.chat.messages

    async def wait_for(self, wanted: Wanted, *, timeout_s: float = 5) -> BotMessage:
        """Wait for the bot in the group; see ``Talk.wait_for``."""
        return await self.chat.wait_for(wanted, timeout_s=timeout_s)

    def add_bot(self, by: User) -> None:
        """Add the bot."""
        self.chat.chat.bot_in = True
        self._api.member_changed(by, self.chat.chat, "left", "member")
        self._api.tell(by, self.chat.chat, {"new_chat_members": [self._api.world.bot]})

    def kick_bot(self, by: User) -> None:
        """Put the bot out."""
        self.chat.chat.bot_in = False
        self._api.member_changed(by, self.chat.chat, "member", "kicked")

    def say(
        self,
        user: User,
        text: str,
        *,
        reply_to: BotMessage | None = None,
        topic: int = 0,
        anonymous: bool = False,
        edits: int = 0,
    ) -> int:
        """Write in the group, or edit a message; with privacy mode on, the bot sees commands and replies to itself."""
        topic = reply_to.topic if reply_to else topic
        said = {"text": text}
        return self._api.post(
            user, self.chat.chat, said, reply_to=reply_to, topic=topic, anonymous=anonymous, edits=edits
        )

    def add_topic(self, by: User, title: str) -> int:
        """Begin a topic; its number is that of the message that tells so."""
        number = self._api.tell(by, self.chat.chat, {"forum_topic_created": {"name": title, "icon_color": 7322096}})
        self.chat.chat.topics[number] = True
        return number

    def close_topic(self, topic: int) -> None:
        """Let nobody but admins write in a topic any more; 0: in General."""
        if topic:
            self.chat.chat.topics[topic] = False
        else:
            self.chat.chat.general_open = False

    def delete_topic(self, topic: int) -> None:
        """Delete a topic with all its messages."""
        del self.chat.chat.topics[topic]
        for message in self.chat.chat.messages.values():
            message.deleted = message.deleted or message.topic == topic

    def upgrade(self, by: User) -> None:
        """Make it a supergroup: the id changes, and the old chat is dead."""
        old = self.chat.chat
        new = self._api.world.add_chat("supergroup", old.title, bot_in=old.bot_in)
        new.members = old.members
        old.upgraded_to = new.id
        self.old_id = old.id
        self._api.tell(by, old, {"migrate_to_chat_id": new.id})
        self._api.tell(by, new, {"migrate_from_chat_id": old.id})
        self.chat = Talk(self._api, new)


class Press:
    """A press under way. ``answer``: the toast, once the bot has answered (empty is an answer too)."""

    def __init__(self, api: "BotApi", number: str, *, update_id: int | None, expires_at: datetime) -> None:
        self.id = number
        self.update_id = update_id
        self.expires_at = expires_at
        self.answer: str | None = None
        self._api = api

    async def toast(self, *, timeout_s: float = 5) -> str:
        """Wait for the bot's answer to the press."""
        async with asyncio.timeout(timeout_s):
            while True:
                rung = self._api.world.changed.next
                if self.answer is not None:
                    return self.answer
                await rung.wait()


def _fits(message: BotMessage, wanted: Wanted) -> bool:
    return wanted in message.text if isinstance(wanted, str) else wanted(message)
