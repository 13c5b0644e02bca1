"""A case as servants see it: read without ever touching the link to a person."""

from dialogs.cases.batch import Listed
from dialogs.cases.card import CardView
from dialogs.cases.sorting import Menu
from dialogs.ids import AddressId, BatchId, CaseId
from storage import batches, cases, rooms, staff
from storage.database import Connection

# The line that every case begins with says nothing that the card does not.
_HIDDEN = frozenset({"opened"})
_LINES = 6


def card_view(c: Connection, case_id: CaseId, room: AddressId | None = None) -> CardView:
    """Read what the card of a case shows; in a room with the menu that is open under it there."""
    case = cases.load(c, case_id)
    words, pseudonym = cases.first_words(c, case_id)
    entries = tuple(e for e in cases.newest_entries(c, case_id, limit=_LINES) if e.act not in _HIDDEN)
    people = {entry.staff for entry in entries if entry.staff is not None}
    names = dict(staff.names(c, people | {one for one in (case.holder, case.wanted_by) if one is not None}))
    latest = cases.latest_act(c, case)
    undoable = latest is not None and not latest.gone_out
    holder = names.get(case.holder, "") if case.holder is not None else ""
    wanter = names.get(case.wanted_by, "") if case.wanted_by is not None else ""
    menu = Menu.PLAIN if room is None else rooms.menu_of(c, room, case)
    return CardView(case, words, pseudonym, holder, entries, names, undoable, menu=menu, wanter=wanter)


def batch_view(c: Connection, batch: BatchId) -> list[Listed]:
    """Read what a batch shows of each of its cases, in its order."""
    return [
        Listed(cases.load(c, case_id), cases.first_words(c, case_id)[0], has_card)
        for case_id, has_card in batches.list_cases(c, batch)
    ]
