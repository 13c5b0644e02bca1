"""Taking in what was said on another platform: a page of rows in one transaction, each row once.

A row is known again by a keyed hash of its key there, so a run that was killed goes on where it ended, and the same
sheet twice brings nothing twice. Each author has a web chat here, which nobody has opened yet: what they are told goes
into it as into any other, and stands there when they come with their code.
"""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Actor, Deed, Entry
from dialogs.effects import OpenCase, SetTimer, Timer
from dialogs.flows.session import Session
from dialogs.ids import AddressId, PersonId, QueueId, VersionId
from dialogs.message import Message
from dialogs.said import Words
from storage import addresses, cases, lines, outbox, rooms, sessions, timers, visits
from storage.case_tables import cases as cases_table
from storage.case_tables import contributions, contributors, imports
from storage.codec import pack_answers, pack_message, unpack_words
from storage.database import Connection
from storage.tables import addresses as places
from storage.tables import receipts
from storage.tables import sessions as talks

_OPEN = [state.value for state in sorted(UNDECIDED)]

# Built once: every row or every page runs these.
_KEEP = imports.insert()
_MOVE_IN = talks.insert().values(state=sessions.MOVED, turn=0, asked="")
_KNOWN = (
    sa.select(imports.c.row_hmac, contributions.c.words, places.c.id.label("address_id"))
    .join(contributions, contributions.c.id == imports.c.contribution_id)
    .join(contributors, contributors.c.contribution_id == contributions.c.id)
    .outerjoin(places, places.c.person_id == contributors.c.person_id)
    .where(imports.c.row_hmac.in_(sa.bindparam("rows", expanding=True)))
)
_AUTHORS = (
    sa.select(imports.c.author_hmac, places.c.id.label("address_id"), places.c.person_id)
    .join(contributors, contributors.c.contribution_id == imports.c.contribution_id)
    .join(places, places.c.person_id == contributors.c.person_id)
    .where(imports.c.author_hmac.in_(sa.bindparam("authors", expanding=True)))
    .distinct()
)
_CONTRIBUTION = sa.select(contributions.c.id).where(contributions.c.session_id == sa.bindparam("session"))
_PROMISED = (
    sa.select(cases_table.c.promised_on, sa.func.count())
    .where(cases_table.c.queue == sa.bindparam("queue"), cases_table.c.state.in_(_OPEN))
    .group_by(cases_table.c.promised_on)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A row that came in before: its words as they stand, and the chat of its author; None: they were forgotten."""

    words: Words
    address: AddressId | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row on its way in. ``author`` "": it has a chat to itself; ``place``: where that is, if it is a new one."""

    row: str
    author: str
    opening: OpenCase
    greeting: Message
    place: str


def spell(key: bytes, *names: str) -> str:
    """Write what a row or an author is known by, so that the name itself is not kept."""
    return hmac.new(key, "\0".join(names).encode(), "sha256").hexdigest()


def find_known(c: Connection, rows: Collection[str]) -> dict[str, Known]:
    """Find the rows that came in before."""
    found = c.execute(_KNOWN, {"rows": list(rows)}) if rows else ()
    return {
        row.row_hmac: Known(unpack_words(row.words), None if row.address_id is None else AddressId(row.address_id))
        for row in found
    }


def find_authors(c: Connection, authors: Collection[str]) -> dict[str, tuple[AddressId, PersonId]]:
    """Find the chats of authors who have one."""
    found = c.execute(_AUTHORS, {"authors": list(authors)}) if authors else ()
    return {row.author_hmac: (AddressId(row.address_id), PersonId(row.person_id)) for row in found}


def promised_days(c: Connection, queue: QueueId) -> dict[date, int]:
    """Count what a queue has promised for each day and not decided yet."""
    return {date.fromisoformat(day): count for day, count in c.execute(_PROMISED, {"queue": queue})}


def find_codes(c: Connection, codes: Collection[str]) -> set[str]:
    """Tell which numbers are a case's already: among so many new ones it can happen."""
    return set(c.execute(sa.select(cases_table.c.code).where(cases_table.c.code.in_(list(codes)))).scalars())


def take_in(c: Connection, arrivals: Sequence[Arrival], version: VersionId, *, now: datetime) -> list[str]:
    """Open the cases of those rows that are not there yet, and name these rows."""
    known = find_known(c, [one.row for one in arrivals])
    authors = find_authors(c, {one.author for one in arrivals if one.author})
    new = [one for one in arrivals if one.row not in known]
    for one in new:
        home = authors.get(one.author) or _make_home(c, one, now=now)
        if one.author:
            authors[one.author] = home
        _open(c, one, version, *home, now=now)
    return [one.row for one in new]


def issue_receipts(c: Connection, codes: Mapping[str, str], *, now: datetime) -> None:
    """Let the code of each row reopen the chat of its author, as far as it does not yet and they were not forgotten."""
    wanted = {
        visits.hash_code(codes[row]): (known.address, codes[row])
        for row, known in find_known(c, codes).items()
        if known.address is not None
    }
    valid = sa.select(receipts.c.code_sha256).where(receipts.c.code_sha256.in_(list(wanted)))
    for hashed in wanted.keys() - set(c.execute(valid).scalars()):
        address, code = wanted[hashed]
        visits.keep_receipt(c, address, code, at=now)


def tell_rooms(c: Connection, told: Sequence[tuple[QueueId, Message]], *, now: datetime) -> None:
    """Tell the rooms of some queues what has come, after everything else that waits for them."""
    for queue, message in told:
        for seen in rooms.rooms_of(c, queue):
            outbox.put_digest(c, seen.room, message, now=now)


def forget(c: Connection, ids: Sequence[int]) -> None:
    """Keep of some contributions that they came in, and not who wrote them."""
    c.execute(imports.update().where(imports.c.contribution_id.in_(ids)).values(author_hmac=None))


def _make_home(c: Connection, one: Arrival, *, now: datetime) -> tuple[AddressId, PersonId]:
    address = addresses.add_citizen(c, "web", one.place, one.opening.language, now=now)
    assert address.person is not None
    return address.id, address.person


def _open(
    c: Connection, one: Arrival, version: VersionId, address: AddressId, person: PersonId, *, now: datetime
) -> None:
    opening = one.opening
    nothing = pack_answers(Session(opening.session, version))
    talk = {"id": opening.session, "person_id": person, "version_id": version, "answers": nothing}
    c.execute(_MOVE_IN, {**talk, "opened_at": now, "touched_at": now})
    case = cases.open_case(c, opening, person, now=now)
    cases.write_entry(c, case, Entry(Deed.OPENED, Actor.CITIZEN, now))
    for timer, due_at in ((Timer.PROMISE, opening.promise_ends_at), *opening.alarms):
        timers.set_timer(c, SetTimer(timer, case, due_at))
    contribution = c.execute(_CONTRIBUTION, {"session": opening.session}).scalar_one()
    c.execute(_KEEP, {"row_hmac": one.row, "author_hmac": one.author or None, "contribution_id": contribution})
    lines.add(c, address, pack_message(one.greeting), at=now)
