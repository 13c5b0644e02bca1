"""Finding cases by their words: what is found, by whom, how it is kept, and that what was forgotten is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.cases.case import Actor, Case, Deed, Entry
from dialogs.cases.terms import terms
from dialogs.effects import OpenCase, OpenSession
from dialogs.flows.session import Session
from dialogs.ids import CaseId, FlowId, QueueId, SessionId, VersionId
from dialogs.said import Said
from storage import cases, forgetting, search, sessions
from storage.addresses import Address
from storage.case_tables import case_words
from storage.database import Connection, Database
from tests.storage.rows import NOW, OUTDOORS, a_person, a_version, bytes_of, opening, person_of

CARE = QueueId("care")
CANARY = "canaryofana"
HOSTILE = (
    '"',
    "'",
    "a* OR b",
    "NEAR(a b)",
    "words:",
    "{",
    "\\",
    "-",
    "^",
    "' | 'x",
    "a & !b",
    "case_search",
    "%",
    "\x00",
)


def put(
    c: Connection,
    text: str,
    *,
    queue: QueueId = OUTDOORS,
    person: Address | None = None,
    like: OpenCase | None = None,
) -> Case:
    """Open a case with these words; ``like``: what else is to be in it."""
    number = c.execute(sa.text("SELECT count(*) FROM cases")).scalar_one() + 1
    person = person or a_person(c, f"person {number}")
    version = c.execute(sa.text("SELECT min(id) FROM flow_versions")).scalar() or a_version(c)
    session = SessionId(number)
    opened = OpenSession(Session(session, VersionId(0)), FlowId("idea"))
    sessions.open_session(c, opened, person_of(person), VersionId(version), prompt=None, now=NOW)
    sessions.end(c, session, sessions.SUBMITTED, now=NOW)
    whole = replace(like or opening(session), session=session, code=f"CASE-{number:04}")
    case = replace(whole, words=(Said("What?", text),), queue=queue)
    return cases.open_case(c, case, person_of(person), now=NOW)


def found(c: Connection, words: str, *queues: QueueId, limit: int = 10) -> list[CaseId]:
    """Give what a servant of these queues finds."""
    return [hit.case for hit in search.find(c, words, queues=queues or (OUTDOORS,), limit=limit)]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("A bench in the shade", "BENCH shade"),
        ("Un árbol en la plaza", "arbol"),
        ("Der Weg an der Straße", "strasse"),
        ("Un été à la crèche", "creche ete"),
        ("الحديقة قرب أحمد", "الحديقه احمد"),
        ("Line 12 is late", "١٢ late"),
        ("The playground", "play"),
        ("The bench, the bench!", "bench bench"),
    ],
)
async def test_it_is_found_however_it_is_written(database: Database, said: str, asked: str) -> None:
    """Capitals, accents, other digits and a beginning of the last word make no difference."""
    case = await database.write(lambda c: put(c, said).id)
    assert await database.read(lambda c: found(c, asked)) == [case]


async def test_every_word_counts_and_the_newest_comes_first(database: Database) -> None:
    """All words must be there, only the last one may be begun, and so many are given as were asked for."""
    ids = await database.write(lambda c: [put(c, text).id for text in ("old bench", "new bench", "new bins")])
    assert await database.read(lambda c: found(c, "bench")) == [ids[1], ids[0]]
    assert await database.read(lambda c: found(c, "new ben")) == [ids[1]]
    assert await database.read(lambda c: found(c, "ben new")) == []
    assert await database.read(lambda c: found(c, "b", limit=2)) == [ids[2], ids[1]]


async def test_other_queues_are_not_looked_into(database: Database) -> None:
    """What belongs to a queue that was not asked for is not there, neither by words nor by likeness."""
    case = await database.write(lambda c: put(c, "A secret bench", queue=CARE).id)
    assert await database.read(lambda c: found(c, "bench")) == []
    assert await database.read(lambda c: found(c, "bench", CARE, OUTDOORS)) == [case]
    assert await database.read(lambda c: search.similar(c, "bench", queue=OUTDOORS, limit=3)) == []


async def test_likeness_is_by_rare_words(database: Database) -> None:
    """The case that shares the rare word is closer than those that share a common one."""

    def fill(c: Connection) -> CaseId:
        for number in range(20):
            put(c, f"The park needs thing{number}")
        return put(c, "A drinking fountain, please").id

    fountain = await database.write(fill)
    hits = await database.read(lambda c: search.similar(c, "The park: a FOUNTAIN?", queue=OUTDOORS, limit=3))
    assert hits[0].case == fountain
    assert [hit.closeness for hit in hits] == sorted((hit.closeness for hit in hits), reverse=True)
    assert await database.read(lambda c: search.similar(c, "Nothing alike", queue=OUTDOORS, limit=3)) == []


async def test_later_words_are_found(database: Database) -> None:
    """What a citizen adds is found too; what servants note is not."""

    def grow(c: Connection) -> CaseId:
        case = put(c, "A bench")
        cases.write_entry(c, case, Entry(Deed.WORDS, Actor.CITIZEN, NOW, words="by the Fountain"))
        cases.write_entry(c, case, Entry(Deed.NOTE, Actor.SERVANT, NOW, words="budget"))
        return case.id

    case = await database.write(grow)
    assert await database.read(lambda c: found(c, "bench fountain")) == [case]
    assert await database.read(lambda c: found(c, "budget")) == []


@pytest.mark.parametrize("asked", HOSTILE)
async def test_nothing_is_syntax(database: Database, asked: str) -> None:
    """Whatever is typed finds words or nothing, and breaks nothing."""
    await database.write(lambda c: put(c, "A stool"))
    assert await database.read(lambda c: found(c, asked)) == []
    assert await database.read(lambda c: search.similar(c, f"{asked} stool", queue=OUTDOORS, limit=1)) != []


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_terms_hold_letters_and_digits_alone(text: str) -> None:
    """No text has a word with a mark in it, and folding folded words changes nothing."""
    assert all(term.isalnum() for term in terms(text))
    assert terms(" ".join(terms(text))) == terms(text)


async def test_who_forgets_is_found_no_more(database: Database, database_url: str) -> None:
    """After "forget" no word of it leads to the case, and no byte of the file holds one."""

    def fill(c: Connection) -> Address:
        ana = a_person(c, "Ana")
        case = put(c, f"A bench for {CANARY}", person=ana)
        cases.write_entry(c, case, Entry(Deed.WORDS, Actor.CITIZEN, NOW, words=f"{CANARY} again"))
        for number in range(30):
            put(c, f"Another bench {number}")
        return ana

    ana = await database.write(fill)
    assert len(await database.read(lambda c: found(c, CANARY))) == 1
    await database.write(lambda c: forgetting.forget_person(c, ana, now=NOW + timedelta(days=1)))
    assert await database.read(lambda c: found(c, CANARY)) == []
    assert await database.read(lambda c: search.similar(c, CANARY, queue=OUTDOORS, limit=3)) == []
    kept = await database.read(lambda c: c.execute(sa.select(case_words.c.words)).scalars().all())
    assert CANARY not in " ".join(kept)
    assert len(await database.read(lambda c: found(c, "bench", limit=50))) == 30
    await database.close()
    # Without its first letter, too: an index does not write what two neighbours have in common.
    assert bytes_of(database_url).count(CANARY[1:].encode()) == 0
