"""Open offers of time, skill or a room that could fit a case: read by an index of their own, the newest ones."""

import json

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Case
from dialogs.desk.fitting import rank
from dialogs.desk.seat import Given
from dialogs.flows.flow import OFFER
from dialogs.ids import ServiceId
from storage import participants
from storage.case_tables import case_words, cases, contributions, contributors
from storage.cases import read_case
from storage.codec import words_of
from storage.database import Connection

_MOST_LOOKED_AT = 200

_OPEN = (
    sa.select(
        cases,
        contributions.c.words,
        contributions.c.answers,
        contributors.c.part,
        contributors.c.participant,
        case_words.c.words.label("terms"),
    )
    .join(contributors, contributors.c.case_id == cases.c.id)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
    .join(case_words, case_words.c.case_id == cases.c.id)
    .where(
        cases.c.queue == sa.bindparam("queue"),
        # As the index says it.
        cases.c.contribution == sa.literal_column(f"'{OFFER}'"),
        cases.c.state.in_([state.value for state in sorted(UNDECIDED)]),
    )
    .order_by(cases.c.id.desc())
    .limit(_MOST_LOOKED_AT)
)
_TERMS = sa.select(case_words.c.words).where(case_words.c.case_id == sa.bindparam("case"))


def find(c: Connection, case: Case) -> tuple[Given, ...]:
    """Find the open offers to the queue of a case that fit it, the best first."""
    offers = [
        Given(
            case=read_case(row),
            words=words_of(row),
            terms=frozenset(row.terms.split()),
            services=_named(row.answers),
            by=participants.read(row.participant),
        )
        for row in c.execute(_OPEN, {"queue": case.queue})
    ]
    if not offers:
        return ()
    return rank(case, frozenset((c.execute(_TERMS, {"case": case.id}).scalar() or "").split()), offers)


def _named(answers: str) -> frozenset[ServiceId]:
    """List what was chosen in an offer: among it the services that it is for."""
    values = [value for value in json.loads(answers).values() if isinstance(value, list)]
    return frozenset(ServiceId(one) for value in values for one in value if isinstance(one, str))
