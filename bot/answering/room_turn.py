"""A turn in a group: binding it to a queue, acts on its cards, notes, and what happens to the group itself."""

from dataclasses import replace
from datetime import datetime

from bot.answering import (
    bulk_turn,
    desk_turn,
    duty_turn,
    edit_turn,
    former_turn,
    look_turn,
    signing,
    split_turn,
    undo_turn,
)
from bot.answering.gate import admit, servant_behind
from bot.answering.whereabouts import leave_group, move_group
from dialogs.desk.policy import BIND
from dialogs.desk.typed import read_command
from dialogs.desk_effects import BindRoom
from dialogs.effects import Reply, Tell
from dialogs.events import Pressed, RoomEntered, RoomLeft, RoomMoved, TextEdited, TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import QueueId
from dialogs.installation import LEADS
from dialogs.message import say
from dialogs.place import group_of
from dialogs.presses import CardPress, SignPress, unpack
from dialogs.town import Town
from storage import addresses, rooms, staff
from storage.addresses import Address
from storage.database import Connection


def membership(c: Connection, update: Update, address: Address, *, now: datetime) -> Reply:
    """Answer that the bot was added, put out, or that the group has moved."""
    match update.event:
        case RoomEntered():
            servant = servant_behind(c, update)
            is_ours = servant is not None and any(role in LEADS for role in servant.roles.values())
            addresses.set_reachable(c, address.id, reachable=is_ours, now=now)
            # In a stranger's group the bot posts nothing and leaves.
            return Reply(leave_room=not is_ours)
        case RoomLeft():
            leave_group(c, address, now=now)
        case RoomMoved(new_ref):
            move_group(c, address, new_ref, now=now)
        case _:
            pass
    return Reply()


def answer(c: Connection, update: Update, address: Address, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer what somebody did in a group."""
    bound = rooms.queue_of(c, address.id)
    if update.anonymous:
        return signing.ask_who(c, update, address, bound, town, now=now, fresh=fresh)
    match update.event:
        case Pressed(data) if isinstance(press := unpack(data), SignPress):
            signed = signing.sign(c, update, press, address, bound, town, now=now)
            if isinstance(signed, Reply):
                return signed
            reply = _answer(c, signed, address, bound, town, now=now, fresh=fresh)
            return replace(reply, toast=reply.toast or town.voice(town.language)("room.signed"))
        case TextSent() | TextEdited() if update.channel == "telegram":
            return _readable(c, update, _answer(c, update, address, bound, town, now=now, fresh=fresh), town)
        case _:
            return _answer(c, update, address, bound, town, now=now, fresh=fresh)


def _answer(
    c: Connection, update: Update, address: Address, bound: QueueId | None, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    match update.event:
        case TextSent() if (typed := read_command(update.event, BIND)) is not None:
            return _bind(c, update, typed[1], bound, town)
        case _ if bound is None:
            leaves = servant_behind(c, update) is None and _is_no_room(c, update)
            # A press is answered wherever it was made.
            toast = town.voice(town.language)("old_button") if isinstance(update.event, Pressed) else ""
            return Reply(toast=toast, leave_room=leaves)
        case _ if (looked := look_turn.answer_in_room(c, update, bound, town, now=now)) is not None:
            return looked
        case _ if (undone := undo_turn.in_room(c, update, address.id, bound, town, now=now)) is not None:
            return undone
        case _ if (split := split_turn.in_room(c, update, address.id, bound, town, now=now, fresh=fresh)) is not None:
            return split
        case _ if (on_duty := duty_turn.answer_in_room(c, update, bound, town, now=now)) is not None:
            return on_duty
        case _ if (begun := bulk_turn.in_room(c, update, bound, town, fresh=fresh)) is not None:
            return begun
        case Pressed(data):
            press = unpack(data)
            if isinstance(press, CardPress):
                return desk_turn.press(c, update, press, town, now=now, fresh=fresh)
            return Reply(toast=town.voice(town.language)("old_button"))
        case TextSent(text):
            noted = desk_turn.note(c, update, address.id, text, town, now=now)
            return replace(noted, receipt=update.position) if noted.effects else noted
        case TextEdited(text, number):
            return edit_turn.answer_in_room(c, update, address.id, text, town, number=number, now=now)
        case _:
            return Reply()


def _readable(c: Connection, update: Update, reply: Reply, town: Town) -> Reply:
    """Bring what would be a toast to a servant who wrote, and sees none: in private, for a group is no place for it."""
    if reply.effects or not reply.toast:
        return replace(reply, toast="")
    if (servant := servant_behind(c, update)) is None:
        return former_turn.in_room(c, update, town)
    voice, own = town.voice(town.language), staff.own_chat(c, servant.id, update.channel)
    if own is not None and addresses.load(c, own).reachable:
        return Reply((Tell(say(voice("room.not_taken"), reply.toast), to=own),))
    return Reply((Tell(say(voice("room.refused"))),))


def _bind(c: Connection, update: Update, queue: str, bound: QueueId | None, town: Town) -> Reply:
    voice = town.voice(town.language)
    if servant_behind(c, update) is None:
        return Reply(leave_room=_is_no_room(c, update))
    if update.channel == "web" and bound is not None:
        # Who may see it goes by the queue in its address.
        return Reply(toast=voice("room.bind_web", queue=town.queue(bound, voice)))
    known = town.installation.queues
    if queue not in known:
        return Reply((Tell(say(voice("room.bind_how", example=next(iter(known)), queues=", ".join(known)))),))
    # A room of another queue is that one's lead's to give away.
    for one in dict.fromkeys((bound or QueueId(queue), QueueId(queue))):
        admitted = admit(c, update, BIND, one, town)
        if isinstance(admitted, Reply):
            return Reply((Tell(say(admitted.toast)),))
    told = Tell(say(voice("room.bound", queue=town.queue(queue, voice))))
    return Reply((told, BindRoom(QueueId(queue))))


def _is_no_room(c: Connection, update: Update) -> bool:
    """Tell whether a group is no room of ours in any of its topics."""
    return not rooms.list_in_group(c, update.channel, group_of(update.place))
