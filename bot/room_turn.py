"""A turn in a group: binding it to a queue, acts on its cards, notes, and what happens to the group itself."""

from datetime import datetime

from bot import desk_turn, look_turn
from dialogs.cases.seat import Servant
from dialogs.cases.urgency import Urgency
from dialogs.effects import BindRoom, Reply, Tell
from dialogs.events import Pressed, RoomEntered, RoomLeft, RoomMoved, TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.message import say
from dialogs.presses import CardPress, unpack
from dialogs.town import Town
from storage import addresses, outbox, rooms, staff
from storage.addresses import Address
from storage.database import Connection

_LEADS = (Role.LEAD, Role.ADMIN)


def membership(c: Connection, update: Update, address: Address, *, now: datetime) -> Reply:
    """Answer that the bot was added, put out, or that the group has moved."""
    match update.event:
        case RoomEntered():
            servant = _servant(c, update)
            if servant is None or not any(role in _LEADS for role in servant.roles.values()):
                # In a stranger's group the bot posts nothing and leaves.
                return Reply(leave_room=True)
            addresses.set_reachable(c, address.id, reachable=True, now=now)
        case RoomLeft():
            addresses.set_reachable(c, address.id, reachable=False, now=now)
            outbox.bury_all(c, address.id, "the bot was put out of the room")
            rooms.leave(c, address.id)
        case RoomMoved(new_ref):
            move_room(c, address, new_ref, now=now)
        case _:
            pass
    return Reply()


def move_room(c: Connection, address: Address, new_place: str, *, now: datetime) -> None:
    """Go on at a room's new address; its messages cannot be edited there, so open cards are posted anew."""
    known = addresses.find(c, address.channel, new_place)
    if known == address.id:
        # The channel tells of a move more than once.
        return
    queue, shown, room = rooms.queue_of(c, address.id), rooms.forget_cards(c, address.id), known or address.id
    if known is None:
        addresses.move(c, address.id, new_place)
    else:
        # Somebody wrote there before we heard of the move: what the old place was, the new one is now.
        rooms.leave(c, address.id)
        outbox.readdress(c, address.id, known)
        if queue is not None and rooms.queue_of(c, known) is None:
            rooms.bind(c, known, queue, now=now)
    for case_id in shown:
        outbox.put_card(c, room, case_id, now=now, urgency=Urgency.NEW)


def answer(c: Connection, update: Update, address: Address, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer what somebody did in a group."""
    bound = rooms.queue_of(c, address.id)
    match update.event:
        case TextSent(text) if text.startswith("/bind"):
            return _bind(c, update, bound, text.removeprefix("/bind").strip(), town)
        case _ if bound is None:
            return Reply(leave_room=_servant(c, update) is None)
        case _ if (looked := look_turn.answer_in_room(c, update, bound, town, now=now)) is not None:
            return looked
        case Pressed(data):
            press = unpack(data)
            if isinstance(press, CardPress):
                return desk_turn.press(c, update, press, town, now=now, fresh=fresh)
            return Reply(toast=town.voice(town.language)("old_button"))
        case TextSent(text):
            return desk_turn.note(c, update, address.id, text, town, now=now)
        case _:
            return Reply()


def _bind(c: Connection, update: Update, bound: QueueId | None, queue: str, town: Town) -> Reply:
    voice = town.voice(town.language)
    servant = _servant(c, update)
    if servant is None:
        return Reply(leave_room=bound is None)
    known = town.installation.queues
    if queue not in known:
        return Reply((Tell(say(voice("room.bind_how", example=next(iter(known)), queues=", ".join(known)))),))
    if servant.role_in(queue) not in _LEADS:
        return Reply((Tell(say(voice("room.not_lead", queue=town.queue(queue, voice)))),))
    told = Tell(say(voice("room.bound", queue=town.queue(queue, voice))))
    return Reply((told, BindRoom(QueueId(queue))))


def _servant(c: Connection, update: Update) -> Servant | None:
    return staff.find(c, update.channel, update.sender) if update.sender else None
