"""Taking back by a command: ``/undo`` as a reply to a card, or with the number of a case.

It takes back what the button under the card does, and also an act that others came after, as long as none of them
builds on it. In a room it is about the room's queue, and about what was forwarded from it.
"""

from dataclasses import replace
from datetime import datetime

from bot.answering import desk_turn
from bot.answering.gate import admit, queues_for, servant_behind
from dialogs.cases.case import Case, Deed
from dialogs.desk import undoing
from dialogs.desk.seat import Servant
from dialogs.desk.typed import read_command
from dialogs.effects import Reply, Tell
from dialogs.events import Update
from dialogs.ids import AddressId, QueueId, read_code
from dialogs.message import say
from dialogs.town import Town
from storage import cases, deeds, rooms, splits
from storage.database import Connection
from storage.forwarding import path_of


def in_private(c: Connection, update: Update, town: Town, *, now: datetime) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    code = _asked(update)
    servant = servant_behind(c, update) if code is not None else None
    if code is None or servant is None:
        return None
    case = cases.find_by_code(c, code) if code else None
    reply = _answer(c, update, servant, case, code, queues_for(Deed.UNDO, servant, town), town, now=now)
    # Who wrote reads it where they wrote.
    return Reply((*reply.effects, Tell(say(reply.toast))))


def in_room(
    c: Connection, update: Update, room: AddressId, queue: QueueId, town: Town, *, now: datetime
) -> Reply | None:
    """Answer in a room what is asked about a case of its queue; None where nothing of this was asked for."""
    code = _asked(update)
    if code is None:
        return None
    servant = admit(c, update, Deed.UNDO, queue, town)
    if isinstance(servant, Reply):
        return servant
    shown = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None and not code else None
    case = cases.load(c, shown) if shown is not None else cases.find_by_code(c, code) if code else None
    reply = _answer(c, update, servant, case, code, (queue,), town, now=now)
    return replace(reply, receipt=update.position) if reply.effects else reply


def _asked(update: Update) -> str | None:
    """Give the number of the case after the command, as we spell it; None: nothing of this."""
    typed = read_command(update.event, Deed.UNDO)
    return None if typed is None else read_code(typed[1])


def _answer(
    c: Connection,
    update: Update,
    servant: Servant,
    case: Case | None,
    code: str,
    queues: tuple[QueueId, ...],
    town: Town,
    *,
    now: datetime,
) -> Reply:
    """Take back the newest act on a case that is, or was, of one of these queues."""
    voice = town.voice(town.language)
    if case is None and not code:
        return Reply(toast=voice("undo.how", example="K7F3-9QWD"))
    if case is None or (case.queue not in queues and not set(path_of(c, case)) & set(queues)):
        return Reply(toast=voice("look.no_case", code=code))
    seen = replace(desk_turn.desk_of(c, update, servant, case), split_off=splits.newest_part(c, case.id))
    # In private the answer itself says what was taken back.
    chat = None if update.private else seen.own_chat
    desk, done = replace(seen, own_chat=chat), deeds.done_to(c, case)
    return undoing.take_back_newest(desk, done, town, now=now, written_at=update.sent_at)
