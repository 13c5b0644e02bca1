"""Long polling and the webhook: every update is taken in order, and acknowledged only when it is safe."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from bot.telegram.polling import poll, stop_webhook
from bot.telegram.webhook import LARGEST_BODY_BYTES, register_webhook, webhook_handler
from bot.turns import Outcome
from dialogs.events import RoomEntered, TextSent, Update
from dialogs.message import Button, say
from storage.errors import Unwritable
from tests.bot.telegram_port import HurriedClock, Side, our_side
from tests.botapi import BotApi, How

SECRET = "a-secret-of-the-webhook"


@pytest.fixture
async def api(api: BotApi) -> BotApi:
    api.webhook.pause_s = 0.01
    return api


@asynccontextmanager
async def polling(side: Side) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(poll(side.bot, side.receiver, clock=side.clock))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def webhook(side: Side) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/telegram", webhook_handler(side.receiver, secret=SECRET))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    finally:
        await runner.cleanup()


def texts(side: Side, place: int) -> list[str]:
    found = [u.event for u in side.intake.taken if u.place == str(place)]
    return [event.text for event in found if isinstance(event, TextSent)]


async def test_polling_keeps_the_order_of_a_chat(api: BotApi, side: Side) -> None:
    """While one chat waits for its turn, others go on; its own messages stay in order."""
    ana, ben = api.user("Ana"), api.user("Ben")
    for number in range(20):
        await ana.send(f"a{number}")
        await ben.send(f"b{number}")
    slow = asyncio.Event()
    side.intake.before = lambda update: slow if update.place == str(ana.id) else None
    async with polling(side):
        await side.intake.wait_until(lambda: len(texts(side, ben.id)) == 20)
        assert texts(side, ana.id) == []
        slow.set()
        await side.intake.wait_until(lambda: len(texts(side, ana.id)) == 20)
    assert texts(side, ana.id) == [f"a{number}" for number in range(20)]
    assert texts(side, ben.id) == [f"b{number}" for number in range(20)]


async def test_the_offset_moves_on_only_when_all_is_safe(api: BotApi, side: Side) -> None:
    """A batch of which one update is not committed is still Telegram's when we are killed."""
    ana, ben = api.user("Ana"), api.user("Ben")
    await ana.send("one")
    await ben.send("two")
    stuck = asyncio.Event()
    side.intake.before = lambda update: stuck if update.place == str(ana.id) else None
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ben.id) == ["two"])
    assert len(api.updates.waiting) == 2
    stuck.set()
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["one"])
        await ana.send("three")
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["one", "three"])
    assert len(api.updates.waiting) == 1


async def test_smaller_numbers_after_a_quiet_week_are_seen(api: BotApi, side: Side) -> None:
    """When Telegram goes on with a smaller number, nothing is missed."""
    ana = api.user("Ana")
    async with polling(side):
        await ana.send("before")
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["before"])
        await api.wait_for(lambda: not api.updates.waiting)
        polls = api.polls
        api.end_polls()
        await api.wait_for(lambda: api.polls > polls)
        api.updates.renumber(1000)
        await ana.send("after")
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["before", "after"])


async def test_a_poisonous_update_is_set_aside(api: BotApi, side: Side, caplog: pytest.LogCaptureFixture) -> None:
    """After three failures an update is kept raw, the next one of its chat is taken, and no word is in the log."""
    ana = api.user("Ana")

    def fail_on_poison(update: Update) -> None:
        if update.event == TextSent("poison-word"):
            raise ValueError(update.event)

    side.intake.before = fail_on_poison
    await ana.send("poison-word")
    await ana.send("good")
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["good"])
    assert len(side.intake.tried) == 4
    ((_, raw),) = side.intake.aside
    assert json.loads(raw)["message"]["text"] == "poison-word"
    assert "ValueError" in caplog.text
    assert "poison-word" not in caplog.text


async def test_a_database_that_cannot_be_written_is_waited_for(api: BotApi, side: Side) -> None:
    """However long nothing can be written, nothing is set aside and nothing is acknowledged."""
    ana, left = api.user("Ana"), iter(range(20))

    def fail_for_a_while(_: Update) -> None:
        if next(left, None) is not None:
            raise Unwritable("disk full")

    side.intake.before = fail_for_a_while
    await ana.send("patience")
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["patience"])
    assert side.intake.aside == []
    assert len(side.clock.waits) == 20
    assert max(side.clock.waits) == 30


async def test_presses_are_answered_and_strange_groups_left(api: BotApi, side: Side) -> None:
    """After the turn the toast is shown at once, and a stranger's group is left without a word."""
    ana = api.user("Ana")
    side.intake.answer = Outcome(toast="Taken.", leave_room=False)
    await ana.send("/start")
    await side.channel.send(str(ana.id), say("?", buttons=((Button("Yes", "y"),),)), key=1)
    async with polling(side):
        press = await ana.press(ana.chat.messages[0], "Yes")
        assert await press.toast() == "Taken."
        nowhere = await ana.forge(ana.id, 99_999, "\x00forged")
        assert await nowhere.toast() == "Taken."
        side.intake.answer = Outcome(leave_room=True)
        group = api.group("Strangers", [ana])
        group.add_bot(by=ana)
        await side.intake.wait_until(lambda: any(u.event == RoomEntered() for u in side.intake.taken))
        await api.wait_for_call("leaveChat")
    assert group.messages == []


async def test_polling_survives_trouble(api: BotApi, side: Side, caplog: pytest.LogCaptureFixture) -> None:
    """Lost answers, 5xx, 429 and another poller cost time, not updates."""
    ana = api.user("Ana")
    for how in (How.DROPPED, How.SERVER_ERROR, How.GATEWAY_ERROR, How.DONE_BUT_DROPPED, How.DONE_BUT_GARBLED):
        api.fail_next("getUpdates", how)
    api.fail_next("getUpdates", How.THROTTLED, seconds=7)
    await ana.send("through")
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["through"])
        assert 7 in side.clock.waits
        api.webhook.url = "http://127.0.0.1:1/telegram"
        await ana.send("still")
        await api.wait_for(lambda: "Somebody else" in caplog.text)
        await stop_webhook(side.bot)
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["through", "still"])
    assert side.intake.aside == []


@pytest.mark.parametrize(("failures", "lost"), [(4, 0), (14, 1)])
async def test_lost_presses_are_noticed(api: BotApi, side: Side, failures: int, lost: int) -> None:
    """After minutes without an answer of Telegram's, whose presses are lost, somebody is told, once."""
    missed: list[float] = []

    async def note() -> None:
        missed.append(sum(side.clock.waits))

    api.fail_next("getUpdates", How.SERVER_ERROR, times=failures)
    task = asyncio.create_task(poll(side.bot, side.receiver, clock=side.clock, missed=note))
    await api.wait_for(lambda: api.polls > 0)
    await api.user("Ana").send("there again")
    await side.intake.wait_until(lambda: bool(side.intake.taken))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(missed) == lost


async def test_a_wrong_token_is_said_once(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    """With a wrong token polling says so, with the remedy, and ends quietly."""
    caplog.set_level(logging.DEBUG)
    async with our_side(api, token="4242:wrong-canary") as side:
        await poll(side.bot, side.receiver, clock=side.clock)
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert "YOUSAID_TELEGRAM_TOKEN" in line
    assert "wrong-canary" not in caplog.text


async def test_updates_of_any_shape_are_acknowledged(api: BotApi, side: Side) -> None:
    """Updates without a chat or a known shape pass, and the next message is taken."""
    api.updates.put_raw({"poll": {"id": "1"}})
    api.updates.put_raw({"message": None})
    api.updates.put_raw({"callback_query": {"id": "404", "inline_message_id": "x"}})
    ana = api.user("Ana")
    await ana.send("next")
    async with polling(side):
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["next"])
        await api.wait_for_call("answerCallbackQuery")


async def test_a_webhook_delivers_each_update_once(api: BotApi, side: Side) -> None:
    """Registered with a secret, the webhook takes each update of a chat in order, and answers 200 after the commit."""
    ana = api.user("Ana")
    async with webhook(side) as url:
        await register_webhook(side.bot, url, secret=SECRET)
        for number in range(10):
            await ana.send(f"m{number}")
        await side.intake.wait_until(lambda: len(texts(side, ana.id)) == 10)
    assert texts(side, ana.id) == [f"m{number}" for number in range(10)]
    assert {status for _, status in api.webhook.tries} == {200}


async def test_a_webhook_sets_poison_aside_the_fifth_time() -> None:
    """A failing update is delivered again, then set aside, and its chat goes on."""

    def fail_on_poison(update: Update) -> None:
        if update.event == TextSent("poison"):
            raise ValueError("no")

    clock = HurriedClock()
    async with BotApi(clock=clock) as api, our_side(api) as side, webhook(side) as url:
        ana = api.user("Ana")
        side.intake.before = fail_on_poison
        await register_webhook(side.bot, url, secret=SECRET)
        await ana.send("poison")
        await ana.send("good")
        await side.intake.wait_until(lambda: texts(side, ana.id) == ["good"])
    assert [status for _, status in api.webhook.tries][:5] == [503, 503, 503, 503, 200]
    # As long as we asked for, and longer and longer: Telegram's own pauses are 2, 4, 8, 16 s.
    assert clock.waits == [5, 5, 8, 16]
    assert len(side.intake.aside) == 1


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b"{}", 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "\u00e9"}, b"{}", 403),
        (None, b"not json", 400),
        (None, b"\xff\xfe\xff", 400),
        (None, b"[" * 100_000, 400),
        (None, b"[1]", 400),
        (None, b"{}", 400),
        (None, b'{"update_id": true}', 400),
        (None, b'{"update_id": 1' + b"0" * 5000 + b"}", 400),
        (None, b'{"update_id": 1, "x": "' + b"x" * LARGEST_BODY_BYTES + b'"}', 413),
        (None, b'{"update_id": 1, "future": {"a": null}}', 200),
        (None, b'{"update_id": 1' + b"0" * 30 + b"}", 200),
    ],
)
async def test_a_webhook_takes_only_updates(
    side: Side, headers: dict[str, str] | None, body: bytes, status: int
) -> None:
    """Strangers, oversized bodies and what is no update get a clear word and reach nobody."""
    known = {"X-Telegram-Bot-Api-Secret-Token": SECRET} if headers is None else headers
    async with (
        webhook(side) as url,
        aiohttp.ClientSession() as stranger,
        stranger.post(url, data=BytesIO(body), headers=known) as answer,
    ):
        assert answer.status == status
        assert (await answer.text() != "") == (status != 200)
    assert side.intake.taken == []


async def test_a_webhook_says_when_nothing_can_be_written(side: Side) -> None:
    """While the database cannot be written, Telegram is asked to come again, and nothing counts as poison."""

    def fail(_: Update) -> None:
        raise Unwritable("read-only")

    side.intake.before = fail
    update = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}}
    async with webhook(side) as url, aiohttp.ClientSession() as telegram:
        for _ in range(9):
            async with telegram.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert side.intake.aside == []
