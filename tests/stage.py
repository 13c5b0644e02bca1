"""A whole house on a stage: real database, turns, delivery and timers; a channel and a clock of our own.

The two ports are the only fakes. Nothing runs by itself: after every act the stage does all that is
due, so tests need no waiting, and days pass in no time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from bot.app import invite
from bot.channel import SendingFailed
from bot.configuration import load_voices, read_configuration
from bot.delivery import Delivery
from bot.desk_clock import desks_of
from bot.library import Library, open_library
from bot.pacing import Pace
from bot.settings import STARTER
from bot.timekeeper import Timekeeper
from bot.turns import Outcome, Turns, make_fresh
from dialogs.events import Event, Pressed, RoomEntered, Started, TextEdited, TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.message import Button, Message, say
from dialogs.town import Town
from storage import boards, outbox, staff
from storage.coming import what_comes
from storage.database import Connection, Database

# So many made-up names there are.
_NAMES = 16
_PARKS = "Parks and playgrounds"
# A Monday morning in Riverton.
MORNING = datetime(2027, 5, 3, 13, 0, tzinfo=UTC)


class StageClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = max(self._now, moment)

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        self._now += timedelta(seconds=timeout_s)


@dataclass(slots=True)
class Said:
    """One message as a chat shows it now."""

    place: str
    number: int
    message: Message
    edited: bool = False


@dataclass(slots=True)
class StageChannel:
    """A channel that shows everything in memory, and fails when a test says so."""

    shown: dict[tuple[str, int], Said] = field(default_factory=dict)
    # What was shown or changed since somebody looked.
    news: list[Said] = field(default_factory=list)
    failures: list[SendingFailed] = field(default_factory=list)
    # The message that is pinned in a place.
    pinned: dict[str, int] = field(default_factory=dict)
    # Numbers go up over all chats, and so do those of what people send.
    last: int = 0

    def next_number(self) -> int:
        self.last += 1
        return self.last

    async def send(self, place: str, message: Message, *, key: int) -> int:
        if self.failures:
            raise self.failures.pop(0)
        said = Said(place, self.next_number(), message)
        self.shown[place, said.number] = said
        self.news.append(said)
        return said.number

    async def pin(self, place: str, number: int) -> None:
        self.pinned[place] = number

    async def edit(self, place: str, number: int, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        said = self.shown[place, number]
        if said.message != message:
            said.message = message
            self.news.append(Said(place, number, message, edited=True))

    async def acknowledge(self, place: str, number: int) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.news.append(Said(place, number, say("(✍ on the note)")))

    def newest(self, place: str) -> list[Said]:
        return [said for (at, _), said in sorted(self.shown.items(), reverse=True) if at == place]

    def button(self, place: str, label: str) -> Button:
        """Find the newest button with this label, or beginning with it."""
        for said in self.newest(place):
            for row in said.message.buttons:
                for button in row:
                    if button.text == label or button.text.endswith(label):
                        return button
        raise LookupError(f"no button [{label}] in the chat of {place}")


@dataclass(slots=True)
class Names:
    """Random values that give each person a made-up name of their own: what is shown must not hang on two alike."""

    people: dict[str, int] = field(default_factory=dict)
    turn: int = 0

    def of(self, place: str) -> None:
        self.turn = self.people.setdefault(place, len(self.people))

    def __call__(self) -> Fresh:
        fresh = make_fresh()
        return replace(fresh, number=fresh.number - fresh.number % _NAMES + self.turn % _NAMES)


@dataclass(slots=True)
class Stage:
    """Everything a test needs to act and to look."""

    database: Database
    clock: StageClock
    channel: StageChannel
    library: Library
    turns: Turns
    delivery: Delivery
    timekeeper: Timekeeper
    channel_name: Literal["telegram", "web"] = "telegram"
    updates: int = 0
    # The newest text of each person in each place, which they can edit.
    texts: dict[tuple[str, str], int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    async def happen(
        self,
        place: str,
        event: Event,
        *,
        sender: str | None = None,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> Outcome:
        """Let something happen in a private chat (place is the person) or, with ``sender``, in a room."""
        self.updates += 1
        private = sender is None
        number = None if isinstance(event, Pressed) else self._number(event)
        if isinstance(event, TextSent) and number is not None:
            self.texts[place, sender or place] = number
        update = Update(
            channel=self.channel_name,
            bot="stage",
            key=str(self.updates),
            place=place,
            private=private,
            sender=place if private else None if anonymous else sender,
            event=event,
            sent_at=self.clock.now(),
            position=number,
            reply_to=reply_to,
            sender_name=place if private else sender or "",
            anonymous=anonymous,
        )
        return await self.take(update)

    def _number(self, event: Event) -> int:
        return event.number if isinstance(event, TextEdited) else self.channel.next_number()

    async def take(self, update: Update) -> Outcome:
        """Hand in an update as it is, and do all that follows at once."""
        self.names.of(update.place)
        outcome = await self.turns.take(update)
        await self.do_what_is_due()
        return outcome

    async def say(self, person: str, text: str) -> Outcome:
        return await self.happen(person, Started() if text == "/start" else TextSent(text))

    async def press(self, place: str, label: str, *, sender: str | None = None) -> Outcome:
        return await self.happen(place, Pressed(self.channel.button(place, label).data), sender=sender)

    async def say_or_press(self, person: str, said: str) -> Outcome:
        """Write in one's own chat, or press what stands in brackets."""
        if said.startswith("["):
            return await self.press(person, said.strip("[]"))
        return await self.say(person, said)

    async def come_to_review(self, person: str, idea: str, *, service: str = _PARKS) -> None:
        """Tell an idea, up to the last look before it is sent."""
        for said in talk_of(idea, service=service)[:-1]:
            await self.say_or_press(person, said)

    async def propose(self, person: str, idea: str, *, service: str = _PARKS) -> None:
        """Hand in an idea."""
        for said in talk_of(idea, service=service):
            await self.say_or_press(person, said)

    async def enrol(self, name: str, queue: str, role: str) -> None:
        """Enrol a servant by an invitation, in their private chat."""
        payload = await invite(
            self.database, self.clock, queue=QueueId(queue), role=Role(role), name="", valid=timedelta(days=1)
        )
        await self.happen(name, Started(payload))

    async def dismiss(self, name: str) -> None:
        """Take every right from a servant."""

        def remove(c: Connection) -> None:
            servant = staff.find(c, self.channel_name, name)
            assert servant is not None
            staff.remove(c, servant.id, now=self.clock.now())

        await self.database.write(remove)

    async def bind(self, place: str, lead: str, queue: str) -> None:
        """Add the bot to a group and bind it to a queue."""
        await self.happen(place, RoomEntered(), sender=lead)
        await self.happen(place, TextSent(f"/bind {queue}"), sender=lead)

    async def do_what_is_due(self) -> None:
        """Fire timers, expand announcements and send, until nothing is left to do now."""
        while True:
            while await self.timekeeper.work_once():
                pass
            wait_s = await self.delivery.send_due()
            if self.delivery.busy:
                await self.delivery.settle()
            elif self.delivery.is_holding:
                self.clock.move_to(self.clock.now() + timedelta(seconds=wait_s))
            else:
                return

    async def pass_time(self, how_long: timedelta) -> None:
        """Let time pass, stopping at everything that becomes due."""
        end = self.clock.now() + how_long
        while (moment := await self.database.read(self._next_moment)) is not None and moment <= end:
            self.clock.move_to(moment)
            await self.do_what_is_due()
        self.clock.move_to(end)
        await self.do_what_is_due()

    def _next_moment(self, c: Connection) -> datetime | None:
        now = self.clock.now()
        moments = (
            what_comes(c).first(),
            outbox.next_due_at(c, after=now),
            boards.next_of(desks_of(c, self.library.town)),
        )
        return min((moment for moment in moments if moment is not None), default=None)


def talk_of(idea: str, *, service: str = _PARKS) -> tuple[str, ...]:
    """List what somebody says who hands in an idea and skips what can be skipped; presses stand in brackets."""
    return ("/start", "[Share an idea]", f"[{service}]", idea, "[Done]", "[Skip]", "[Skip]", "[Send]")


@cache
def starter_town() -> Town:
    """The town of the starter, read once."""
    return Town(read_configuration(STARTER), load_voices())


@asynccontextmanager
async def set_stage(
    database: Database, *, town: Town | None = None, channel: str = "telegram", shown: StageChannel | None = None
) -> AsyncIterator[Stage]:
    """Build a house around a database; ``shown`` is a channel with habits of its own."""
    clock, shown = StageClock(), shown or StageChannel()
    library = await database.write(lambda c: open_library(c, town or starter_town(), now=clock.now()))
    delivery = Delivery(database, library, {channel: shown}, clock, Pace(per_second=26))
    timekeeper = Timekeeper(database, library, clock, delivery.look_again)
    names = Names()
    turns = Turns(database, library, clock, delivery, names)
    assert channel in ("telegram", "web")
    name: Literal["telegram", "web"] = "telegram" if channel == "telegram" else "web"
    yield Stage(database, clock, shown, library, turns, delivery, timekeeper, name, names=names)
