"""Cases that are looked after together: a pointer from one to another, which makes trees of any depth.

Nothing is copied: each contributor keeps their own case, number, made-up name and words, and what belongs to all of
them is read along the pointers. So taking a merge back is to take the pointer away.
"""

import sqlalchemy as sa

from dialogs.cases.case import Case, Deed
from dialogs.cases.lifecycle import Act
from dialogs.cases.participant import Participant
from dialogs.desk.card import Part
from dialogs.desk.seat import Merged
from dialogs.effects import Telling
from dialogs.ids import CaseId, ContributorId, StaffId
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, cases, contributions, contributors, journal
from storage.cases import load
from storage.codec import unpack_case, words_of
from storage.database import Connection

_MOST_COUNTED = 1000

_CASE = sa.bindparam("case", type_=sa.BigInteger)
_MOST = sa.bindparam("most", type_=sa.Integer)
_top = sa.select(_CASE.label("id")).cte("tree", recursive=True)
# A case and all that point to it, directly or by way of others.
TREE = _top.union(sa.select(cases.c.id).where(cases.c.merged_into == _top.c.id))
_start = sa.select(cases.c.id, cases.c.merged_into).where(cases.c.id == _CASE).cte("above", recursive=True)
_ABOVE = _start.union(sa.select(cases.c.id, cases.c.merged_into).where(cases.c.id == _start.c.merged_into))
# A page of a case's own contributors in the order of their index, and one of those of the others: a case with many
# contributors of its own is never sorted through.
_OWN = (
    sa.select(contributors.c.id, sa.literal_column("0").label("apart"))
    .where(contributors.c.case_id == _CASE, contributors.c.id > sa.bindparam("cursor"))
    .order_by(contributors.c.id)
    .limit(_MOST)
    .subquery()
)
_WHOLE = contributors.alias("whole")
# A part that points back to the case it was split from is no other person.
_IS_BACK = sa.exists().where(
    contributors.c.part.is_not(None),
    _WHOLE.c.contribution_id == contributors.c.contribution_id,
    _WHOLE.c.part.is_(None),
    _WHOLE.c.case_id.in_(sa.select(TREE.c.id)),
)
_OTHERS = (
    sa.select(contributors.c.id, sa.literal_column("1").label("apart"))
    .select_from(TREE)
    .join(contributors, contributors.c.case_id == TREE.c.id)
    .where(TREE.c.id != _CASE, contributors.c.id > sa.bindparam("cursor"), ~_IS_BACK)
    # Not by the index of ids, which would read through everybody's: from the few cases to their contributors.
    .order_by(contributors.c.id + 0)
    .limit(_MOST)
    .subquery()
)
# The contributors after ``cursor`` of a case and of all that is merged into it; ``apart``: 1 for the latter.
PAGE = sa.union_all(sa.select(_OWN), sa.select(_OTHERS)).subquery()

# Built once: every drawing of a card runs the first.
_PARTS = (
    sa.select(
        contributors.c.id,
        contributors.c.pseudonym,
        contributors.c.participant,
        contributors.c.part,
        contributions.c.words,
        cases.c.code,
        cases.c.contribution,
    )
    .select_from(PAGE)
    .join(contributors, contributors.c.id == PAGE.c.id)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
    .join(cases, cases.c.id == contributors.c.case_id)
    # Who began the case comes first, whoever was there before in one that was merged into it.
    .order_by(PAGE.c.apart, PAGE.c.id)
    .limit(_MOST)
)
_COUNT = sa.select(sa.func.count()).select_from(
    sa.select(contributors.c.id)
    .select_from(TREE)
    .join(contributors, contributors.c.case_id == TREE.c.id)
    .where(~_IS_BACK)
    .limit(_MOST_COUNTED)
    .subquery()
)
_PSEUDONYMS = sa.select(contributors.c.id, contributors.c.pseudonym).where(
    contributors.c.id.in_(sa.bindparam("ids", expanding=True))
)
_MERGE = (
    sa.select(journal.c.id, journal.c.staff_id, journal.c.before)
    .where(journal.c.case_id == _CASE, journal.c.act == Act.MERGE.value, journal.c.undone_at.is_(None))
    .order_by(journal.c.id.desc())
    .limit(1)
)
_TOOK_IN = (
    sa.select(journal.c.before)
    .where(journal.c.case_id == _CASE, journal.c.act == Deed.TOOK_IN.value, journal.c.words == sa.bindparam("code"))
    .order_by(journal.c.id.desc())
    .limit(1)
)
# A part whose contributor has been written to knows of it.
IS_TOLD = (
    sa.exists()
    .where(
        announcements.c.case_id == cases.c.id,
        announcements.c.kind == Telling.SPLIT.value,
        HAS_BEGUN,
    )
    .correlate(cases)
)
# The cases that a contributor knows of.
IS_KNOWN = cases.c.split_from.is_(None) | IS_TOLD
_ROOT = sa.select(_ABOVE.c.id).where(_ABOVE.c.merged_into.is_(None))


def root_of(c: Connection, case_id: CaseId) -> CaseId:
    """Give the case that a case is looked after as: itself, if it points to none."""
    return CaseId(c.execute(_ROOT, {"case": case_id}).scalar_one())


def above(c: Connection, case_id: CaseId) -> list[CaseId]:
    """List a case and every case that it points to, directly or by way of others."""
    return [CaseId(row.id) for row in c.execute(sa.select(_ABOVE.c.id), {"case": case_id})]


def in_charge(c: Connection, case: Case) -> Case:
    """Give the case as which a case is looked after."""
    return case if case.merged_into is None else load(c, root_of(c, case.id))


def merged(c: Connection, case: Case) -> Merged | None:
    """Read what taking the merge of a case back needs to know; None for one that points to no other."""
    line = c.execute(_MERGE, {"case": case.id}).one_or_none() if case.merged_into is not None else None
    if line is None or line.before is None:
        return None
    root = load(c, root_of(c, case.id))
    took_in = c.execute(_TOOK_IN, {"case": case.merged_into, "code": case.code}).scalar()
    before, by = unpack_case(line.before), None if line.staff_id is None else StaffId(line.staff_id)
    was = unpack_case(took_in).promised_on if took_in and root.id == case.merged_into else None
    return Merged(line.id, by, before, root, was, untold=not is_known(c, case.id))


def is_known(c: Connection, case_id: CaseId) -> bool:
    """Tell whether the contributor of a case knows that it is one of its own."""
    return c.execute(sa.select(cases.c.id).where(cases.c.id == case_id, IS_KNOWN)).scalar() is not None


def parts_of(c: Connection, case_id: CaseId, *, limit: int) -> list[Part]:
    """List the first contributors of a case and of all that is merged into it, its own before the others."""
    rows = c.execute(_PARTS, {"case": case_id, "most": limit, "cursor": 0})
    parts: list[Part] = []
    for row in rows:
        # Made-up names are few, and those of several cases may be alike.
        taken = any(part.pseudonym == row.pseudonym for part in parts)
        name = f"{row.pseudonym} {row.code[:4]}" if taken else row.pseudonym
        said = row.participant and Participant(row.participant)
        parts.append(Part(ContributorId(row.id), row.code, name, words_of(row), said, row.contribution))
    return parts


def count_parts(c: Connection, case_id: CaseId) -> int:
    """Count the contributors of a case and of all that is merged into it, at most up to a thousand."""
    return int(c.execute(_COUNT, {"case": case_id}).scalar_one())


def pseudonyms(c: Connection, ids: set[ContributorId]) -> dict[ContributorId, str]:
    """Give how servants see some contributors."""
    return {ContributorId(row.id): row.pseudonym for row in c.execute(_PSEUDONYMS, {"ids": list(ids)})} if ids else {}
