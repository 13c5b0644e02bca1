"""Rows to begin with: people, rooms, a case with contributors, made as the product makes them."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dialogs.cases.case import Case
from dialogs.effects import OpenCase, OpenSession
from dialogs.flows.session import Session
from dialogs.ids import AddressId, FlowId, Language, PersonId, QueueId, ServiceId, SessionId, StaffId, StepId, VersionId
from dialogs.installation import Approach, Role
from dialogs.message import Message, say
from dialogs.said import Said
from storage import addresses, cases, rooms, sessions, staff
from storage.addresses import Address
from storage.case_tables import contributions, contributors
from storage.database import Connection
from storage.tables import flow_versions

NOW = datetime(2027, 5, 3, 13, 0, tzinfo=UTC)
OUTDOORS = QueueId("outdoors")
HELLO: Message = say("Hello")


def a_person(c: Connection, place: str = "Ana") -> Address:
    """Add a citizen with a chat."""
    return addresses.add_citizen(c, "telegram", place, "en", now=NOW)


def person_of(address: Address) -> PersonId:
    """Give the person of a citizen's chat."""
    assert address.person is not None
    return address.person


def a_room(c: Connection, place: str = "-1") -> AddressId:
    """Add a room of Parks and streets."""
    room = addresses.add(c, "telegram", place, addresses.ROOM)
    rooms.bind(c, room, OUTDOORS, now=NOW)
    return room


def a_version(c: Connection) -> VersionId:
    """Publish a flow."""
    row = {"flow": "idea", "sha256": "0", "source": "", "parts": "{}", "published_at": NOW}
    return VersionId(c.execute(flow_versions.insert().values(row).returning(flow_versions.c.id)).scalar_one())


def opening(session: SessionId, code: str = "K7F3-9QWD") -> OpenCase:
    """Ask for a case to be opened."""
    return OpenCase(
        session=session,
        code=code,
        pseudonym="Citizen Otter",
        approach=Approach.PRODUCT_DOMINANT,
        contribution="idea",
        service=ServiceId("parks"),
        queue=OUTDOORS,
        promised_on=date(2027, 5, 17),
        promise_ends_at=NOW + timedelta(days=14),
        words=(Said("What?", "A bench in the shade"),),
        answers={StepId("what"): "A bench in the shade"},
        language=Language("en"),
    )


def a_case(c: Connection, person: Address, *, code: str = "K7F3-9QWD", version: VersionId | None = None) -> Case:
    """Open a case of a citizen."""
    session = SessionId(int.from_bytes(code.encode()[:5]))
    sessions.open_session(
        c,
        OpenSession(Session(session, VersionId(0)), FlowId("idea")),
        person_of(person),
        version or a_version(c),
        prompt=None,
        now=NOW,
    )
    sessions.end(c, session, sessions.SUBMITTED, now=NOW)
    return cases.open_case(c, opening(session, code), person_of(person), now=NOW)


def join_case(c: Connection, case: Case, person: Address) -> None:
    """Make somebody else a contributor of a case, as a merge of two cases will."""
    version = c.execute(flow_versions.select()).first()
    assert version is not None
    session = SessionId(10**6 + person.id)
    sessions.open_session(
        c,
        OpenSession(Session(session, VersionId(0)), FlowId("idea")),
        person_of(person),
        VersionId(version.id),
        prompt=None,
        now=NOW,
    )
    sessions.end(c, session, sessions.SUBMITTED, now=NOW)
    said = {
        "session_id": session,
        "case_id": case.id,
        "version_id": version.id,
        "words": '[["What?","Shade, too",0,[]]]',
        "answers": "{}",
        "language": "en",
        "submitted_at": NOW,
    }
    contribution = c.execute(contributions.insert().values(said).returning(contributions.c.id)).scalar_one()
    link = {
        "case_id": case.id,
        "person_id": person.person,
        "contribution_id": contribution,
        "pseudonym": "Citizen Wren",
    }
    c.execute(contributors.insert().values(link))


def a_servant(c: Connection, name: str = "Lee", role: Role = Role.REVIEWER) -> StaffId:
    """Enrol a servant."""
    staff.invite(c, f"r_{name}", queue=OUTDOORS, role=role, name="", expires_at=NOW + timedelta(days=1))
    servant = staff.redeem_invite(c, f"r_{name}", channel="telegram", account=name, name=name, now=NOW)
    assert servant is not None
    return servant.id


def bytes_of(url: str) -> bytes:
    """Give every byte of a SQLite database, its log included, after the log was written back."""
    if not url.startswith("sqlite:"):
        return b""
    path = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return files_of(url)


def files_of(url: str) -> bytes:
    """Give every byte of the files of a SQLite database as they are now, and none of another."""
    if not url.startswith("sqlite:"):
        return b""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
