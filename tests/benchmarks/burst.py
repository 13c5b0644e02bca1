"""A rush on one review room: how long a card and an edit wait, with the budget's scheme and first in first out.

150 submissions in 5 minutes and then one a minute, and 10 acts a minute all the while, against the Bot API's
double with its limit of 20 calls a minute a group, on a clock that only moves when all is done. Either there is
one act in every 6 s, or they come as they like: then there are minutes with 15 of them.
Both ways send with the same pace and draw a card once for all changes that wait; they differ in what goes first,
in what is kept free for edits, and in batches. Run alone: ``python -m tests.benchmarks.burst``.
"""

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from bot import sending
from bot.channel import Channel
from bot.delivery import Delivery
from bot.library import open_library
from bot.pacing import Pace
from bot.telegram.connecting import build_bot, close_bot
from bot.telegram.outgoing import TelegramChannel
from bot.turns import Turns
from dialogs.cases.urgency import Urgency
from dialogs.events import Pressed, Update
from dialogs.ids import VersionId
from dialogs.town import Town
from storage import outbox
from storage.addresses import Address
from storage.database import Connection, Database
from storage.recorder import draw_cards
from tests.botapi import BotApi, Group
from tests.stage import MORNING, StageClock, starter_town
from tests.storage.rows import a_case, a_person, a_room, a_servant, a_version

SERVANT = "Lee"
# What a servant is told who did something that the room will show.
_DONE = ("It is yours.", "Released.", "Its card comes in a moment.")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many come how fast: ``rush`` in ``rush_s`` seconds, then one a minute, until ``whole_s``.

    ``even``: the acts keep a distance.
    """

    rush: int = 150
    rush_s: float = 300
    whole_s: float = 1200
    acts_a_minute: float = 10
    seed: int = 1
    even: bool = True


@dataclass(slots=True)
class Figures:
    """What came of it, in seconds, sorted; of what was never shown, how many there were."""

    card_waits: list[float] = field(default_factory=list)
    edit_lags: list[float] = field(default_factory=list)
    missing: int = 0
    refused: int = 0
    calls: int = 0
    batches: int = 0

    def tell(self, name: str) -> str:
        """Write a line."""
        waits, lags = (f"p50 {percentile(found, 50):5.1f}, p95 {percentile(found, 95):5.1f}, most {max(found):5.1f} s"
                       for found in (self.card_waits, self.edit_lags))  # fmt: skip
        rest = f"{self.calls} calls, {self.batches} batches, {self.refused} times 429, {self.missing} not shown"
        return f"  {name:<12} a card waits {waits} | an edit lags {lags} | {rest}"


def percentile(found: list[float], percent: int) -> float:
    """Give a percentile."""
    return sorted(found)[min(len(found) - 1, len(found) * percent // 100)]


class Fifo:
    """The plain way: whatever is due, in the order in which it was put in, as fast as a room may be called."""

    def __init__(self, database: Database, channel: Channel, clock: StageClock, town: Town) -> None:
        self._database, self._channel, self._clock, self._town = database, channel, clock, town
        self._pace = Pace(per_second=26)

    async def send_due(self) -> float:
        """Send the oldest if it may go; give how many seconds until more may."""
        now = self._clock.now()
        found = await self._database.read(
            lambda c: outbox.list_due(c, now=now, limit=1000, channels=["telegram"], passing_over=[])
        )
        if not found:
            return 1.0
        first = min(found, key=lambda parcel: parcel.id)
        at_s = now.timestamp()
        if wait_s := self._pace.wait_s(first.place, first.lane, is_room=True, now=at_s):
            return wait_s
        self._pace.take(first.place, first.lane, is_room=True, now=at_s)
        result = await sending.send(self._database, self._channel, first, self._town, now=now)
        await self._database.write(lambda c: sending.mark(c, first, result, self._town, now=now))
        return 0.0

    async def settle(self) -> None:
        """Have nothing under way."""


@dataclass(slots=True)
class Rush:
    """A room of the double, a way to send, and what was asked of them."""

    database: Database
    clock: StageClock
    api: BotApi
    group: Group
    turns: Turns
    sender: Delivery | Fifo
    plan: Plan
    dice: Random
    person: Address
    version: VersionId
    # When a case was sent in, and when somebody pressed something about it.
    submitted: dict[str, float] = field(default_factory=dict)
    pressed: list[tuple[str, float]] = field(default_factory=list)
    presses: int = 0

    async def play(self) -> None:
        """Let everything happen, each at its moment."""
        start = self.clock.now()
        for after_s, what in self._events():
            await self._work_until(after_s, start.timestamp())
            await (self._submit() if what == "submit" else self._act())
        await self._work_until(self.plan.whole_s + 120, start.timestamp())

    def _events(self) -> list[tuple[float, str]]:
        plan = self.plan
        rush = [self.dice.uniform(0, plan.rush_s) for _ in range(plan.rush)]
        calm = [plan.rush_s + 60 * minute for minute in range(1, int((plan.whole_s - plan.rush_s) // 60))]
        span_s = 60 / plan.acts_a_minute
        acts = [
            (span_s * (number + self.dice.random())) if plan.even else self.dice.uniform(0, plan.whole_s)
            for number in range(int(plan.whole_s / span_s))
        ]
        return sorted([*((when, "submit") for when in rush + calm), *((when, "act") for when in acts)])

    async def _work_until(self, after_s: float, start_s: float) -> None:
        while (left := start_s + after_s - self.clock.now().timestamp()) > 0:
            wait_s = await self.sender.send_due()
            await self.sender.settle()
            self.clock.move_to(self.clock.now() + timedelta(seconds=min(wait_s, left) + 1e-6))

    async def _submit(self) -> None:
        code, now = f"{len(self.submitted):04}-RUSH", self.clock.now()

        def work(c: Connection) -> None:
            draw_cards(c, a_case(c, self.person, code=code, version=self.version), now=now, urgency=Urgency.NEW)

        await self.database.write(work)
        self.submitted[code] = now.timestamp()
        self._wake()

    async def _act(self) -> None:
        """Press a button of the room: any number of a batch, or what a card offers first or last."""
        choices = [(message, button) for message in self.group.messages for row in message.buttons for button in row]
        choices = [(message, button) for message, button in choices if button.text.isdigit() or _is_act(button.text)]
        if not choices:
            return
        message, button = self.dice.choice(choices)
        now = self.clock.now()
        update = Update(
            channel="telegram",
            bot="rush",
            key=str(self.presses),
            place=str(self.group.id),
            private=False,
            sender=SERVANT,
            event=Pressed(button.data),
            sent_at=now,
            position=None,
            reply_to=message.id,
        )
        outcome = await self.turns.take(update)
        self.presses += 1
        if outcome.toast in _DONE:
            # Of a number whose card is there already, nothing new can be shown.
            self.pressed.append((button.data.split(":")[1], now.timestamp()))

    def _wake(self) -> None:
        if isinstance(self.sender, Delivery):
            self.sender.wake()

    def figures(self) -> Figures:
        """Measure what the room was shown."""
        found = Figures()
        for call in self.api.calls:
            found.calls += 1
            found.refused += call.code == 429
        shown = [(call.at.timestamp(), str(call.params.get("text", ""))) for call in self.api.calls if call.code == 200]
        found.batches = sum("📬" in text for _, text in shown)
        for code, since in self.submitted.items():
            _measure(found, found.card_waits, (when - since for when, text in shown if code in text))
        for code, since in self.pressed:
            cards = ((when - since, text) for when, text in shown if when >= since and "📬" not in text)
            _measure(found, found.edit_lags, (lag for lag, text in cards if code in text))
        return found


def _measure(found: Figures, into: list[float], waits: Iterable[float]) -> None:
    first = next(iter(waits), None)
    if first is None:
        found.missing += 1
    else:
        into.append(first)


def _is_act(label: str) -> bool:
    return "Claim" in label or "Release" in label


async def rush(database: Database, plan: Plan, *, scheme: bool) -> Figures:
    """Play a rush on an empty database and give its figures."""
    clock = StageClock(MORNING)
    async with BotApi(clock=clock) as api:
        bot = build_bot(api.token, api.url)
        try:
            channel = TelegramChannel(bot)
            group = api.group("Parks")
            group.chat.chat.bot_in = True
            library = await database.write(lambda c: open_library(c, starter_town(), now=MORNING))
            delivery = Delivery(database, library, {"telegram": channel}, clock, Pace(per_second=26))

            def begin(c: Connection) -> tuple[Address, VersionId]:
                a_room(c, str(group.id))
                a_servant(c, SERVANT)
                return a_person(c), a_version(c)

            person, version = await database.write(begin)
            sender = delivery if scheme else Fifo(database, channel, clock, library.town)
            turns = Turns(database, library, clock, delivery)
            played = Rush(
                database, clock, api, group, turns, sender, plan, Random(plan.seed), person, version
            )  # fmt: skip
            await played.play()
            return played.figures()
        finally:
            await close_bot(bot)


async def tell_burst() -> None:
    """Play the rush both ways, with three sets of moments, and print the figures."""
    print("a rush on a room: 150 submissions in 5 minutes, then 1 a minute; 10 acts a minute", flush=True)
    ways = (("the scheme", True, True), ("acts uneven", True, False), ("plain FIFO", False, True))
    for seed in (1, 2, 3):
        for name, scheme, even in ways:
            with tempfile.TemporaryDirectory() as folder:
                database = await Database.open(f"sqlite:///{Path(folder) / 'rush.sqlite'}")
                print((await rush(database, Plan(seed=seed, even=even), scheme=scheme)).tell(name), flush=True)
                await database.close()


if __name__ == "__main__":
    asyncio.run(tell_burst())
