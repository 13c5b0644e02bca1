"""Updates that come again: each one to five times, at once or later, under numbers that jump up and down."""

import asyncio
import dataclasses
import json
from collections import Counter
from random import Random

from dialogs.events import Pressed, Started, TextSent, Update
from storage.database import Database
from tests.proof.tables import Tables
from tests.stage import Stage, set_stage

_MOST = 5
_CITIZENS_AT_ONCE = 10
# What a citizen does until the receipt; {word} is their own.
_TALK = (
    "/start",
    "[Share an idea]",
    "[Parks and playgrounds]",
    "The bench {word} has no shade.",
    "Could the trees be planted at {word}?",
    "[Done]",
    "[Skip]",
    "[I live here]",
    "[Send]",
)


async def prove_redelivery(url: str, *, deliveries: int, seed: int) -> str:
    """Let citizens write until so many updates were delivered. Raises: AssertionError."""
    dice = Random(seed)
    database = await Database.open(url)
    try:
        async with set_stage(database) as stage:
            post = _Post(stage, dice)
            citizens = 0
            while post.delivered < deliveries:
                await post.talk([f"otter{citizens + number}" for number in range(_CITIZENS_AT_ONCE)])
                citizens += _CITIZENS_AT_ONCE
            await post.deliver_the_rest()
            _check_chats(stage, citizens)
        await _check_tables(url, citizens)
    finally:
        await database.close()
    return f"{citizens * len(_TALK)} updates in {post.delivered} deliveries, each taken once"


class _Post:
    """A careless postman."""

    def __init__(self, stage: Stage, dice: Random) -> None:
        self._stage = stage
        self._dice = dice
        self._again: list[Update] = []
        self._used: set[int] = set()
        self.delivered = 0

    async def talk(self, words: list[str]) -> None:
        """Let some people go through the whole talk side by side."""
        for line in _TALK:
            for word in words:
                await self._deliver(self._update(word, line.format(word=word)))

    async def deliver_the_rest(self) -> None:
        """Deliver what is still to come again."""
        rest, self._again = self._again, []
        await asyncio.gather(*map(self._take, rest))
        await self._stage.do_what_is_due()

    async def _deliver(self, update: Update) -> None:
        times = self._dice.randint(1, _MOST)
        now = self._dice.randint(1, times)
        self._again += [update] * (times - now)
        late = [self._again.pop(self._dice.randrange(len(self._again))) for _ in range(min(2, len(self._again)))]
        await asyncio.gather(*map(self._take, [*late, *[update] * now]))
        await self._stage.do_what_is_due()

    async def _take(self, update: Update) -> None:
        self.delivered += 1
        await self._stage.turns.take(update)

    def _update(self, person: str, said: str) -> Update:
        stage = self._stage
        event: Pressed | Started | TextSent = Started() if said == "/start" else TextSent(said)
        if said.startswith("["):
            event = Pressed(stage.channel.button(person, said.strip("[]")).data)
        return Update(
            channel="telegram",
            bot="stage",
            key=str(self._number()),
            place=person,
            private=True,
            sender=person,
            event=event,
            sent_at=stage.clock.now(),
            position=None if isinstance(event, Pressed) else stage.channel.next_number(),
            sender_name=person,
        )

    def _number(self) -> int:
        """Choose a number anywhere: after a quiet week Telegram goes on with any."""
        while (number := self._dice.randrange(1, 2**31)) in self._used:
            continue
        self._used.add(number)
        return number


def _check_chats(stage: Stage, citizens: int) -> None:
    for number in range(citizens):
        said = Counter(json.dumps(dataclasses.astuple(line.message)) for line in stage.channel.newest(f"otter{number}"))
        # Whatever is said leads to one message.
        assert sum(said.values()) == len(_TALK), said
        assert set(said.values()) == {1}, said


async def _check_tables(url: str, citizens: int) -> None:
    tables = Tables(url)
    try:
        inbox = await tables.rows("SELECT count(*) AS n FROM inbox")
        assert inbox[0]["n"] == citizens * len(_TALK)
        kept = await tables.rows(
            "SELECT a.place, k.words FROM contributions k JOIN contributors p ON p.contribution_id = k.id "
            "JOIN addresses a ON a.person_id = p.person_id"
        )
        expected = {
            f"otter{number}": "\n".join(line.format(word=f"otter{number}") for line in _TALK[3:5])
            for number in range(citizens)
        }
        assert len(kept) == citizens
        assert {row["place"]: json.loads(row["words"])[0][1] for row in kept} == expected
        opened = await tables.rows("SELECT count(*) AS n FROM journal")
        assert opened[0]["n"] == citizens
    finally:
        await tables.close()
