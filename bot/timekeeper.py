"""What becomes due: timers of cases, silent people, announcements a page at a time, boards and digests.

A timer is taken and its effects are written in one transaction: it fires once, and after a kill it
fires again as if nothing had been. So it is with somebody who is silent; if they write at the same
moment, their turn wins. An announcement goes on from its cursor, so each contributor is written to once.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.desk_clock import desks_of, look_after_desks
from bot.library import Edition, Library
from dialogs.cases.audience import Listener, asks_by, draw_notice
from dialogs.cases.canned import words_for
from dialogs.cases.case import Case
from dialogs.clockwork import ring
from dialogs.desk.choosing import revisit
from dialogs.desk.escalation import LOOK_BACK
from dialogs.desk.holding import Held
from dialogs.effects import Lane, Telling, Timer
from dialogs.silence import Expired, Silent, Waiting, wake
from dialogs.town import Town
from storage import announcements, boards, cases, contributors, forgetting, outbox, sessions, staff, timers, weighings
from storage.announcements import Announcement
from storage.coming import Coming, what_comes
from storage.contributors import Contributor
from storage.database import Connection, Database
from storage.errors import Unwritable
from storage.recorder import draw_cards, note_unreachable, record_case

log = logging.getLogger(__name__)

# Recipients a transaction (DURABLE); small enough that pause and cancel are immediate.
PAGE = 500
# So many may wait in the outbox before the next page is written.
MOST_WAITING = 1000
# The longest time after which the tables are looked at, whatever was heard.
_LOOK_EVERY_S = 1.0
# How long a kind of work is left alone after it failed.
_REST = timedelta(minutes=1)


class Work(StrEnum):
    """What can be due, in the order in which it is looked at."""

    TIMERS = "timers"
    SILENCE = "reminders"
    ANNOUNCEMENTS = "announcements"
    DESKS = "boards and digests"


class Timekeeper:
    """Runs what is due, and sleeps until the next thing will be."""

    def __init__(self, database: Database, library: Library, clock: Clock, wake_delivery: Callable[[], None]) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._wait_s = _LOOK_EVERY_S
        # What is being looked at, and what failed and until when it is left alone.
        self._trying = Work.TIMERS
        self._resting: dict[Work, datetime] = {}

    async def run(self) -> None:
        """Work until cancelled. Nothing becomes due within a second of being set, so looking that often is enough."""
        never = asyncio.Event()
        while True:
            try:
                while await self.work_once():
                    self._wake_delivery()
            except Unwritable:
                self._wait_s = _LOOK_EVERY_S
            except Exception as failed:  # noqa: BLE001 - one bad row must stop neither the house nor what else is due
                # Never its words: they may quote the row.
                log.error("%s failed with %s and are left alone for a minute", self._trying, type(failed).__name__)
                self._resting[self._trying] = self._clock.now() + _REST
                self._wait_s = 0.01
            await self._clock.wait(never, timeout_s=self._wait_s)

    async def work_once(self) -> bool:
        """Do one thing that is due; false where nothing is."""
        return await self._database.write(self._work)

    def _work(self, c: Connection) -> bool:
        now, edition = self._clock.now(), self._library.edition
        moments: list[datetime] = []
        self._trying = Work.TIMERS
        coming = what_comes(c)
        for self._trying in Work:
            if self._resting.get(self._trying, now) > now:
                continue
            done, moment = _do(c, self._trying, edition, coming, now=now)
            if done:
                return True
            # What is due and could not be done waits for room, which comes second by second.
            if moment is not None and moment > now:
                moments.append(moment)
        until = min(((moment - now).total_seconds() for moment in moments), default=_LOOK_EVERY_S)
        self._wait_s = min(max(until, 0.01), _LOOK_EVERY_S)
        return False


def _do(c: Connection, work: Work, edition: Edition, coming: Coming, *, now: datetime) -> tuple[bool, datetime | None]:
    """Do one thing of a kind if it is due; and tell when the next of its kind was due."""
    match work:
        case Work.TIMERS:
            at = coming.timer_at
            return _is_due(at, now) and fire_timer(c, edition.town, now=now), at
        case Work.SILENCE:
            at = coming.wake_at
            return _is_due(at, now) and wake_silent(c, edition, now=now), at
        case Work.ANNOUNCEMENTS:
            at = coming.starts_at
            return _is_due(at, now) and tell_page(c, edition.town, now=now), at
        case Work.DESKS:
            desks = desks_of(c, edition.town)
            return look_after_desks(c, desks, edition.town, now=now), boards.next_of(desks)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def fire_timer(c: Connection, town: Town, *, now: datetime) -> bool:
    """Fire the oldest timer that is due."""
    due = timers.take_due(c, now=now)
    if due is None:
        return False
    case = cases.load(c, due.case)
    climbs = due.timer in (Timer.UNCLAIMED, Timer.NEAR)
    entries = cases.newest_entries(c, case.id, limit=LOOK_BACK) if climbs else ()
    for effect in ring(due.timer, case, due.version, town, now=now, held=_held(c, case, due.timer), entries=entries):
        record_case(c, effect, now=now)
    if due.timer is Timer.REVISIT:
        for again in revisit(case, weighings.choice_of(c, case.id), town, now=now):
            record_case(c, again, now=now)
    return True


def _held(c: Connection, case: Case, timer: Timer) -> Held:
    """Tell what a clock has to know of the one who has the case, and of the one who wants it."""
    supported = timer is Timer.FINISH and contributors.all_support(c, case.id)
    if case.holder is None:
        return Held(supported=supported)
    wanter = staff.servant_of(c, case.wanted_by) if case.wanted_by is not None else None
    may = wanter is not None and wanter.role_in(case.queue) is not None
    return Held(cases.touched_at(c, case), wanter_may=may, supported=supported)


def wake_silent(c: Connection, edition: Edition, *, now: datetime) -> bool:
    """Do what is due for the person who has been silent for the longest."""
    if outbox.count_announcements(c, most=MOST_WAITING) == MOST_WAITING:
        return False
    due = sessions.find_due(c, now=now)
    if due is None:
        return False
    silent = Silent(
        session=due.session,
        flow=edition.flow_of(c, due.session.version),
        language=due.language,
        touched_at=due.touched_at,
        reminded=due.reminded,
        reachable=due.reachable,
    )
    done = wake(silent, edition.town, now=now)
    match done:
        case Waiting(_, reminded, wake_at):
            sessions.let_sleep(c, due, reminded=reminded, wake_at=wake_at)
        case Expired():
            forgetting.forget_session(c, due.session.id, due.address, state=sessions.EXPIRED, now=now)
    if done.message is not None and due.address is not None:
        key = forgetting.reminder_key(due.session.id, due.session.turn, due.reminded)
        outbox.put(c, due.address, done.message, now=now, lane=Lane.ANNOUNCEMENT, dedup=key)
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
    # They know, and were asked what should be different.
    challenged = announcement.telling is Telling.CHALLENGED
    knows = contributors.last_challenger(c, announcement.case.id) if challenged else None
    for contributor in page:
        if contributor.id != knows:
            _tell(c, announcement, contributor, town, now=now)
    if page:
        announcements.advance(c, announcement.id, page[-1].id)
    if len(page) < PAGE:
        announcements.finish(c, announcement.id, now=now)
        # What has gone out can no longer be taken back: the card must stop offering it.
        draw_cards(c, cases.load(c, announcement.case.id), now=now)
        if announcement.telling is Telling.SPLIT and announcement.case.split_from is not None:
            draw_cards(c, cases.load(c, announcement.case.split_from), now=now)
    return True


def _tell(c: Connection, announcement: Announcement, contributor: Contributor, town: Town, *, now: datetime) -> None:
    telling, case = announcement.telling, replace(announcement.case, code=contributor.code)
    # A part is one person's, whatever was merged into it since.
    if contributor.told or (telling is Telling.SPLIT and contributor.case != case.id):
        return
    if not contributor.reachable:
        # What we have to say is not kept for a chat that is closed.
        note_unreachable(c, contributor.case, contributor.id, now=now)
        return
    words = words_for(announcement.words, announcement.words_in, contributor.language, town, code=contributor.code)
    ask = None
    if (asks := asks_by(telling, case)) is not None:
        ask = contributors.put_ask(c, contributor.id, case.id, asks, words, now=now)
    listener = Listener(contributor.language, contributor.excerpt, ask)
    notice = draw_notice(telling, case, words, listener, town)
    lane = Lane.REPLY if telling is Telling.QUESTION else Lane.ANNOUNCEMENT
    key = f"tell:{announcement.id}:{contributor.id}"
    outbox.put(c, contributor.address, notice, now=now, lane=lane, about=contributor.case, ask=ask, dedup=key)
