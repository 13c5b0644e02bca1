"""Sends that were done, and the connection dropped before we were told so."""

from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from bot.channel import Unknown
from dialogs.message import Message
from storage.database import Database
from tests.proof.tables import Tables
from tests.stage import Stage, StageChannel, set_stage, talk_of

_LEE, _ROOM = "lee", "parks"
_BACKOFF = timedelta(seconds=2)
_HOLD = timedelta(minutes=2)
_ANNOUNCED = "Here is the answer"


@dataclass(slots=True)
class LossyChannel(StageChannel):
    """A channel that shows everything, and by chance says that it does not know. ``lost``: what, and where."""

    chance: float = 0.0
    dice: Random = field(default_factory=Random)
    sends: int = 0
    lost: Counter[tuple[str, Message]] = field(default_factory=Counter)

    async def send(self, place: str, message: Message, *, key: int) -> int:
        # Not super(): a slotted dataclass is another class than the one its methods were written in.
        number = await StageChannel.send(self, place, message, key=key)
        self.sends += 1
        if self.dice.random() < self.chance:
            self.lost[place, message] += 1
            raise Unknown("the connection was dropped")
        return number


async def prove_lost_answers(url: str, *, sends: int, chance: float, seed: int) -> str:
    """Let citizens write and be answered until so many messages were sent. Raises: AssertionError."""
    database = await Database.open(url)
    channel = LossyChannel(chance=chance, dice=Random(seed))
    try:
        async with set_stage(database, shown=channel) as stage:
            await _do(stage, stage.enrol(_LEE, "outdoors", "lead"))
            await _do(stage, stage.bind(_ROOM, _LEE, "outdoors"))
            citizens = 0
            while channel.sends < sends:
                await propose(stage, f"otter{citizens}")
                await decide(stage, f"otter{citizens}")
                citizens += 1
        unknown = await _check(url, channel, citizens)
    finally:
        await database.close()
    lost = sum(channel.lost.values())
    return f"{channel.sends} sends, {lost} answers lost, {unknown} announcements listed, none repeated"


async def propose(stage: Stage, word: str) -> None:
    """Let somebody propose a bench in the shade."""
    for said in talk_of(f"The bench {word} has no shade."):
        await _do(stage, stage.say_or_press(word, said))


async def decide(stage: Stage, word: str) -> None:
    """Decide the newest case, as Lee of the parks, and let the citizen be told."""
    await _do(stage, stage.press(_ROOM, "Claim", sender=_LEE))
    await _do(stage, stage.press(_ROOM, "Decide", sender=_LEE))
    await _do(stage, stage.press(_LEE, "Already exists"))
    await _do(stage, stage.say(_LEE, f"We will plant two of them at {word}."))
    await _do(stage, stage.press(_LEE, "Send"))
    await stage.pass_time(_HOLD)


async def _do(stage: Stage, act: Coroutine[Any, Any, Any]) -> None:
    """Act, and wait until what was not known to have arrived was said once more."""
    channel = stage.channel
    assert isinstance(channel, LossyChannel)
    before = channel.lost.total()
    await act
    if channel.lost.total() > before:
        await stage.pass_time(_BACKOFF)


async def _check(url: str, channel: LossyChannel, citizens: int) -> int:
    """Compare what the chats show with what was lost and what is listed."""
    shown = Counter((said.place, said.message) for said in channel.shown.values() if said.place != _ROOM)
    announced = {(place, message) for place, message in shown if place != _LEE and _ANNOUNCED in message.plain()}
    assert len(announced) == citizens
    assert {said: n for said, n in shown.items() if said in announced and n != 1} == {}
    repeated = {said for said, n in shown.items() if n > 1}
    assert max(shown.values()) <= 2
    # Repeated is what was lost, and nothing else; announcements are listed instead.
    assert repeated == {said for said in channel.lost if said[0] != _ROOM} - announced
    tables = Tables(url)
    try:
        rows = await tables.rows(
            "SELECT o.lane, o.status, a.place FROM outbox o JOIN addresses a ON a.id = o.address_id "
            "WHERE o.status <> 'sent' AND a.channel = 'telegram'"
        )
    finally:
        await tables.close()
    listed = {row["place"] for row in rows if (row["lane"], row["status"]) == (2, "unknown")}
    assert listed == {place for place, message in channel.lost if (place, message) in announced}
    # Both answers to one reply may be lost: it was shown twice, and is listed.
    twice = sum(n > 1 for said, n in channel.lost.items())
    assert len(rows) - len(listed) == twice
    return len(listed)
