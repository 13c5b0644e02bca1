"""Parts of a contribution that have a case of their own: the same words, kept once, and what of them it is about."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Case, State
from dialogs.desk.seat import SplitOff
from dialogs.desk.splitting import Own
from dialogs.effects import SplitCase, Telling
from dialogs.ids import CaseId
from dialogs.said import Said
from storage import merges, search
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, cases, contributors
from storage.cases import load
from storage.database import Connection

# So many contributors are looked through for a sentence.
_MOST = 200


def open_part(c: Connection, split: SplitCase, *, now: datetime) -> Case:
    """Open the case of a part, with the contributor of the whole and their name there."""
    parent = split.parent
    row = {
        "code": split.code,
        "version": 1,
        "approach": parent.approach.value,
        "state": State.NEW.value,
        "contribution": parent.contribution,
        "service": parent.service,
        "queue": parent.queue,
        "promised_on": split.promised_on.isoformat(),
        "opened_at": now,
        "split_from": parent.id,
    }
    case_id = CaseId(c.execute(cases.insert().values(row).returning(cases.c.id)).scalar_one())
    whole = c.execute(sa.select(contributors).where(contributors.c.id == split.contributor)).one()
    link = {"person_id": whole.person_id, "contribution_id": whole.contribution_id, "pseudonym": whole.pseudonym}
    own = {"case_id": case_id, "part": split.part, "participant": whole.participant}
    c.execute(contributors.insert().values({**link, **own}))
    search.keep(c, case_id, (Said("", split.part),))
    return load(c, case_id)


def owns_of(c: Connection, case_id: CaseId) -> list[Own]:
    """List what the contributors of a case and of all that is merged into it wrote."""
    return [Own(part.id, part.code, part.words) for part in merges.parts_of(c, case_id, limit=_MOST)]


def parts_known(c: Connection, case_id: CaseId) -> list[str]:
    """List the parts of a case that have one of their own, and were not taken back."""
    stands = cases.c.merged_into.is_(None) | merges.IS_TOLD
    query = sa.select(contributors.c.part).join(cases, cases.c.id == contributors.c.case_id)
    found = query.where(cases.c.split_from == case_id, contributors.c.part.is_not(None), stands)
    return list(c.execute(found).scalars())


def newest_part(c: Connection, case_id: CaseId) -> SplitOff | None:
    """Give the part that was split off last, with its announcement while it can be stopped."""
    newest = sa.select(cases.c.id).where(cases.c.split_from == case_id).order_by(cases.c.id.desc()).limit(1)
    found: int | None = c.execute(newest).scalar()
    if found is None:
        return None
    waiting = sa.select(announcements.c.id).where(
        announcements.c.case_id == found, announcements.c.kind == Telling.SPLIT.value, ~HAS_BEGUN
    )
    return SplitOff(load(c, CaseId(found)), c.execute(waiting).scalar())
