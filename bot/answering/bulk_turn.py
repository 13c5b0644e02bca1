"""A bulk in a servant's own chat: what they press and type for it, and the cases that it is about.

Whether something may be done is asked case by case when it is done: what was chosen a while ago may be somebody
else's by then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.answering import desk_turn
from bot.answering.gate import admit, queues_for, servant_behind, tell_writer
from dialogs.cases.case import UNDECIDED, Case
from dialogs.cases.draft import PREVIEW, SEND
from dialogs.cases.lifecycle import Act
from dialogs.desk import bulk, bulk_acts
from dialogs.desk.bulk import MOST, Sheet
from dialogs.desk.bulk_acts import Matter, way_of
from dialogs.desk.listing import Listed, read_after
from dialogs.desk.policy import BULK
from dialogs.desk.seat import Servant
from dialogs.desk.typed import read_command
from dialogs.desk.undoing import WITHIN
from dialogs.desk_effects import Bulk
from dialogs.effects import Reply, Tell
from dialogs.events import Update
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, DraftId, QueueId
from dialogs.presses import DraftPress
from dialogs.said import preview
from dialogs.town import Town
from storage import bulks, cases, contributors, deeds, staff
from storage import listing as lists
from storage.addresses import Address
from storage.database import Connection
from storage.forwarding import path_of


def in_private(c: Connection, update: Update, address: Address, town: Town, *, fresh: Fresh) -> Reply | None:
    """Begin in a servant's own chat; None where nothing of this was asked for, or by somebody else."""
    typed = read_command(update.event, BULK)
    servant = servant_behind(c, update) if typed is not None else None
    if typed is None or servant is None:
        return None
    return _begin(c, Bulk(DraftId(fresh.number), servant.id, address.id), typed[1], servant, town)


def in_room(c: Connection, update: Update, queue: QueueId, town: Town, *, fresh: Fresh) -> Reply | None:
    """Begin, in the servant's own chat, with the cases of a room's queue; None where nothing of this was asked for."""
    typed = read_command(update.event, BULK)
    if typed is None:
        return None
    servant = admit(c, update, BULK, queue, town)
    if isinstance(servant, Reply):
        return servant
    own = staff.own_chat(c, servant.id, update.channel)
    if own is None:
        return Reply(toast=town.voice(town.language)("desk.no_chat"))
    reply = _begin(c, Bulk(DraftId(fresh.number), servant.id, own, queue), typed[1], servant, town)
    there = tuple(replace(effect, to=own) if isinstance(effect, Tell) else effect for effect in reply.effects)
    return Reply(there, receipt=update.position)


def press(c: Connection, update: Update, address: Address, pressed: DraftPress, town: Town, *, now: datetime) -> Reply:
    """Answer a press on a button of a bulk."""
    found, servant = bulks.find(c, DraftId(pressed.draft)), servant_behind(c, update)
    if found is None or servant is None or found.address != address.id or found.staff != servant.id:
        return Reply(toast=town.voice(town.language)("old_button"))
    if found.done_at is None:
        return _press_open(c, update, found, servant, pressed.step, town, now=now)
    if pressed.step != bulk.UNDO or now - found.done_at > WITHIN:
        return Reply(toast=town.voice(town.language)("old_button"))
    return bulk_acts.take_back_all(found, _matters(c, update, found, servant, done=True), town, now=now)


def write(c: Connection, update: Update, address: AddressId, text: str, town: Town, *, now: datetime) -> Reply | None:
    """Take a text in a servant's own chat as what their bulk waits for; None where they have none."""
    found = bulks.find_open(c, address)
    servant = servant_behind(c, update) if found is not None else None
    if found is None or servant is None or found.staff != servant.id:
        return None
    if found.stage == PREVIEW and is_word(text, "word.send", town.heard):
        return _press_open(c, update, found, servant, SEND, town, now=now)
    reply = bulk.write(_sheet(c, update, found, servant), text, town)
    if reply is None:
        return _name(c, found, bulk.read_codes(text, found.shown), servant, town)
    return tell_writer(reply)


def _begin(c: Connection, begun: Bulk, named: str, servant: Servant, town: Town) -> Reply:
    codes = bulk.read_codes(named, ())
    return _name(c, begun, codes, servant, town) if named else _show(c, begun, servant, town)


def _press_open(
    c: Connection, update: Update, found: Bulk, servant: Servant, step: str, town: Town, *, now: datetime
) -> Reply:
    match step.split(".", 1):
        case ["on", code]:
            return _name(c, found, (code,), servant, town)
        case ["off", code]:
            return _show(c, bulk.leave_out(found, code), servant, town)
        case ["all"]:
            return _name(c, found, found.shown, servant, town)
        case ["more"]:
            return _show(c, bulk.turn_page(Sheet(found, _page(c, found, servant, town))), servant, town)
        case ["first"]:
            return _show(c, replace(found, after=""), servant, town)
        case ["back"]:
            return _show(c, found, servant, town)
        case ["send"] if found.stage == PREVIEW:
            return bulk_acts.do(found, _matters(c, update, found, servant), town, now=now)
        case _:
            return bulk.press(step, _sheet(c, update, found, servant), town)


def _name(c: Connection, found: Bulk, codes: Sequence[str], servant: Servant, town: Town) -> Reply:
    """Choose cases by their codes, and say which of them are not there, or too many."""
    voice, queues = town.voice(town.language), _queues(found, servant, town)
    there = [case for case in _load(c, codes[: 2 * MOST]) if case.queue in queues and case.state in UNDECIDED]
    missing = [code for code in codes if code not in {case.code for case in there}]
    chosen = bulk.put(found, there)
    is_full = not {case.code for case in there} <= {one.code for one in chosen.chosen}
    remarks = (
        voice("bulk.full", most=MOST) if is_full else "",
        voice("bulk.not_there", codes=", ".join(missing)) if missing else "",
        "" if codes else voice("bulk.unread", example="K7F3-9QWD"),
    )
    return _show(c, chosen, servant, town, *remarks)


def _show(c: Connection, found: Bulk, servant: Servant, town: Town, *remarks: str) -> Reply:
    return bulk.show(Sheet(found, _page(c, found, servant, town)), town, *remarks)


def _page(c: Connection, found: Bulk, servant: Servant, town: Town) -> tuple[Listed, ...]:
    return lists.list_open(c, _queues(found, servant, town), after=read_after(found.after))


def _queues(found: Bulk, servant: Servant, town: Town) -> tuple[QueueId, ...]:
    """List the queues that a bulk is about, as far as they are still the servant's."""
    return tuple(queue for queue in queues_for(BULK, servant, town) if found.queue in (None, queue))


def _sheet(c: Connection, update: Update, found: Bulk, servant: Servant) -> Sheet:
    chosen = tuple(_load(c, [one.code for one in found.chosen]))
    if found.act != Act.FORWARD or not chosen:
        return Sheet(found, cases=chosen)
    first = chosen[0]
    words, _ = cases.first_words(c, first.id)
    listener = next(iter(contributors.contributors_after(c, first.id, 0, limit=1)), None)
    matter = Matter(desk_turn.desk_of(c, update, servant, first))
    example = way_of(found, matter, excerpt=preview(words), language=listener.language if listener else "")
    return Sheet(found, cases=chosen, example=example)


def _matters(c: Connection, update: Update, found: Bulk, servant: Servant, *, done: bool = False) -> list[Matter]:
    """Load the chosen cases as a servant sees them; ``done``: with all that was done to them."""
    return [
        Matter(
            desk_turn.desk_of(c, update, servant, case),
            path_of(c, case),
            tuple(deeds.done_to(c, case)) if done else (),
        )
        for case in _load(c, [one.code for one in found.chosen])
    ]


def _load(c: Connection, codes: Sequence[str]) -> list[Case]:
    found = (cases.find_by_code(c, code) for code in codes)
    return [case for case in found if case is not None]
