"""Splitting a case: the sentence that a servant names by a command, and the card or the number that they mean."""

from datetime import datetime

from bot.answering.desk_turn import desk_of
from bot.answering.gate import admit, servant_behind
from dialogs.cases.case import Case
from dialogs.cases.lifecycle import Act
from dialogs.desk import splitting
from dialogs.effects import Reply, Tell
from dialogs.events import TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, QueueId, unspell
from dialogs.message import say
from dialogs.town import Town
from storage import cases, rooms, splits
from storage.database import Connection

_LONGEST_CODE = 20


def asked(update: Update) -> str | None:
    """Give what stands after the command; None for anything else."""
    return splitting.read_split(update.event.text) if isinstance(update.event, TextSent) else None


def in_room(
    c: Connection, update: Update, room: AddressId, queue: QueueId, town: Town, *, now: datetime, fresh: Fresh
) -> Reply | None:
    """Answer in a room, where the command replies to a card; None where it is about something else."""
    words = asked(update)
    if words is None:
        return None
    servant = admit(c, update, Act.SPLIT, queue, town)
    if isinstance(servant, Reply):
        return servant
    case_id = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None else None
    case = cases.load(c, case_id) if case_id is not None else None
    return _split(c, update, case, words, town, now=now, fresh=fresh)


def in_private(c: Connection, update: Update, town: Town, *, now: datetime, fresh: Fresh) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    words = asked(update)
    if words is None or servant_behind(c, update) is None:
        return None
    reply = _split(c, update, None, words, town, now=now, fresh=fresh)
    return reply if reply.effects else Reply((Tell(say(reply.toast)),))


def _split(
    c: Connection, update: Update, case: Case | None, words: str, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    sentence = words or update.quote
    if case is None:
        number, _, sentence = words.partition(" ")
        case = cases.find_by_code(c, unspell(number)[:_LONGEST_CODE])
    if case is None:
        return Reply(toast=town.voice(town.language)("splitting.how", code="K7F3-9QWD"))
    # The case may be of another queue than the room.
    servant = admit(c, update, Act.SPLIT, case.queue, town)
    if isinstance(servant, Reply):
        return servant
    owns, known = splits.owns_of(c, case.id), splits.parts_known(c, case.id)
    return splitting.split(sentence.strip(), desk_of(c, update, servant, case), owns, known, town, now=now, fresh=fresh)
