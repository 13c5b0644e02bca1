"""What is written under the name of a group: who wrote it shows only by a press.

An admin of a Telegram group may write anonymously, as the group; anybody may stand behind that, so it has no
rights. But a press carries the real account. So what would be an act is kept for some minutes, and whoever
presses the button under it does it, as the servant that they are.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.answering.gate import servant_behind
from dialogs.desk.policy import BIND
from dialogs.desk.typed import read_command
from dialogs.effects import Reply, Tell
from dialogs.events import TextSent, Update
from dialogs.fresh import Fresh
from dialogs.ids import QueueId
from dialogs.message import Button, Tone, say
from dialogs.place import group_of
from dialogs.presses import SignPress, pack
from dialogs.town import Town
from storage import addresses, rooms, unsigned
from storage.addresses import Address
from storage.database import Connection
from storage.unsigned import Unsigned

WITHIN: Final = timedelta(minutes=5)


def ask_who(
    c: Connection, update: Update, address: Address, bound: QueueId | None, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    """Ask whoever wrote something to us under the name of the group to press a button for it."""
    if _is_strange(c, address):
        return Reply(leave_room=True)
    if not isinstance(update.event, TextSent) or not _is_an_act(c, update, address, bound):
        return Reply()
    text = Unsigned(update.event.text, update.position, update.reply_to)
    unsigned.keep(c, fresh.number, address.id, text, now=now)
    voice = town.voice(town.language)
    button = Button(voice("button.sign"), pack(SignPress(fresh.number)), Tone.PRIMARY)
    return Reply((Tell(say(voice("room.who", minutes=WITHIN.seconds // 60), buttons=((button,),))),))


def sign(
    c: Connection,
    update: Update,
    press: SignPress,
    address: Address,
    bound: QueueId | None,
    town: Town,
    *,
    now: datetime,
) -> Update | Reply:
    """Give what was written as if the servant who presses had written it, once; or why that cannot be."""
    voice = town.voice(town.language)
    servant = servant_behind(c, update)
    if servant is None:
        return Reply(toast=voice("desk.stranger"))
    if bound is not None and servant.role_in(bound) is None:
        # It can be nothing of theirs, and stays for who wrote it.
        return Reply(toast=voice("desk.not_yours", queue=town.queue(bound, voice)))
    written = unsigned.take(c, press.unsigned, address.id, since=now - WITHIN)
    if written is None:
        return Reply(toast=voice("room.unsigned_gone"))
    return replace(update, event=TextSent(written.text), position=written.number, reply_to=written.reply_to)


def _is_an_act(c: Connection, update: Update, address: Address, bound: QueueId | None) -> bool:
    """Tell whether a text would do something if a servant had written it."""
    text = update.event.text if isinstance(update.event, TextSent) else ""
    if bound is None:
        return read_command(update.event, BIND) is not None
    to_card = update.reply_to is not None and rooms.case_of_card(c, address.id, update.reply_to) is not None
    return to_card or text.startswith("/")


def _is_strange(c: Connection, address: Address) -> bool:
    """Tell whether strangers added the bot to this group, so that it would be gone if it could."""
    group = addresses.find_address(c, address.channel, group_of(address.place))
    is_closed = group is not None and not group.reachable
    return is_closed and not rooms.list_in_group(c, address.channel, group_of(address.place))
