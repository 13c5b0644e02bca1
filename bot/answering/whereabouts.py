"""Where rooms are on Telegram: a group that moves, a topic that closes, a group that puts the bot out."""

from datetime import datetime

from dialogs.cases.urgency import Urgency
from dialogs.desk_effects import TellServant
from dialogs.ids import QueueId
from dialogs.installation import LEADS
from dialogs.message import say
from dialogs.place import group_of, moved, topic_of
from dialogs.town import Town
from storage import addresses, outbox, rooms, staff
from storage.addresses import Address
from storage.database import Connection
from storage.recorder import record_case


def move_group(c: Connection, address: Address, new_group: str, *, now: datetime) -> None:
    """Go on at a group's new address, in each of its topics."""
    inside = rooms.list_in_group(c, address.channel, group_of(address.place))
    for place in {address.place, *inside}:
        if (found := addresses.find_address(c, address.channel, place)) is not None:
            move_room(c, found, moved(place, new_group), now=now)


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
        if queue is not None and rooms.queue_of(c, known) is None:
            rooms.bind(c, known, queue, now=now)
        elif queue is not None and rooms.queue_of(c, known) != queue:
            # It is the room of another queue, and shows the cards of no second one.
            outbox.drop_drawings(c, address.id)
            shown = []
        outbox.readdress(c, address.id, known)
    for case_id in shown:
        outbox.put_card(c, room, case_id, now=now, urgency=Urgency.NEW)


def close_topic(c: Connection, address: Address, town: Town, *, now: datetime) -> bool:
    """Go on in the General topic of a group, and let the leads of the queue know; false where it was that one."""
    queue, in_topic = rooms.queue_of(c, address.id), bool(topic_of(address.place))
    if in_topic:
        move_room(c, address, group_of(address.place), now=now)
    else:
        outbox.bury_all(c, address.id, "the group takes nothing")
        rooms.leave(c, address.id)
    if queue is not None:
        general = addresses.find(c, address.channel, group_of(address.place))
        goes_on = general is not None and rooms.queue_of(c, general) == queue
        _tell_leads(c, queue, "room.topic_closed" if goes_on else "room.none_left", town, now=now)
    return in_topic


def leave_group(c: Connection, address: Address, *, now: datetime) -> None:
    """Send nothing to a group any more, nor to any of its topics."""
    addresses.set_reachable(c, address.id, reachable=False, now=now)
    for place in {address.place, *rooms.list_in_group(c, address.channel, group_of(address.place))}:
        if (room := addresses.find(c, address.channel, place)) is not None:
            outbox.bury_all(c, room, "the bot was put out of the room")
            rooms.leave(c, room)


def _tell_leads(c: Connection, queue: QueueId, word: str, town: Town, *, now: datetime) -> None:
    voice = town.voice(town.language)
    told = say(voice(word, queue=town.queue(queue, voice), id=queue))
    for servant in staff.list_servants(c):
        if servant.role_in(queue) in LEADS:
            record_case(c, TellServant(servant.id, told), now=now)
