"""The scene of a play by chance: its house, its people and its judge, and what everybody's acts are made of.

Now and then an update meets a database that cannot be written, or a fault in the middle of its turn, and comes again,
as a channel brings it again; or the turn is done, and only nobody hears so.
"""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from bot.delivery import Delivery
from bot.pacing import Pace
from bot.telegram.receiving import log_failure
from bot.timekeeper import Timekeeper
from bot.turns import Outcome, Turns
from dialogs.events import Event, Pressed, TextEdited, TextSent, Update
from storage.database import Connection, Database, T, Work
from storage.errors import Unwritable
from tests.journeys.chance_house import dump
from tests.journeys.leaks import Aviary, Canary, Kind, codes_in
from tests.journeys.leaks_channel import WatchedChannel
from tests.journeys.leaks_oracle import Oracle
from tests.journeys.leaks_view import Step, look
from tests.stage import Stage

TOPICS = (
    "the bench beside the north gate has no shade at noon and old people cannot rest there in summer",
    "buses to the hospital come only twice an hour on sunday so visitors wait long in the cold wind",
    "lamps along the river path are broken since winter and children walk home from school in darkness",
)
# What is pressed more often than its share of the buttons, because much hangs on it.
_LIKED = (
    *(":claim", ":ask", ":decide", ":send", ":merge", "join.", "into.", ":unmerge", ":undo", ":forward", ":to."),
    *("j:", ":public_line", "f:", ":agree", ":unmask", "accepted", "declined", ":act.", ":attachments"),
)
# What somebody waits before they look again whether the chat goes on.
_PATIENCE = timedelta(seconds=4)
# How often a turn meets trouble, and which.
_SELDOM = 0.01
_TROUBLES = ("unwritable", "fault", "unheard")


class ShakyDatabase(Database):
    """A database in front of the real one that fails once when it is told to. ``words``: what a fault would quote."""

    def __init__(self, within: Database) -> None:
        self._within = within
        self.trouble = ""
        self.words = ""

    async def read(self, work: Work[T]) -> T:
        """Read."""
        return await self._within.read(work)

    async def write(self, work: Work[T]) -> T:
        """Write, or fail, or both."""
        trouble, self.trouble = self.trouble, ""
        match trouble:
            case "unwritable":
                raise Unwritable("the database cannot be written: no space is left")
            case "fault":
                return await self._within.write(lambda c: self._break(c, work))
            case "unheard":
                await self._within.write(work)
                raise Unwritable("the database cannot be written: the connection was lost")
            case _:
                return await self._within.write(work)

    def _break(self, c: Connection, work: Work[T]) -> T:
        work(c)
        raise LookupError(self.words)


@dataclass(slots=True)
class Draft:
    """What a servant is writing, as their chat says; ``code`` is empty for a bulk."""

    id: str
    act: str
    code: str
    newest: str = ""


@dataclass(slots=True)
class Scene:
    """One house, its people and its judge."""

    stage: Stage
    database: ShakyDatabase
    chance: Random
    birds: Aviary
    oracle: Oracle
    channel: WatchedChannel
    citizens: list[str]
    servants: list[str]
    rooms: list[str]
    log: list[str] = field(default_factory=list)
    # What servants are about, step by step.
    plans: dict[str, list[str]] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    # What everybody wrote last, which they can edit: its number, and the number it is about.
    wrote: dict[tuple[str, str], tuple[int, str, Kind]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    troubles: int = 0
    # Which of the servants is at it just now.
    busy: str = ""

    def build(self) -> None:
        """Build the house around its database: nothing in memory survives."""
        stage = self.stage
        stage.delivery = Delivery(
            stage.database, stage.library, {stage.channel_name: self.channel}, stage.clock, Pace(per_second=26)
        )
        stage.timekeeper = Timekeeper(stage.database, stage.library, stage.clock, stage.delivery.look_again)
        stage.turns = Turns(self.database, stage.library, stage.clock, stage.delivery, stage.names)

    async def judge(self, step: Step) -> None:
        """Show the judge what was said since they were shown something, and how the tables stand."""
        seen, self.channel.seen = self.channel.seen, []
        self.oracle.judge(step, seen, await self.stage.database.read(look))
        if step.forgets:
            self.oracle.check_forgotten(step.who, str(await self.stage.database.read(dump)))
        for line in self.log:
            self.oracle.check_log(line)
        self.log.clear()

    async def wait(self, how_long: timedelta) -> None:
        """Let time pass, and then until no chat of a citizen is behind."""
        await self.stage.pass_time(how_long)
        await self.catch_up()

    async def happen(self, place: str, event: Event, *, sender: str | None = None, reply_to: int | None = None) -> None:
        """Let an update arrive whose every field that says who somebody is has a canary."""
        private = sender is None or sender == place
        who = place if private or sender is None else sender
        # Whoever acts has read what was said to them.
        await self.catch_up(who)
        self.stage.updates += 1
        number = None if isinstance(event, Pressed) else self.channel.next_number()
        if isinstance(event, TextEdited):
            number = event.number
        elif number is not None and private:
            self.wrote[who, who] = (number, self.wrote.get((who, who), (0, "", Kind.DRAFT))[1], Kind.DRAFT)
        update = Update(
            channel=self.stage.channel_name,
            bot="stage",
            key=str(self.stage.updates),
            place=place,
            private=private,
            sender=who,
            event=event,
            sent_at=self.stage.clock.now(),
            position=number,
            reply_to=reply_to,
            sender_name=who,
            language=who,
        )
        self.acts.append(f"{who[:6]} in {place[:8]}: {event}")
        if isinstance(event, TextSent):
            self.oracle.typed[who] |= codes_in(event.text)
        self.stage.names.of(place)
        outcome = await self._take(update)
        self._check_toast(who, outcome.toast)
        await self.stage.do_what_is_due()
        await self.catch_up(who)

    async def _take(self, update: Update) -> Outcome:
        if self.channel.heals or self.chance.random() > _SELDOM:
            return await self.stage.turns.take(update)
        self.troubles += 1
        self.database.trouble, self.database.words = self.chance.choice(_TROUBLES), f"{update}"
        try:
            return await self.stage.turns.take(update)
        except Unwritable:
            pass
        except LookupError as failed:
            log_failure(failed)
        self.acts.append("  … which fails, and comes again")
        outcome = await self.stage.turns.take(update)
        # What was done and not heard of is found in the tables, in a moment.
        await self.stage.pass_time(_PATIENCE)
        return outcome

    async def catch_up(self, who: str = "") -> None:
        """Wait until the chats of all citizens, and of one servant, show what they were to show."""
        waited_for = {who, *self.citizens}
        while self.channel.behind & waited_for:
            self.channel.behind -= waited_for
            await self.stage.pass_time(_PATIENCE)

    def _check_toast(self, who: str, toast: str) -> None:
        for bird in self.birds.heard_in(toast):
            if who in self.oracle.lives or who in self.oracle.removed or bird.kind is not Kind.NAME:
                self.oracle.leaks.append(("toast", who, bird, toast))

    async def check_copy(self, who: str) -> None:
        """Let the judge look at all that is kept about somebody, as they get it."""
        packed = await self.stage.turns.load_own_data(self.stage.channel_name, who)
        if packed is None:
            return
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in archive.namelist():
                self.oracle.check_copy(who, f"{name} {archive.read(name).decode('utf-8', 'replace')}")

    def a_bird(self, who: str, kind: Kind, *, act: str = "", homes: set[str] | None = None) -> Canary:
        """Plant a word of somebody's, in their present life."""
        return self.birds.hatch(kind, who, self.oracle.lives.get(who, 0), act=act, homes=homes)

    def a_button(self, place: str, many: int) -> str | None:
        """Choose a button in a chat, mostly one on which much hangs."""
        buttons = [b.data for said in self.channel.newest(place)[:many] for row in said.message.buttons for b in row]
        if place in self.servants:
            # A servant can be a citizen too; here they are not, so that nothing of theirs is a contribution.
            buttons = [data for data in buttons if data.split(":")[0] in "cdkyu"]
        if not buttons:
            return None
        liked = [data for data in buttons if any(part in data for part in _LIKED)]
        return self.chance.choice(liked if liked and self.chance.random() < 0.7 else buttons)

    def a_code(self) -> str:
        """Choose one of the newest cases."""
        codes = [case.code for case in self.oracle.view.cases.values()]
        return self.chance.choice(codes[-12:]) if codes else "AAAA-AAAA"


def named_in(data: str) -> set[str]:
    """List the numbers in the data of a button."""
    return codes_in(data.replace(":", " ").replace(".", " "))
