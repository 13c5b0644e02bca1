"""What the public board is made of, on both databases: only what has gone out, and counts of what there is."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from dialogs.cases.case import Case, Outcome, State
from dialogs.cases.delivery_choice import Option
from dialogs.cases.judging import pack_choice
from dialogs.effects import StartTelling, Telling
from dialogs.ids import ServiceId
from dialogs.public.figures import Promise
from dialogs.results import Result
from storage import announcements, public_figures, public_matters
from storage.case_tables import announcements as telling_table
from storage.case_tables import asks, contributors
from storage.case_tables import cases as case_table
from storage.database import Connection, Database
from tests.storage.rows import NOW, a_person, join_case
from tests.storage.test_search import put

PARKS = ServiceId("parks")
TODAY = NOW.date()


def tell(c: Connection, case: Case, telling: Telling, words: str, *, days: int, begun: bool = True) -> None:
    """Tell the contributors of a case something, so many days after it came."""
    announcements.start(c, StartTelling(telling, case, words, NOW + timedelta(days=days)))
    if begun:
        same = (telling_table.c.case_id == case.id) & (telling_table.c.version == case.version)
        c.execute(telling_table.update().where(same).values(done_at=NOW + timedelta(days=days)))


def decided(c: Connection, text: str, line: str | None, *, days: int, begun: bool = True) -> Case:
    """Open a case and say yes to it."""
    case = replace(put(c, text), version=2, state=State.DECIDED, outcome=Outcome.ACCEPTED, public_line=line)
    values = {"state": case.state.value, "outcome": Outcome.ACCEPTED.value, "public_line": line, "version": 2}
    c.execute(case_table.update().where(case_table.c.id == case.id).values(values))
    tell(c, case, Telling.DECISION, "In May.", days=days, begun=begun)
    return case


async def test_only_what_has_gone_out_is_read(database: Database) -> None:
    """A matter stands there once its decision goes out and it has a line; what still waits is not a part of it."""

    def work(c: Connection) -> None:
        told = decided(c, "shade", "A bench in the shade", days=2)
        decided(c, "tap", "A tap for water", days=2, begun=False)
        decided(c, "goal", None, days=2)
        later = replace(told, version=3)
        tell(c, later, Telling.DELIVERY, pack_choice(Option.PARTNER, "Near."), days=3, begun=False)
        ((line, heard),) = public_matters.list_newest(c, PARKS, most=9)
        assert (line, [one.telling for one in heard]) == ("A bench in the shade", [Telling.DECISION])
        c.execute(case_table.update().where(case_table.c.id == told.id).values(public_line=None))
        assert public_matters.list_newest(c, PARKS, most=9) == []

    await database.write(work)


async def test_promised_days_are_counted(database: Database) -> None:
    """Each matter counts once, by its first answer: in time, late and told so, or passed over in silence."""

    def work(c: Connection) -> None:
        decided(c, "one", "A line", days=2)
        decided(c, "two", None, days=0)
        late = put(c, "three")
        tell(c, late, Telling.OVERDUE, "", days=14)
        tell(c, replace(late, version=2, outcome=Outcome.DECLINED), Telling.DECISION, "No.", days=20)
        waiting, silent, merged = (put(c, text) for text in ("four", "five", "six"))
        for case, values in (
            (silent, {"promised_on": (TODAY - timedelta(days=1)).isoformat()}),
            (merged, {"merged_into": waiting.id, "state": State.MERGED.value}),
        ):
            c.execute(case_table.update().where(case_table.c.id == case.id).values(values))
        counted = public_figures.count(c, today=TODAY)
        assert counted.promises == {(PARKS, Promise.KEPT): 2, (PARKS, Promise.TOLD): 1, (PARKS, Promise.SILENT): 1}
        assert {key: count for key, count in counted.listed.items() if count} == {(PARKS, Promise.KEPT): 1}
        assert counted.days == {PARKS: {0: 1, 2: 1, 20: 1}}
        assert counted.results[PARKS][None, Result.WAITING] == 4

    await database.write(work)


async def test_what_people_say_of_one_matter(database: Database) -> None:
    """Of a matter with a line it is counted how many say that it worked, once there are ten of each."""

    def work(c: Connection) -> None:
        case = decided(c, "shade", "A bench in the shade", days=2)
        for number in range(21):
            join_case(c, case, a_person(c, f"joined {number}"))
        people = c.execute(sa.select(contributors.c.id).order_by(contributors.c.id)).scalars().all()
        row = {"case_id": case.id, "kind": "ask_back", "text": "", "asked_at": NOW}
        said = [
            {**row, "contributor_id": one, "answer": "yes" if number < 12 else "no"}
            for number, one in enumerate(people)
        ]
        c.execute(asks.insert(), said)
        counted = public_figures.count(c, today=TODAY)
        assert counted.verdicts == {PARKS: {case.id: (12, 10)}}
        assert counted.results[PARKS] == {(None, Result.WORKED): 12, (None, Result.NOT_WORKED): 10}

    await database.write(work)
