"""Taking statements in, a page at a time: who wrote them gets a chat and a code, and each statement its case.

A code is on the list before it counts, and a case is there before the next page is read. So a run that was killed
at any moment is done again by the same command, and nothing is there twice.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from bot.clock import Clock
from bot.tools.code_list import CodeList, Owner
from bot.turns import make_fresh
from dialogs.cases.promise import promised_day
from dialogs.desk.card import TAKEN_BACK
from dialogs.errors import Mistake
from dialogs.flows.flow import Flow
from dialogs.fresh import Fresh
from dialogs.ids import QueueId, ServiceId, VersionId
from dialogs.moved import Came, Steps, greet, open_moved, tell_rooms
from dialogs.statements import Refused, Statement
from dialogs.town import Town
from storage import imports
from storage.database import Connection, Database
from storage.imports import Arrival, Known

# Rows a transaction: whoever chats meanwhile waits for one at most.
PAGE = 200
# So many mistakes are kept to be told, and so many different verdicts of the other platform counted.
_MOST_TOLD, _MOST_VERDICTS = 200, 20


@dataclass(slots=True)
class Tally:
    """What became of the rows. ``moderated``: how many had which verdict on the other platform."""

    came: Counter[ServiceId] = field(default_factory=Counter)
    known: int = 0
    refused: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    moderated: Counter[str] = field(default_factory=Counter)
    queues: dict[QueueId, Came] = field(default_factory=dict)
    owners: int = 0

    @property
    def rows(self) -> int:
        """Count the rows."""
        return self.came.total() + self.known + self.refused

    def refuse(self, mistakes: Sequence[Mistake]) -> None:
        """Count a row that is not taken."""
        self.refused += 1
        self.mistakes += mistakes[: max(0, _MOST_TOLD - len(self.mistakes))]


@dataclass(slots=True)
class MovingIn:
    """One run. ``codes`` None: it only tells what would come of it."""

    database: Database
    town: Town
    clock: Clock
    flow: Flow
    version: VersionId
    codes: CodeList | None
    # What keeps the keys of one platform apart from those of another, and how they are kept.
    source: str
    key: bytes
    a_day: int
    # What the sheet is called in mistakes, and who is told how many rows were read.
    file: str
    told: Callable[[int], None]
    tally: Tally = field(default_factory=Tally)
    _steps: dict[QueueId, Steps] = field(default_factory=dict)

    async def take(self, statements: Iterable[Statement | Refused]) -> Tally:
        """Take all of them in. Raises: NotASheet, Unwritable, OSError; what was taken until then stays."""
        coming = self._sort(statements)
        while page := list(islice(coming, PAGE)):
            began = self.clock.now()
            await self._take_page(page, now=began)
            self.told(self.tally.rows)
            if self.codes is not None:
                took_s = (self.clock.now() - began).total_seconds()
                await self.clock.wait(asyncio.Event(), timeout_s=min(took_s, 1.0))
        if self.codes is not None and self.tally.queues:
            told = list(tell_rooms(self.tally.queues, self.town).items())
            now = self.clock.now()
            await self.database.write(lambda c: imports.tell_rooms(c, told, now=now))
        return self.tally

    def _sort(self, statements: Iterable[Statement | Refused]) -> Iterator[Statement]:
        for one in statements:
            match one:
                case Refused(_, mistakes):
                    self.tally.refuse(mistakes)
                case Statement():
                    yield one

    async def _take_page(self, page: Sequence[Statement], *, now: datetime) -> None:
        rows = {self._row(one): one for one in page}
        authors = {self._author(one) for one in page if one.author}
        known, homes = await self.database.read(
            lambda c: (imports.find_known(c, rows), imports.find_authors(c, authors))
        )
        for row, one in rows.items():
            self._count(one, known.get(row))
        new = {row: one for row, one in rows.items() if row not in known}
        fresh = dict(zip(new, await self._make_fresh(len(new)), strict=True))
        arrivals = [await self._arrive(row, new[row], fresh[row], now=now) for row in new]
        if self.codes is None:
            self._note(arrivals)
            return
        reached = {row for row in rows if row in new or known[row].address or self._author(rows[row]) in homes}
        codes = self._write_codes({row: rows[row] for row in rows if row in reached}, self.codes)

        def write(c: Connection) -> set[str]:
            came = imports.take_in(c, arrivals, self.version, now=now)
            imports.issue_receipts(c, codes, now=now)
            return set(came)

        came = await self.database.write(write)
        self._note([one for one in arrivals if one.row in came])
        self.tally.known += len(arrivals) - len(came)

    def _write_codes(self, rows: Mapping[str, Statement], codes: CodeList) -> dict[str, str]:
        """Put a code for each author on the list, where there is none yet; give that of each row."""
        owners = {row: Owner(one.author) if one.author else Owner("", one.key) for row, one in rows.items()}
        new = {owner: make_fresh().receipt for owner in owners.values() if codes.code_of(owner) is None}
        codes.add(new)
        self.tally.owners = codes.count
        return {row: codes.code_of(owner) or new[owner] for row, owner in owners.items()}

    def _count(self, one: Statement, known: Known | None) -> None:
        if one.moderated and (one.moderated in self.tally.moderated or len(self.tally.moderated) < _MOST_VERDICTS):
            self.tally.moderated[one.moderated] += 1
        if known is None:
            return
        if known.words != TAKEN_BACK and known.words[0].answer != one.words:
            cause = "This row came in before, with other words."
            remedy = "Is it of another platform? Then say which: `--source NAME`."
            self.tally.refuse([Mistake(self.file, one.line, 1, cause, remedy)])
        else:
            self.tally.known += 1

    def _note(self, arrivals: Sequence[Arrival]) -> None:
        for one in arrivals:
            queue, day = one.opening.queue, one.opening.promised_on
            self.tally.came[one.opening.service] += 1
            so_far = self.tally.queues.get(queue, Came(0, day, day))
            days = (so_far.first, so_far.last, day)
            self.tally.queues[queue] = Came(so_far.count + 1, min(days), max(days))

    async def _make_fresh(self, count: int) -> list[Fresh]:
        made: dict[str, Fresh] = {}
        while len(made) < count:
            more = {one.code: one for one in (make_fresh() for _ in range(count - len(made)))}
            taken = await self.database.read(partial(imports.find_codes, codes=frozenset(more)))
            made |= {code: one for code, one in more.items() if code not in taken}
        return list(made.values())

    async def _arrive(self, row: str, one: Statement, fresh: Fresh, *, now: datetime) -> Arrival:
        queue = self.town.installation.services[one.service].queue
        if queue not in self._steps:
            self._steps[queue] = await self._begin_steps(queue, now=now)
        day = self._steps[queue].take()
        opening = open_moved(one, self.flow, self.town, day=day, now=now, fresh=fresh)
        author = self._author(one) if one.author else ""
        return Arrival(row, author, opening, greet(opening, self.town), secrets.token_urlsafe(32))

    async def _begin_steps(self, queue: QueueId, *, now: datetime) -> Steps:
        taken = await self.database.read(lambda c: imports.promised_days(c, queue))
        installation = self.town.installation
        first = promised_day(now, installation.loop.promise_days, installation.working_time)
        return Steps(first, taken, self.a_day, installation.working_time)

    def _row(self, one: Statement) -> str:
        return imports.spell(self.key, "row", self.source, one.key)

    def _author(self, one: Statement) -> str:
        return imports.spell(self.key, "author", self.source, one.author)
