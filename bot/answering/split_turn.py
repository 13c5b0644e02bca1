"""Splitting a case: the sentence that a servant names by a command, and the card or the number that they mean."""

from datetime import datetime

from bot.answering.desk_turn import desk_of
from bot.answering.gate import admit, servant_behind, tell_writer
from dialogs.cases.case import Case
from dialogs.cases.lifecycle import Act
from dialogs.desk import splitting
from dialogs.desk.typed import read_command
from dialogs.effects import Reply
from dialogs.events import Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, QueueId, read_code
from dialogs.town import Town
from storage import cases, rooms, splits
from storage.database import Connection

# How long the number of a case is, as it is written.
_CODE = 9


def in_room(
    c: Connection, update: Update, room: AddressId, queue: QueueId, town: Town, *, now: datetime, fresh: Fresh
) -> Reply | None:
    """Answer in a room, where the command replies to a card; None where it is about something else."""
    typed = read_command(update.event, Act.SPLIT)
    if typed is None:
        return None
    servant = admit(c, update, Act.SPLIT, queue, town)
    if isinstance(servant, Reply):
        return servant
    case_id = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None else None
    case = cases.load(c, case_id) if case_id is not None else None
    return _split(c, update, case, typed[1], town, now=now, fresh=fresh)


def in_private(c: Connection, update: Update, town: Town, *, now: datetime, fresh: Fresh) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    typed = read_command(update.event, Act.SPLIT)
    if typed is None or servant_behind(c, update) is None:
        return None
    return tell_writer(_split(c, update, None, typed[1], town, now=now, fresh=fresh))


def _split(
    c: Connection, update: Update, case: Case | None, words: str, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    voice, sentence = town.voice(town.language), words or update.quote
    if case is None:
        number, _, sentence = words.partition(" ")
        code, servant = read_code(number), servant_behind(c, update)
        case = cases.find_by_code(c, code)
        # What is in another queue is, for them, not there.
        if case is not None and (servant is None or servant.role_in(case.queue) is None):
            return Reply(toast=voice("look.no_case", code=code))
        if case is None and "-" in number and len(code) == _CODE:
            return Reply(toast=voice("look.no_case", code=code))
    if case is None:
        return Reply(toast=voice("splitting.how", code="K7F3-9QWD"))
    # The case may be of another queue than the room.
    admitted = admit(c, update, Act.SPLIT, case.queue, town)
    if isinstance(admitted, Reply):
        return admitted
    seen = desk_of(c, update, admitted, case)
    owns, known = splits.owns_of(c, case.id), splits.parts_known(c, case.id)
    return splitting.split(sentence.strip(), seen, owns, known, town, now=now, fresh=fresh)
