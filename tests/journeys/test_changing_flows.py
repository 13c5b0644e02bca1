"""Hundreds of people inside of a flow while its author changes it, again and again."""

import asyncio
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import sqlalchemy as sa

from bot.library import publish
from dialogs.effects import Lane
from dialogs.events import Event, Pressed, TextSent, Update
from dialogs.flows.change import Grade, places_of
from dialogs.flows.flow import Flow
from dialogs.flows.session import Session, question_of
from dialogs.ids import FlowId, SessionId, VersionId
from dialogs.message import Button, Line, Message
from dialogs.presses import FlowPress, pack
from dialogs.town import Town
from storage.case_tables import contributions, contributors
from storage.codec import unpack_message, unpack_session
from storage.database import Connection, Database
from storage.outbox import SENT
from storage.sessions import IS_OPEN
from storage.tables import addresses, outbox, sessions
from tests.journeys.drafts import MUTATORS, edited, first_draft, read_draft, take_out
from tests.stage import Stage, set_stage, starter_town

PEOPLE, CHANGES = 500, 50
# Who takes more turns than this after the last change is stuck.
_MOST_TURNS = 60
_AT_ONCE = 64
SURVEY = FlowId("survey")
_QUESTION = re.compile(r"#(\w+)")


@dataclass(slots=True)
class Person:
    """Somebody in the survey: what they see, and what the house knows they have said."""

    name: str
    shown: Message | None = None
    session: Session | None = None
    done: bool = False
    # How many of their answers were touched by a change.
    touched: int = 0


@dataclass(slots=True)
class Survey:
    """The stage, the people, and chance. ``seen``: up to which row of the outbox everything was shown."""

    stage: Stage
    people: list[Person]
    chance: Random
    updates: int = 0
    seen: int = 0

    async def act(self, people: Sequence[Person]) -> None:
        """Let people do what they see to do, many at once, and look at what came of it."""
        for start in range(0, len(people), _AT_ONCE):
            batch = people[start : start + _AT_ONCE]
            await asyncio.gather(*(self.stage.turns.take(self._update(one, self._event(one))) for one in batch))
            await self.look(batch)

    async def look(self, batch: Sequence[Person]) -> None:
        """Bring everybody what was said to them, and compare what is kept of their answers with what was."""
        names = [person.name for person in batch]
        said, kept = await self.stage.database.write(lambda c: _deliver(c, names, self.seen))
        self.seen = max([self.seen, *(id for id, _, _ in said)])
        messages: dict[str, list[Message]] = {}
        for _, name, message in said:
            messages.setdefault(name, []).append(message)
        lead = self.stage.library.town.voice("en")("changed.lead")
        for person in batch:
            news = messages.get(person.name, [])
            assert news, f"{person.name} was not answered"
            told = any(lead in message.plain() for message in news)
            now = kept.get(person.name)
            self._compare(person, now, told=told)
            person.shown, person.session, person.done = news[-1], now or person.session, now is None

    def _compare(self, person: Person, now: Session | None, *, told: bool) -> None:
        if person.session is None or now is None:
            return
        flow = self.stage.library.edition.flows[now.version]
        for key, answer in person.session.answers.items():
            kept = now.answers.get(key)
            closed = kept is not None and not kept.open
            if answer.open or kept == answer or (key == "journey" and closed):
                continue
            # It was whole and is not what it was: nobody went back, so a change did this.
            touched = question_of(key) in places_of(flow) and key != "review"
            assert told or not touched, f"{person.name} lost {key} and was not told"
            assert now.version != person.session.version, f"{person.name} lost {key} without a change"
            person.touched += touched

    def _update(self, person: Person, event: Event) -> Update:
        self.updates += 1
        return Update(
            channel="telegram",
            bot="stage",
            key=str(self.updates),
            place=person.name,
            private=True,
            sender=person.name,
            event=event,
            sent_at=self.stage.clock.now(),
            position=None if isinstance(event, Pressed) else 10**15,
        )

    def _event(self, person: Person) -> Event:
        if person.shown is None:
            return Pressed(pack(FlowPress(SURVEY)))
        lines = [block.text for block in person.shown.blocks if isinstance(block, Line) and block.strong]
        asked = _QUESTION.findall(lines[-1])[-1]
        buttons = [button for row in person.shown.buttons for button in row]
        match asked:
            case "review":
                return _press(buttons, "Send")
            case "journey":
                more = self.chance.random() < 0.2
                return _press(buttons, "another" if more else "no")
            case "colour":
                return Pressed(self.chance.choice(buttons[:3]).data)
            case "age":
                return TextSent(str(self.chance.randrange(41, 70)))
            case _ if self.chance.random() < 0.1 and any(button.text == "Skip" for button in buttons):
                return _press(buttons, "Skip")
            case _:
                dots = self.chance.choice((5, 60, 60, 60))
                return TextSent(f"{person.name} says {asked} {'.' * dots}")


def _press(buttons: list[Button], label: str) -> Event:
    found = [button for button in buttons if label.lower() in button.text.lower()]
    return Pressed((found or buttons)[0].data)


def _deliver(
    c: Connection, names: Collection[str], seen: int
) -> tuple[list[tuple[int, str, Message]], dict[str, Session]]:
    replies = (outbox.c.id > seen) & (outbox.c.lane == Lane.REPLY.value)
    query = sa.select(outbox.c.id, addresses.c.place, outbox.c.message).join(addresses).where(replies)
    said = [(id, place, unpack_message(message)) for id, place, message in c.execute(query.order_by(outbox.c.id))]
    c.execute(outbox.update().where(replies).values(status=SENT, number=outbox.c.id))
    held = (
        sa.select(addresses.c.place, sessions)
        .join(sessions, sessions.c.person_id == addresses.c.person_id)
        .where(addresses.c.place.in_(names), IS_OPEN)
    )
    kept = {
        row.place: unpack_session(row.answers, Session(SessionId(row.id), VersionId(row.version_id), row.turn))
        for row in c.execute(held)
    }
    return said, kept


def _town(flow: Flow) -> Town:
    town = starter_town()
    return Town(replace(town.installation, flows={flow.id: flow}), town.voices)


async def test_nobody_is_stuck_or_wiped_or_left_untold(database: Database) -> None:
    """Five hundred people, fifty changes: everybody finishes, with every answer that still fits, and is told."""
    chance, draft = Random(42), first_draft()
    async with set_stage(database, town=_town(read_draft(draft))) as stage:
        survey = Survey(stage, [Person(f"p{number}") for number in range(PEOPLE)], chance)
        await survey.act(survey.people)
        for number in range(CHANGES):
            await survey.act([one for one in chance.sample(survey.people, 25) if not one.done])
            grade = chance.choice((Grade.SAFE, Grade.RE_ASK, Grade.RE_ASK, Grade.FORBIDDEN))
            mutate = chance.choice(MUTATORS[grade])
            # In the end what was added is taken out again, so that the survey is not an endless one.
            if number == CHANGES - 1:
                grade, mutate = Grade.SAFE, take_out
            changed = edited(draft, mutate, chance)
            if await _publish(stage, read_draft(changed)):
                assert grade is not Grade.FORBIDDEN
                draft = changed
            else:
                assert grade is Grade.FORBIDDEN
        for _ in range(_MOST_TURNS):
            await survey.act([one for one in survey.people if not one.done])
        assert [one.name for one in survey.people if not one.done] == []
        assert sum(one.touched for one in survey.people) > PEOPLE / 10
        await _check_contributions(database, survey.people)


async def _publish(stage: Stage, flow: Flow) -> bool:
    before = stage.library.edition
    now = stage.clock.now()
    edition = await stage.database.write(lambda c: publish(c, _town(flow), now=now, before=before))
    stage.library.replace(edition)
    if edition.refused:
        assert edition.newest == before.newest
        assert edition.town.installation.flows == before.town.installation.flows
        return False
    return edition.town.installation.flows[SURVEY] == flow


async def _check_contributions(database: Database, people: list[Person]) -> None:
    def read(c: Connection) -> dict[str, Mapping[str, object]]:
        query = sa.select(addresses.c.place, contributions.c.answers).select_from(
            contributions.join(contributors).join(addresses, addresses.c.person_id == contributors.c.person_id)
        )
        return {row.place: json.loads(row.answers) for row in c.execute(query)}

    found = await database.read(read)
    assert found.keys() == {one.name for one in people}
    for one in people:
        # What they sent is what they had when they pressed "send", word for word, and nothing else.
        assert one.session is not None
        was = {key: given.value for key, given in one.session.answers.items() if not given.open}
        said = {key: value for key, value in was.items() if isinstance(value, str | float) and value is not True}
        assert said == {key: value for key, value in found[one.name].items() if key != "journey"}
