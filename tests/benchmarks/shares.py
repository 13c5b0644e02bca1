"""Where the time of a turn goes: reading the update, the turn in the database, sending the answer."""

import tempfile
import time
from itertools import count
from pathlib import Path

from bot.telegram.connecting import build_bot, close_bot
from bot.telegram.incoming import Raw, read_update
from bot.telegram.outgoing import TelegramChannel
from dialogs.message import Message, say
from storage.database import Database
from tests.benchmarks.people import IDEA, TOKEN
from tests.stage import MORNING, Stage, set_stage

_ROUNDS = 60


async def tell_shares(database_url: str, api: str) -> None:
    """Go through the idea flow again and again, one step after the other, and print each step's share."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(database_url or f"sqlite:///{Path(folder) / 'shares.sqlite'}")
        bot = build_bot(TOKEN, api)
        try:
            async with set_stage(database) as stage:
                spent = await _measure(stage, TelegramChannel(bot))
        finally:
            await close_bot(bot)
            await database.close()
    whole = sum(spent.values())
    parts = ", ".join(f"{what} {100 * took / whole:.0f} %" for what, took in spent.items())
    print(f"  shares of a turn     {parts} of {1e6 * whole / (_ROUNDS * len(IDEA)):.0f} µs, one at a time", flush=True)


async def _measure(stage: Stage, channel: TelegramChannel) -> dict[str, float]:
    spent = {"parsing": 0.0, "turn and storage": 0.0, "sending": 0.0}
    numbers = count(1)
    for round_ in range(_ROUNDS):
        place = str(900_000 + round_ % 20)
        for what in IDEA:
            raw = _raw(stage, place, what, next(numbers))
            times = [time.perf_counter()]
            update = read_update(raw, bot="bench", username="bench_bot", received_at=MORNING)
            times.append(time.perf_counter())
            assert update is not None
            await stage.turns.take(update)
            times.append(time.perf_counter())
            await channel.send(place, _newest(stage), key=1)
            times.append(time.perf_counter())
            for index, part in enumerate(spent):
                spent[part] += times[index + 1] - times[index]
            await stage.do_what_is_due()
    return spent


def _newest(stage: Stage) -> Message:
    shown = stage.channel.shown.values()
    return next(reversed(shown)).message if shown else say("Hello")


def _raw(stage: Stage, place: str, what: str, number: int) -> Raw:
    who = {"id": int(place), "is_bot": False, "first_name": "P", "language_code": "en"}
    chat = {"id": int(place), "type": "private", "first_name": "P"}
    message = {"message_id": stage.channel.next_number(), "date": 1, "chat": chat, "from": who, "text": what}
    if not what.startswith("["):
        return {"update_id": number, "message": message}
    data = stage.channel.button(place, what.strip("[]")).data
    press = {"id": "1", "from": who, "message": message, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": press}
