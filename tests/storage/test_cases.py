"""Cases and conversations: compare-and-set, one open conversation a person, one contribution a conversation."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dialogs.cases.case import QUESTION, Actor, Case, Entry, State
from dialogs.effects import OpenSession, SaveSession
from dialogs.flows.session import Answer, Session
from dialogs.ids import FlowId, SessionId, StaffId, StepId, TagId, VersionId
from dialogs.said import Said
from storage import cases, contributors, sessions
from storage.case_tables import contributions
from storage.codec import unpack_session
from storage.database import Connection, Database
from storage.errors import LostRace, StorageError
from storage.tables import sessions as session_table
from tests.storage.rows import NOW, a_case, a_person, a_servant, a_version, opening, person_of


async def test_one_change_a_version(database: Database) -> None:
    """Of ten changes to the same version of a case one is written, with its one line in the journal."""
    case = await database.write(lambda c: a_case(c, a_person(c)))

    def change(c: Connection) -> None:
        cases.change(c, replace(case, version=2, state=State.TAKEN), Entry("claim", Actor.SERVANT, NOW))

    results = await asyncio.gather(*(database.write(change) for _ in range(10)), return_exceptions=True)
    assert results.count(None) == 1
    assert {type(result) for result in results if result is not None} == {StorageError}
    assert len(await database.read(lambda c: cases.newest_entries(c, case.id, limit=9))) == 1


async def test_a_case_is_found_as_it_was_written(database: Database) -> None:
    """A case comes back whole by its id and by its code, and by no other code."""

    def work(c: Connection) -> None:
        case = a_case(c, a_person(c))
        taken = replace(case, version=2, state=State.TAKEN, holder=a_servant(c), held_at=NOW, overdue=True)
        taken = replace(taken, wanted_by=a_servant(c, "Mia"), urgent=True, tags=(TagId("safety"), TagId("access")))
        taken = replace(taken, snoozed_until=date(2027, 6, 1))
        cases.change(c, taken, Entry("claim", Actor.SERVANT, NOW, before=case))
        assert cases.load(c, case.id) == taken
        assert cases.find_by_code(c, case.code) == taken
        assert cases.find_by_code(c, "0000-0000") is None
        assert cases.first_words(c, case.id) == ((Said("What?", "A bench in the shade"),), "Citizen Otter")

    await database.write(work)


async def test_what_can_be_undone(database: Database) -> None:
    """The newest act of a servant can be taken back once; words and notes do not hide it, a later act does."""

    def work(c: Connection) -> None:
        lee, case = a_servant(c), a_case(c, a_person(c))
        assert cases.latest_act(c, case) is None
        taken = replace(case, version=2, state=State.TAKEN)
        cases.change(c, taken, Entry("claim", Actor.SERVANT, NOW, staff=lee, before=case))
        cases.write_entry(c, taken, Entry("note", Actor.SERVANT, NOW, staff=lee, words="n"))
        cases.write_entry(c, taken, Entry("answer", Actor.CITIZEN, NOW, words="w", before=taken))
        latest = cases.latest_act(c, taken)
        assert latest is not None
        assert (latest.act, latest.staff, latest.at, latest.before) == ("claim", lee, NOW, case)
        cases.mark_undone(c, latest.entry, now=NOW)
        assert cases.latest_act(c, taken) is None
        assert [entry.act for entry in cases.newest_entries(c, case.id, limit=9)] == ["note", "answer"]
        with pytest.raises(LostRace):
            cases.mark_undone(c, latest.entry, now=NOW)

    await database.write(work)


async def test_when_a_holder_last_did_something(database: Database) -> None:
    """Acts and notes of the holder count, and the citizen's answer; what others do does not, nor what was undone."""

    def work(c: Connection) -> None:
        lee, mia, case = a_servant(c), a_servant(c, "Mia"), a_case(c, a_person(c))
        taken = replace(case, holder=lee)

        def write(act: str, minutes: int, who: Actor, staff: StaffId | None = None) -> datetime | None:
            at = NOW + timedelta(minutes=minutes)
            cases.write_entry(c, taken, Entry(act, who, at, staff=staff, before=case))
            return cases.touched_at(c, taken)

        assert cases.touched_at(c, taken) is None
        assert write("claim", 1, Actor.SERVANT, lee) == NOW + timedelta(minutes=1)
        assert write("note", 2, Actor.SERVANT, lee) == NOW + timedelta(minutes=2)
        assert write("note", 3, Actor.SERVANT, mia) == NOW + timedelta(minutes=2)
        assert write("words", 4, Actor.CITIZEN) == NOW + timedelta(minutes=2)
        assert write("answer", 5, Actor.CITIZEN) == NOW + timedelta(minutes=5)

    await database.write(work)


async def test_one_open_conversation_a_person(database: Database) -> None:
    """A second conversation cannot be opened beside the first; when that has ended, it can."""

    def begin(c: Connection) -> tuple[int, VersionId]:
        return person_of(a_person(c)), a_version(c)

    person, version = await database.write(begin)

    def open_one(c: Connection, id: int) -> None:
        session = Session(SessionId(id), version)
        sessions.open_session(c, OpenSession(session, FlowId("idea")), person, version, prompt=None, now=NOW)  # type: ignore[arg-type]

    await database.write(lambda c: open_one(c, 1))
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(lambda c: open_one(c, 2))
    await database.write(lambda c: sessions.end(c, SessionId(1), sessions.ENDED, now=NOW))
    await database.write(lambda c: open_one(c, 2))


async def test_a_conversation_is_written_by_one_turn(database: Database) -> None:
    """A turn that another one overtook is lost, and a conversation that has ended takes no turn and keeps no word."""

    def work(c: Connection) -> None:
        person, version = person_of(a_person(c)), a_version(c)
        session = Session(SessionId(36**11 - 1), version)
        sessions.open_session(c, OpenSession(session, FlowId("idea")), person, version, prompt=None, now=NOW)
        moved = replace(session.answered(StepId("q"), Answer("a secret")), turn=1)
        sessions.save(c, SaveSession(moved, 0), prompt=None, now=NOW)
        with pytest.raises(LostRace):
            sessions.save(c, SaveSession(moved, 0), prompt=None, now=NOW)
        sessions.end(c, session.id, sessions.ENDED, now=NOW)
        with pytest.raises(LostRace):
            sessions.save(c, SaveSession(moved, 1), prompt=None, now=NOW)
        with pytest.raises(LostRace):
            sessions.end(c, session.id, sessions.ENDED, now=NOW)
        row = c.execute(sa.select(session_table)).one()
        assert unpack_session(row.answers, session) == session
        assert "secret" not in str(row)

    await database.write(work)


async def test_one_contribution_a_conversation(database: Database) -> None:
    """A conversation that made a contribution makes no second one, whatever its case is called."""

    def begin(c: Connection) -> Case:
        return a_case(c, a_person(c))

    await database.write(begin)
    session = await database.read(lambda c: c.execute(sa.select(contributions.c.session_id)).scalar_one())
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(lambda c: cases.open_case(c, opening(SessionId(session), "ZZZZ-ZZZZ"), 1, now=NOW))  # type: ignore[arg-type]


async def test_questions_are_their_person_s(database: Database) -> None:
    """A question is found by whom it was put to and by nobody else; closed and open again, it waits as before."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana"), a_person(c, "Ben")
        case = a_case(c, ana)
        (contributor,) = contributors.contributors_after(c, case.id, 0, limit=9)
        ask = contributors.put_ask(c, contributor.id, case.id, QUESTION, "Which?", now=NOW)
        assert contributors.find_ask(c, ask, person_of(ben)) is None
        found = contributors.find_ask(c, ask, person_of(ana))
        assert found is not None
        assert (found.text, found.excerpt, found.case) == ("Which?", "A bench in the shade", case)
        later = NOW + timedelta(hours=2)

        def waiting() -> list[int]:
            return [one.id for one in contributors.asks_of(c, person_of(ana), since=later, seen=None)]

        assert waiting() == [ask]
        contributors.close_asks(c, case.id, QUESTION, now=NOW)
        assert waiting() == []
        contributors.reopen_asks(c, case.id, QUESTION, closed_at=later)
        assert waiting() == []
        contributors.reopen_asks(c, case.id, QUESTION, closed_at=NOW)
        assert waiting() == [ask]
        contributors.answer_ask(c, ask, "The one at the pond", NOW)
        contributors.reopen_asks(c, case.id, QUESTION, closed_at=NOW)
        assert waiting() == []

    await database.write(work)
