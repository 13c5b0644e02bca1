"""What somebody reads who was a servant and asks for what only servants can do: a plain word, and nothing is done.

In their own chat, where everybody else is a citizen: a command of the desk, or words meant for somebody's case, must
not be taken for an idea of theirs. In a room nobody but them learns of it.
"""

from bot.answering.gate import servant_behind
from dialogs.cases.case import Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk.listing import Look
from dialogs.desk.policy import BULK, DUTY, HANDOVER
from dialogs.desk.typed import read_command
from dialogs.desk_effects import DropDraft
from dialogs.effects import Reply, Tell
from dialogs.events import Pressed, TextEdited, TextSent, Update
from dialogs.message import say
from dialogs.presses import CardPress, DraftPress, DutyPress, LookPress, unpack
from dialogs.town import Town
from storage import addresses, drafts
from storage.addresses import STAFF, Address
from storage.database import Connection

_COMMANDS = (*Look, Deed.UNDO, Act.SPLIT, BULK, DUTY, HANDOVER)


def in_private(c: Connection, update: Update, address: Address, town: Town) -> Reply | None:
    """Refuse what was asked for in a chat that was a servant's; None for anything else, and while they are one."""
    if address.kind != STAFF or servant_behind(c, update) is not None:
        return None
    voice = town.voice(town.language)
    match update.event:
        case Pressed(data) if isinstance(unpack(data), CardPress | DraftPress | DutyPress | LookPress):
            return Reply(toast=voice("desk.left"))
        case TextSent() if read_command(update.event, *_COMMANDS) is not None:
            return Reply((Tell(say(voice("desk.left"))),))
        case TextSent() | TextEdited() if drafts.is_busy(c, address.id):
            return Reply((DropDraft(address.id), Tell(say(voice("desk.left"), voice("desk.unsent")))))
        case _:
            return None


def in_room(c: Connection, update: Update, town: Town) -> Reply:
    """Tell somebody who wrote in a room, and was a servant, that it was not taken; a stranger is told nothing."""
    own = addresses.find_address(c, update.channel, update.sender) if update.sender else None
    if own is None or own.kind != STAFF or not own.reachable:
        return Reply()
    voice = town.voice(town.language)
    return Reply((Tell(say(voice("room.not_taken"), voice("desk.left")), to=own.id),))
