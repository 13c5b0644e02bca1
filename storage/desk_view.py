"""A case as servants see it: read without ever touching the link to a person."""

from dialogs.cases.card import CardView
from dialogs.ids import CaseId
from storage import cases, staff
from storage.database import Connection

# The line that every case begins with says nothing that the card does not.
_HIDDEN = frozenset({"opened"})
_LINES = 6


def card_view(c: Connection, case_id: CaseId) -> CardView:
    """Read what the card of a case shows."""
    case = cases.load(c, case_id)
    words, pseudonym = cases.first_words(c, case_id)
    entries = tuple(e for e in cases.newest_entries(c, case_id, limit=_LINES) if e.act not in _HIDDEN)
    people = {entry.staff for entry in entries if entry.staff is not None}
    names = dict(staff.names(c, people | ({case.holder} if case.holder is not None else set())))
    latest = cases.latest_act(c, case)
    undoable = latest is not None and not latest.gone_out
    holder = names.get(case.holder, "") if case.holder is not None else ""
    return CardView(case, words, pseudonym, holder, entries, names, undoable)
