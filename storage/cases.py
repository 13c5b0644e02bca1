"""Cases and their journal: every change is a compare-and-set on the version, with its line in the journal."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import Actor, Case, Deed, Entry, Outcome, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.seat import Latest
from dialogs.effects import OpenCase
from dialogs.ids import CaseId, PersonId, QueueId, ServiceId, StaffId, TagId
from dialogs.installation import Approach
from dialogs.said import Words
from storage import search
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, cases, contributions, contributors, journal
from storage.codec import (
    pack_case,
    pack_in_each,
    pack_proposal,
    pack_values,
    pack_words,
    unpack_case,
    unpack_in_each,
    unpack_proposal,
    words_of,
)
from storage.database import Connection
from storage.errors import LostRace
from storage.tables import people, sessions

# Built once: every contribution runs these, and building costs as much as running.
_OPEN = cases.insert().returning(cases.c.id)
_CONTRIBUTE = (
    contributions.insert()
    .values(
        version_id=sa.select(sessions.c.version_id).where(sessions.c.id == sa.bindparam("of_session")).scalar_subquery()
    )
    .returning(contributions.c.id)
)
_LINK = contributors.insert().values(
    participant=sa.select(people.c.participant).where(people.c.id == sa.bindparam("of_person")).scalar_subquery()
)
_LOAD = sa.select(cases).where(cases.c.id == sa.bindparam("case"))
_WRITE = journal.insert()
# And every drawing of a card these.
_NEWEST = (
    sa.select(journal)
    .where(journal.c.case_id == sa.bindparam("case"), journal.c.undone_at.is_(None))
    .order_by(journal.c.id.desc())
    .limit(sa.bindparam("most"))
)
_FIRST_WORDS = (
    sa.select(contributions.c.words, contributors.c.part, contributors.c.pseudonym)
    .join(contributors, contributors.c.contribution_id == contributions.c.id)
    .where(contributors.c.case_id == sa.bindparam("case"))
    .order_by(contributors.c.id)
    .limit(1)
)
_LATEST_ACT = sa.select(journal).where(
    journal.c.case_id == sa.bindparam("case"),
    journal.c.version == sa.bindparam("version"),
    journal.c.before.is_not(None),
    journal.c.actor == Actor.SERVANT.value,
    # What another case pointed to is taken back there.
    journal.c.act != Deed.TOOK_IN.value,
    journal.c.undone_at.is_(None),
)
_TELLING = sa.select(announcements.c.id, HAS_BEGUN.label("has_begun")).where(
    announcements.c.case_id == sa.bindparam("case"), announcements.c.version == sa.bindparam("version")
)
_ANSWERED = sa.select(
    sa.exists().where(
        journal.c.case_id == sa.bindparam("case"),
        journal.c.id > sa.bindparam("after"),
        journal.c.act == Act.ANSWER.value,
    )
)
_TOUCHED = (
    sa.select(journal.c.at)
    .where(
        journal.c.case_id == sa.bindparam("case"),
        journal.c.undone_at.is_(None),
        (journal.c.staff_id == sa.bindparam("holder")) | (journal.c.act == Act.ANSWER.value),
    )
    .order_by(journal.c.id.desc())
    .limit(1)
)


def open_case(c: Connection, opening: OpenCase, person: PersonId, *, now: datetime) -> Case:
    """Open the case of a contribution. The session can make one contribution only, which the database holds."""
    row = {
        "code": opening.code,
        "version": 1,
        "approach": opening.approach.value,
        "state": State.NEW.value,
        "contribution": opening.contribution,
        "service": opening.service,
        "queue": opening.queue,
        "promised_on": opening.promised_on.isoformat(),
        "opened_at": now,
        "tags": " ".join(opening.tags),
    }
    case_id = c.execute(_OPEN, row).scalar_one()
    said = {
        "session_id": opening.session,
        "of_session": opening.session,
        "case_id": case_id,
        "words": pack_words(opening.words),
        "answers": pack_values(opening.answers),
        "language": opening.language,
        "submitted_at": now,
    }
    contribution = c.execute(_CONTRIBUTE, said).scalar_one()
    link = {"case_id": case_id, "person_id": person, "contribution_id": contribution, "pseudonym": opening.pseudonym}
    c.execute(_LINK, {**link, "of_person": person})
    search.keep(c, CaseId(case_id), opening.words)
    return load(c, CaseId(case_id))


def load(c: Connection, case_id: CaseId) -> Case:
    """Give a case as it stands."""
    return read_case(c.execute(_LOAD, {"case": case_id}).one())


def find_by_code(c: Connection, code: str) -> Case | None:
    """Find a case by its code."""
    row = c.execute(sa.select(cases).where(cases.c.code == code)).one_or_none()
    return read_case(row) if row else None


def list_undone(c: Connection, queue: str, states: Sequence[State], *, limit: int) -> list[CaseId]:
    """List the cases of a queue in these states, oldest first."""
    names = [state.value for state in states]
    query = sa.select(cases.c.id).where(cases.c.queue == queue, cases.c.state.in_(names))
    return [CaseId(row.id) for row in c.execute(query.order_by(cases.c.id).limit(limit))]


def change(c: Connection, case: Case, entry: Entry) -> None:
    """Write a case that was one version behind, and its journal. Raises: LostRace where it was not."""
    values = {
        "version": case.version,
        "state": case.state.value,
        "service": case.service,
        "queue": case.queue,
        "holder_id": case.holder,
        "held_at": case.held_at,
        "outcome": case.outcome and case.outcome.value,
        "reason": case.reason,
        "reason_in": pack_in_each(case.reason_in),
        "proposal": pack_proposal(case.proposal) if case.proposal else None,
        "promised_on": case.promised_on.isoformat(),
        "overdue": case.overdue,
        "wanted_by": case.wanted_by,
        "urgent": case.urgent,
        "tags": " ".join(case.tags),
        "snoozed_until": case.snoozed_until and case.snoozed_until.isoformat(),
        "public_line": case.public_line,
        "merged_into": case.merged_into,
        "heard": case.heard,
        "hear_until": case.hear_until,
        "did": case.did,
        "did_not": case.did_not,
        "ended_at": case.ended_at,
        "reviews": case.reviews,
    }
    mine = (cases.c.id == case.id) & (cases.c.version == case.version - 1)
    if c.execute(cases.update().where(mine).values(values)).rowcount != 1:
        raise LostRace
    write_entry(c, case, entry)


def write_entry(c: Connection, case: Case, entry: Entry) -> None:
    """Add a line to the journal of a case."""
    row = {
        "case_id": case.id,
        "at": entry.at,
        "actor": entry.actor.value,
        "staff_id": entry.staff,
        "contributor_id": entry.contributor,
        "act": entry.act,
        "words": entry.words,
        "before": pack_case(entry.before) if entry.before else None,
        "version": case.version,
    }
    c.execute(_WRITE, row)
    if entry.actor is Actor.CITIZEN and entry.words:
        search.add(c, case.id, entry.words)


def mark_undone(c: Connection, entry: int, *, now: datetime) -> None:
    """Note that an act was taken back. Raises: LostRace where somebody was faster."""
    mine = (journal.c.id == entry) & journal.c.undone_at.is_(None)
    if c.execute(journal.update().where(mine).values(undone_at=now)).rowcount != 1:
        raise LostRace


def latest_act(c: Connection, case: Case) -> Latest | None:
    """Give the act that brought a case to its present version, if a servant's act did and it can be undone."""
    of_version = {"case": case.id, "version": case.version}
    row = c.execute(_LATEST_ACT, of_version).one_or_none()
    if row is None:
        return None
    telling = c.execute(_TELLING, of_version).one_or_none()
    gone = telling is not None and bool(telling.has_begun)
    staff_id = None if row.staff_id is None else StaffId(row.staff_id)
    before = unpack_case(row.before)
    # Only who waited for an answer can have had it meanwhile.
    answered = before.state is State.ASKED and bool(c.execute(_ANSWERED, {"case": case.id, "after": row.id}).scalar())
    return Latest(row.id, row.act, staff_id, row.at, before, None if telling is None else telling.id, gone, answered)


def touched_at(c: Connection, case: Case) -> datetime | None:
    """Tell when its holder last did something with a case, a note too, or the citizen answered them."""
    at: datetime | None = c.execute(_TOUCHED, {"case": case.id, "holder": case.holder}).scalar()
    return at


def newest_entries(c: Connection, case_id: CaseId, *, limit: int) -> list[Entry]:
    """List the newest lines of a journal that still hold, oldest first."""
    rows = c.execute(_NEWEST, {"case": case_id, "most": limit}).all()
    return [
        Entry(row.act, Actor(row.actor), row.at, row.staff_id, row.words, contributor=row.contributor_id)
        for row in reversed(rows)
    ]


def first_words(c: Connection, case_id: CaseId) -> tuple[Words, str]:
    """Give the words of a case's first contribution, and the pseudonym of who wrote them."""
    row = c.execute(_FIRST_WORDS, {"case": case_id}).one_or_none()
    return (words_of(row), row.pseudonym) if row else ((), "")


def read_case(row: Any) -> Case:
    """Read a case from a row that has every column of the table."""
    return Case(
        id=CaseId(row.id),
        code=row.code,
        version=row.version,
        approach=Approach(row.approach),
        state=State(row.state),
        contribution=row.contribution,
        service=ServiceId(row.service),
        queue=QueueId(row.queue),
        promised_on=date.fromisoformat(row.promised_on),
        opened_at=row.opened_at,
        holder=None if row.holder_id is None else StaffId(row.holder_id),
        held_at=row.held_at,
        outcome=row.outcome and Outcome(row.outcome),
        reason=row.reason,
        reason_in=unpack_in_each(row.reason_in),
        proposal=row.proposal and unpack_proposal(row.proposal),
        overdue=row.overdue,
        wanted_by=None if row.wanted_by is None else StaffId(row.wanted_by),
        urgent=row.urgent,
        tags=tuple(TagId(tag) for tag in row.tags.split()),
        snoozed_until=None if row.snoozed_until is None else date.fromisoformat(row.snoozed_until),
        public_line=row.public_line,
        merged_into=None if row.merged_into is None else CaseId(row.merged_into),
        split_from=None if row.split_from is None else CaseId(row.split_from),
        heard=row.heard,
        hear_until=row.hear_until,
        did=row.did,
        did_not=row.did_not,
        ended_at=row.ended_at,
        reviews=row.reviews,
    )
