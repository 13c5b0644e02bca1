"""The sign on a note: after everything else, never in the way, and never an error."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.channel import Refused, SendingFailed, Throttled
from bot.pacing import ROOM_CALLS, Pace
from bot.receipts import Receipts
from dialogs.cases.urgency import Urgency
from dialogs.effects import Lane
from dialogs.message import Message
from tests.stage import StageClock


@dataclass(slots=True)
class Signs:
    """A channel that counts signs."""

    given: list[tuple[str, int]] = field(default_factory=list)
    failure: SendingFailed | None = None

    async def send(self, place: str, message: Message, *, key: int) -> int:
        raise AssertionError

    async def edit(self, place: str, number: int, message: Message) -> None:
        raise AssertionError

    async def pin(self, place: str, number: int) -> None:
        raise AssertionError

    async def acknowledge(self, place: str, number: int) -> None:
        if self.failure is not None:
            raise self.failure
        self.given.append((place, number))


@dataclass(slots=True)
class Signing:
    """Receipts with all around them."""

    channel: Signs = field(default_factory=Signs)
    clock: StageClock = field(default_factory=StageClock)
    pace: Pace = field(default_factory=lambda: Pace(per_second=26))
    receipts: Receipts = field(init=False)

    def __post_init__(self) -> None:
        self.receipts = Receipts({"telegram": self.channel}, self.clock, self.pace)

    @property
    def now(self) -> float:
        return self.clock.now().timestamp()

    async def work(self, seconds: int) -> None:
        for _ in range(seconds):
            self.receipts.give_due()
            await self.receipts.settle()
            await self.clock.wait(asyncio.Event(), timeout_s=1)

    def call(self, place: str, urgency: Urgency) -> None:
        self.pace.take(place, Lane.CARD, is_room=True, now=self.now, urgency=urgency)


@pytest.fixture
def it() -> Signing:
    """Receipts."""
    return Signing()


async def test_a_note_has_its_sign_at_once(it: Signing) -> None:
    """In a quiet group the sign comes at once, and counts as a call of the group, whatever its topic."""
    it.receipts.add("telegram", "-1/7", 31)
    await it.work(1)
    assert it.channel.given == [("-1/7", 31)]
    assert not it.receipts.waiting
    assert it.pace.wait_s("-1/9", Lane.CARD, is_room=True, now=it.now - 0.5) > 0


async def test_a_busy_group_drops_it(it: Signing) -> None:
    """Where a group has no call to spare within seconds, its notes get no sign, and nothing waits for them."""
    for _ in range(ROOM_CALLS):
        it.call("-1", Urgency.PRESSED)
    it.receipts.add("telegram", "-1", 31)
    it.receipts.add("telegram", "-2", 32)
    await it.work(30)
    assert it.channel.given == [("-2", 32)]
    assert not it.receipts.waiting


async def test_a_group_without_reactions_is_no_error(it: Signing) -> None:
    """Where reactions are forbidden, nothing happens, and nothing is tried again."""
    it.channel.failure = Refused("REACTION_INVALID")
    it.receipts.add("telegram", "-1", 31)
    await it.work(30)
    assert (it.channel.given, it.receipts.waiting, it.receipts.busy) == ([], False, False)


async def test_a_throttled_sign_holds_its_group(it: Signing) -> None:
    """A 429 for a sign holds the whole group, like any other."""
    it.channel.failure = Throttled(40)
    it.receipts.add("telegram", "-1/7", 31)
    await it.work(1)
    assert it.pace.wait_s("-1", Lane.CARD, is_room=True, now=it.now, urgency=Urgency.ANSWER) > 35
