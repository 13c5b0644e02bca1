"""What becomes due: timers of cases, and announcements, a page of contributors at a time.

A timer is taken and its effects are written in one transaction: it fires once, and after a kill it
fires again as if nothing had been. An announcement goes on from its cursor, so each contributor is
written to once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.clock import Clock
from bot.library import Library
from dialogs.cases.audience import Listener, draw_notice
from dialogs.cases.case import ASK_BACK, QUESTION
from dialogs.cases.clockwork import ring
from dialogs.effects import Lane, Telling
from dialogs.town import Town
from storage import announcements, cases, contributors, outbox, timers
from storage.announcements import Announcement
from storage.contributors import Contributor
from storage.database import Connection, Database
from storage.errors import Unwritable
from storage.recorder import draw_cards, note_unreachable, record_case

# Recipients a transaction (DURABLE); small enough that pause and cancel are immediate.
PAGE = 500
# So many may wait in the outbox before the next page is written.
MOST_WAITING = 1000
# The longest time after which the tables are looked at, whatever was heard.
_LOOK_EVERY_S = 1.0
_ASKS = {Telling.QUESTION: QUESTION, Telling.ASK_BACK: ASK_BACK}


class Timekeeper:
    """Runs what is due, and sleeps until the next thing will be."""

    def __init__(self, database: Database, library: Library, clock: Clock, wake_delivery: Callable[[], None]) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._wait_s = _LOOK_EVERY_S

    async def run(self) -> None:
        """Work until cancelled. Nothing becomes due within a second of being set, so looking that often is enough."""
        never = asyncio.Event()
        while True:
            try:
                while await self.work_once():
                    self._wake_delivery()
            except Unwritable:
                self._wait_s = _LOOK_EVERY_S
            await self._clock.wait(never, timeout_s=self._wait_s)

    async def work_once(self) -> bool:
        """Do one thing that is due; false where nothing is."""
        return await self._database.write(self._work)

    def _work(self, c: Connection) -> bool:
        now, town = self._clock.now(), self._library.town
        if fire_timer(c, town, now=now) or tell_page(c, town, now=now):
            return True
        self._wait_s = self._until_next(c)
        return False

    def _until_next(self, c: Connection) -> float:
        moments = [moment for moment in (timers.next_due_at(c), announcements.next_starts_at(c)) if moment]
        until = min(((moment - self._clock.now()).total_seconds() for moment in moments), default=_LOOK_EVERY_S)
        return min(max(until, 0.01), _LOOK_EVERY_S)


def fire_timer(c: Connection, town: Town, *, now: datetime) -> bool:
    """Fire the oldest timer that is due."""
    due = timers.take_due(c, now=now)
    if due is None:
        return False
    for effect in ring(due.timer, cases.load(c, due.case), due.version, town, now=now):
        record_case(c, effect, now=now)
    return True


def tell_page(c: Connection, town: Town, *, now: datetime) -> bool:
    """Write to the next page of contributors of the oldest announcement that has started."""
    if outbox.count_announcements(c, most=MOST_WAITING) == MOST_WAITING:
        # The rest waits where it can still be counted, and stopped.
        return False
    announcement = announcements.next_started(c, now=now)
    if announcement is None:
        return False
    page = contributors.contributors_after(c, announcement.case.id, announcement.cursor, limit=PAGE)
    for contributor in page:
        _tell(c, announcement, contributor, town, now=now)
    if page:
        announcements.advance(c, announcement.id, page[-1].id)
    if len(page) < PAGE:
        announcements.finish(c, announcement.id, now=now)
        # What has gone out can no longer be taken back: the card must stop offering it.
        draw_cards(c, cases.load(c, announcement.case.id), now=now)
    return True


def _tell(c: Connection, announcement: Announcement, contributor: Contributor, town: Town, *, now: datetime) -> None:
    telling, case = announcement.telling, announcement.case
    if not contributor.reachable:
        # What we have to say is not kept for a chat that is closed.
        note_unreachable(c, case, now=now)
        return
    ask = None
    if telling in _ASKS:
        ask = contributors.put_ask(c, contributor.id, case.id, _ASKS[telling], announcement.words, now=now)
    listener = Listener(contributor.language, contributor.excerpt, ask)
    notice = draw_notice(telling, case, announcement.words, listener, town)
    lane = Lane.REPLY if telling is Telling.QUESTION else Lane.ANNOUNCEMENT
    key = f"tell:{announcement.id}:{contributor.id}"
    outbox.put(c, contributor.address, notice, now=now, lane=lane, about=case.id, ask=ask, dedup=key)
