"""A new house for a play in which nobody may read what is not for them: its people, its rooms and its judge."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from dialogs.events import Started
from dialogs.fresh import Fresh
from dialogs.ids import spell
from storage.database import Database
from tests.journeys.leaks import Aviary, Kind, leak_town
from tests.journeys.leaks_channel import WatchedChannel
from tests.journeys.leaks_notices import Notices
from tests.journeys.leaks_oracle import Oracle
from tests.journeys.leaks_play import run
from tests.journeys.leaks_scene import Scene, ShakyDatabase
from tests.stage import Names, Stage, set_stage

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


async def play(database: Database, seed: int, steps: int, *, name: Name) -> Scene:
    """Play so many steps in a new house; ``seed`` says which, and is told with whatever goes wrong."""
    channel = WatchedChannel(chance=Random(seed))
    try:
        async with set_stage(database, town=leak_town(), channel=name, shown=channel) as stage:
            it = await _people(stage, channel, seed)
            with heard(it.log):
                await run(it, steps)
            await stage.delivery.settle()
            return it
    except AssertionError as found:
        raise AssertionError(f"seed {seed} on {name}, {steps} steps: {found}") from found
    except Exception as failed:
        failed.add_note(f"Played by seed {seed} on {name}, {steps} steps.")
        raise


async def _people(stage: Stage, channel: WatchedChannel, seed: int) -> Scene:
    """Let servants and citizens come, and rooms be bound."""
    chance = Random(seed)
    birds, on_web = Aviary(chance), stage.channel_name == "web"
    stage.names = Chances(chance=Random(seed))
    servants = [birds.hatch(Kind.NAME, "").word for _ in _SEATS]
    citizens = [birds.hatch(Kind.PROFILE, "").word for _ in range(_CITIZENS)]
    for one in (*servants, *citizens):
        birds.birds[one].owner = one
    # On the web each queue has its room from the beginning.
    rooms = [f"room:{room}" if on_web else room for room in _QUEUES]
    rights = {room: {queue} for room, queue in zip(rooms, _QUEUES, strict=True)}
    rights |= {f"room:{queue}": {queue} for queue in leak_town().installation.queues}
    rights |= {one: {seat.split(":")[0] for seat in seats} for one, seats in zip(servants, _SEATS, strict=True)}
    notices = Notices(leak_town(), channel.keys)
    oracle = Oracle(notices, birds, rights, dict.fromkeys(citizens, 0))
    channel.acting, channel.notices = {*servants, *citizens}, [lead for _, lead in notices.leads]
    it = Scene(stage, ShakyDatabase(stage.database), chance, birds, oracle, channel, citizens, servants, rooms)
    it.build()
    for servant, seats in zip(servants, _SEATS, strict=True):
        for queue, role in (seat.split(":") for seat in seats):
            await stage.enrol(servant, queue, role)
    for queue, lead in zip(_QUEUES, (servants[0], servants[3]), strict=True):
        if not on_web:
            await stage.bind(queue, lead, queue)
    for one in citizens:
        await stage.happen(one, Started())
    return it


@contextmanager
def heard(lines: list[str]) -> Iterator[None]:
    """Let the program say all that it ever says of itself."""
    listening, root = _Log(lines), logging.getLogger()
    root.addHandler(listening)
    levels = {logger: logger.level for logger in (root, *map(logging.getLogger, ("bot", "storage", "dialogs")))}
    for logger in levels:
        if logger is not root:
            logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(listening)
        for logger, level in levels.items():
            logger.setLevel(level)
