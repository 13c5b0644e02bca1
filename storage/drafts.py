"""What servants are writing: one draft at a time in a chat."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.effects import Draft
from dialogs.ids import AddressId, CaseId, DraftId, StaffId
from storage.case_tables import drafts
from storage.database import Connection


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
            touched_at=now,
        )
    )


def drop(c: Connection, address: AddressId) -> None:
    """Forget the draft of a chat."""
    c.execute(drafts.delete().where(drafts.c.address_id == address))


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
    )
