"""What people say they are towards a service, and the counts of results by it, which name nobody."""

from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from dialogs.cases.case import ASK_BACK, REVIEW, Outcome, State
from dialogs.cases.participant import Participant
from dialogs.ids import CaseId, PersonId, ServiceId
from dialogs.results import Result, result_of
from storage.case_tables import asks, cases, contributors
from storage.database import Connection
from storage.tables import people

# So many of somebody's newest cases are drawn again at once; the others when something happens to them.
_MOST_DRAWN = 20

# Each case with the one that is in charge of it, which is itself where it points to no other.
_top = sa.select(cases.c.id, cases.c.id.label("root")).where(cases.c.merged_into.is_(None)).cte("tops", recursive=True)
TOPS = _top.union_all(sa.select(cases.c.id, _top.c.root).where(cases.c.merged_into == _top.c.id))
_ROOT = cases.alias("root")
# What a contributor last said of whether it worked, also when they were asked again months later.
VERDICT = (
    sa.select(asks.c.answer)
    .where(asks.c.contributor_id == contributors.c.id, asks.c.kind.in_((ASK_BACK, REVIEW)), asks.c.answer.is_not(None))
    .order_by(asks.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_EACH = (
    sa.select(
        cases.c.service,
        contributors.c.participant,
        _ROOT.c.state,
        _ROOT.c.outcome,
        VERDICT.label("verdict"),
    )
    .select_from(contributors)
    .join(cases, cases.c.id == contributors.c.case_id)
    .join(TOPS, TOPS.c.id == cases.c.id)
    .join(_ROOT, _ROOT.c.id == TOPS.c.root)
    # A part of a contribution is the same person's again.
    .where(contributors.c.part.is_(None))
    .subquery()
)
_COUNTS = sa.select(*_EACH.c, sa.func.count().label("people")).group_by(*_EACH.c)


def keep(c: Connection, person: PersonId, participant: Participant | None) -> list[CaseId]:
    """Note what somebody says they are, in all that they sent too, and give the newest of these cases."""
    said = participant.value if participant is not None else None
    c.execute(people.update().where(people.c.id == person).values(participant=said))
    mine = contributors.update().where(contributors.c.person_id == person).values(participant=said)
    changed = c.execute(mine.returning(contributors.c.case_id)).scalars().all()
    return [CaseId(case_id) for case_id in sorted(changed)[-_MOST_DRAWN:]]


def read(said: str | None) -> Participant | None:
    """Read what a row says that somebody is."""
    return None if said is None else Participant(said)


def count_results(c: Connection) -> dict[ServiceId, Mapping[tuple[Participant | None, Result], int]]:
    """Count what came of what people sent, by service and by who they are; small counts are not hidden here."""
    counts: dict[ServiceId, Counter[tuple[Participant | None, Result]]] = {}
    for row in c.execute(_COUNTS):
        result = result_of(State(row.state), row.outcome and Outcome(row.outcome), row.verdict)
        counts.setdefault(ServiceId(row.service), Counter())[read(row.participant), result] += row.people
    return dict(counts)
