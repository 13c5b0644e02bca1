"""A house in which everything is going on: a case in every state, a draft of every kind, an offer, duty, a signature.

For those who try every door of it. People and rooms have numbers as on Telegram.
"""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.library import Edition
from dialogs.cases.case import Case, State
from dialogs.events import Pressed, TextSent, Update
from dialogs.ids import AskId, QueueId, ServiceId
from dialogs.installation import Approach
from dialogs.presses import AskPress, CardPress, DraftPress, DutyPress, JoinPress, OptionPress, SignPress, pack
from storage import cases
from storage.case_tables import asks, drafts
from storage.case_tables import cases as case_table
from storage.database import Connection, Database
from storage.tables import sessions, staff_accounts, unsigned
from tests.stage import Stage, set_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Those of Parks and streets: leads 101 to 105, each in the middle of a draft, and a reviewer; and of another queue.
LEADS = ("101", "102", "103", "104", "105")
REVIEWER, OTHER_REVIEWER, OTHER_LEAD, REMOVED = "106", "201", "202", "109"
STRANGER, ROOM, OTHER_ROOM, NO_ROOM = "999", "-1001", "-1002", "-1003"
# What each contributor wrote: nobody says anything close to another, but for the last one.
IDEAS = (
    "A bench with a roof beside the pond",
    "Bins that close against crows",
    "Lamps along the river path",
    "Ramps at every crossing downtown",
    "Drinking water near the skate park",
    "Quieter sweepers before sunrise",
    "Poplars instead of parking lots",
    "Signs which blind visitors can touch",
    "Snow cleared from cycle lanes first",
    "Toilets open until midnight",
    "Benches in the shade by the north gate",
    "Fewer leaf blowers in autumn",
    "Please put benches in the shade by the north gate",
)


@dataclass(slots=True)
class FullHouse:
    """The stage, and by what everything on it is known: numbers of cases by what they are here for."""

    stage: Stage
    codes: dict[str, str] = field(default_factory=dict)

    async def press(self, place: str, data: str, *, by: str | None = None) -> str:
        """Press something, in a room or in one's own chat, and give what is shown at once."""
        return (await self.stage.happen(place, Pressed(data), sender=by)).toast

    async def do(self, name: str, act: str, *, by: str) -> str:
        """Press an act on the card of a case as it stands."""
        version = (await self.load(name)).version
        return await self.press(ROOM, pack(CardPress(self.codes[name], version, act)), by=by)

    async def step(self, who: str, step: str) -> None:
        """Press a button of a servant's open draft."""
        await self.press(who, pack(DraftPress(await self.stage.database.read(lambda c: _draft_of(c, who)), step)))

    async def load(self, name: str) -> Case:
        """Give a case as it stands."""
        case = await self.stage.database.read(lambda c: cases.find_by_code(c, self.codes[name]))
        assert case is not None
        return case

    async def say(self, who: str, *texts: str) -> None:
        """Write in one's own chat."""
        for text in texts:
            await self.stage.say(who, text)

    async def propose(self, name: str, number: int, *, service: str = "Parks and playgrounds") -> None:
        """Let contributor 300 + ``number`` hand in an idea, whose case is called ``name`` from then on."""
        await self.stage.propose(str(300 + number), IDEAS[number % len(IDEAS)], service=service)
        self.codes[name] = await self.stage.database.read(_newest_code)

    async def decide(self, name: str, *, by: str, outcome: str = "accepted") -> None:
        """Claim a case and decide it; what that leads to takes its time."""
        await self.do(name, "claim", by=by)
        await self.do(name, "decide", by=by)
        await self.step(by, outcome)
        await self.say(by, "We will build it in May.")
        await self.step(by, "send")


@asynccontextmanager
async def full_house(database: Database) -> "AsyncIterator[FullHouse]":
    """Furnish the whole house."""
    async with set_stage(database) as stage:
        house = FullHouse(stage)
        stage.library.replace(with_second(stage.library.edition))
        for name in (*LEADS, REMOVED):
            await stage.enrol(name, "outdoors", "lead")
        await stage.enrol(REVIEWER, "outdoors", "reviewer")
        await stage.enrol(OTHER_REVIEWER, "care", "reviewer")
        await stage.enrol(OTHER_LEAD, "care", "lead")
        await stage.bind(ROOM, LEADS[0], "outdoors")
        await stage.bind(OTHER_ROOM, OTHER_LEAD, "care")
        await _see_the_end(house)
        await _keep_promises(house)
        await _fill_the_desk(house)
        await _write_drafts(house)
        await _leave_things_open(house)
        yield house


async def _see_the_end(house: FullHouse) -> None:
    """Bring some cases through to the question whether it worked, and beyond."""
    ends = {State.CHECKING: "", State.CONFIRMED: "yes", State.REOPENED: "no", State.UNCONFIRMED: "unsure"}
    for number, name in enumerate(ends):
        await house.propose(name, number)
        await house.decide(name, by=LEADS[0], outcome="already_exists")
    await house.stage.pass_time(timedelta(days=14, minutes=2))
    for number, (name, answer) in enumerate(ends.items()):
        if answer:
            ask = await house.stage.database.read(partial(_ask_of, code=house.codes[name]))
            await house.press(str(300 + number), pack(AskPress(ask, answer)))


async def _keep_promises(house: FullHouse) -> None:
    """Leave a case in every state of what was promised, and one that is offered to who wrote."""
    acts = {State.DECIDED: "", State.PLANNED: "plan", State.IN_DELIVERY: "start", State.DELIVERED: "deliver"}
    acts |= {State.NOT_DONE: "give_up"}
    for number, name in enumerate(acts, 30):
        await house.propose(name, number)
        await house.decide(name, by=LEADS[0])
    await house.propose(State.OFFERED, 40, service="Town buses")
    await house.decide(State.OFFERED, by=LEADS[0])
    await house.stage.pass_time(timedelta(minutes=1))
    for name, act in acts.items():
        if not act:
            continue
        await house.do(name, act, by=LEADS[0])
        await house.say(LEADS[0], "The bench comes in May.")
        if name is State.DELIVERED:
            await house.step(LEADS[0], "nothing")
        await house.step(LEADS[0], "send")


async def _fill_the_desk(house: FullHouse) -> None:
    """Leave a case in every other state."""
    for number, name in enumerate(("new", "taken", "asked", "answered", "proposed", "snoozed", "into", "merged"), 4):
        await house.propose(name, number)
    lead = LEADS[0]
    for name in ("taken", "asked", "answered", "proposed", "snoozed", "into"):
        await house.do(name, "claim", by=lead)
    for name in ("asked", "answered"):
        await house.do(name, "ask", by=lead)
        await house.say(lead, "Where exactly?")
        await house.step(lead, "send")
    await house.stage.pass_time(timedelta(minutes=1))
    await house.say("307", "By the mill.")
    await house.do("proposed", "decide", by=lead)
    await house.step(lead, "declined")
    await house.say(lead, "It costs too much.")
    await house.step(lead, "send")
    await house.do("snoozed", "snooze.week", by=lead)
    await house.do("merged", f"join.{house.codes['into']}", by=lead)


async def _write_drafts(house: FullHouse) -> None:
    """Leave a draft of every kind, each with another servant."""
    await house.do("taken", "ask", by=LEADS[0])
    await house.say(LEADS[0], "How many of you?")
    await house.do("taken", "decide", by=LEADS[1])
    await house.step(LEADS[1], "accepted")
    await house.say(LEADS[1], "Yes, in May.")
    await house.do("new", "forward", by=LEADS[2])
    await house.step(LEADS[2], "to.care")
    await house.say(LEADS[2], "It is for you.")
    await house.do("new", "merge", by=LEADS[3])
    await house.do("into", "public_line", by=LEADS[4])
    await house.say(LEADS[4], "Shade where people sit.")
    await house.step(LEADS[4], "send")
    await house.do("into", "public_line", by=LEADS[4])
    await house.say(LEADS[4], "Shade for those who sit.")
    # Who sends something close is offered to join.
    await house.propose("left", 12)
    await house.do("left", "claim", by=REMOVED)
    await house.do("left", "ask", by=REMOVED)
    await house.say(REMOVED, "Where?")
    await house.stage.dismiss(REMOVED)
    # What they were writing is theirs no more.
    await house.say(REMOVED, "By the mill?")


async def _leave_things_open(house: FullHouse) -> None:
    """Leave an offer, a question in the middle of a flow, a duty list and a text that nobody has signed."""
    card = house.stage.channel.newest(ROOM)[-1].number
    for said in house.stage.channel.newest(ROOM):
        card = said.number if house.codes["taken"] in said.message.plain() else card
    await house.stage.happen(ROOM, TextSent("We looked at it."), sender=REVIEWER, reply_to=card)
    await house.press(ROOM, pack(DutyPress("me", "outdoors", 0)), by=LEADS[0])
    await house.press(ROOM, pack(DutyPress("join", "outdoors", 0)), by=REVIEWER)
    await house.say("320", "/start")
    await house.stage.press("320", "Share an idea")
    await house.say(STRANGER, "/start")
    await house.stage.happen(ROOM, TextSent("/stats"), sender="", anonymous=True)
    await house.stage.happen(OTHER_ROOM, TextSent("/stats"), sender="", anonymous=True)
    await house.stage.happen(NO_ROOM, TextSent("hello"), sender=STRANGER)
    for place in ("guest", "room:outdoors", "room:care"):
        sent = Update("web", "web", place, place, place == "guest", "guest", Pressed("x"), house.stage.clock.now())
        await house.stage.turns.take(sent)


def buttons_of(house: FullHouse) -> Iterator[str]:
    """List the data of every button that is to be seen anywhere."""
    for said in house.stage.channel.shown.values():
        for row in said.message.buttons:
            yield from (button.data for button in row if button.data)


def standing_data(c: Connection) -> dict[str, list[str]]:
    """List what a button could carry about each thing that is going on, by the kind of press."""
    rows = c.execute(sa.select(case_table.c.code, case_table.c.version)).all()
    signs = c.execute(sa.select(unsigned.c.id)).scalars()
    open_ = c.execute(sa.select(sessions.c.id, sessions.c.turn)).all()
    people = list(c.execute(sa.select(staff_accounts.c.staff_id)).scalars())
    return {
        "card": [f"{row.code}:{row.version}" for row in rows],
        "code": [row.code for row in rows],
        "draft": [pack(DraftPress(id, "")) for id in c.execute(sa.select(drafts.c.id)).scalars()],
        "sign": [pack(SignPress(id)) for id in signs],
        "ask": [pack(AskPress(id, "")) for id in c.execute(sa.select(asks.c.id)).scalars()],
        "option": [pack(OptionPress(row.id, row.turn, "")) for row in open_],
        "join": [pack(JoinPress(row.code, "")) for row in rows],
        "staff": [str(id) for id in people],
    }


def with_second(edition: Edition) -> Edition:
    """Give a town where a no of Parks and streets wants a second servant, and buses are made with their users."""
    installation = edition.town.installation
    buses = replace(installation.services[ServiceId("buses")], approach=Approach.SERVICE_INTEGRATED)
    services = {**installation.services, buses.id: buses}
    outdoors = QueueId("outdoors")
    second = replace(installation.queues[outdoors], second=frozenset({"declined"}))
    changed = replace(installation, services=services, queues={**installation.queues, outdoors: second})
    return replace(edition, town=replace(edition.town, installation=changed))


def _newest_code(c: Connection) -> str:
    return str(c.execute(sa.select(case_table.c.code).order_by(case_table.c.id.desc()).limit(1)).scalar_one())


def _ask_of(c: Connection, *, code: str) -> AskId:
    query = sa.select(asks.c.id).join(case_table, case_table.c.id == asks.c.case_id).where(case_table.c.code == code)
    return AskId(c.execute(query.order_by(asks.c.id.desc()).limit(1)).scalar_one())


def _draft_of(c: Connection, who: str) -> int:
    query = sa.select(drafts.c.id).join(staff_accounts, staff_accounts.c.staff_id == drafts.c.staff_id)
    return int(c.execute(query.where(staff_accounts.c.account == who)).scalar_one())
