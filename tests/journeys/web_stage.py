"""A web room on a stage: real pages in front of a whole house in which nothing happens by itself.

So a browser sees everything that can be, a case in each state and drafts in the making, and nobody waits for it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from bot.settings import Settings
from bot.turns import Outcome
from bot.web.guard import Cookie, new_token
from bot.web.outgoing import WebChannel
from bot.web.parts import Beside, Parts
from bot.web.site import build_site
from bot.web.visitors import SERVANT_LASTS
from bot.web.watchers import Watchers
from dialogs.desk.sorting import MENU
from dialogs.events import Pressed, Update
from dialogs.ids import AskId, Language, QueueId, StaffId
from dialogs.installation import Role
from dialogs.media import MediaKind
from dialogs.presses import AskPress, CardPress, DraftPress, pack
from storage import addresses, cases, rooms, staff, visits
from storage.case_tables import asks, drafts
from storage.case_tables import cases as table
from storage.database import Connection, Database
from tests.bot.full_house import with_second
from tests.journeys.chance_house import ChanceChannel
from tests.stage import Stage, StageClock, set_stage

LEE, KIM = "staff:1", "staff:2"
_ROOM, _QUEUE = "room:outdoors", QueueId("outdoors")
_PARKS, _STREETS = "Parks and playgrounds", "Streets and pavements"
# What citizens wrote, by what becomes of it: those of the first row were answered two weeks ago.
_SETTLED = {
    "confirmed": (_STREETS, "The kerb at the library is too high for my wheelchair."),
    "unconfirmed": (_PARKS, "The basketball hoop has had no net since spring."),
    "checking": (_PARKS, "The swing by the pond squeaks so loudly that nobody uses it."),
    "reopened": (_PARKS, "The bench by the north gate has no shade. Could the new trees be planted on that side?"),
}
_OPEN = {
    "decided": (_STREETS, "The bollards on Mill Lane stand too close for a cargo bike."),
    "into": (_STREETS, "There is no light at the crossing by the school."),
    "merged": (_STREETS, "In winter we cross the road to school in the dark."),
    "snoozed": (_PARKS, "Drinking water near the skate park, please."),
    "asked": ("Town buses", "The ramp of the bus does not come down. Call me on +34 612 345 678 if you like."),
    "answered": ("Waste and recycling", "Crows open the bags, and then the street is full of it."),
    "proposed": (_PARKS, "Please allow barbecues on the big lawn."),
    "taken": (
        _STREETS,
        "Cycle lanes are cleared of snow last. In January I fell twice.\n\nThe worst place is the bridge.",
    ),
    "urgent": (_STREETS, "A lamp post on Elm Street hangs by its cable, right above the playground."),
    "new": (_PARKS, "Signs that blind visitors can touch, at every entrance of the park."),
}


class PageChannel(ChanceChannel):
    """A channel of web lines; who writes has seen all of them."""

    def next_number(self) -> int:
        return max((number for _, number in self.shown), default=0)


@dataclass(frozen=True, slots=True)
class SiteClock:
    """The stage's time; who waits for news really waits."""

    of_stage: StageClock

    def now(self) -> datetime:
        return self.of_stage.now()

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await happened.wait()
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class WholeTurns:
    """Turns after which all that follows has been done."""

    stage: Stage

    async def take(self, update: Update, beside: Beside | None = None) -> Outcome:
        outcome = await self.stage.turns.take(update, beside)
        await self.stage.do_what_is_due()
        return outcome

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        return await self.stage.turns.wants(update)


@dataclass(frozen=True, slots=True)
class WebStage:
    """A site and the house behind it. ``codes``: the numbers of the cases, by what became of them."""

    stage: Stage
    url: str
    codes: dict[str, str]

    async def open_room(self, page: Page, servant: str, show: str = "") -> None:
        """Sign a servant in and open the room of Parks and streets."""
        token = new_token()

        def begin(c: Connection) -> None:
            own = addresses.find(c, "web", servant)
            assert own is not None
            who = StaffId(int(servant.removeprefix("staff:")))
            visits.begin(c, token, own, staff_id=who, expires_at=self.stage.clock.now() + SERVANT_LASTS)

        await self.stage.database.write(begin)
        await page.context.add_cookies([{"name": Cookie.DESK, "value": token, "url": self.url}])
        await page.goto(f"{self.url}desk/{_QUEUE}{show}")

    async def fill(self) -> None:
        """Let citizens hand in ideas and the servants Lee and Kim, who are there already, look after them."""
        for name, (service, words) in _SETTLED.items():
            await self.propose(name, words, service=service)
            await self._decide(name, "already_exists", "We put it right last week.")
        await self.stage.pass_time(timedelta(days=14, minutes=2))
        for name, answer in (("confirmed", "yes"), ("unconfirmed", "unsure"), ("reopened", "no")):
            await self.stage.happen(name, Pressed(pack(AskPress(AskId(await self._read(_ask_of, name)), answer))))
        for name, (service, words) in _OPEN.items():
            await self.propose(name, words, service=service)
        for name in ("into", "snoozed", "asked", "answered"):
            await self.do(name, "claim")
        for name in ("asked", "answered"):
            await self.ask(name, "Where exactly is it?")
        await self.stage.pass_time(timedelta(minutes=1))
        await self.stage.say("answered", "All along Mill Road, on Mondays.")
        await self._decide("decided", "accepted", "One of them goes on Friday.")
        await self._decide("proposed", "declined", "Fires are too dangerous so close to the trees.", by=KIM)
        await self.do("merged", f"join.{self.codes['into']}")
        await self.do("snoozed", "snooze.week")
        await self.do("taken", "claim", by=KIM)
        await self.do("urgent", "urgent")
        await self.do("urgent", "tag.safety", by=KIM)
        await self.do("urgent", f"{MENU}.", by=KIM)

    async def draft(self, name: str, outcome: str, reason: str, *, by: str = LEE) -> None:
        """Write a decision, up to its preview."""
        await self.do(name, "decide", by=by)
        await self._step(by, outcome)
        await self.stage.say(by, reason)

    def speak(self, language: Language) -> None:
        """Make a language the town's own: cards are drawn in it from now on."""
        edition = self.stage.library.edition
        installation = edition.town.installation
        others = tuple(one for one in installation.languages if one != language)
        changed = replace(installation, languages=(language, *others))
        self.stage.library.replace(replace(edition, town=replace(edition.town, installation=changed)))

    async def card(self, name: str) -> str:
        """Tell where the card of a case stands on the page."""

        def find(c: Connection) -> int | None:
            case, address = cases.find_by_code(c, self.codes[name]), addresses.find(c, "web", _ROOM)
            assert case is not None
            assert address is not None
            return rooms.card_number(c, address, case.id)

        return f"#room-{await self.stage.database.read(find)}"

    async def propose(self, name: str, words: str, *, service: str = _PARKS) -> None:
        """Let a citizen hand in an idea, whose case is called ``name`` from then on."""
        await self.stage.propose(name, words, service=service)
        self.codes[name] = await self.stage.database.read(_newest_code)

    async def do(self, name: str, act: str, *, by: str = LEE) -> None:
        """Press an act on the card of a case as it stands."""
        version = await self._read(_version_of, name)
        data = pack(CardPress(self.codes[name], version, act))
        await self.stage.happen(_ROOM, Pressed(data), sender=by)

    async def ask(self, name: str, words: str, *, by: str = LEE) -> None:
        """Ask a citizen something."""
        await self.do(name, "ask", by=by)
        await self.stage.say(by, words)
        await self._step(by, "send")

    async def _decide(self, name: str, outcome: str, reason: str, *, by: str = LEE) -> None:
        await self.do(name, "claim", by=by)
        await self.draft(name, outcome, reason, by=by)
        await self._step(by, "send")

    async def _step(self, who: str, step: str) -> None:
        draft = await self.stage.database.read(_newest_draft)
        await self.stage.happen(who, Pressed(pack(DraftPress(draft, step))))

    async def _read(self, look: Callable[[Connection, str], int], name: str) -> int:
        return await self.stage.database.read(lambda c: look(c, self.codes[name]))


@asynccontextmanager
async def set_web_stage(database: Database) -> AsyncIterator[WebStage]:
    """Open a site where Lee and Kim are servants, and a no of Parks and streets wants both of them."""
    shown, watchers = PageChannel(), Watchers()
    async with set_stage(database, channel="web", shown=shown) as stage:
        stage.library.replace(with_second(stage.library.edition))
        clock = SiteClock(stage.clock)
        shown.web = WebChannel(database, watchers, clock)
        await database.write(lambda c: _enrol(c, "Lee", "Kim", now=clock.now()))
        turns = WholeTurns(stage)
        parts = Parts(database, turns, stage.library, Settings(), clock, watchers, signing_key=b"k" * 32)
        async with TestServer(build_site(parts)) as server:
            yield WebStage(stage, str(server.make_url("/")), {})


def _enrol(c: Connection, *names: str, now: datetime) -> None:
    for name in names:
        staff.invite(c, f"r_{name}", queue=_QUEUE, role=Role.LEAD, name="", expires_at=now + timedelta(days=1))
        assert staff.redeem_invite(c, f"r_{name}", channel="web", account=None, name=name, now=now)


def _newest_code(c: Connection) -> str:
    return str(c.execute(sa.select(table.c.code).order_by(table.c.id.desc()).limit(1)).scalar_one())


def _newest_draft(c: Connection) -> int:
    return int(c.execute(sa.select(sa.func.max(drafts.c.id))).scalar_one())


def _version_of(c: Connection, code: str) -> int:
    case = cases.find_by_code(c, code)
    assert case is not None
    return case.version


def _ask_of(c: Connection, code: str) -> int:
    query = sa.select(asks.c.id).join(table, table.c.id == asks.c.case_id).where(table.c.code == code)
    return int(c.execute(query.order_by(asks.c.id.desc()).limit(1)).scalar_one())
