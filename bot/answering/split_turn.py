"""Splitting a case: the sentence that a servant names by a command, and the card or the number that they mean."""

from datetime import datetime

from bot.answering.desk_turn import desk_of
from dialogs.cases.case import Case
from dialogs.desk import splitting
from dialogs.effects import Reply, Tell
from dialogs.events import TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, unspell
from dialogs.message import say
from dialogs.town import Town
from storage import cases, rooms, splits, staff
from storage.database import Connection

_LONGEST_CODE = 20


def asked(update: Update) -> str | None:
    """Give what stands after the command; None for anything else."""
    return splitting.read_split(update.event.text) if isinstance(update.event, TextSent) else None


def answer_in_room(
    c: Connection, update: Update, room: AddressId, town: Town, *, now: datetime, fresh: Fresh
) -> Reply | None:
    """Answer in a room, where the command replies to a card; None where it is about something else."""
    words = asked(update)
    if words is None:
        return None
    case_id = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None else None
    case = cases.load(c, case_id) if case_id is not None else None
    return _split(c, update, case, words, town, now=now, fresh=fresh)


def answer_in_private(c: Connection, update: Update, town: Town, *, now: datetime, fresh: Fresh) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    words = asked(update)
    if words is None or update.sender is None or staff.find(c, update.channel, update.sender) is None:
        return None
    reply = _split(c, update, None, words, town, now=now, fresh=fresh)
    return reply if reply.effects else Reply((Tell(say(reply.toast)),))


def _split(
    c: Connection, update: Update, case: Case | None, words: str, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    voice = town.voice(town.language)
    servant = staff.find(c, update.channel, update.sender) if update.sender else None
    if servant is None:
        return Reply(toast=voice("desk.stranger"))
    sentence = words or update.quote
    if case is None:
        number, _, sentence = words.partition(" ")
        case = cases.find_by_code(c, unspell(number)[:_LONGEST_CODE])
    if case is None:
        return Reply(toast=voice("splitting.how", code="K7F3-9QWD"))
    owns, known = splits.owns_of(c, case.id), splits.parts_known(c, case.id)
    return splitting.split(sentence.strip(), desk_of(c, update, servant, case), owns, known, town, now=now, fresh=fresh)
