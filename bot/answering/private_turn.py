"""A turn in somebody's own chat: a servant's draft first, then the citizen that everybody can be."""

from dataclasses import replace
from datetime import datetime

from bot.answering import (
    bulk_turn,
    desk_turn,
    duty_turn,
    edit_turn,
    former_turn,
    joining_turn,
    look_turn,
    own_data,
    split_turn,
    undo_turn,
)
from bot.answering.gate import servant_behind
from dialogs.cases.draft import SENT
from dialogs.conversation import converse
from dialogs.desk.seat import Servant
from dialogs.effects import Reply, Tell
from dialogs.events import Pressed, Started, TextEdited, TextSent, Unreadable, Update
from dialogs.fresh import Fresh
from dialogs.message import say
from dialogs.presses import CardPress, DraftPress, unpack
from dialogs.town import Town
from storage import addresses, drafts, staff
from storage.addresses import STAFF, Address
from storage.citizens import Knowledge, load_citizen
from storage.database import Connection

_INVITE = "r_"


def answer(
    c: Connection, update: Update, address: Address, town: Town, knowledge: Knowledge, *, now: datetime, fresh: Fresh
) -> Reply:
    """Answer an event of a private chat."""
    if not address.reachable:
        # Whoever writes can be reached.
        addresses.set_reachable(c, address.id, reachable=True, now=now)
    match update.event:
        case Started(payload) if payload.startswith(_INVITE):
            return _enrol(c, update, address, payload, town, now=now)
        case _ if (refused := former_turn.in_private(c, update, address, town)) is not None:
            return refused
        case Pressed(data) if isinstance(press := unpack(data), CardPress):
            return desk_turn.press(c, update, press, town, now=now, fresh=fresh)
        case Pressed(data) if isinstance(press := unpack(data), DraftPress):
            return _press_draft(c, update, address, press, town, now=now)
        case _ if (looked := look_turn.answer_in_private(c, update, town, now=now)) is not None:
            # Before their draft: what is asked for by a command is no word to a citizen.
            return looked
        case _ if (done := _command(c, update, address, town, now=now, fresh=fresh)) is not None:
            return done
        case TextEdited(text, number) if (
            edited := edit_turn.answer_in_private(c, update, address, text, town, number=number, now=now, fresh=fresh)
        ) is not None:
            return edited
        case TextSent(text) if address.kind == STAFF:
            reply = _write_draft(c, update, address, text, town, now=now, fresh=fresh)
            if reply is not None:
                return reply
    if address.person is None:
        return Reply((Tell(say(town.voice(town.language)("desk.private_help"))),))
    # What was sent once stands as it was read.
    event = Unreadable("edited") if isinstance(update.event, TextEdited) else update.event
    citizen = load_citizen(c, address, replace(update, event=event), knowledge, now=now)
    if (chosen := joining_turn.answer(c, citizen, address.person, event, town, now=now)) is not None:
        return chosen
    citizen = own_data.look_up(c, citizen, address, event, town)
    reply = converse(citizen, event, town, now=now, fresh=fresh)
    return joining_turn.with_offer(c, reply, citizen, address.person, town)


def _command(
    c: Connection, update: Update, address: Address, town: Town, *, now: datetime, fresh: Fresh
) -> Reply | None:
    """Do what a servant asks for by a command, beside looking around."""
    return (
        undo_turn.in_private(c, update, town, now=now)
        or split_turn.in_private(c, update, town, now=now, fresh=fresh)
        or duty_turn.answer_in_private(c, update, town, now=now)
        or bulk_turn.in_private(c, update, address, town, fresh=fresh)
    )


def _enrol(c: Connection, update: Update, address: Address, payload: str, town: Town, *, now: datetime) -> Reply:
    voice = town.voice(town.language)
    servant = None
    if update.sender is not None:
        servant = staff.redeem_invite(
            c, payload, channel=update.channel, account=update.sender, name=update.sender_name, now=now
        )
    if servant is None:
        return Reply((Tell(say(voice("desk.bad_invite"))),))
    addresses.set_kind(c, address.id, STAFF)
    return Reply((Tell(say(_welcome(servant, town), voice("desk.welcome.next"))),))


def _welcome(servant: Servant, town: Town) -> str:
    voice = town.voice(town.language)
    roles = ", ".join(f"{town.queue(queue, voice)} ({town.role(role, voice)})" for queue, role in servant.roles.items())
    return voice("desk.welcome", name=servant.name, roles=roles)


def _write_draft(
    c: Connection, update: Update, address: Address, text: str, town: Town, *, now: datetime, fresh: Fresh
) -> Reply | None:
    draft = drafts.find(c, address.id)
    if draft is None:
        return bulk_turn.write(c, update, address.id, text, town, now=now)
    servant = servant_behind(c, update)
    if draft.stage == SENT or servant is None:
        return None
    return desk_turn.write(c, update, draft, servant, text, town, now=now, fresh=fresh)


def _press_draft(
    c: Connection, update: Update, address: Address, press: DraftPress, town: Town, *, now: datetime
) -> Reply:
    draft = drafts.find(c, address.id)
    if draft is None or draft.id != press.draft:
        return bulk_turn.press(c, update, address, press, town, now=now)
    servant = servant_behind(c, update)
    if servant is None:
        return Reply(toast=town.voice(town.language)("old_button"))
    return desk_turn.press_draft(c, draft, servant, press.step, town, now=now)
