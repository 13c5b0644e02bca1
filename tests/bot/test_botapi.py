"""The double is as strict as Telegram: else tests that pass on it would prove nothing."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.telegram_port import HurriedClock
from tests.botapi import ApiError, BotApi, Group, How, User
from tests.botapi.entities import parse_html, units

Json = dict[str, Any]


class Bot:
    """A bot that says whatever it is told to, over the wire."""

    def __init__(self, api: BotApi, http: aiohttp.ClientSession) -> None:
        self.api = api
        self.http = http

    async def call(self, method: str, **params: Any) -> Json:
        async with self.http.post(f"{self.api.url}/bot{self.api.token}/{method}", json=params) as answer:
            told: Json = await answer.json()
            assert told["ok"] == (answer.status == 200)
            return told

    async def refused(self, method: str, **params: Any) -> str:
        told = await self.call(method, **params)
        assert not told["ok"], told
        return str(told["description"])


@pytest.fixture
async def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
async def bot(clock: HurriedClock) -> AsyncIterator[Bot]:
    async with BotApi(clock=clock) as api, aiohttp.ClientSession() as http:
        yield Bot(api, http)


@pytest.fixture
async def ana(bot: Bot) -> User:
    ana = bot.api.user("Ana")
    await ana.send("/start")
    return ana


@pytest.fixture
def parks(bot: Bot, ana: User) -> Group:
    parks = bot.api.group("Parks", [ana])
    parks.add_bot(by=ana)
    return parks


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<table>x</table>", 'Unsupported start tag "table" at byte offset 0'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b onclick=1>x</b>", 'Unexpected attributes of the tag "b" at byte offset 0'),
        ('<tg-time unix="soon">x</tg-time>', "Invalid date-time at byte offset 0"),
        ('<tg-time unix="1" format="rr">x</tg-time>', "Invalid date-time at byte offset 0"),
    ],
)
def test_bad_html_is_refused(html: str, words: str) -> None:
    """HTML that Telegram does not take is refused in its own words."""
    with pytest.raises(ApiError) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_good_html_becomes_entities() -> None:
    """Tags become entities, measured in UTF-16 units, and characters are unescaped once."""
    text, entities = parse_html('😀<b>a&amp;lt;</b> & <blockquote expandable>q</blockquote><a href="http://x">l</a>')
    assert text == "😀a&lt; & ql"
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [
        ("bold", 2, 5),
        ("expandable_blockquote", 10, 1),
        ("text_link", 11, 1),
    ]


@given(st.text(max_size=60))
def test_any_text_escaped_is_itself(text: str) -> None:
    """What is escaped as Telegram asks arrives as it was."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == (text, [])


async def test_lengths_are_held(bot: Bot, ana: User) -> None:
    """Empty and long texts, long data and too many buttons are refused."""

    def keyboard(*rows: list[str]) -> Json:
        return {"inline_keyboard": [[{"text": "B", "callback_data": data} for data in row] for row in rows]}

    chat = ana.id
    assert await bot.refused("sendMessage", chat_id=chat, text=" <b> </b>", parse_mode="HTML") == (
        "Bad Request: message text is empty"
    )
    assert await bot.refused("sendMessage", chat_id=chat, text="x" * 4095 + "😀") == "Bad Request: message is too long"
    assert (await bot.call("sendMessage", chat_id=chat, text="&lt;" * 4096, parse_mode="HTML"))["ok"]
    for bad in (keyboard(["x" * 65]), keyboard([""]), keyboard(*[["x"]] * 101), keyboard(["x"] * 9), {"x": 1}, "[]"):
        await bot.refused("sendMessage", chat_id=chat, text="x", reply_markup=bad)
    assert (await bot.call("sendMessage", chat_id=chat, text="x", reply_markup=keyboard(["x" * 64])))["ok"]
    styled = {"inline_keyboard": [[{"text": "B", "callback_data": "b", "style": "plaid"}]]}
    assert "style" in await bot.refused("sendMessage", chat_id=chat, text="x", reply_markup=styled)


async def test_who_cannot_be_written_to(bot: Bot, ana: User, parks: Group) -> None:
    """Strangers, blockers, groups that put the bot out and unknown chats are refused as Telegram refuses."""
    stranger = bot.api.user("Ben")
    assert "can't initiate" in await bot.refused("sendMessage", chat_id=stranger.id, text="x")
    assert await bot.refused("sendMessage", chat_id=-5, text="x") == "Bad Request: chat not found"
    ana.block()
    assert await bot.refused("sendMessage", chat_id=ana.id, text="x") == "Forbidden: bot was blocked by the user"
    parks.kick_bot(by=ana)
    assert "was kicked" in await bot.refused("sendMessage", chat_id=parks.id, text="x")
    ana.unblock()
    assert (await bot.call("sendMessage", chat_id=ana.id, text="x"))["ok"]


async def test_a_group_has_one_budget(bot: Bot, ana: User, parks: Group, clock: HurriedClock) -> None:
    """Sends, edits and deletes share 20 calls a minute, and calling during the penalty lengthens it."""
    first = (await bot.call("sendMessage", chat_id=parks.id, text="x"))["result"]["message_id"]
    for number in range(18):
        await bot.call("editMessageText", chat_id=parks.id, message_id=first, text=str(number))
    assert (await bot.call("deleteMessage", chat_id=parks.id, message_id=first))["ok"]
    waits = [(await bot.call("sendMessage", chat_id=parks.id, text="x"))["parameters"]["retry_after"] for _ in range(3)]
    assert waits == [60, 65, 70]
    assert (await bot.call("sendMessage", chat_id=ana.id, text="x"))["ok"]
    clock.move(70)
    assert (await bot.call("sendMessage", chat_id=parks.id, text="x"))["ok"]


async def test_an_upgraded_group_names_its_new_id(bot: Bot, ana: User, parks: Group) -> None:
    """A send to the old id says where the group went; an edit only fails; the new chat counts from one."""
    number = (await bot.call("sendMessage", chat_id=parks.id, text="x"))["result"]["message_id"]
    parks.upgrade(by=ana)
    told = await bot.call("sendMessage", chat_id=parks.old_id, text="x")
    assert told["parameters"] == {"migrate_to_chat_id": parks.id}
    edit = await bot.refused("editMessageText", chat_id=parks.old_id, message_id=number, text="y")
    assert edit == "Bad Request: message can't be edited"
    assert (await bot.call("sendMessage", chat_id=parks.id, text="x"))["result"]["message_id"] == 2


async def test_privacy_mode_hides_side_talk(bot: Bot, ana: User, parks: Group) -> None:
    """In a group the bot sees commands, replies to itself and service messages, and nothing else."""
    await bot.call("sendMessage", chat_id=parks.id, text="card")
    parks.say(ana, "side talk")
    parks.say(ana, "/queue")
    parks.say(ana, "a note", reply_to=parks.messages[0])
    seen = [update["message"] for update in (await bot.call("getUpdates"))["result"] if "message" in update]
    assert [message.get("text", "(service)") for message in seen] == ["/start", "(service)", "/queue", "a note"]


async def test_updates_wait_until_the_offset_passes(bot: Bot, ana: User) -> None:
    """An update comes again until an offset beyond it was asked for, and can be repeated after that."""
    await ana.send("two")
    first, second = [update["update_id"] for update in (await bot.call("getUpdates"))["result"]]
    assert len((await bot.call("getUpdates", offset=second))["result"]) == 1
    assert (await bot.call("getUpdates", offset=second + 1))["result"] == []
    bot.api.updates.repeat([first])
    assert [update["update_id"] for update in (await bot.call("getUpdates"))["result"]] == [first]


async def test_presses_and_messages_are_kept_apart(bot: Bot, ana: User, clock: HurriedClock) -> None:
    """A press can be held back behind a later text, lives 150 s, and is answered once."""
    keys = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await bot.call("sendMessage", chat_id=ana.id, text="?", reply_markup=keys)
    bot.api.updates.hold("callback_query")
    press = await ana.press(ana.chat.messages[0], "Yes")
    await ana.send("later")
    bot.api.updates.release()
    seen = (await bot.call("getUpdates"))["result"]
    assert [next(iter(update.keys() - {"update_id"})) for update in seen] == ["message", "message", "callback_query"]
    assert (await bot.call("answerCallbackQuery", callback_query_id=press.id, text="ok"))["ok"]
    assert "too old" in await bot.refused("answerCallbackQuery", callback_query_id=press.id)
    late = await ana.press(ana.chat.messages[0], "Yes")
    clock.move(151)
    assert "too old" in await bot.refused("answerCallbackQuery", callback_query_id=late.id)
    assert all("callback_query" not in update for update in (await bot.call("getUpdates"))["result"])


async def test_one_poller_and_no_webhook() -> None:
    """A second poller ends the first, and a webhook ends them all."""
    async with BotApi() as api, aiohttp.ClientSession() as http:
        other = Bot(api, http)
        waiting = asyncio.create_task(other.refused("getUpdates", timeout=25))
        await api.wait_for(lambda: api.polls == 1)
        await other.call("getUpdates")
        assert "terminated by other getUpdates" in await waiting
        await other.call("setWebhook", url="http://127.0.0.1:1/", secret_token="s")
        assert "webhook is active" in await other.refused("getUpdates")
        assert (await other.call("getWebhookInfo"))["result"]["url"] == "http://127.0.0.1:1/"


async def test_done_but_told_no(bot: Bot, ana: User) -> None:
    """The message is there, and the caller never learns it."""
    bot.api.fail_next("sendMessage", How.DONE_BUT_DROPPED, chat=ana.id)
    with pytest.raises(aiohttp.ClientError):
        await bot.call("sendMessage", chat_id=ana.id, text="there")
    assert [message.text for message in ana.chat.messages] == ["there"]
    assert [call.code for call in bot.api.called("sendMessage")] == [0]


async def test_chance_is_seeded(bot: Bot, ana: User) -> None:
    """Faults by chance happen the same way each time for the same seed."""
    runs = []
    for _ in range(2):
        bot.api.faults.clear()
        bot.api.fail_sometimes("sendMessage", How.SERVER_ERROR, chance=0.3, seed=7)
        runs.append([(await bot.call("sendMessage", chat_id=ana.id, text="x"))["ok"] for _ in range(30)])
    assert runs[0] == runs[1]
    assert 3 < runs[0].count(False) < 20


async def test_a_wrong_token_is_not_known(bot: Bot) -> None:
    """A token that is wrong is 401, one that is no token 404, and an unknown method 404."""
    answers = []
    for path in ("bot1:wrong/getMe", "botnonsense/getMe", f"bot{bot.api.token}/flyToTheMoon"):
        async with bot.http.get(f"{bot.api.url}/{path}") as answer:
            answers.append(answer.status)
    assert answers == [401, 404, 404]


async def test_it_runs_as_a_process_of_its_own() -> None:
    """Started by itself it says where it is, and people can be moved through its own door."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.botapi", stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert process.stdout is not None
    where = json.loads(await process.stdout.readline())

    async def act(act: str, **asked: Any) -> Json:
        async with http.post(f"{where['url']}/double/{act}", json=asked) as answer:
            told: Json = await answer.json()
            return told

    try:
        async with aiohttp.ClientSession() as http:
            ana = (await act("user", name="Ana"))["id"]
            await act("say", user=ana, text="/start")
            waiting = asyncio.create_task(act("messages", chat=ana, wait_s=5))
            keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
            said = {"chat_id": ana, "text": "hi", "reply_markup": keys}
            async with http.post(f"{where['url']}/bot{where['token']}/sendMessage", json=said):
                (shown,) = (await waiting)["messages"]
            press = (await act("press", user=ana, chat=ana, message=shown["id"], button="A"))["press"]
            assert shown["text"] == "hi"
            assert (await act("toast", press=press))["answer"] is None
            assert [call["method"] for call in (await act("calls"))["calls"]] == ["sendMessage"]
    finally:
        process.terminate()
        await process.wait()


def test_units_are_utf_16() -> None:
    """An emoji outside the first plane counts two, also inside a family."""
    assert [units(text) for text in ("a", "é", "😀", "👨‍👩‍👧")] == [1, 1, 2, 8]


async def test_topics_are_held(bot: Bot, ana: User) -> None:
    """A message for a topic needs an open one; what is written there names it, and editing it needs no topic."""
    forum = bot.api.group("Parks", [ana], supergroup=True)
    forum.add_bot(by=ana)
    plain = {"chat_id": forum.id, "text": "x"}
    assert await bot.refused("sendMessage", **plain, message_thread_id=7) == "Bad Request: message thread not found"
    topic, other = forum.add_topic(ana, "Ideas"), forum.add_topic(ana, "Old")
    sent = (await bot.call("sendMessage", **plain, message_thread_id=topic))["result"]
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    assert "message_thread_id" not in (await bot.call("sendMessage", **plain))["result"]
    forum.close_topic(topic)
    assert await bot.refused("sendMessage", **plain, message_thread_id=topic) == "Bad Request: TOPIC_CLOSED"
    forum.delete_topic(other)
    assert "thread not found" in await bot.refused("sendMessage", **plain, message_thread_id=other)
    forum.close_topic(0)
    assert await bot.refused("sendMessage", **plain) == "Bad Request: TOPIC_CLOSED"


async def test_reactions_are_held(bot: Bot, ana: User, parks: Group) -> None:
    """A reaction needs a message that is there, is one of Telegram's, is allowed in the group, and costs a call."""
    number = parks.say(ana, "/note")

    async def reacting(emoji: str, message: int = number) -> Json:
        reaction = [{"type": "emoji", "emoji": emoji}]
        return await bot.call("setMessageReaction", chat_id=parks.id, message_id=message, reaction=reaction)

    assert (await reacting("✍"))["ok"]
    assert parks.chat.chat.messages[number].reactions == ["✍"]
    assert "not found" in (await reacting("✍", 999))["description"]
    assert "REACTION_INVALID" in (await reacting("🦖"))["description"]
    parks.chat.chat.reactions = frozenset()
    assert "REACTION_INVALID" in (await reacting("✍"))["description"]
    answers = [(await reacting("✍"))["description"] for _ in range(20)]
    assert "Too Many Requests" in answers[-1]


async def test_commands_are_held(bot: Bot, ana: User) -> None:
    """A list of commands belongs to a known chat or a scope, and has names as Telegram takes them."""
    right = json.dumps([{"command": "queue", "description": "Open cases"}])
    hers, nobodys = (json.dumps({"type": "chat", "chat_id": id}) for id in (ana.id, 99))
    assert (await bot.call("setMyCommands", commands=right, scope=hers))["ok"]
    assert bot.api.methods.commands[str(ana.id), ""][0]["command"] == "queue"
    assert "chat not found" in await bot.refused("setMyCommands", commands=right, scope=nobodys)
    assert "INVALID" in await bot.refused("setMyCommands", commands=right.replace("queue", "Queue"), scope=hers)
    assert (await bot.call("deleteMyCommands", scope=hers))["ok"]
    assert bot.api.methods.commands == {}
