"""How the house stands at one moment, as plain SQL tells, and what one person did, as far as that says what changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage.codec import unpack_message
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its row says."""

    id: int
    code: str
    queue: str
    merged_into: int | None
    split_from: int | None
    public_line: str
    version: int
    state: str
    # Who has it, by their account.
    holder: str


@dataclass(frozen=True, slots=True)
class View:
    """The tables at one moment."""

    cases: Mapping[int, CaseRow] = field(default_factory=dict)
    # Those that have gone out: kind, case, words.
    told: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)
    # What is on the list of those that were not sent, or may not have been: the chat and how it begins.
    listed: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    # Something is still on its way.
    waits: bool = False

    def by_code(self, code: str) -> CaseRow | None:
        return next((case for case in self.cases.values() if case.code == code), None)

    def root(self, code: str) -> str:
        """Give the number of the case that looks after this one."""
        case = self.by_code(code)
        while case is not None and case.merged_into is not None:
            case = self.cases[case.merged_into]
        return case.code if case is not None else code

    def tree(self, id: int) -> set[str]:
        """List the numbers of a case and of all that points to it."""
        found, new = {id}, {id}
        while new:
            new = {case.id for case in self.cases.values() if case.merged_into in new} - found
            found |= new
        return {self.cases[one].code for one in found}

    def queue(self, code: str) -> str:
        case = self.by_code(code)
        return case.queue if case is not None else ""


def look(c: Connection) -> View:
    """Read the tables."""
    rows: Any = c.execute(
        sa.text(
            "SELECT c.id, code, queue, merged_into, split_from, COALESCE(public_line, '') AS public_line,"
            " version, state, COALESCE(a.account, '') AS holder"
            " FROM cases c LEFT JOIN staff_accounts a ON a.staff_id = c.holder_id ORDER BY c.id"
        )
    ).all()
    out: Any = c.execute(sa.text("SELECT id, kind, case_id, words FROM announcements WHERE done_at IS NOT NULL")).all()
    due = c.execute(
        sa.text("SELECT count(*) FROM outbox WHERE status IN ('due', 'sending') AND lane <> 1")
    ).scalar_one()
    ended: Any = c.execute(
        sa.text(
            "SELECT o.id, a.place, o.message FROM outbox o JOIN addresses a ON a.id = o.address_id"
            " WHERE o.status IN ('dead', 'unknown') AND o.message IS NOT NULL"
        )
    ).all()
    return View(
        {row.id: CaseRow(**row._mapping) for row in rows},
        {row.id: (row.kind, row.case_id, row.words or "") for row in out},
        {row.id: (row.place, unpack_message(row.message).plain().split("\n")[0]) for row in ended},
        waits=due > 0,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A contributor: in which life somebody said something, and the number by which they know it."""

    place: str
    life: int
    code: str
    # Of a part that was split off: the number of the whole.
    whole: str = ""


@dataclass(slots=True)
class Step:
    """What one person did, as far as it says what may change."""

    who: str
    # The numbers that it names, and what servants typed to be split off.
    named: set[str] = field(default_factory=set)
    sentence: str = ""
    forgets: bool = False
    uncovers: bool = False
    # Of a bulk: the word in the reason, if it has one.
    reason: str = ""
