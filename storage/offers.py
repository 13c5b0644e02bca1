"""What somebody who has just sent something could join: open cases with a public line that say something close.

Only what is close is offered, because a wrong offer costs more than none. How close is a share: of the weight of all
terms in both texts, how much is in both, where a term weighs by how rare it is among the newest cases. Measured on
Banking77, of which the first halves are kept and a tenth of those is on offer: from a share of 0.7 on, 7 of 100 who
ask are offered something, and 77 of 100 offers are of the same intent, among 77 that are close to each other. Where
nothing of their intent is on offer, 2 of 100 are offered something. From 0.6 on these are 18, 68 and 6.
(``tests/benchmarks/offers.py``)

It runs in the turn that sends a contribution and in no other, and reads so many rows at most, however many there are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Case
from dialogs.cases.offer import MOST_OFFERED, Offered
from dialogs.cases.terms import likeness, terms, weight
from dialogs.effects import KeepOffers, OpenCase
from dialogs.flows.flow import OFFER
from dialogs.ids import CaseId, ContributorId, PersonId
from dialogs.joining import Joining
from dialogs.said import main_words
from storage import merges
from storage.case_tables import case_words, cases, contributors, offers
from storage.cases import load
from storage.database import Connection
from storage.tables import addresses

CLOSE = 0.7
# Fewer words in common are an accident.
_LEAST_SHARED = 3
# So many cases on offer are looked at, the newest; and by so many it is told how rare a term is.
_MOST_LOOKED_AT, _MOST_WEIGHED = 500, 500
# Among fewer a new word would weigh as much as all the others together.
_FEW = 20

# From the index alone; a case that is merged is not undecided.
_SHOWN = (
    sa.select(cases.c.id)
    .where(
        cases.c.queue == sa.bindparam("queue"),
        cases.c.state.in_([state.value for state in sorted(UNDECIDED)]),
        cases.c.public_line.is_not(None),
    )
    .order_by(cases.c.id.desc())
    .limit(_MOST_LOOKED_AT)
    .subquery()
)
_PUBLIC = (
    sa.select(cases.c.id, cases.c.service, cases.c.public_line, case_words.c.words)
    .select_from(_SHOWN)
    .join(cases, cases.c.id == _SHOWN.c.id)
    .join(case_words, case_words.c.case_id == _SHOWN.c.id)
    # Who offers something does not say the same as who wants it.
    .where(cases.c.contribution != OFFER)
)
_NEWEST = sa.select(case_words.c.words).order_by(case_words.c.case_id.desc()).limit(_MOST_WEIGHED)
# Who has taken everything back is not there any more; an address is what is left of those who have not.
_PEOPLE = (
    sa.select(contributors.c.person_id)
    .distinct()
    .select_from(merges.TREE)
    .join(contributors, contributors.c.case_id == merges.TREE.c.id)
    .where(sa.exists().where(addresses.c.person_id == contributors.c.person_id))
    .limit(_MOST_WEIGHED)
)
_KEEP = offers.insert()
_OWN = (
    sa.select(cases.c.id, contributors.c.id.label("contributor_id"))
    .join(contributors, contributors.c.case_id == cases.c.id)
    .where(contributors.c.person_id == sa.bindparam("person"))
)
_NAMED = _OWN.where(cases.c.code == sa.bindparam("code"))
_LATEST = _OWN.where(sa.exists().where(offers.c.case_id == cases.c.id)).order_by(contributors.c.id.desc()).limit(1)
_OTHERS = sa.select(offers.c.other_id).where(offers.c.case_id == sa.bindparam("case")).order_by(offers.c.number)


@dataclass(frozen=True, slots=True)
class Close:
    """A case that is on offer, and how much of it is in what somebody has sent."""

    case: CaseId
    elsewhere: bool
    likeness: float


def find_close(c: Connection, opening: OpenCase, person: PersonId) -> tuple[Offered, ...]:
    """Find open cases of others that say something close to what is just sent, those of its service first."""
    asked = frozenset(terms(main_words(opening.words)))
    found: list[Offered] = []
    for close in find_likely(c, asked, opening):
        if close.likeness < CLOSE:
            continue
        people = set(c.execute(_PEOPLE, {"case": close.case}).scalars())
        if people and person not in people:
            found.append(Offered(load(c, close.case), len(people)))
        if len(found) == MOST_OFFERED:
            break
    return tuple(found)


def find_likely(c: Connection, asked: frozenset[str], opening: OpenCase) -> list[Close]:
    """List what is on offer and shares words with a text, closest first, those of the same service before others."""
    rows = c.execute(_PUBLIC, {"queue": opening.queue}).all()
    # What somebody wrote beside their main words can only make it look less close, so the line counts as well.
    texts = [(row, (frozenset(row.words.split()), frozenset(terms(row.public_line)))) for row in rows]
    near = [(row, text) for row, both in texts for text in both if len(asked & text) >= _LEAST_SHARED]
    if not near:
        return []
    weights = _weights(c, asked.union(*(text for _, text in near)), [line for _, (_, line) in texts])
    best: dict[CaseId, Close] = {}
    for row, text in near:
        close = Close(CaseId(row.id), row.service != opening.service, likeness(asked, text, weights))
        if close.case not in best or close.likeness > best[close.case].likeness:
            best[close.case] = close
    return sorted(best.values(), key=lambda close: (close.elsewhere, -close.likeness, -close.case))


def keep(c: Connection, offering: KeepOffers) -> None:
    """Note what was offered, so that this and nothing else can be joined."""
    of = c.execute(sa.select(cases.c.id).where(cases.c.code == offering.code)).scalar_one()
    c.execute(
        _KEEP, [{"case_id": of, "number": number, "other_id": id} for number, id in enumerate(offering.others, 1)]
    )


def find(c: Connection, person: PersonId, code: str | None) -> Joining | None:
    """Find what a person was offered for their case with this code, or lately; nothing for the case of another."""
    row = c.execute(_NAMED if code else _LATEST, {"person": person, "code": code} if code else {"person": person})
    if (own := row.one_or_none()) is None:
        return None
    mine = load(c, CaseId(own.id))
    others = c.execute(_OTHERS, {"case": own.id}).scalars().all()
    return Joining(
        own=mine,
        contributor=ContributorId(own.contributor_id),
        offered=tuple(_offered(c, CaseId(other)) for other in others),
        merged=merges.merged(c, mine),
    )


def forget(c: Connection, contributions: Sequence[int]) -> None:
    """Forget what was offered for some contributions, and what others are told of them."""
    mine = sa.select(contributors.c.case_id).where(contributors.c.contribution_id.in_(contributions))
    c.execute(offers.delete().where(offers.c.case_id.in_(mine)))
    c.execute(cases.update().where(cases.c.id.in_(mine), cases.c.public_line.is_not(None)).values(public_line=None))


def _offered(c: Connection, case_id: CaseId) -> Offered:
    case: Case = load(c, case_id)
    return Offered(case, len(c.execute(_PEOPLE, {"case": case_id}).all()))


def _weights(c: Connection, needed: frozenset[str], lines: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weigh terms by how rare they are in the newest cases and in the public lines."""
    texts = [*(words.split() for words in c.execute(_NEWEST).scalars()), *lines]
    seen = Counter(term for text in texts for term in needed.intersection(text))
    return {term: weight(seen[term], max(len(texts), _FEW)) for term in needed}
