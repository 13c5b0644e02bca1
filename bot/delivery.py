"""The only way out: from the outbox to the channels, in order within each chat and lane.

One loop decides what goes now; each message is then sent by a task of its own, so a slow chat delays
no other. A message stays *due* until its chat shows it: a kill at any point sends it again, and only
where the channel's answer was lost may somebody read it twice. Announcements are the exception: they
are marked before the call, and whose outcome is unknown goes to a list instead.

The table is the truth, and what is *at hand* is a copy of its due rows that spares reading it. A turn
hands its replies over after the commit; everything else is found by looking into the table, at once,
soon, or after a second. What is at hand may lack rows of the table only where one of these is known:
a chat that must wait (*waiting*), a line whose first message is tried again later (*delayed*), or a
look that saw only a page (*more*). In each of them a reply is not taken over but looked up, so that it
never overtakes what was said before it.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot import sending
from bot.channel import Channel, Refused
from bot.clock import Clock
from bot.library import Library
from bot.pacing import PRIVATE_APART_S, Pace
from bot.receipts import Receipts
from dialogs.cases.urgency import Urgency, aged
from dialogs.effects import Lane
from dialogs.ids import AddressId, BatchId, CaseId, OutboxId
from storage import batches, outbox
from storage.database import Database
from storage.errors import StorageError, Unwritable
from storage.outbox import Parcel

log = logging.getLogger(__name__)

# How many rows are looked at in one go, and how many calls may be under way.
_PAGE = 500
_MOST_FLYING = 64
_LOOK_EVERY_S = 1.0
_SOON_S = 0.03
# A prompt in the air lands or fails within the call's own timeout; longer than this nobody waits.
_LANDING_S = 5.0


# What goes out in order: a lane of a chat, but for cards and batches, each of which is a line of its own.
Line = tuple[AddressId, Lane, CaseId | None, BatchId | None]


def line_of(parcel: Parcel) -> Line:
    """Tell which messages this one must follow."""
    return parcel.address, parcel.lane, parcel.draws, parcel.draws_batch


def _order(parcel: Parcel) -> tuple[Lane, float, OutboxId]:
    wanted_by = 0.0 if parcel.wanted_by is None else parcel.wanted_by.timestamp()
    return parcel.lane, wanted_by, parcel.id


class Delivery:
    """Sends what is due."""

    def __init__(
        self, database: Database, library: Library, channels: Mapping[str, Channel], clock: Clock, pace: Pace
    ) -> None:
        self._database = database
        self._library = library
        self._channels = channels
        self._clock = clock
        self._pace = pace
        self._receipts = Receipts(channels, clock, pace)
        self._woken = asyncio.Event()
        self._flying: dict[OutboxId, asyncio.Task[None]] = {}
        # A line is busy while one of its messages is under way.
        self._busy: set[Line] = set()
        # What landed since the table was read: what was read may call it due still.
        self._landed: set[OutboxId] = set()
        # Chats that must wait, and lines whose first message is tried again later; until when (s since 1970).
        self._waiting: dict[AddressId, float] = {}
        # What is not pressing enough to go now in a room, though other things may; until when.
        self._held_back: dict[tuple[AddressId, Urgency], float] = {}
        self._delayed: dict[Line, float] = {}
        # What is due and not under way, as far as it is known here; the table holds all of it.
        self._at_hand: list[Parcel] = []
        # What was handed over while the table was being read.
        self._meanwhile: list[Parcel] = []
        # Whether the table may hold what is not at hand, and when it is looked at in any case.
        self._behind = True
        self._soon = False
        self._look_at = 0.0
        # Whether the last look saw only a page of what is due.
        self._more = False
        # When the next may go of those that wait for a slot; 0: none waits.
        self._slot_at = 0.0

    def wake(self) -> None:
        """Look soon: something was put in. Cards are the most of it, and several at once cost one look."""
        self._soon = True
        self._look_at = min(self._look_at, self._clock.now().timestamp() + _SOON_S)
        self._woken.set()

    def look_again(self) -> None:
        """Look at once, and send nothing before: what is at hand may have been withdrawn."""
        self._behind = True
        self._woken.set()

    def hand_over(self, parcels: Sequence[Parcel]) -> None:
        """Take messages that were just committed, without looking for them in the table.

        Where the table may hold earlier ones of their chat, it is looked at after all.
        """
        if self._behind or self._more or any(self._must_follow(parcel) for parcel in parcels):
            self._behind = True
        else:
            self._meanwhile += parcels
        self._woken.set()

    def acknowledge(self, channel: str, place: str, number: int) -> None:
        """Put a sign on a message of theirs that was taken, if the room has a call to spare for it soon."""
        self._receipts.add(channel, place, number)
        self._woken.set()

    def is_in_the_air(self, parcel: OutboxId) -> bool:
        """Tell whether a message is being sent right now."""
        return parcel in self._flying

    async def landed(self, parcel: OutboxId) -> None:
        """Wait until a message that is being sent was sent, or failed."""
        if (task := self._flying.get(parcel)) is not None:
            await asyncio.wait((task,), timeout=_LANDING_S)

    async def recover(self) -> None:
        """After a start: list what a kill interrupted, and take up the pace where it was."""
        now = self._clock.now()
        uncertain = await self._database.write(outbox.list_interrupted)
        if uncertain:
            log.warning("%d announcements may or may not have been sent: see `yousaid unsent`", uncertain)
        lately = await self._database.read(lambda c: outbox.sent_since(c, now - timedelta(seconds=60)))
        for place, at, urgency in lately:
            self._pace.take(place, Lane.CARD, is_room=place.startswith("-"), now=at.timestamp(), urgency=urgency)
        for address, lane, due_at in await self._database.read(lambda c: outbox.list_delayed(c, now=now)):
            self._delayed[address, lane, None, None] = due_at.timestamp()

    async def run(self) -> None:
        """Send until cancelled; then wait for what is under way."""
        try:
            while True:
                self._woken.clear()
                try:
                    wait_s = await self.send_due()
                except Unwritable:
                    wait_s = _LOOK_EVERY_S
                await self._clock.wait(self._woken, timeout_s=wait_s)
        finally:
            if self._flying:
                await asyncio.wait(self._flying.values(), timeout=_LANDING_S)
            await self._receipts.settle()

    async def send_due(self) -> float:
        """Start to send what may go now; give how many seconds until more may."""
        now_s = self._clock.now().timestamp()
        all_that_wait = len(self._waiting) + len(self._held_back)
        self._waiting = {address: until for address, until in self._waiting.items() if until > now_s}
        self._held_back = {what: until for what, until in self._held_back.items() if until > now_s}
        waited = len(self._waiting) + len(self._held_back) < all_that_wait
        if self._behind or waited or now_s >= self._look_at or (self._more and len(self._at_hand) < _PAGE // 2):
            await self._look()
        if self._meanwhile:
            # As in the table: of two turns at once, the second to commit may be the first to hand over (PostgreSQL).
            self._at_hand = sorted([*self._at_hand, *self._meanwhile], key=_order)
            self._meanwhile = []
        soonest = min(self._start_what_may_go(), self._receipts.give_due())
        return 0.0 if self._behind else min(_LOOK_EVERY_S, max(soonest - self._clock.now().timestamp(), 0.001))

    def _start_what_may_go(self) -> float:
        """Start what may go now; give when (seconds since 1970) more may."""
        left: list[Parcel] = []
        # A line that waits for a slot is passed over whole, so that nothing overtakes within it.
        queued: set[Line] = set()
        self._slot_at = 0.0
        for parcel in self._at_hand:
            line = line_of(parcel)
            if line in self._busy or line in queued or len(self._flying) >= _MOST_FLYING:
                left.append(parcel)
            elif not self._is_put_off(parcel) and line not in self._delayed:
                wait_s, settling_s = self._wait_s(parcel), self._settling_s(parcel)
                if not wait_s and not settling_s:
                    self._start(parcel)
                elif not settling_s and (parcel.is_room or wait_s > PRIVATE_APART_S):
                    # For long, so it makes room at hand for others; it is read again when it may go.
                    self._put_off(parcel, wait_s)
                else:
                    left.append(parcel)
                    queued.add(line)
                    slot_at = self._clock.now().timestamp() + max(wait_s, settling_s)
                    self._slot_at = min(self._slot_at or slot_at, slot_at)
        self._at_hand = left
        moments = (*self._waiting.values(), *self._held_back.values(), *filter(None, (self._slot_at,)))
        return min([*moments, self._look_at])

    def _is_put_off(self, parcel: Parcel) -> bool:
        return parcel.address in self._waiting or (parcel.address, parcel.urgency) in self._held_back

    def _put_off(self, parcel: Parcel, wait_s: float) -> None:
        now_s = self._clock.now().timestamp()
        # For anything at all.
        chat_s = self._pace.wait_s(parcel.place, parcel.lane, is_room=parcel.is_room, now=now_s)
        if chat_s:
            self._waiting[parcel.address] = now_s + chat_s
        else:
            overdue_at = parcel.wanted_by.timestamp() if parcel.wanted_by is not None else 0.0
            until = min(now_s + wait_s, overdue_at) if overdue_at > now_s else now_s + wait_s
            self._held_back[parcel.address, parcel.urgency] = until

    async def _look(self) -> None:
        """Read from the table what is due."""
        now = self._clock.now()
        # A chat that must wait, with all that waits for it, hides no other chat's messages.
        channels, passing_over, holding_back = list(self._channels), list(self._waiting), list(self._held_back)
        self._behind = self._soon = False
        self._landed.clear()
        # All of it is in the table, or was withdrawn.
        self._meanwhile = []
        try:
            # As a unit of the writer, beside the turns: on SQLite that is one hop instead of several.
            found = await self._database.write(
                lambda c: outbox.list_due(
                    c, now=now, limit=_PAGE, channels=channels, passing_over=passing_over, holding_back=holding_back
                )
            )
        except Unwritable:
            self._behind = True
            raise
        now_s = now.timestamp()
        self._delayed = {line: until for line, until in self._delayed.items() if until > now_s}
        known = {parcel.id for parcel in found}
        # Where we are behind again, what was handed over may be withdrawn already; the next look tells.
        meanwhile = () if self._behind else self._meanwhile
        self._meanwhile = [parcel for parcel in meanwhile if parcel.id not in known]
        self._at_hand = [parcel for parcel in found if self._is_news(parcel)]
        self._more = len(found) == _PAGE
        next_look = min([now_s + _LOOK_EVERY_S, *self._delayed.values()])
        # Whoever woke us while the table was read put in what was not read.
        self._look_at = min(self._look_at, next_look) if self._soon else next_look

    def _is_news(self, parcel: Parcel) -> bool:
        # What was put off while the table was read must be followed, not overtaken.
        put_off = line_of(parcel) in self._delayed
        return parcel.id not in self._flying and parcel.id not in self._landed and not put_off

    def _must_follow(self, parcel: Parcel) -> bool:
        # Something earlier of this chat is in the table and not at hand.
        return parcel.address in self._waiting or line_of(parcel) in self._delayed

    @property
    def busy(self) -> bool:
        """Tell whether anything is under way."""
        return bool(self._flying) or self._receipts.busy

    @property
    def is_holding(self) -> bool:
        """Tell whether something is due that must wait a little for its turn."""
        return bool(self._waiting) or bool(self._held_back) or self._slot_at > 0 or self._soon or self._receipts.waiting

    async def settle(self) -> None:
        """Wait for everything that is under way."""
        while self._flying:
            await asyncio.wait(list(self._flying.values()))
        await self._receipts.settle()

    def _wait_s(self, parcel: Parcel) -> float:
        if parcel.channel != "telegram":
            return 0.0
        now = self._clock.now()
        urgency, at = aged(parcel.urgency, parcel.wanted_by, now=now), now.timestamp()
        return self._pace.wait_s(parcel.place, parcel.lane, is_room=parcel.is_room, now=at, urgency=urgency)

    def _settling_s(self, parcel: Parcel) -> float:
        if parcel.channel != "telegram" or parcel.settles_at is None:
            return 0.0
        return max(0.0, (parcel.settles_at - self._clock.now()).total_seconds())

    def _start(self, parcel: Parcel) -> None:
        if parcel.channel == "telegram":
            now = self._clock.now().timestamp()
            self._pace.take(parcel.place, parcel.lane, is_room=parcel.is_room, now=now, urgency=parcel.urgency)
        self._busy.add(line_of(parcel))
        task = asyncio.create_task(self._send(parcel))
        self._flying[parcel.id] = task
        task.add_done_callback(lambda _: self._land(parcel))

    def _land(self, parcel: Parcel) -> None:
        self._flying.pop(parcel.id, None)
        self._busy.discard(line_of(parcel))
        self._landed.add(parcel.id)
        self._woken.set()

    async def _send(self, parcel: Parcel) -> None:
        try:
            if parcel.channel == "telegram" and parcel.urgency is Urgency.NEW:
                one, now = parcel, self._clock.now()
                parcel = await self._database.write(lambda c: batches.gather(c, one, now=now))
            result = await self._try(parcel)
            now = self._clock.now()
            if isinstance(result, sending.HoldChat):
                self._pace.hold(parcel.place, until=now.timestamp() + result.seconds)
            town = self._library.town
            later = await self._database.write(lambda c: sending.mark(c, parcel, result, town, now=now))
            if parcel.board is not None:
                # A new board is to be pinned.
                self.wake()
            if later is not None:
                self._delayed[line_of(parcel)] = later.timestamp()
                self._look_at = min(self._look_at, later.timestamp())
        except StorageError as error:
            self._behind = True
            # The row is still due: it goes out again when the database is back.
            log.warning("a message could not be marked: %s", error)

    async def _try(self, parcel: Parcel) -> sending.Result:
        try:
            channel, now = self._channels[parcel.channel], self._clock.now()
            return await sending.send(self._database, channel, parcel, self._library.town, now=now)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it was, it must not be tried for ever)
            # A fault of ours: tried again and again it would hold up its chat and burn the machine.
            return Refused(f"it failed unexpectedly ({type(error).__name__})")
