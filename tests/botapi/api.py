"""The double itself: one bot's Bot API, served over HTTP, and the acts of people behind it."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.clock import Clock, WallClock
from tests.botapi.delivering import Webhook
from tests.botapi.extras import in_topic
from tests.botapi.faults import Fault, Faults, How
from tests.botapi.limits import Limits
from tests.botapi.methods import Methods, message_json
from tests.botapi.people import Group, Press, User
from tests.botapi.server import call_in_an_answer, serve_file, serve_method
from tests.botapi.updates import Updates
from tests.botapi.world import ApiError, BotMessage, Call, Chat, Json, World

_PRESS_LIVES = timedelta(seconds=150)
_GROUP_ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_IS_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"


class BotApi:
    """A Bot API for one bot. Used with ``async with``; ``url`` is its address, ``calls`` what it was asked."""

    def __init__(self, *, clock: Clock | None = None, port: int = 0, token: str = "4242:the-bots-own-secret") -> None:
        self.clock: Clock = clock or WallClock()
        self.token = token
        self.world = World(int(token.partition(":")[0]), "YouSaidTestBot")
        self.updates = Updates(self.clock)
        self.limits = Limits()
        self.faults = Faults()
        self.methods = Methods(self.world, self.limits, self.clock)
        self.webhook = Webhook(
            self.updates, self.clock, tried=self.world.changed.ring, called=partial(call_in_an_answer, self)
        )
        self.calls: list[Call] = []
        self.url = ""
        self._port = port
        self._presses = 0
        self.polls = 0
        self._ended = 0
        self._runner: web.AppRunner | None = None
        self._deliveries: asyncio.Task[None] | None = None
        self.app = web.Application(client_max_size=50 << 20)
        self.app.router.add_get("/file/bot{token}/photos/{name}", self._serve_file)
        self.app.router.add_route("*", "/bot{token}/{method}", self._serve)

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._deliveries = asyncio.create_task(self.webhook.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.polls += 1
        self.updates.changed.ring()
        if self._deliveries is not None:
            self._deliveries.cancel()
            await asyncio.gather(self._deliveries, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        return await serve_method(self, request)

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        return await serve_file(self, request)

    # --- people -------------------------------------------------------------------------------

    def user(self, name: str, *, language: str = "en", id: int = 0) -> User:
        """Make a person."""
        return User(self, self.world.add_person(name, language=language, id=id))

    def group(self, title: str, members: list[User] | None = None, *, supergroup: bool = False) -> Group:
        """Make a group without the bot."""
        chat = self.world.add_chat("supergroup" if supergroup else "group", title, bot_in=False)
        chat.members.update(member.id for member in members or [])
        return Group(self, chat)

    def post(
        self,
        user: User,
        chat: Chat,
        content: Json,
        *,
        reply_to: BotMessage | None = None,
        topic: int = 0,
        anonymous: bool = False,
        edits: int = 0,
    ) -> int:
        """Show a person's message in a chat, and to the bot if it may see it; ``edits``: in place of that one."""
        if chat.kind == "private":
            user.person.started = True
        text = str(content.get("text", ""))
        shown = chat.messages.get(edits) or BotMessage(0, chat.id, self.clock.now(), text, from_bot=False, topic=topic)
        if not edits:
            self.world.add_message(chat, shown)
        message = self._message(user, chat, shown.id, content) | in_topic(topic)
        if edits:
            message["edit_date"] = int(self.clock.now().timestamp())
        if anonymous:
            message |= {"from": _GROUP_ANONYMOUS, "sender_chat": chat.json()}
        if reply_to is not None:
            message["reply_to_message"] = message_json(self.world, reply_to)
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        if chat.kind == "private" or (chat.bot_in and (text.startswith("/") or (reply_to and reply_to.from_bot))):
            self.updates.put("edited_message" if edits else "message", message, str(chat.id))
        return shown.id

    def tell(self, by: User, chat: Chat, content: Json) -> int:
        """Post a service message, which the bot always sees while it is in the chat; give its number."""
        shown = self.world.add_message(chat, BotMessage(0, chat.id, self.clock.now(), "", from_bot=False))
        if chat.bot_in:
            self.updates.put("message", self._message(by, chat, shown.id, content), str(chat.id))
        return shown.id

    def press(self, user: User, chat_id: int, message_id: int, data: str, *, inaccessible: bool) -> Press:
        """Press a button, or forge a press."""
        self._presses += 1
        chat = self.world.chats[chat_id]
        shown = chat.messages.get(message_id)
        message: Json = {"chat": chat.json(), "message_id": message_id, "date": 0}
        if shown is not None and not inaccessible:
            message = message_json(self.world, shown)
        number = f"{self.world.bot['id']}{self._presses:012}"
        query = {"id": number, "from": user.person.json(), "message": message, "chat_instance": "1", "data": data}
        update_id = self.updates.put("callback_query", query, str(user.id))
        press = Press(self, number, update_id=update_id, expires_at=self.clock.now() + _PRESS_LIVES)
        self.methods.presses[number] = press
        return press

    def member_changed(self, by: User, chat: Chat, before: str, after: str) -> None:
        """Tell the bot that its own membership changed."""
        change = {
            "chat": chat.json(),
            "from": by.person.json(),
            "date": int(self.clock.now().timestamp()),
            "old_chat_member": {"user": self.world.bot, "status": before},
            "new_chat_member": {"user": self.world.bot, "status": after},
        }
        self.updates.put("my_chat_member", change, str(chat.id))
        self.world.changed.ring()

    # --- trouble ------------------------------------------------------------------------------

    def fail_next(self, method: str, how: How, *, chat: int | None = None, times: int = 1, seconds: float = 3) -> None:
        """Let the next ``times`` calls of a method (``*``: any) go wrong."""
        self.faults.add(Fault(method.lower(), how, chat, times, 1.0, Random(0), seconds))

    def fail_sometimes(
        self, method: str, how: How, *, chance: float, seed: int, chat: int | None = None, seconds: float = 1
    ) -> None:
        """Let calls of a method (``*``: any) go wrong by chance, the same way for the same seed."""
        self.faults.add(Fault(method.lower(), how, chat, None, chance, Random(seed), seconds))

    def called(self, method: str, chat: int | None = None) -> list[Call]:
        """Give the calls of a method so far, perhaps of one chat."""
        return [call for call in self.calls if call.method.lower() == method.lower() and chat in (None, call.chat)]

    async def wait_for(self, true: Callable[[], bool], *, timeout_s: float = 5) -> None:
        """Wait until something is true that can become so with any call or act."""
        async with asyncio.timeout(timeout_s):
            while not true():
                await self.world.changed.next.wait()

    async def wait_for_call(self, method: str, *, count: int = 1, timeout_s: float = 5) -> list[Call]:
        """Wait until a method was called so many times."""
        await self.wait_for(lambda: len(self.called(method)) >= count, timeout_s=timeout_s)
        return self.called(method)

    # --- updates ------------------------------------------------------------------------------

    def end_polls(self) -> None:
        """Let the long poll under way end with what there is, as after its whole time."""
        self._ended = self.polls
        self.updates.changed.ring()

    async def get_updates(self, params: Json) -> list[Json]:
        """Wait for updates as ``getUpdates`` does. Raises: ApiError 409."""
        self.polls += 1
        mine = self.polls
        self.updates.changed.ring()
        self.world.changed.ring()
        if allowed := params.get("allowed_updates"):
            self.updates.allowed = frozenset(json.loads(allowed))
        until = self.clock.now() + timedelta(seconds=float(params.get("timeout") or 0))
        offset = int(params["offset"]) if params.get("offset") else None
        while True:
            rung = self.updates.changed.next
            if mine != self.polls:
                raise _conflict(_OTHER_POLLER)
            if self.webhook.url:
                raise _conflict(_WEBHOOK_IS_SET)
            found = self.updates.read(offset, int(params.get("limit") or 100))
            self.world.changed.ring()
            left = (until - self.clock.now()).total_seconds()
            if found or left <= 0 or self._ended == mine:
                return found
            await self.clock.wait(rung, timeout_s=left)

    def _message(self, user: User, chat: Chat, number: int, content: Json) -> Json:
        return {
            "message_id": number,
            "from": user.person.json(),
            "chat": chat.json(),
            "date": int(self.clock.now().timestamp()),
            **content,
        }


def _conflict(why: str) -> ApiError:
    return ApiError(409, f"Conflict: {why}")
