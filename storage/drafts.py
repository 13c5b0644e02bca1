"""What servants are writing: one draft at a time in a chat."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.desk_effects import Draft
from dialogs.ids import AddressId, CannedId, CaseId, DraftId, StaffId
from storage.case_tables import cases, drafts
from storage.database import Connection
from storage.tables import staff


def save(c: Connection, draft: Draft, *, now: datetime) -> None:
    """Keep a draft in place of any other of its chat."""
    drop(c, draft.address)
    c.execute(
        drafts.insert().values(
            id=draft.id,
            staff_id=draft.staff,
            address_id=draft.address,
            case_id=draft.case,
            act=draft.act,
            stage=draft.stage,
            outcome=draft.outcome,
            words=draft.words,
            canned=draft.canned,
            number=draft.number,
            quiet=draft.quiet,
            touched_at=now,
        )
    )


def drop(c: Connection, address: AddressId) -> None:
    """Forget the draft of a chat."""
    c.execute(drafts.delete().where(drafts.c.address_id == address))


def writers_in(c: Connection, queue: str, *, since: datetime) -> list[tuple[str, str]]:
    """List who is writing about a case of a queue, as (name, code), without drafts not touched after ``since``."""
    query = (
        sa.select(staff.c.name, cases.c.code)
        .select_from(drafts)
        .join(staff, staff.c.id == drafts.c.staff_id)
        .join(cases, cases.c.id == drafts.c.case_id)
        .where(cases.c.queue == queue, drafts.c.touched_at > since)
        .order_by(staff.c.name, cases.c.code)
    )
    return [(row.name, row.code) for row in c.execute(query)]


def find(c: Connection, address: AddressId) -> Draft | None:
    """Find the draft of a chat."""
    row = c.execute(sa.select(drafts).where(drafts.c.address_id == address)).one_or_none()
    if row is None:
        return None
    return Draft(
        DraftId(row.id),
        StaffId(row.staff_id),
        AddressId(row.address_id),
        CaseId(row.case_id),
        row.act,
        row.stage,
        row.outcome,
        row.words,
        row.canned and CannedId(row.canned),
        row.number,
        quiet=row.quiet,
    )
