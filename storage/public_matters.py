"""What everybody may read of single matters: those with a line for others, of which a decision has gone out."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from dialogs.effects import Telling
from dialogs.ids import CaseId, ServiceId
from dialogs.public.matter import TOLD, Told
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, cases
from storage.codec import unpack_case, unpack_in_each
from storage.database import Connection

_NEWEST = (
    sa.select(cases.c.id, cases.c.public_line)
    .where(
        cases.c.service == sa.bindparam("service"),
        cases.c.public_line.is_not(None),
        cases.c.merged_into.is_(None),
        sa.exists().where(
            announcements.c.case_id == cases.c.id, announcements.c.kind == Telling.DECISION.value, HAS_BEGUN
        ),
    )
    .order_by(cases.c.id.desc())
    .limit(sa.bindparam("most"))
)
_TOLD = (
    sa.select(announcements)
    .where(
        announcements.c.case_id.in_(sa.bindparam("cases", expanding=True)),
        announcements.c.kind.in_([telling.value for telling in TOLD]),
        HAS_BEGUN,
    )
    .order_by(announcements.c.id)
)


def list_newest(c: Connection, service: ServiceId, *, most: int) -> list[tuple[str, tuple[Told, ...]]]:
    """List the newest matters of a service: each with its line, and what was told of it, the oldest first."""
    lines = {CaseId(row.id): row.public_line for row in c.execute(_NEWEST, {"service": service, "most": most})}
    told = _told(c, list(lines)) if lines else {}
    return [(line, tuple(told[case])) for case, line in lines.items()]


def _told(c: Connection, ids: Sequence[CaseId]) -> dict[CaseId, list[Told]]:
    told: defaultdict[CaseId, list[Told]] = defaultdict(list)
    for row in c.execute(_TOLD, {"cases": list(ids)}):
        words_in = unpack_in_each(row.words_in)
        one = Told(Telling(row.kind), unpack_case(row.snapshot), row.words, words_in, row.starts_at)
        told[CaseId(row.case_id)].append(one)
    return told
