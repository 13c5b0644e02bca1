"""Finding cases by their words, with what the databases have for it: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

A database tells quickly which cases hold a word and how many there are; which of them are close is told here, the
same for both. Of all that a text says, its rarest words choose at most a thousand cases, and then every word of it
weighs (``dialogs/cases/terms.py``). So SQLite takes as long among a hundred thousand cases as among a few thousand
(PostgreSQL reads the whole list of cases with a common word where one is to be weighed: tens of milliseconds), and
more of what is found is right than by a ranking of the database: ``tests/benchmarks/search.py`` measures both.

Every answer can be found by, also a sensitive one: whoever finds is a servant of its queue and may read it. What is
shown of a case in a list is chosen elsewhere, and a sensitive answer is never in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from dialogs.cases.case import Actor
from dialogs.cases.terms import closeness, joined, terms, weight
from dialogs.ids import CaseId, QueueId
from dialogs.said import Words
from storage.case_tables import case_words, contributions, contributors, journal
from storage.codec import words_of
from storage.database import Connection

# So many different words of a text are looked up, and so many cases weighed.
_MOST_TERMS, _MOST_WEIGHED = 40, 1000
# Who counts stops here: a word that is in so many cases tells little, and how little is all the same.
_MANY = 10_000

_PUT = case_words.insert()
_ADD = (
    case_words.update()
    .where(case_words.c.case_id == sa.bindparam("case"))
    .values(words=case_words.c.words + sa.bindparam("more"))
)
# CROSS JOIN is how SQLite is told to begin with the words; newest first, so that it can stop early.
_MATCHING_SQLITE = """
SELECT cases.id, case_words.words FROM case_search
CROSS JOIN cases ON cases.id = case_search.rowid CROSS JOIN case_words ON case_words.case_id = cases.id
WHERE case_search MATCH :asked AND cases.queue IN :queues ORDER BY case_search.rowid DESC LIMIT :most
"""
# Apart, so that PostgreSQL does not look through the newest cases for a word that is rare.
_MATCHING_POSTGRES = """
WITH found AS MATERIALIZED (SELECT case_id, words FROM case_words WHERE search @@ CAST(:asked AS tsquery))
SELECT cases.id, found.words FROM found JOIN cases ON cases.id = found.case_id
WHERE cases.queue IN :queues ORDER BY cases.id DESC LIMIT :most
"""
# A common word is nearly always in one of the newest cases: its whole list need not be read then.
_NEWEST_POSTGRES = """
WITH newest AS MATERIALIZED (SELECT id, queue FROM cases ORDER BY id DESC LIMIT 150)
SELECT newest.id, case_words.words FROM newest JOIN case_words ON case_words.case_id = newest.id
WHERE search @@ CAST(:asked AS tsquery) AND newest.queue IN :queues ORDER BY newest.id DESC LIMIT :most
"""
_MATCHING, _NEWEST = (
    {name: sa.text(text).bindparams(sa.bindparam("queues", expanding=True)) for name, text in statements.items()}
    for statements in (
        {"sqlite": _MATCHING_SQLITE, "postgresql": _MATCHING_POSTGRES},
        {"postgresql": _NEWEST_POSTGRES},
    )
)
_HOLDS = {"sqlite": "case_search MATCH :{name}", "postgresql": "search @@ CAST(:{name} AS tsquery)"}
_PLACE = {"sqlite": sa.table("case_search"), "postgresql": case_words}
_FIRST = (
    sa.select(contributions.c.words, contributors.c.part)
    .join(contributors, contributors.c.contribution_id == contributions.c.id)
    .where(contributors.c.case_id == sa.bindparam("case"))
)
_TOP = sa.select(sa.func.max(case_words.c.case_id))


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, and how close it is: more is closer."""

    case: CaseId
    closeness: float


def keep(c: Connection, case_id: CaseId, words: Words) -> None:
    """Let a new case be found by what was said in it."""
    c.execute(_PUT, {"case_id": case_id, "words": joined(said.answer for said in words)})


def add(c: Connection, case_id: CaseId, text: str) -> None:
    """Let a case be found by words that came later, too."""
    if more := joined([text]):
        c.execute(_ADD, {"case": case_id, "more": f" {more}"})


def forget(c: Connection, case_ids: Sequence[CaseId]) -> None:
    """Let cases be found by nothing but what is still kept of them, and see that no index remembers the rest."""
    for case_id in case_ids:
        mine = case_words.c.case_id == case_id
        c.execute(case_words.update().where(mine).values(words=joined(_said(c, case_id))))
    if c.dialect.name == "sqlite" and case_ids:
        # FTS5 only notes that a row is gone, until its parts are merged.
        c.execute(sa.text("INSERT INTO case_search(case_search) VALUES ('optimize')"))


def find(c: Connection, words: str, *, queues: Iterable[QueueId], limit: int) -> list[Hit]:
    """Find the cases of some queues that hold every word, newest first; the last one may be a beginning."""
    asked = list(dict.fromkeys(terms(words)))[-_MOST_TERMS:]
    if not asked:
        return []
    last = terms(words)[-1]
    every = _all_of([term for term in asked if term != last], last, c.dialect.name)
    rows = _matching(c, every, queues, limit=limit, among=_NEWEST)
    if len(rows) < limit:
        rows = _matching(c, every, queues, limit=limit)
    return [Hit(case_id, 1.0) for case_id, _ in rows]


def similar(c: Connection, text: str, *, queue: QueueId, limit: int) -> list[Hit]:
    """Find the cases of a queue that say something close to a text, closest first."""
    asked = list(dict.fromkeys(terms(text)))[:_MOST_TERMS]
    of = c.execute(_TOP).scalar() or 0
    known = _count(c, asked, of) if asked else {}
    if not known:
        return []
    weights = {term: weight(count, of) for term, count in known.items()}
    rows = _matching(c, _any_of(_rarest(known), c.dialect.name), (queue,), limit=_MOST_WEIGHED)
    hits = [Hit(case_id, closeness(weights, words)) for case_id, words in rows]
    return sorted(hits, key=lambda hit: (-hit.closeness, -hit.case))[:limit]


def _rarest(known: Mapping[str, int]) -> list[str]:
    """Choose the words that lead to few cases; one at least."""
    chosen: list[str] = []
    total = 0
    for term in sorted(known, key=lambda term: known[term]):
        total += known[term]
        if chosen and total > _MOST_WEIGHED:
            break
        chosen.append(term)
    return chosen


def _matching(
    c: Connection, asked: str, queues: Iterable[QueueId], *, limit: int, among: Mapping[str, sa.TextClause] = _MATCHING
) -> list[tuple[CaseId, str]]:
    """List cases that match, newest first; none where the database has no such statement, as it needs none."""
    statement = among.get(c.dialect.name)
    if statement is None:
        return []
    values = {"asked": asked, "queues": list(queues), "most": limit}
    return [(CaseId(row.id), row.words) for row in c.execute(statement, values)]


def _count(c: Connection, asked: list[str], of: int) -> dict[str, int]:
    """Count the cases that hold each term; those that none holds are left out, and many is half of all."""
    values = {f"term_{number}": _any_of([term], c.dialect.name) for number, term in enumerate(asked)}
    rows = c.execute(_counting(c.dialect.name, len(asked)), values)
    return {asked[row.number]: max(row.cases, of // 2 * (row.cases == _MANY)) for row in rows if row.cases}


@cache
def _counting(database: str, terms: int) -> sa.CompoundSelect[int, int]:
    def some(number: int) -> sa.Subquery:
        holds = sa.text(_HOLDS[database].format(name=f"term_{number}"))
        return sa.select(sa.literal_column("1")).select_from(_PLACE[database]).where(holds).limit(_MANY).subquery()

    counts = [
        sa.select(
            sa.literal_column(str(number), sa.Integer).label("number"), sa.func.count().label("cases")
        ).select_from(some(number))
        for number in range(terms)
    ]
    return sa.union_all(*counts)


def _all_of(whole: list[str], beginning: str, database: str) -> str:
    if database == "sqlite":
        return " AND ".join([*(f'"{term}"' for term in whole), f'"{beginning}"*'])
    return " & ".join([*(f"'{term}'" for term in whole), f"'{beginning}':*"])


def _any_of(whole: list[str], database: str) -> str:
    # The words hold letters and digits alone, so a quoted one is never syntax.
    return " OR ".join(f'"{term}"' for term in whole) if database == "sqlite" else " | ".join(f"'{t}'" for t in whole)


def _said(c: Connection, case_id: CaseId) -> list[str]:
    """List all that contributors of a case have said and that is still kept."""
    first = c.execute(_FIRST, {"case": case_id}).all()
    later = sa.select(journal.c.words).where(
        journal.c.case_id == case_id, journal.c.actor == Actor.CITIZEN.value, journal.c.words.is_not(None)
    )
    answers = [said.answer for row in first for said in words_of(row)]
    return [*answers, *c.execute(later.order_by(journal.c.id)).scalars()]
