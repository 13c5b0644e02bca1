"""Which message of a chat reached which case, so that an edit of it can follow.

It leads from a chat to a case, so queries of the desk do not join it, and who is forgotten loses it.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from dialogs.cases.case import Case, Deed, Entry
from dialogs.cases.lifecycle import Act
from dialogs.ids import AddressId, CaseId, ContributorId, StaffId
from storage.case_tables import heard
from storage.database import Connection

_SAID = frozenset({Act.ANSWER, Deed.WORDS, Deed.NOTE, f"{Act.CONTEST}_words", f"{Act.CONFIRM}_words"})
_KEEP = heard.insert()
_FIND = sa.select(heard).where(heard.c.address_id == sa.bindparam("address"), heard.c.number == sa.bindparam("of"))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message became: words of a contributor, or a note of a servant."""

    case: CaseId
    contributor: ContributorId | None
    staff: StaffId | None


def is_said(entry: Entry) -> bool:
    """Tell whether a line of a journal is what somebody wrote in a message."""
    return entry.act in _SAID and bool(entry.words)


def keep(c: Connection, address: AddressId, number: int | None, case: Case, entry: Entry) -> None:
    """Note that a message of a chat became a line in the journal of a case; None: the loose words of that chat did."""
    place = {"case_id": case.id, "contributor_id": entry.contributor, "staff_id": entry.staff}
    if number is None:
        c.execute(heard.update().where(heard.c.address_id == address, heard.c.case_id.is_(None)).values(place))
    elif find(c, address, number) is None:
        c.execute(_KEEP, {"address_id": address, "number": number, **place})


def keep_loose(c: Connection, address: AddressId, number: int | None) -> None:
    """Note a message whose words have no place yet; None: those of this chat wait for one no longer."""
    if number is not None:
        c.execute(_KEEP, {"address_id": address, "number": number})
    else:
        c.execute(heard.delete().where(heard.c.address_id == address, heard.c.case_id.is_(None)))


def find(c: Connection, address: AddressId, number: int) -> Heard | None:
    """Tell what a message of a chat became; None where it reached no case."""
    row = c.execute(_FIND, {"address": address, "of": number}).one_or_none()
    return None if row is None or row.case_id is None else Heard(row.case_id, row.contributor_id, row.staff_id)


def forget(c: Connection, address: AddressId) -> None:
    """Forget what the messages of a chat became."""
    c.execute(heard.delete().where(heard.c.address_id == address))
