"""A new house for a play in which nobody may read what is not for them: its people, its rooms and its judge."""

import logging
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from bot.turns import Turns
from dialogs.events import Started
from dialogs.fresh import Fresh
from dialogs.ids import spell
from storage.database import Database
from tests.journeys.leaks import Aviary, Kind, WatchedChannel, leak_town
from tests.journeys.leaks_oracle import Oracle
from tests.journeys.leaks_play import Play
from tests.stage import Names, set_stage

Name = Literal["telegram", "web"]
_QUEUES = ("outdoors", "care")
# Names by their roles: in one queue, in the other, or in both.
_SEATS = (
    *(("outdoors:lead",), ("outdoors:reviewer",), ("outdoors:reviewer",), ("care:lead",), ("care:reviewer",)),
    ("outdoors:reviewer", "care:reviewer"),
)
_CITIZENS = 5


@dataclass(slots=True)
class Chances(Names):
    """Numbers of cases and the like from the seed, so that a play can be played again."""

    chance: Random = field(default_factory=Random)

    def __call__(self) -> Fresh:
        number = self.chance.randrange(36**10)
        code, receipt = self.chance.getrandbits(40), self.chance.getrandbits(60)
        return Fresh(number - number % 16 + self.turn % 16, spell(code, 8), spell(receipt, 12))


class _Log(logging.Handler):
    """Keeps what the program says of itself, at every level."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


async def play(database: Database, seed: int, steps: int, *, name: Name) -> Play:
    """Play so many steps in a new house; ``seed`` says which."""
    chance = Random(seed)
    birds, channel = Aviary(chance), WatchedChannel()
    async with set_stage(database, town=leak_town(), channel=name, shown=channel) as stage:
        stage.names = Chances(chance=Random(seed))
        stage.turns = Turns(database, stage.library, stage.clock, stage.delivery, stage.names)
        servants = [birds.hatch(Kind.NAME, f"servant {number}").word for number in range(len(_SEATS))]
        citizens = [birds.hatch(Kind.PROFILE, "").word for _ in range(_CITIZENS)]
        for one in citizens:
            birds.birds[one].owner = one
        # On the web each queue has its room from the beginning.
        rooms = [room if name == "telegram" else f"room:{room}" for room in _QUEUES]
        rights = {room: {queue} for room, queue in zip(rooms, _QUEUES, strict=True)}
        rights |= {f"room:{queue}": {queue} for queue in leak_town().installation.queues}
        for servant, seats in zip(servants, _SEATS, strict=True):
            rights[servant] = {seat.split(":")[0] for seat in seats}
            for queue, role in (seat.split(":") for seat in seats):
                await stage.enrol(servant, queue, role)
        for queue, lead in zip(_QUEUES, (servants[0], servants[3]), strict=True):
            if name == "telegram":
                await stage.bind(queue, lead, queue)
        for one in citizens:
            await stage.happen(one, Started())
        oracle = Oracle(leak_town(), birds, rights, dict.fromkeys(citizens, 0))
        it = Play(stage, chance, birds, oracle, channel, citizens, servants, rooms)
        listening, root = _Log(it.log), logging.getLogger()
        root.addHandler(listening)
        level, loud = root.level, [logging.getLogger(one) for one in ("bot", "storage", "dialogs")]
        for logger in loud:
            logger.setLevel(logging.DEBUG)
        try:
            await it.run(steps)
        finally:
            root.removeHandler(listening)
            root.setLevel(level)
            await stage.delivery.settle()
        return it
