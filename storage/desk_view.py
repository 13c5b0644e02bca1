"""A case as servants see it: read without ever touching the link to a person."""

from collections.abc import Iterable

from dialogs.cases.case import Case, Entry
from dialogs.cases.lifecycle import Act
from dialogs.desk.batch import Listed
from dialogs.desk.card import CardView, Part
from dialogs.desk.seat import Latest
from dialogs.desk.sorting import Menu
from dialogs.desk.weighing_card import WEIGH
from dialogs.ids import AddressId, BatchId, CaseId, ContributorId, QueueId
from storage import batches, cases, merges, rooms, splits, staff, weighings
from storage.database import Connection

# The line that every case begins with says nothing that the card does not.
_HIDDEN = frozenset({"opened"})
_LINES = 6
# So many contributors are shown with their words.
MOST_PARTS = 6


def card_view(c: Connection, case_id: CaseId, room: AddressId | None = None) -> CardView:
    """Read what the card of a case shows; in a room with the menu that is open under it there."""
    case = cases.load(c, case_id)
    parts = merges.parts_of(c, case_id, limit=MOST_PARTS)
    entries = tuple(e for e in cases.newest_entries(c, case_id, limit=_LINES) if e.act not in _HIDDEN)
    people = {entry.staff for entry in entries if entry.staff is not None}
    names = dict(staff.names(c, people | {one for one in (case.holder, case.wanted_by) if one is not None}))
    latest = cases.latest_act(c, case)
    queue, menu = (None, Menu.PLAIN) if room is None else rooms.shown_in(c, room, case)
    undoable = latest is not None and not latest.gone_out and _is_undone_in(queue, case, latest)
    if latest is not None and latest.act == Act.SPLIT:
        off = splits.newest_part(c, case_id)
        undoable = undoable and off is not None and off.telling is not None
    holder = names.get(case.holder, "") if case.holder is not None else ""
    wanter = names.get(case.wanted_by, "") if case.wanted_by is not None else ""
    return CardView(
        case,
        parts[0].words if parts else (),
        parts[0].pseudonym if parts else "",
        holder,
        entries,
        names,
        undoable,
        menu=menu,
        wanter=wanter,
        others=tuple(parts[1:]),
        people=len(parts) if len(parts) < MOST_PARTS else merges.count_parts(c, case_id),
        into="" if case.merged_into is None else merges.in_charge(c, case).code,
        room=queue,
        weighing=weighings.look(c, case, whole=menu.startswith(WEIGH)),
        pseudonyms=pseudonyms_in(c, entries, parts),
        participant=parts[0].participant if parts else None,
    )


def _is_undone_in(queue: QueueId | None, case: Case, latest: Latest) -> bool:
    """Tell whether an act is offered to be taken back there; that a case went away is, where it came from."""
    if latest.act == Act.FORWARD:
        return queue == latest.before.queue
    return queue in (None, case.queue)


def pseudonyms_in(c: Connection, entries: Iterable[Entry], parts: Iterable[Part]) -> dict[ContributorId, str]:
    """Read how the contributors of some lines are called; those of the parts are known."""
    known = {part.id: part.pseudonym for part in parts}
    named = {entry.contributor for entry in entries if entry.contributor is not None}
    return known | merges.pseudonyms(c, named - known.keys())


def batch_view(c: Connection, batch: BatchId) -> list[Listed]:
    """Read what a batch shows of each of its cases, in its order."""
    return [
        Listed(cases.load(c, case_id), cases.first_words(c, case_id)[0], has_card)
        for case_id, has_card in batches.list_cases(c, batch)
    ]
