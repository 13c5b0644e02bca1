"""A servant looks around: what they ask for by a command or a button, and may see.

Only queues where they have a role are looked into. What is in another one is, for them, not there.
"""

from datetime import datetime

from bot.answering.gate import admit, queues_for, servant_behind
from dialogs.desk import listing
from dialogs.desk.listing import PAGE, Look
from dialogs.desk.seat import Servant
from dialogs.desk.typed import read_command
from dialogs.effects import Reply, Tell
from dialogs.events import Event, Pressed, Update
from dialogs.ids import QueueId, read_code
from dialogs.message import Message, say
from dialogs.presses import LookPress, unpack
from dialogs.texts import one_line
from dialogs.town import Town
from storage import cases, merges, search
from storage import listing as lists
from storage.database import Connection


def asked(event: Event) -> tuple[Look, str] | None:
    """Tell what a servant would ask for by this, and the words or the place with it; None: nothing of this."""
    match event:
        case Pressed(data) if isinstance(press := unpack(data), LookPress) and press.look in set(Look):
            return Look(press.look), press.after
        case _:
            return read_command(event, *Look)


def answer_in_private(c: Connection, update: Update, town: Town, *, now: datetime) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    look = asked(update.event)
    servant = servant_behind(c, update) if look else None
    if look is None or servant is None:
        return None
    return _answer(c, look, servant, queues_for(look[0], servant, town), town, now=now)


def answer_in_room(c: Connection, update: Update, queue: QueueId, town: Town, *, now: datetime) -> Reply | None:
    """Answer in a room what is asked about its queue; None where nothing of this was asked for."""
    look = asked(update.event)
    if look is None:
        return None
    servant = admit(c, update, look[0], queue, town)
    return servant if isinstance(servant, Reply) else _answer(c, look, servant, (queue,), town, now=now)


def _answer(
    c: Connection, look: tuple[Look, str], servant: Servant, queues: tuple[QueueId, ...], town: Town, *, now: datetime
) -> Reply:
    match look:
        case Look.QUEUE, after:
            told = [listing.draw_page(Look.QUEUE, lists.list_open(c, queues, after=listing.read_after(after)), town)]
        case Look.MINE, after:
            held = lists.list_held(c, servant.id, queues, after=listing.read_after(after))
            told = [listing.draw_page(Look.MINE, held, town)]
        case Look.CASE, code:
            told = list(_show_case(c, code, queues, town))
        case Look.FIND, words:
            told = [_find(c, words, queues, town)]
        case Look.STATS, _:
            told = [listing.draw_stats(lists.count_cases(c, queues, today=town.today(now)), town)]
        case Look.HELP, _:
            told = [listing.draw_help(town)]
    return Reply(tuple(Tell(message) for message in told))


def _show_case(c: Connection, code: str, queues: tuple[QueueId, ...], town: Town) -> tuple[Message, ...]:
    voice = town.voice(town.language)
    spelt = read_code(code)
    if not spelt:
        return (say(voice("look.case_how", example="K7F3-9QWD")),)
    case = cases.find_by_code(c, spelt)
    if case is None or case.queue not in queues:
        return (say(voice("look.no_case", code=spelt)),)
    shown = listing.draw_case(lists.whole_view(c, case.id), town)
    # What is said to one that is merged stands at the case in charge.
    root = merges.root_of(c, case.id)
    return shown if root == case.id else (*shown, *listing.draw_case(lists.whole_view(c, root), town))


def _find(c: Connection, words: str, queues: tuple[QueueId, ...], town: Town) -> Message:
    if not words:
        return say(town.voice(town.language)("look.find_how"))
    hits = search.find(c, words, queues=queues, limit=PAGE + 1)
    return listing.draw_found(one_line(words, 200), lists.list_these(c, [hit.case for hit in hits]), town)
