"""What can be joined: open cases of others with a public line that say something close, and nothing else."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from dialogs.cases.case import Actor, Case, Entry, State
from dialogs.effects import ForgetPerson, KeepOffers, OpenCase
from dialogs.ids import PersonId, ServiceId, SessionId, VersionId
from dialogs.said import Said
from storage import cases, offers
from storage.addresses import Address
from storage.case_tables import offers as offer_table
from storage.database import Connection, Database
from storage.recorder import Place, record
from tests.storage.rows import NOW, a_person, join_case, opening, person_of
from tests.storage.test_search import CARE, put

LINE = "Shade for people who sit by the north gate."
CLOSE = "People who sit by the north gate need shade"


def offered(c: Connection, words: str, person: PersonId, opened: OpenCase | None = None) -> list[tuple[str, int]]:
    """Give the codes of what somebody would be offered for these words, and how many people are in each."""
    asked = replace(opened or opening(SessionId(99)), words=(Said("What?", words),))
    return [(one.case.code, one.people) for one in offers.find_close(c, asked, person)]


def show(c: Connection, case: Case, *, line: str | None = LINE) -> Case:
    """Let others read a line of a case."""
    shown = replace(case, public_line=line, version=case.version + 1)
    cases.change(c, shown, Entry("public_line", Actor.SERVANT, NOW, words=line, before=case))
    return shown


async def test_what_is_close_is_offered(database: Database) -> None:
    """By its words or by its line, to everybody but its people, with their number; other matters are not."""

    def work(c: Connection) -> None:
        ana, ben, cem = (a_person(c, name) for name in ("Ana", "Ben", "Cem"))
        case = show(c, put(c, "A bench for my mother", person=ana))
        put(c, CLOSE)
        assert offered(c, CLOSE, person_of(ben)) == [(case.code, 1)]
        assert offered(c, "my mother: a bench, for...", person_of(ben)) == [(case.code, 1)]
        assert offered(c, CLOSE, person_of(ana)) == []
        join_case(c, case, cem)
        assert offered(c, CLOSE, person_of(ben)) == [(case.code, 2)]
        assert offered(c, CLOSE, person_of(cem)) == []
        for other in ("Bins by the bus stop", "", "shade", "north gate", "🙂"):
            assert offered(c, other, person_of(ben)) == []

    await database.write(work)


@pytest.mark.parametrize(
    "change",
    [{"public_line": None}, {"state": State.DECIDED}, {"state": State.CONFIRMED}, {"queue": CARE}],
)
async def test_what_is_not_open_is_not_offered(database: Database, change: dict[str, object]) -> None:
    """Without a line, decided, or with another team: nothing of it is shown to anybody."""

    def work(c: Connection) -> None:
        case = show(c, put(c, CLOSE))
        moved = replace(case, version=case.version + 1, **change)  # type: ignore[arg-type]
        cases.change(c, moved, Entry("act", Actor.SERVANT, NOW))
        assert offered(c, CLOSE, PersonId(0)) == []

    await database.write(work)


async def test_three_at_most_and_those_of_the_service_first(database: Database) -> None:
    """Of many the newest three of the same service come first, whatever is as close elsewhere."""

    def work(c: Connection) -> None:
        made = [show(c, put(c, CLOSE)) for _ in range(5)]
        codes = [code for code, _ in offered(c, CLOSE, PersonId(0))]
        assert codes == [case.code for case in reversed(made)][:3]
        for case in made[2:]:
            moved = replace(case, version=case.version + 1, service=ServiceId("streets"))
            cases.change(c, moved, Entry("act", Actor.SERVANT, NOW))
        codes = [code for code, _ in offered(c, CLOSE, PersonId(0))]
        assert codes == [made[1].code, made[0].code, made[4].code]

    await database.write(work)


async def test_what_was_offered_is_found_by_its_owner_alone(database: Database) -> None:
    """Another person's code finds nothing, and neither does a case that is offered but not theirs."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana"), a_person(c, "Ben")
        theirs, mine = show(c, put(c, CLOSE, person=ana)), put(c, CLOSE, person=ben)
        assert offers.find(c, person_of(ben), None) is None
        offers.keep(c, KeepOffers(mine.code, (theirs.id,)))
        for code in (None, mine.code):
            found = offers.find(c, person_of(ben), code)
            assert found is not None
            assert (found.own, [one.case for one in found.offered]) == (mine, [theirs])
        assert offers.find(c, person_of(ben), theirs.code) is None
        assert offers.find(c, person_of(ana), mine.code) is None
        assert offers.find(c, person_of(ana), None) is None

    await database.write(work)


async def test_who_is_forgotten_is_offered_no_more(database: Database) -> None:
    """Their line goes with their words, and what they were offered is not remembered."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana"), a_person(c, "Ben")
        theirs, mine = show(c, put(c, CLOSE, person=ana)), put(c, CLOSE, person=ben)
        offers.keep(c, KeepOffers(mine.code, (theirs.id,)))
        forget(c, ana)
        assert cases.load(c, theirs.id).public_line is None
        found = offers.find(c, person_of(ben), mine.code)
        assert found is not None
        assert [one.people for one in found.offered] == [0]
        forget(c, ben)
        assert c.execute(sa.select(offer_table)).all() == []

    await database.write(work)


def forget(c: Connection, person: Address) -> None:
    """Delete everything of a person."""
    record(c, (ForgetPerson(),), Place(person, VersionId(0)), now=NOW)
