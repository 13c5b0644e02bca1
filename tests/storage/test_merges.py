"""Cases that are looked after together, and parts that have one of their own: read along pointers, told once each."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot import timekeeper
from dialogs.cases.case import Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.effects import SplitCase, StartTelling, Telling
from dialogs.ids import AskId, CaseId
from dialogs.said import Said
from storage import announcements, cases, contributors, forgetting, listing, merges, search, splits
from storage.addresses import Address
from storage.case_tables import contributors as table
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.tables import outbox
from tests.dialogs.matters import riverton
from tests.storage.rows import NOW, OUTDOORS, a_case, a_person, a_servant, a_version, join_case, person_of

CODES = ("ANAS-CODE", "BENS-CODE", "CLEO-CODE")


def point(c: Connection, case: Case, root: Case) -> Case:
    """Let a case point to another."""
    pointing = replace(case, version=case.version + 1, state=State.MERGED, merged_into=root.id)
    entry = Entry(Act.MERGE, Actor.SERVANT, NOW, words=root.code, before=case)
    cases.change(c, pointing, entry)
    return pointing


def three(c: Connection) -> tuple[list[Address], list[Case]]:
    """Make Cleo's case point to Ben's, and Ben's to Ana's."""
    version = a_version(c)
    people = [a_person(c, name) for name in ("Ana", "Ben", "Cleo")]
    made = [a_case(c, person, code=code, version=version) for code, person in zip(CODES, people, strict=True)]
    point(c, made[1], made[0])
    point(c, made[2], made[1])
    return people, [cases.load(c, one.id) for one in made]


def told(c: Connection, case: Case, telling: Telling = Telling.OVERDUE) -> list[tuple[int, int, str]]:
    """Tell something to all of a case, two of them at a time: to which chat, about which case, and what it reads."""
    announcements.start(c, StartTelling(telling, case, "Soon.", NOW))
    page, timekeeper.PAGE = timekeeper.PAGE, 2
    try:
        while timekeeper.tell_page(c, riverton(), now=NOW):
            pass
    finally:
        timekeeper.PAGE = page
    rows = c.execute(sa.select(outbox).where(outbox.c.dedup.like("tell:%")).order_by(outbox.c.id)).all()
    return [(row.address_id, row.case_id, unpack_message(row.message).plain()) for row in rows]


async def test_everybody_hears_once_by_their_own_number(database: Database) -> None:
    """All of a tree of cases are told, page by page, each with the number that they know; who is in it twice, once."""

    def work(c: Connection) -> None:
        people, (ana, ben, cleo) = three(c)
        dan = a_person(c, "Dan")
        for case in (ana, cleo):
            join_case(c, case, dan if case is ana else people[0])
        notices = told(c, ana)
        assert [(chat, case) for chat, case, _ in notices] == [
            (people[0].id, ana.id),
            (people[1].id, ben.id),
            (people[2].id, cleo.id),
            (dan.id, ana.id),
        ]
        assert all(code in text for code, (_, _, text) in zip(CODES, notices, strict=False))
        # Each of the others is a case of its own as before.
        assert [one.code for one in contributors.contributors_after(c, cleo.id, 0, limit=9)] == [
            "CLEO-CODE",
            "CLEO-CODE",
        ]

    await database.write(work)


async def test_pages_end_where_the_next_begins(database: Database) -> None:
    """However small the pages are, everybody of the tree is on exactly one, in the order of the cursor."""

    def work(c: Connection) -> None:
        _, (ana, ben, _) = three(c)
        for n in range(5):
            join_case(c, ana if n % 2 else ben, a_person(c, f"P{n}"))
        whole = [one.id for one in contributors.contributors_after(c, ana.id, 0, limit=99)]
        assert len(whole) == 8
        assert whole == sorted(whole)
        for size in (1, 3):
            seen, cursor = [], 0
            while page := contributors.contributors_after(c, ana.id, cursor, limit=size):
                seen += [one.id for one in page]
                cursor = page[-1].id
            assert seen == whole
        assert merges.count_parts(c, ana.id) == 8

    await database.write(work)


async def test_what_a_contributor_knows(database: Database) -> None:
    """To Cleo her case stands as the root does, by her own number; an answer of hers belongs to the root."""

    def work(c: Connection) -> None:
        people, (ana, ben, cleo) = three(c)
        taken = replace(ana, version=ana.version + 1, state=State.TAKEN)
        cases.change(c, taken, Entry(Act.CLAIM, Actor.SERVANT, NOW))
        (own,) = contributors.own_cases(c, person_of(people[2]))
        assert (own.case.id, own.case.state, own.case.code, own.together) == (ana.id, State.TAKEN, "CLEO-CODE", True)
        contributor = contributors.contributors_after(c, cleo.id, 0, limit=1)[0].id
        ask = contributors.put_ask(c, contributor, ana.id, "question", "Where?", now=NOW)
        asked = contributors.find_ask(c, AskId(ask), person_of(people[2]))
        assert asked is not None
        assert (asked.case.id, asked.case.code, asked.contributor) == (ana.id, "CLEO-CODE", contributor)
        assert merges.root_of(c, cleo.id) == ana.id
        assert merges.above(c, cleo.id) == [cleo.id, ben.id, ana.id]
        # Apart again, the same question is about her own case.
        alone = replace(cleo, version=cleo.version + 1, state=State.NEW, merged_into=None)
        cases.change(c, alone, Entry(Deed.UNMERGE, Actor.SERVANT, NOW))
        again = contributors.find_ask(c, AskId(ask), person_of(people[2]))
        assert again is not None
        assert (again.case.id, again.case.state) == (cleo.id, State.NEW)
        assert merges.merged(c, alone) is None

    await database.write(work)


async def test_made_up_names_stay_apart(database: Database) -> None:
    """Two contributors with the same made-up name are told apart on the card, and the root's own comes first."""

    def work(c: Connection) -> None:
        _, (ana, _, _) = three(c)
        parts = merges.parts_of(c, ana.id, limit=2)
        assert [(part.code, part.pseudonym) for part in parts] == [
            ("ANAS-CODE", "Citizen Otter"),
            ("BENS-CODE", "Citizen Otter BENS"),
        ]

    await database.write(work)


async def test_who_is_forgotten_leaves_the_root_too(database: Database) -> None:
    """Words that Cleo added while her case was merged are gone from the root, and those of the others stay."""

    def work(c: Connection) -> None:
        people, (ana, _, cleo) = three(c)
        theirs = [contributors.contributors_after(c, case.id, 0, limit=1)[0].id for case in (cleo, ana)]
        for words, contributor in (("zebra", theirs[0]), ("giraffe", theirs[1])):
            cases.write_entry(c, ana, Entry(Deed.WORDS, Actor.CITIZEN, NOW, words=words, contributor=contributor))
        gone = forgetting.forget_person(c, people[2], now=NOW + timedelta(days=1))
        assert gone == [(cleo.id, theirs[0])]
        left = [entry.words for entry in cases.newest_entries(c, ana.id, limit=2)]
        assert left == [None, "giraffe"]
        assert search.find(c, "zebra", queues=[OUTDOORS], limit=9) == []
        assert [hit.case for hit in search.find(c, "giraffe", queues=[OUTDOORS], limit=9)] == [ana.id]

    await database.write(work)


def a_part(c: Connection, whole: Case) -> Case:
    """Make a case of a part of Ana's words."""
    lee = a_servant(c)
    owner = contributors.contributors_after(c, whole.id, 0, limit=1)[0].id
    split = SplitCase(
        parent=whole,
        code="PART-1",
        contributor=owner,
        part="in the shade",
        promised_on=whole.promised_on,
        promise_ends_at=NOW + timedelta(days=14),
        known_as=whole.code,
        starts_at=NOW,
        entry=Entry(Deed.SPLIT_FROM, Actor.SERVANT, NOW, staff=lee, words=whole.code),
    )
    return splits.open_part(c, split, now=NOW)


async def test_a_part_stands_for_itself(database: Database) -> None:
    """The part is all that is shown, found and told of its case; before it is told, the person knows of none."""

    def work(c: Connection) -> None:
        ana = a_person(c)
        whole = a_case(c, ana)
        part = a_part(c, whole)
        words = (Said("", "in the shade"),)
        assert cases.first_words(c, part.id) == (words, "Citizen Otter")
        assert [one.words for one in listing.list_these(c, [part.id])] == [words]
        assert [hit.case for hit in search.find(c, "shade", queues=[OUTDOORS], limit=9)] == [part.id, whole.id]
        assert [hit.case for hit in search.find(c, "bench", queues=[OUTDOORS], limit=9)] == [whole.id]
        assert [own.case.id for own in contributors.own_cases(c, person_of(ana))] == [whole.id]
        announcements.start(c, StartTelling(Telling.SPLIT, part, whole.code, NOW))
        off = splits.newest_part(c, whole.id)
        assert off is not None
        assert off.telling is not None
        assert timekeeper.tell_page(c, riverton(), now=NOW)
        assert splits.newest_part(c, whole.id) == replace(off, telling=None)
        assert [own.excerpt for own in contributors.own_cases(c, person_of(ana))][1:] == ["in the shade"]
        assert splits.parts_known(c, whole.id) == ["in the shade"]

    await database.write(work)


async def test_a_part_that_points_back_is_nobody_else(database: Database) -> None:
    """Merged into the whole again, the part adds no person to the card and no second notice."""

    def work(c: Connection) -> None:
        whole = a_case(c, a_person(c))
        point(c, a_part(c, whole), whole)
        assert [part.code for part in merges.parts_of(c, whole.id, limit=9)] == [whole.code]
        assert len(contributors.contributors_after(c, whole.id, 0, limit=9)) == 1
        assert splits.parts_known(c, whole.id) == []

    await database.write(work)


async def test_a_part_is_forgotten_with_the_whole(database: Database) -> None:
    """Who takes their words back takes back the part, too, wherever it is kept."""

    def work(c: Connection) -> None:
        ana = a_person(c)
        whole = a_case(c, ana)
        part = a_part(c, whole)
        gone = forgetting.forget_person(c, ana, now=NOW + timedelta(days=1))
        assert [case for case, _ in gone] == [whole.id, part.id]
        assert set(c.execute(sa.select(table.c.part)).scalars()) == {None}
        assert search.find(c, "shade", queues=[OUTDOORS], limit=9) == []
        assert cases.first_words(c, CaseId(part.id))[0] == (Said("", ""),)

    await database.write(work)
