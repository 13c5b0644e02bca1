"""The other side of the wire, in a process of its own: a lean Bot API, and people who answer at once.

Each person goes through the starter's `idea` flow again and again: opens it, answers, sends. A turn is
one update of a person until the bot's newest prompt has reached them. The strict double of
``tests/botapi`` would cost more than what is measured; this one checks nothing.
"""

import argparse
import asyncio
import json
import time
from itertools import count

import aiohttp
from aiohttp import web

SECRET = "benchmark-secret-0123456789"
TOKEN = "4242:benchmark"

# What a person does, by the label of a button or the words they type.
IDEA = (
    "/start",
    "[Share an idea]",
    "[Town buses]",
    "A bus on Sunday mornings.",
    "[✓ Done]",
    "[Skip]",
    "[Skip]",
    "[Send]",
)


class Person:
    """One chat: what it shows, and how long each answer took."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.buttons: dict[str, str] = {}
        self.message_id = 0
        self.answered = asyncio.Event()
        self.waits_s: list[float] = []
        self.done = 0

    def hear(self, message_id: int, markup: str) -> None:
        self.message_id = message_id
        if not markup:
            return
        rows = json.loads(markup)["inline_keyboard"]
        self.buttons = {button["text"]: button["callback_data"] for row in rows for button in row}
        self.answered.set()


class People:
    """Everybody, the Bot API they are behind, and the webhook they reach the bot by."""

    def __init__(self, webhook: str, number: int) -> None:
        self.webhook = webhook
        self.people = {10_000 + one: Person(10_000 + one) for one in range(number)}
        self.updates = count(1)
        self.messages = count(1)
        self.session: aiohttp.ClientSession
        self.refused = 0

    async def answer_call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == "getMe":
            return _ok({"id": 4242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"})
        if method not in ("sendMessage", "editMessageText"):
            return _ok({})
        sent = await request.post()
        chat = int(str(sent["chat_id"]))
        message_id = next(self.messages)
        person = self.people.get(chat)
        if person is not None:
            markup = str(sent.get("reply_markup", ""))
            # The receipt has no buttons: it ends the round.
            if not markup and "number is" in str(sent["text"]):
                person.answered.set()
            person.hear(message_id, markup)
        return _ok({"message_id": message_id, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"})

    async def act(self, person: Person, what: str) -> None:
        """Do one thing and wait until it is answered."""
        person.answered.clear()
        started = time.perf_counter()
        await self.deliver(person, what)
        async with asyncio.timeout(30):
            await person.answered.wait()
        person.waits_s.append(time.perf_counter() - started)

    async def deliver(self, person: Person, what: str) -> None:
        who = {"id": person.number, "is_bot": False, "first_name": "P", "language_code": "en"}
        chat = {"id": person.number, "type": "private", "first_name": "P"}
        update: dict[str, object] = {"update_id": next(self.updates)}
        if what.startswith("["):
            message = {"message_id": person.message_id, "date": 1, "chat": chat}
            data = person.buttons[what.strip("[]")]
            update["callback_query"] = {"id": "1", "from": who, "message": message, "chat_instance": "1", "data": data}
        else:
            update["message"] = {
                "message_id": next(self.messages),
                "date": int(time.time()),
                "chat": chat,
                "from": who,
                "text": what,
                **({"entities": [{"type": "bot_command", "offset": 0, "length": 6}]} if what == "/start" else {}),
            }
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with self.session.post(self.webhook, json=update, headers=headers) as answer:
            self.refused += answer.status != 200

    async def talk(self, person: Person, until: float, pause_s: float) -> None:
        """Go through the flow until the time is over, with a pause after each answer."""
        while time.perf_counter() < until:
            # They go on where they were when the last measurement ended.
            await self.act(person, IDEA[person.done % len(IDEA)])
            person.done += 1
            if pause_s:
                await asyncio.sleep(pause_s)


async def measure(people: People, *, seconds: float, per_second: float) -> dict[str, float]:
    """Let everybody talk for a while; ``per_second`` 0: as fast as they are answered."""
    for person in people.people.values():
        person.waits_s.clear()
    pause_s = len(people.people) / per_second if per_second else 0.0
    started = time.perf_counter()
    async with asyncio.TaskGroup() as talks:
        for index, person in enumerate(people.people.values()):
            talks.create_task(_after(index * pause_s / len(people.people), people, person, started + seconds, pause_s))
    took_s = time.perf_counter() - started
    waits = sorted(wait for person in people.people.values() for wait in person.waits_s)
    return {
        "turns": len(waits),
        "turns_per_s": len(waits) / took_s,
        "p50_ms": 1000 * waits[len(waits) // 2],
        "p99_ms": 1000 * waits[int(len(waits) * 0.99)],
        "refused": people.refused,
    }


async def _after(delay_s: float, people: People, person: Person, until: float, pause_s: float) -> None:
    await asyncio.sleep(delay_s)
    await people.talk(person, until, pause_s)


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def main() -> None:
    """Serve the Bot API at ``--api``, and for each line of standard input measure once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", required=True)
    parser.add_argument("--people", type=int, default=50)
    chosen = parser.parse_args()
    people = People(chosen.webhook, chosen.people)
    site = web.Application()
    site.router.add_post(f"/bot{TOKEN}/{{method}}", people.answer_call)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", chosen.port).start()
    print("ready", flush=True)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as people.session:
        while line := await asyncio.to_thread(input_or_nothing):
            print(json.dumps(await measure(people, **json.loads(line))), flush=True)
    await runner.cleanup()


def input_or_nothing() -> str:
    try:
        return input()
    except EOFError:
        return ""


if __name__ == "__main__":
    asyncio.run(main())
