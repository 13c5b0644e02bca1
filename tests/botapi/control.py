"""Acting in a double that runs as a process of its own: JSON in, JSON out, under ``/double/``.

Every path is a POST with a JSON object. People, groups and messages are named by their ids.

=============== ==========================================================================
user            {name, language?, id?} -> {id}
group           {title, members, supergroup?} -> {id}
say             {user, text, chat?, reply_to?} -> {message_id}
press           {user, chat, message, button | data} -> {press}
toast           {press} -> {answer} (null: not yet answered)
add_bot         {user, chat}; also ``kick_bot``, ``upgrade`` -> {id}
block           {user}; also ``unblock``
messages        {chat, after?, wait_s?} -> {messages}: those with a stamp above ``after``
calls           {after?} -> {calls}: from that place in the list on
fail            {method, how, chat?, times?, seconds?} or {method, how, chance, seed, chat?}
update          {body}: a raw update of any shape -> {update_id}
repeat          {ids}: the same updates once more
=============== ==========================================================================
"""

import asyncio
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.botapi.api import BotApi
from tests.botapi.faults import How
from tests.botapi.people import Group, User
from tests.botapi.world import BotMessage, Json


class Control:
    """The acts, by their names in the path."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._users: dict[int, User] = {}
        self._groups: dict[int, Group] = {}
        api.app.router.add_post("/double/{act}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        asked: Json = await request.json()
        return web.json_response(await self._act(request.match_info["act"], asked))

    async def _act(self, act: str, asked: Json) -> Json:
        match act:
            case "user" | "group" | "say" | "press" | "add_bot" | "kick_bot" | "upgrade" | "block" | "unblock":
                return await self._by_somebody(act, asked)
            case "messages":
                return {"messages": [_told(message) for message in await self._messages(asked)]}
            case "calls":
                return {"calls": [asdict(call) | {"at": call.at.timestamp()} for call in self._calls(asked)]}
            case "toast":
                return {"answer": self._api.methods.presses[asked["press"]].answer}
            case "fail":
                return self._fail(asked)
            case "update":
                return {"update_id": self._api.updates.put_raw(asked["body"])}
            case "repeat":
                self._api.updates.repeat(asked["ids"])
                return {}
            case _:
                raise web.HTTPNotFound(text=f"no act {act!r}")

    async def _by_somebody(self, act: str, asked: Json) -> Json:
        match act:
            case "user":
                user = self._api.user(asked["name"], language=asked.get("language", "en"), id=asked.get("id", 0))
                self._users[user.id] = user
                return {"id": user.id}
            case "group":
                members = [self._users[member] for member in asked.get("members", [])]
                group = self._api.group(asked["title"], members, supergroup=asked.get("supergroup", False))
                self._groups[group.id] = group
                return {"id": group.id}
            case "say":
                return {"message_id": self._say(asked)}
            case "press":
                return {"press": (await self._press(asked))}
            case "block" | "unblock":
                getattr(self._users[asked["user"]], act)()
                return {}
            case _:
                group = self._groups[asked["chat"]]
                getattr(group, act)(self._users[asked["user"]])
                self._groups[group.id] = group
                return {"id": group.id}

    def _say(self, asked: Json) -> int:
        user = self._users[asked["user"]]
        chat = self._api.world.chats[asked.get("chat", user.id)]
        reply_to = chat.messages.get(asked.get("reply_to", 0))
        return self._api.post(user, chat, {"text": asked["text"]}, reply_to=reply_to)

    async def _press(self, asked: Json) -> str:
        user = self._users[asked["user"]]
        if "data" in asked:
            return (await user.forge(asked["chat"], asked["message"], asked["data"])).id
        message = self._api.world.chats[asked["chat"]].messages[asked["message"]]
        return (await user.press(message, asked["button"])).id

    async def _messages(self, asked: Json) -> list[BotMessage]:
        chat, after = self._api.world.chats[asked["chat"]], asked.get("after", 0)
        loop = asyncio.get_running_loop()
        until = loop.time() + asked.get("wait_s", 0)
        while True:
            rung = self._api.world.changed.next
            found = [message for message in chat.messages.values() if message.from_bot and message.stamp > after]
            if found or (left := until - loop.time()) <= 0:
                return sorted(found, key=lambda message: message.stamp)
            try:
                async with asyncio.timeout(left):
                    await rung.wait()
            except TimeoutError:
                continue

    def _calls(self, asked: Json) -> list[Any]:
        return self._api.calls[asked.get("after", 0) :]

    def _fail(self, asked: Json) -> Json:
        how, chat, seconds = How(asked["how"]), asked.get("chat"), asked.get("seconds", 3)
        if "chance" in asked:
            self._api.fail_sometimes(
                asked["method"], how, chance=asked["chance"], seed=asked["seed"], chat=chat, seconds=seconds
            )
        else:
            self._api.fail_next(asked["method"], how, chat=chat, times=asked.get("times", 1), seconds=seconds)
        return {}


def _told(message: BotMessage) -> Json:
    return asdict(message) | {"at": message.at.timestamp()}
