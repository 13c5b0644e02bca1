"""A play by chance: what people do is done to a house, and after each turn it is asked what it knows.

Whoever breaks an invariant of the engine (FLOWS, I1-I15) fails here, with what was done and what came of it.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import permutations, zip_longest

import pytest
import sqlalchemy as sa

from bot.library import Edition
from bot.turns import Beside, Outcome
from dialogs.events import Answering, Pressed, Started, TextSent, Update
from dialogs.ids import AddressId
from dialogs.message import Message, say
from dialogs.presses import FlowPress, OptionPress, pack, unpack
from dialogs.said import attachments
from storage import lines
from storage.codec import pack_message, unpack_words
from storage.coming import what_comes
from storage.database import Connection, Database
from storage.tables import flow_versions
from tests.journeys.chance_house import ChanceChannel, Look, Name, Row, build, dump, look
from tests.journeys.chances import Chance, Doing, Marks, event_of, failures_of, good_answer, town_of
from tests.journeys.twins import Around, Twin, live, same
from tests.proof.tables import Tables
from tests.stage import Stage, StageClock

PEOPLE = {"Ana": Marks("字猫", "photo-of-ana"), "Ben": Marks("犬鳥", "photo-of-ben")}
_A_WHILE = timedelta(minutes=20)
_ANNOUNCEMENTS = 2


class Fell(Exception):
    """The house fell over in the middle of a turn."""


@dataclass(slots=True)
class Play:
    """A play under way: the house, whoever looks at its tables from outside, and all that was ever sent to it."""

    chance: Chance
    database: Database
    eyes: Tables
    name: Name
    shown: ChanceChannel = field(default_factory=ChanceChannel)
    clock: StageClock = field(default_factory=StageClock)
    sent: list[Update] = field(default_factory=list)
    stage: Stage | None = None

    @property
    def house(self) -> Stage:
        assert self.stage is not None
        return self.stage

    async def open(self) -> None:
        """Open the house, for the first time or again: nothing in memory survives."""
        town = town_of(self.chance.flow)
        # A flow by chance was written down nowhere, so a new program cannot read it again as it reads others.
        known = self.house.library.edition if self.stage else Edition(town, {}, {})
        self.stage = await build(self.database, town, self.name, shown=self.shown, clock=self.clock, before=known)

    async def run(self) -> None:
        """Let everything happen that chance wants, and at last let everybody be forgotten."""
        await self.open()
        left = list(self.chance.doings)
        while left:
            doings = [left.pop(0)]
            if (doings[0].at_once or doings[0].swapped) and left:
                doings.append(replace(left.pop(0), who=doings[0].who))
            await self.happen(doings)
            # What was said may be on its way still when the next thing comes.
            if doings[0].failures or not (left and left[0].in_air):
                await self.deliver()
        await self.deliver()
        await self.check_chats()
        await self.forget_everybody()

    async def happen(self, doings: Sequence[Doing]) -> None:
        """Let one person do one thing, or two at once."""
        first = doings[0]
        if first.silence is not None:
            await self.pass_in_silence(first.silence)
        place = list(PEOPLE)[first.who]
        seen = await self.look_at(place)
        updates = [self.update(place, seen, doing) for doing in doings]
        if first.falls:
            await self.fall(updates[0])
        together = [updates] if first.at_once else [[update] for update in reversed(updates)]
        for number, batch in enumerate(together):
            await self.act(place, batch, copies=first.copies, meanwhile=first.in_air and number == 0)
        if first.copies > 1:
            await self.repeat(updates)
        if first.restarts:
            await self.house.delivery.settle()
            await self.open()
        self.shown.failures += failures_of(first.failures)

    async def deliver(self) -> None:
        """Say what is due."""
        await self.house.do_what_is_due()
        self.shown.failures.clear()

    async def look_at(self, place: str) -> Look:
        return await self.database.read(lambda c: look(c, self.name, place))

    async def dump(self) -> dict[str, list[str]]:
        return await self.database.read(dump)

    def update(self, place: str, seen: Look, doing: Doing) -> Update:
        """Make the update of what somebody does now, seeing what their chat shows now."""
        numbers = [said.number for said in self.shown.newest(place)]
        position = max(numbers, default=0) if self.name == "web" else self.shown.next_number()
        if doing.input is not None and doing.input.early:
            # Before all that was said, and no two messages have one number.
            position = -len(self.sent)
        happening = self.event(place, seen, doing)
        update = Update(
            channel=self.name,
            bot="stage",
            key=f"u{len(self.sent)}",
            place=place,
            private=True,
            sender=place,
            event=happening,
            sent_at=self.clock.now(),
            position=None if isinstance(happening, Pressed) else position,
        )
        self.sent.append(update)
        return update

    def event(self, place: str, seen: Look, doing: Doing) -> Answering | Started:
        session, marks, number = seen.life.session, PEOPLE[place], len(self.sent)
        if doing.input is None and session is None:
            return Pressed(pack(FlowPress(self.chance.flow.id)))
        if doing.input is None and session is not None:
            today = self.house.library.town.today(self.clock.now())
            return good_answer(self.chance.flow, session, today, marks, number=number)
        prompts = [said.message for said in self.shown.newest(place) if said.message.buttons]
        return event_of(doing, session, prompts, marks, number=number)

    async def take(self, update: Update) -> tuple[str, Outcome]:
        """Hand in an update."""
        outcome = await self.house.turns.take(update, self.beside(update))
        # I1: somebody else sees it at the moment when it is acknowledged.
        assert await self.eyes.rows(f"SELECT key FROM inbox WHERE key = '{update.key}'")
        return update.key, outcome

    def beside(self, update: Update) -> Beside | None:
        """Write the person's own line, as the page of the web chat does."""
        if self.name != "web":
            return None
        own = update.event.text if isinstance(update.event, TextSent) else "…"
        now = self.clock.now()
        return lambda c, address: _add_line(c, address, own, now=now)

    async def act(self, place: str, updates: Sequence[Update], *, copies: int, meanwhile: bool) -> None:
        """Let updates arrive together, each so many times, and compare what came of them with what had to."""
        before, around = await self.look_at(place), self.around()
        taking = asyncio.gather(*(self.take(update) for update in updates for _ in range(copies)))
        if meanwhile:
            await self.house.do_what_is_due()
        outcomes = await taking
        after = await self.look_at(place)
        begun = max(after.sessions - before.sessions, default=0)
        around = replace(around, number=begun, cases=(before.cases, after.cases))
        # Of what happens at once, their cards may show a part.
        arounds = [replace(around, about=about) for about in permutations((before.about, after.about))]
        twins = [
            live(Twin(before.life, before.prompt), order, one) for order in permutations(updates) for one in arounds
        ]
        complaints = [self.differences(twin, before, after, outcomes) for twin in twins]
        # I2, I4, I8, I10, I11: all of it is there, as if one had come after the other; and so it is on any channel.
        assert [] in complaints, (updates, complaints)
        # I12
        assert all(twin.answered for twin in twins), updates
        check_turn(before, after, updates)
        await self.check_words(place, before, after)

    def around(self) -> Around:
        edition, flow = self.house.library.edition, self.chance.flow
        return Around(edition.town, flow, edition.newest[flow.id], self.clock.now())

    def differences(
        self, twin: Twin, before: Look, after: Look, outcomes: Sequence[tuple[str, Outcome]]
    ) -> list[object]:
        """Compare a person with what the pure part makes of them."""
        found: list[object] = [] if twin.life == after.life else [(twin.life, after.life)]
        for said, row in zip_longest(twin.said, after.replies[len(before.replies) :]):
            if said is not None and said.withdrawn and row is not None and row.is_withdrawn:
                continue
            shown = self.message_of(row)
            if said is None or shown is None or same(said.message) != same(shown):
                found.append((said, row))
        for key, toast in twin.toasts:
            # I5: of several deliveries one is answered.
            if max(outcome.toast for one, outcome in outcomes if one == key) != toast:
                found.append((key, toast, outcomes))
        return found

    def message_of(self, row: Row | None) -> Message | None:
        return None if row is None else row.message or self.shown.sent.get(row.id)

    async def fall(self, update: Update) -> None:
        """Let the house fall over before the commit: nothing of the turn is there, and nothing was said (I2)."""

        def fall(*_: object) -> None:
            raise Fell

        before = await self.dump()
        with pytest.raises(Fell):
            await self.house.turns.take(update, fall)
        assert await self.dump() == before

    async def repeat(self, updates: Sequence[Update]) -> None:
        """Deliver once more what was answered: it changes nothing, and says nothing (I5)."""
        before = await self.dump()
        for update in updates:
            assert await self.house.turns.take(update, self.beside(update)) == Outcome()
        assert await self.dump() == before

    async def pass_in_silence(self, how_long: timedelta) -> None:
        """Let time pass: whoever is silent is reminded once at a time, keeps their answers, or is told of the end."""
        await self.deliver()
        before = {place: await self.look_at(place) for place in PEOPLE}
        end = self.clock.now() + how_long
        wake_at = (await self.database.read(what_comes)).wake_at
        if wake_at is not None and wake_at <= end:
            self.clock.move_to(wake_at)
            # I6: several who look at the same moment do it once.
            await asyncio.gather(*(self.house.timekeeper.work_once() for _ in range(3)))
        await self.house.pass_time(end - self.clock.now())
        for place, was in before.items():
            after = await self.look_at(place)
            self.check_silence(was, after)
            await self.check_words(place, was, after)

    def check_silence(self, before: Look, after: Look) -> None:
        """I6: nothing but the draft goes, and that when it is time."""
        was, now = before.life, after.life
        assert len(after.replies) == len(before.replies)
        if now.session is None and was.session is not None:
            expires = self.chance.flow.expire_after
            assert expires is not None
            assert before.touched_at is not None
            assert before.touched_at + expires <= self.clock.now()
            kept = frozenset(one for one in was.media if one[0] != was.session.id)
            was = replace(was, session=None, media=kept)
        assert replace(now, wake_at=None) == replace(was, wake_at=None)
        assert now.wake_at is None or now.wake_at > self.clock.now()

    async def check_words(self, place: str, before: Look, after: Look) -> None:
        """I14: of whom nothing is kept, nothing is there; and of a draft that ended unsent no line is shown."""
        now, marks = after.life, PEOPLE[place]
        if now.session is None and now.loose is None and not now.sent and before.life.session is not None:
            found = await self.dump()
            left = {table for table, rows in found.items() if marks.are_in(str(rows))}
            # Of what they said before the conversation their own chat keeps its lines until they forget.
            assert left <= {"lines"}, (left, found)
        # A notice about something that was sent may quote it.
        if before.opened_at is not None and now.session is None and not now.sent:
            since = int(before.opened_at.timestamp() * 1000)
            shown = await self.eyes.rows(
                f"SELECT message FROM lines JOIN addresses ON addresses.id = address_id "
                f"WHERE channel = 'web' AND place = '{place}' AND at >= {since}"
            )
            assert not marks.are_in(str(shown)), shown

    async def check_chats(self) -> None:
        """In the end everything is said, in its order, once unless an answer was lost, and to nobody else."""
        await self.house.pass_time(_A_WHILE)
        due = await self.eyes.rows(
            "SELECT status FROM outbox o JOIN addresses a ON a.id = o.address_id "
            f"WHERE a.channel = '{self.name}' AND status IN ('due', 'sending')"
        )
        assert due == []
        lanes = {row["id"]: row["lane"] for row in await self.eyes.rows("SELECT id, lane FROM outbox")}
        times = Counter(key for _, key in self.shown.calls)
        assert all(count == 1 for key, count in times.items() if lanes[key] == _ANNOUNCEMENTS)
        assert all(count <= 2 for count in times.values())
        for place, marks in PEOPLE.items():
            keys = dict.fromkeys(key for at, key in self.shown.calls if at == place and lanes[key] == 0)
            assert list(keys) == sorted(keys), (keys, self.shown.calls)
            others = [said for said in self.shown.shown.values() if said.place in PEOPLE and said.place != place]
            assert not marks.are_in(str(others))
        # A photo that was sent with a contribution is there.
        for place in PEOPLE:
            life = (await self.look_at(place)).life
            told = {one.id for words, _ in life.sent for one in attachments(unpack_words(words))}
            assert told <= {id for _, id in life.media}, told

    async def forget_everybody(self) -> None:
        """I14 and I7: whoever is forgotten is nowhere, nothing brings them back, and the version is held."""
        for place in PEOPLE:
            word = Doing(input=None, marked=False)
            update = replace(self.update(place, await self.look_at(place), word), event=TextSent("forget everything"))
            self.sent[-1] = update
            await self.act(place, [update], copies=1, meanwhile=False)
        await self.deliver()
        await self.house.pass_time(_A_WHILE)
        found = await self.dump()
        for marks in PEOPLE.values():
            assert {table for table, rows in found.items() if marks.are_in(str(rows))} == set()
        for update in self.sent:
            await self.house.turns.take(update, self.beside(update))
        assert await self.dump() == found
        if found["sessions"]:
            with pytest.raises(sa.exc.IntegrityError):
                await self.database.write(lambda c: c.execute(flow_versions.delete()))


def check_turn(before: Look, after: Look, updates: Sequence[Update]) -> None:
    """I4 and I5: a turn is one step, and a tap of another turn changes nothing."""
    was, now = before.life.session, after.life.session
    if was is not None and now is not None and was.id == now.id:
        assert was.turn <= now.turn <= was.turn + len(updates)
    press = unpack(updates[0].event.data) if isinstance(updates[0].event, Pressed) else None
    if len(updates) == 1 and isinstance(press, OptionPress):
        is_old = was is None or (press.session, press.turn) != (was.id, was.turn)
        assert not is_old or after.life == before.life


def _add_line(c: Connection, address: AddressId, text: str, *, now: datetime) -> None:
    lines.add(c, address, pack_message(say(text)), author="you", at=now)
