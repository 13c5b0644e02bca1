"""Twenty servants and the authors of many statements, day after day: everybody does what there is for them to do.

Who does what is by chance, from one seed. Servants press on cards and write in their own chats; authors answer in
theirs, or do not. Nothing is done to a table but by a turn.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import ASK_BACK, NEEDS_DELIVERY, QUESTION, SUPPORT, Outcome, State
from dialogs.cases.lifecycle import Act
from dialogs.events import Event, Pressed, TextSent, Update
from dialogs.ids import AskId, DraftId
from dialogs.installation import Approach
from dialogs.presses import AskPress, CardPress, DraftPress, pack
from storage.case_tables import asks, cases, contributors, drafts
from storage.database import Connection
from storage.tables import addresses, outbox, staff, staff_accounts
from tests.moved_stage import MovedStage

# A row of a query that names its own columns.
Row = Any

QUEUES = {"outdoors": 10, "care": 5, "community": 5}
_OUTCOMES = {
    Outcome.ACCEPTED: 25,
    Outcome.PARTLY: 10,
    Outcome.NOT_NOW: 15,
    Outcome.NOT_OURS: 10,
    Outcome.ALREADY_EXISTS: 10,
    Outcome.DECLINED: 30,
}
_VERDICTS = {"yes": 40, "partly": 8, "no": 12, "unsure": 5, "": 35}
_VOICES = {"supports": 60, "challenges": 5, "": 35}
# Nobody looks at these until the promised day has passed.
_NEGLECTED = 23
# A case that came back is decided anew; the third time its people are left in peace.
_MOST_ROUNDS = 3
_ACTIVE = [
    state.value
    for state in State
    if state not in (State.MERGED, State.CONFIRMED, State.UNCONFIRMED, State.CHECKING, State.NOT_DONE, State.DELIVERED)
]


@dataclass(slots=True)
class Triage:
    """The people, and what they did so far."""

    it: MovedStage
    dice: Random
    team: dict[str, list[str]] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)
    rounds: Counter[int] = field(default_factory=Counter)
    written: int = 0
    updates: int = 0

    async def enrol(self) -> None:
        """Let the servants come, with a group for each queue."""
        for queue, count in QUEUES.items():
            self.team[queue] = [f"{queue}{number}" for number in range(count)]
            for number, name in enumerate(self.team[queue]):
                await self.it.stage.enrol(name, queue, "reviewer" if number else "lead")
            await self.it.stage.bind(f"group {queue}", self.team[queue][0], queue)

    async def live_a_day(self, most: int) -> None:
        """Let each servant do some work, each author answer what they want to, and the day pass."""
        for queue, names in self.team.items():
            waiting = await self.it.database.read(lambda c, queue=queue: _list_active(c, queue))  # type: ignore[misc]
            now = self.it.stage.clock.now()
            todo = [row for row in waiting if not _is_left_alone(row) and not _waits_for_people(row, now=now)]
            for number, row in enumerate(todo[: most * len(names)]):
                await self.look_after(row, row.holder or names[number % len(names)])
        await self.it.stage.do_what_is_due()
        await self.answer_all()
        await self.it.stage.pass_time(timedelta(days=1))

    async def look_after(self, row: Row, who: str) -> None:
        """Do what a case needs next."""
        approach, waits = (
            Approach(row.approach),
            row.hear_until is not None and row.hear_until > self.it.stage.clock.now(),
        )
        match State(row.state):
            case State.NEW | State.REOPENED:
                await self.press(row.code, Act.CLAIM, who)
                await self.sort(row.code, who)
                if approach is Approach.SERVICE_MANAGEMENT or self.dice.random() < 0.15:
                    await self.write(row.code, Act.ASK, who, "Where and when does it matter the most")
                else:
                    await self.decide(row, who)
            case State.ANSWERED | State.TAKEN:
                if row.holder is None:
                    await self.press(row.code, Act.CLAIM, who)
                await self.decide(row, who)
            case State.ASKED if row.hear_until is not None and not waits:
                await self.decide(row, who)
            case State.DECIDED | State.PLANNED | State.IN_DELIVERY if Outcome(row.outcome) in NEEDS_DELIVERY:
                await self.deliver(row, who, waits=waits)
            case _:
                pass

    async def deliver(self, row: Row, who: str, *, waits: bool) -> None:
        """Take the next step of what was promised; stewards ask again on the way."""
        must_hear = row.approach != Approach.PRODUCT_DOMINANT and not row.heard
        match State(row.state):
            case State.DECIDED:
                await self.write(row.code, Act.PLAN, who, "We begin in the next weeks, street by street")
            case State.PLANNED if self.dice.random() < 0.5:
                await self.write(row.code, Act.START, who, "It has begun")
            case State.IN_DELIVERY if must_hear and row.hear_until is None:
                await self.write(row.code, Act.ASK, who, "How is it going from where you stand")
            case State.IN_DELIVERY if not (must_hear and waits):
                await self.end(row.code, who)
            case _:
                pass

    async def sort(self, code: str, who: str) -> None:
        """Tag some, mark a few as urgent, and merge a few with what is close."""
        chance = self.dice.random()
        if chance < 0.2:
            await self.press(code, "tag.quick_win", who)
        elif chance < 0.24:
            await self.press(code, "urgent", who)
        elif chance < 0.34:
            await self.merge(code, who)

    async def merge(self, code: str, who: str) -> None:
        """Look at what is close to a case, and look after both as one where something is."""
        await self.press(code, Act.MERGE, who)
        await self.it.stage.do_what_is_due()
        buttons = [button for row in self.it.stage.channel.newest(who)[0].message.buttons for button in row]
        near = next((button for button in buttons if button.text == "1"), None)
        if near is None:
            await self.take(who, TextSent("cancel"))
            return
        await self.take(who, Pressed(near.data))
        await self.take(who, Pressed(near.data.replace("into.", "join.")))
        self.did["merged"] += 1

    async def decide(self, row: Row, who: str) -> None:
        """Decide with a reason of its own, so that it can be found in a chat."""
        self.rounds[row.id] += 1
        names = [Outcome.DECLINED] if self.rounds[row.id] >= _MOST_ROUNDS else list(_OUTCOMES)
        outcome = self.dice.choices(names, [_OUTCOMES[name] for name in names])[0]
        await self.write(row.code, Act.DECIDE, who, f"We looked at it and say {outcome.value}", outcome=outcome)

    async def end(self, code: str, who: str) -> None:
        """Say that it is done, or that it is not."""
        act = Act.DELIVER if self.dice.random() < 0.85 else Act.GIVE_UP
        await self.write(code, act, who, "This is what we did" if act is Act.DELIVER else "It could not be done")

    async def write(self, code: str, act: Act, who: str, words: str, *, outcome: Outcome | None = None) -> None:
        """Write to the contributors of a case, as far as the desk lets it."""
        await self.press(code, act, who)
        draft = await self.it.database.read(lambda c: _open_draft(c, who, code))
        if draft is None:
            self.did[f"{act} refused"] += 1
            return
        if outcome is not None:
            await self.take(who, Pressed(pack(DraftPress(draft, outcome.value))))
        self.written += 1
        await self.take(who, TextSent(f"{words}, number {self.written:05}."))
        if act is Act.DELIVER:
            await self.take(who, TextSent("nothing"))
        await self.take(who, Pressed(pack(DraftPress(draft, "send"))))
        self.did[act] += 1

    async def press(self, code: str, act: str, who: str) -> None:
        """Press a button of a card, in the servant's own chat."""
        query = sa.select(cases.c.version).where(cases.c.code == code)
        version = await self.it.database.read(lambda c: int(c.execute(query).scalar_one()))
        await self.take(who, Pressed(pack(CardPress(code, version, act))))

    async def take(self, who: str, event: Event) -> None:
        """Hand in what a servant does in their own chat."""
        self.updates += 1
        stage = self.it.stage
        number = stage.channel.next_number() if isinstance(event, TextSent) else None
        update = Update(
            channel="telegram",
            bot="stage",
            key=f"triage {self.updates}",
            place=who,
            private=True,
            sender=who,
            event=event,
            sent_at=stage.clock.now(),
            position=number,
            sender_name=who,
        )
        await stage.turns.take(update)

    async def answer_all(self) -> None:
        """Let authors answer what they were asked, by chance within days, or never."""
        for ask in await self.it.database.read(_list_asks):
            # Each comes to look every few days; the older a question, the less it is thought of.
            if self.dice.random() < 0.6:
                continue
            match ask.kind:
                case question if question == QUESTION:
                    if self.dice.random() < 0.5:
                        await self.reply(ask, TextSent("Mostly in the morning, by the school."))
                case ask_back if ask_back == ASK_BACK:
                    await self.choose(ask, _VERDICTS)
                case support if support == SUPPORT:
                    await self.choose(ask, _VOICES)

    async def choose(self, ask: Row, chances: dict[str, int]) -> None:
        """Press one of the buttons, or stay silent for today."""
        answer = self.dice.choices(list(chances), list(chances.values()))[0]
        if answer:
            await self.reply(ask, Pressed(pack(AskPress(AskId(ask.id), answer))))
            self.did[f"{ask.kind}: {answer}"] += 1

    async def reply(self, ask: Row, event: Event) -> None:
        """Hand in what an author does, as a reply to the message that asked."""
        self.updates += 1
        number = int(ask.number)
        update = Update(
            channel="web",
            bot="web",
            key=f"triage {self.updates}",
            place=str(ask.place),
            private=True,
            sender=str(ask.place),
            event=event,
            sent_at=self.it.stage.clock.now(),
            position=number,
            reply_to=number,
        )
        await self.it.stage.turns.take(update)


def _is_left_alone(row: Row) -> bool:
    return row.state == State.NEW and not row.overdue and row.id % _NEGLECTED == 0


def _waits_for_people(row: Row, *, now: datetime) -> bool:
    """Tell whether nothing is to be done before contributors have said something, or their time is over."""
    waits = row.hear_until is not None and row.hear_until > now and not row.heard
    match State(row.state):
        case State.ASKED:
            return row.hear_until is None or waits
        case State.OFFERED:
            return True
        case State.DECIDED | State.PLANNED | State.IN_DELIVERY:
            return waits or Outcome(row.outcome) not in NEEDS_DELIVERY
        case _:
            return False


def _list_active(c: Connection, queue: str) -> list[Row]:
    query = (
        sa.select(cases, staff.c.name.label("holder"))
        .outerjoin(staff, staff.c.id == cases.c.holder_id)
        .where(cases.c.queue == queue, cases.c.state.in_(_ACTIVE))
        .order_by(cases.c.promised_on, cases.c.id)
    )
    return list(c.execute(query))


def _list_asks(c: Connection) -> list[Row]:
    query = (
        sa.select(asks.c.id, asks.c.kind, addresses.c.place, outbox.c.number)
        .join(contributors, contributors.c.id == asks.c.contributor_id)
        .join(addresses, addresses.c.person_id == contributors.c.person_id)
        .join(outbox, outbox.c.ask_id == asks.c.id)
        .where(asks.c.answered_at.is_(None), asks.c.answer.is_(None), outbox.c.number.is_not(None))
        .order_by(asks.c.id)
    )
    return list(c.execute(query))


def _open_draft(c: Connection, who: str, code: str) -> DraftId | None:
    query = (
        sa.select(drafts.c.id)
        .join(staff_accounts, staff_accounts.c.staff_id == drafts.c.staff_id)
        .join(cases, cases.c.id == drafts.c.case_id)
        .where(staff_accounts.c.account == who, cases.c.code == code, drafts.c.stage != "sent")
    )
    found = c.execute(query).scalar()
    return None if found is None else DraftId(found)
