"""Our own register of public servants, and the one-time invitations into it.

Being in a group proves nothing; only this register gives rights. Of a payload the hash is kept, so
a copy of the database invites nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from dialogs.desk.seat import Servant
from dialogs.ids import AddressId, QueueId, StaffId
from dialogs.installation import Role
from storage import addresses, outbox
from storage.database import Connection
from storage.tables import addresses as address_table
from storage.tables import invites, staff, staff_accounts, staff_roles

# The private chats of servants, by their accounts.
_CHATS = sa.select(address_table.c.id).join(
    staff_accounts,
    (staff_accounts.c.channel == address_table.c.channel) & (staff_accounts.c.account == address_table.c.place),
)


def invite(c: Connection, payload: str, *, queue: QueueId, role: Role, name: str, expires_at: datetime) -> None:
    """Let a payload enrol one servant, once."""
    values = {"payload_sha256": _hashed(payload), "queue": queue, "role": role.value, "name": name}
    c.execute(invites.insert().values(**values, expires_at=expires_at))


def redeem_invite(
    c: Connection, payload: str, *, channel: str, account: str | None, name: str, now: datetime
) -> Servant | None:
    """Use an invitation up: enrol the account, or give a servant who is known one role more.

    ``account`` None makes a web account with a chat of its own. None: the payload is no good.
    """
    query = _usable(payload, now)
    invited = c.execute(query).one_or_none()
    if invited is None:
        return None
    used = invites.update().where(invites.c.payload_sha256 == _hashed(payload), invites.c.used_at.is_(None))
    if c.execute(used.values(used_at=now)).rowcount != 1:
        return None
    known = find(c, channel, account) if account is not None else None
    staff_id = known.id if known else _enrol(c, channel, account, invited.name or name, now=now)
    role = (staff_roles.c.staff_id == staff_id) & (staff_roles.c.queue == invited.queue)
    c.execute(staff_roles.delete().where(role))
    c.execute(staff_roles.insert().values(staff_id=staff_id, queue=invited.queue, role=invited.role))
    return servant_of(c, staff_id)


def find(c: Connection, channel: str, account: str) -> Servant | None:
    """Find the servant behind an account; None for strangers and for those who were removed."""
    mine = (staff_accounts.c.channel == channel) & (staff_accounts.c.account == account)
    staff_id = c.execute(sa.select(staff_accounts.c.staff_id).where(mine)).scalar()
    return None if staff_id is None else servant_of(c, StaffId(staff_id))


def servant_of(c: Connection, staff_id: StaffId) -> Servant | None:
    """Give a servant with their roles; None where they were removed."""
    query = (
        sa.select(staff.c.name, staff_roles.c.queue, staff_roles.c.role)
        .outerjoin(staff_roles, staff_roles.c.staff_id == staff.c.id)
        .where(staff.c.id == staff_id, staff.c.removed_at.is_(None))
    )
    rows = c.execute(query).all()
    if not rows:
        return None
    return Servant(staff_id, rows[0].name, {QueueId(row.queue): Role(row.role) for row in rows if row.queue})


def names(c: Connection, ids: set[StaffId]) -> Mapping[StaffId, str]:
    """Name servants, removed ones too: what they did stands in journals."""
    if not ids:
        return {}
    return {
        StaffId(row.id): row.name for row in c.execute(sa.select(staff.c.id, staff.c.name).where(staff.c.id.in_(ids)))
    }


def own_chat(c: Connection, staff_id: StaffId, channel: str) -> AddressId | None:
    """Find where a servant writes on a channel: the private chat of their account there."""
    query = _CHATS.where(staff_accounts.c.staff_id == staff_id, staff_accounts.c.channel == channel)
    found = c.execute(query).scalar()
    return None if found is None else AddressId(found)


def own_chats(c: Connection, staff_id: StaffId) -> list[AddressId]:
    """List where a servant can be told something: a private chat on each channel; none for who was removed."""
    query = (
        _CHATS.join(staff, staff.c.id == staff_accounts.c.staff_id)
        .where(staff.c.id == staff_id, staff.c.removed_at.is_(None), address_table.c.unreachable_at.is_(None))
        .order_by(address_table.c.id)
    )
    return [AddressId(row.id) for row in c.execute(query)]


def list_own_places(c: Connection, channel: str) -> list[str]:
    """List the private chats of servants on a channel, without those that are closed to us."""
    query = (
        _CHATS.join(staff, staff.c.id == staff_accounts.c.staff_id)
        .with_only_columns(address_table.c.place)
        .where(address_table.c.channel == channel, address_table.c.unreachable_at.is_(None))
        .where(staff.c.removed_at.is_(None))
    )
    return list(c.execute(query).scalars())


def list_servants(c: Connection) -> list[Servant]:
    """List everybody who has rights, in the order in which they came."""
    ids = c.execute(sa.select(staff.c.id).where(staff.c.removed_at.is_(None)).order_by(staff.c.id)).scalars().all()
    return [servant for one in ids if (servant := servant_of(c, StaffId(one))) is not None]


def remove(c: Connection, staff_id: StaffId, *, now: datetime) -> bool:
    """Take every right from a servant at once; false where nobody has this id, or has no rights.

    What still waits to be said to them is about cases that are not theirs to look after any more.
    """
    mine = (staff.c.id == staff_id) & staff.c.removed_at.is_(None)
    if c.execute(staff.update().where(mine).values(removed_at=now)).rowcount != 1:
        return False
    for chat in c.execute(_CHATS.where(staff_accounts.c.staff_id == staff_id)).scalars().all():
        outbox.drop_replies(c, AddressId(chat))
    return True


def _enrol(c: Connection, channel: str, account: str | None, name: str, *, now: datetime) -> StaffId:
    row = c.execute(staff.insert().values(name=name or "?", created_at=now).returning(staff.c.id))
    staff_id = StaffId(row.scalar_one())
    if account is None:
        account = f"staff:{staff_id}"
        addresses.add(c, channel, account, addresses.STAFF)
    # Only who was removed loses the account: a servant enrolled at the same moment is found when this runs again.
    removed = staff_accounts.c.staff_id.in_(sa.select(staff.c.id).where(staff.c.removed_at.is_not(None)))
    mine = (staff_accounts.c.channel == channel) & (staff_accounts.c.account == account)
    c.execute(staff_accounts.delete().where(mine, removed))
    c.execute(staff_accounts.insert().values(channel=channel, account=account, staff_id=staff_id))
    return staff_id


def _usable(payload: str, now: datetime) -> sa.Select[tuple[str, str, str]]:
    return sa.select(invites.c.queue, invites.c.role, invites.c.name).where(
        invites.c.payload_sha256 == _hashed(payload), invites.c.used_at.is_(None), invites.c.expires_at > now
    )


def _hashed(payload: str) -> str:
    return sha256(payload.encode()).hexdigest()
