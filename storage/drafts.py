"""What servants are writing: one draft at a time in a chat."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from dialogs.cases.case import Deed
from dialogs.cases.draft import SENT
from dialogs.cases.lifecycle import Act
from dialogs.desk_effects import Draft
from dialogs.ids import AddressId, CannedId, CaseId, DraftId, StaffId
from storage.case_tables import bulks, cases, drafts, journal
from storage.database import Connection
from storage.tables import staff

# What says the same to a citizen as a draft would, or writes the same line.
_ALIKE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {Act.DECIDE: (Act.DECIDE, Act.AGREE), Deed.PUBLIC_LINE: (Deed.PUBLIC_LINE, Deed.NO_PUBLIC_LINE)}
)
_FIND = (
    sa.select(drafts)
    .join(staff, staff.c.id == drafts.c.staff_id)
    .where(drafts.c.address_id == sa.bindparam("chat"), staff.c.removed_at.is_(None))
)
# What is done already stays for as long as it can be taken back.
_DROP_BULK = bulks.delete().where(bulks.c.address_id == sa.bindparam("chat"), bulks.c.done_at.is_(None))


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
            left_out=draft.left_out,
            touched_at=now,
        )
    )


def drop(c: Connection, address: AddressId) -> None:
    """Forget the draft of a chat, for one case or for several."""
    c.execute(drafts.delete().where(drafts.c.address_id == address))
    c.execute(_DROP_BULK, {"chat": address})


def writers_in(c: Connection, queue: str, *, since: datetime) -> list[tuple[str, str]]:
    """List who is writing about a case of a queue, as (name, code), without drafts not touched after ``since``."""
    query = (
        sa.select(staff.c.name, cases.c.code)
        .select_from(drafts)
        .join(staff, staff.c.id == drafts.c.staff_id)
        .join(cases, cases.c.id == drafts.c.case_id)
        .where(cases.c.queue == queue, drafts.c.touched_at > since, staff.c.removed_at.is_(None))
        .order_by(staff.c.name, cases.c.code)
    )
    return [(row.name, row.code) for row in c.execute(query)]


def is_overtaken(c: Connection, draft: Draft) -> bool:
    """Tell whether somebody has done the same to the case since the draft was last written to."""
    touched_at = sa.select(drafts.c.touched_at).where(drafts.c.id == draft.id).scalar_subquery()
    query = sa.exists().where(
        journal.c.case_id == draft.case,
        journal.c.act.in_(_ALIKE.get(draft.act, (draft.act,))),
        journal.c.undone_at.is_(None),
        journal.c.at > touched_at,
    )
    return bool(c.execute(sa.select(query)).scalar())


def find(c: Connection, address: AddressId) -> Draft | None:
    """Find the draft of a chat; what somebody wrote who was removed since is nobody's."""
    row = c.execute(_FIND, {"chat": address}).one_or_none()
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
        left_out=row.left_out,
    )


def is_busy(c: Connection, address: AddressId) -> bool:
    """Tell whether something is in the making in a chat, for one case or for several, whoever's it is."""
    open_draft = sa.exists().where(drafts.c.address_id == address, drafts.c.stage != SENT)
    open_bulk = sa.exists().where(bulks.c.address_id == address, bulks.c.done_at.is_(None))
    return bool(c.execute(sa.select(open_draft | open_bulk)).scalar())
