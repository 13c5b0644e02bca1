"""What somebody says they are, on both databases: with the person, in all they sent, and in counts without them."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from dialogs.cases.case import Outcome, State
from dialogs.cases.participant import Participant
from dialogs.effects import ForgetPerson, KeepParticipant
from dialogs.flows.flow import OFFER
from dialogs.ids import CaseId, ServiceId, SessionId, StepId, TagId, VersionId
from dialogs.results import Result
from storage import contributors, fitting, merges, my_data, participants
from storage.case_tables import asks
from storage.case_tables import cases as case_table
from storage.case_tables import contributors as contributor_table
from storage.database import Connection, Database
from storage.recorder import Place, record
from storage.tables import people
from tests.storage.rows import NOW, a_case, a_person, a_version, opening, person_of
from tests.storage.test_search import put

VOLUNTEER, USER = Participant.VOLUNTEER, Participant.SERVICE_USER
PARKS = ServiceId("parks")


async def test_it_stands_in_all_that_somebody_sent(database: Database) -> None:
    """Said once it is in what was sent before and after, in the copy of their data, and it can be taken back."""

    def work(c: Connection) -> None:
        ana, version = a_person(c), a_version(c)
        place = Place(ana, VersionId(0))
        first = a_case(c, ana, version=version)
        record(c, (KeepParticipant(VOLUNTEER),), place, now=NOW)
        second = a_case(c, ana, code="M2F3-9QWD", version=version)
        assert [part.participant for one in (first, second) for part in merges.parts_of(c, one.id, limit=2)] == [
            VOLUNTEER,
            VOLUNTEER,
        ]
        assert {own.participant for own in contributors.own_cases(c, person_of(ana))} == {VOLUNTEER}
        kept = my_data.read_all(c, ana)
        assert [row["takes_part_as"] for rows in kept.values() for row in rows if "takes_part_as" in row] == [
            VOLUNTEER.value
        ] * 3
        record(c, (KeepParticipant(None),), place, now=NOW)
        assert {own.participant for own in contributors.own_cases(c, person_of(ana))} == {None}

    await database.write(work)


async def test_who_is_forgotten_is_nothing_any_more(database: Database) -> None:
    """After "forget" no row says what anybody is."""

    def work(c: Connection) -> None:
        ana = a_person(c)
        place = Place(ana, VersionId(0))
        record(c, (KeepParticipant(VOLUNTEER),), place, now=NOW)
        a_case(c, ana)
        record(c, (ForgetPerson(),), place, now=NOW)
        for table in (people, contributor_table):
            assert c.execute(sa.select(table.c.participant).where(table.c.participant.is_not(None))).all() == []

    await database.write(work)


async def test_results_are_counted_by_who_takes_part(database: Database) -> None:
    """Each contribution counts once, as what it is looked after as stands, or as its author says it worked."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c), a_person(c, "Ben")
        participants.keep(c, person_of(ana), USER)
        version = a_version(c)
        decided, pointing, told = (
            a_case(c, one, code=code, version=version)
            for one, code in ((ana, "A2F3-9QWD"), (ben, "B2F3-9QWD"), (ana, "C2F3-9QWD"))
        )
        mine = case_table.update().where(case_table.c.id == decided.id)
        c.execute(mine.values(state=State.DECIDED.value, outcome=Outcome.DECLINED.value))
        c.execute(case_table.update().where(case_table.c.id == pointing.id).values(merged_into=decided.id))
        _answer(c, told.id, "no", "yes", None)
        assert participants.count_results(c) == {
            PARKS: {(USER, Result.NO): 1, (None, Result.NO): 1, (USER, Result.WORKED): 1}
        }

    await database.write(work)


def _answer(c: Connection, case: CaseId, *answers: str | None) -> None:
    (part,) = merges.parts_of(c, case, limit=1)
    for days, answer in enumerate(answers):
        asked_at = NOW + timedelta(days=days)
        row = {"case_id": case, "contributor_id": part.id, "kind": "ask_back", "text": "", "asked_at": asked_at}
        c.execute(asks.insert().values(**row, answer=answer))


async def test_offers_are_found_by_service_and_theme(database: Database) -> None:
    """Open offers to the same team that name the service or share a tag are found, and nothing else."""

    def work(c: Connection) -> None:
        case = put(c, "Homework help on Tuesdays")
        offer = replace(opening(SessionId(2)), contribution=OFFER, service=ServiceId("streets"))
        named = replace(offer, answers={StepId("service"): ("streets", "parks")}, tags=(TagId("access"),))
        found = put(c, "A room", like=named)
        put(c, "Another one", like=offer)
        assert found.tags == (TagId("access"),)
        assert [one.case.code for one in fitting.find(c, case)] == [found.code]
        c.execute(case_table.update().where(case_table.c.id == found.id).values(state=State.MERGED.value))
        assert fitting.find(c, case) == ()

    await database.write(work)
