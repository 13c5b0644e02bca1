"""Sending one message: what is to be shown, the call, and what its answer means for the row."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channel import (
    Channel,
    Gone,
    Moved,
    NotSent,
    Refused,
    SendingFailed,
    Throttled,
    Unknown,
    Unreachable,
)
from bot.room_turn import move_room
from dialogs.cases.batch import draw_batch
from dialogs.cases.card import draw_card
from dialogs.effects import Lane
from dialogs.message import Message
from dialogs.town import Town
from storage import addresses, batches, cases, outbox, rooms
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.desk_view import batch_view, card_view
from storage.outbox import DEAD, UNKNOWN, Parcel
from storage.recorder import note_unreachable

log = logging.getLogger(__name__)

# 1, 2, 4 … seconds, at most five minutes.
_LONGEST_BACKOFF_S = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """The chat shows it under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class HoldChat:
    """The chat takes nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Needless:
    """There is nothing to show any more: another message shows it."""


Result = Shown | HoldChat | Needless | SendingFailed


async def send(database: Database, channel: Channel, parcel: Parcel, town: Town) -> Result:
    """Send one message and tell what came of it."""
    number: int | None = None
    if parcel.draws is not None or parcel.draws_batch is not None:
        drawn = await database.write(lambda c: _draw(c, parcel, town))
        if drawn is None:
            return Needless()
        message, number = drawn
    else:
        message = unpack_message(parcel.message or "[]")
    if parcel.lane is Lane.ANNOUNCEMENT:
        await database.write(lambda c: outbox.mark_sending(c, [parcel.id]))
    try:
        if number is not None:
            await channel.edit(parcel.place, number, message)
            return Shown(number)
        return Shown(await channel.send(parcel.place, message, key=parcel.id))
    except Throttled as throttled:
        return HoldChat(throttled.retry_after_s)
    except SendingFailed as failed:
        return failed


def mark(c: Connection, parcel: Parcel, result: Result, *, now: datetime) -> datetime | None:
    """Write down what came of a message; give when it is tried again, if it is."""
    match result:
        case Shown(number):
            outbox.mark_sent(c, parcel.id, number, now=now)
            _set_number(c, parcel, number)
        case Needless():
            outbox.withdraw(c, [parcel.id])
        case HoldChat(seconds):
            return _later(c, parcel, now + timedelta(seconds=seconds), attempt=parcel.attempt)
        case Moved(new_place=new_place):
            move_room(c, addresses.load(c, parcel.address), new_place, now=now)
            return _later(c, parcel, now, attempt=parcel.attempt)
        case Gone() if parcel.draws is not None or parcel.draws_batch is not None:
            _set_number(c, parcel, None)
            return _later(c, parcel, now, attempt=parcel.attempt)
        case NotSent():
            return _later(c, parcel, now + _backoff(parcel.attempt), attempt=parcel.attempt + 1)
        case Unknown() if parcel.lane is not Lane.ANNOUNCEMENT and not parcel.uncertain:
            # A reply is sent once more: at most one repeat, and only because the answer was lost.
            return _later(c, parcel, now + _backoff(0), attempt=parcel.attempt + 1, uncertain=True)
        case Unknown():
            outbox.mark_ended(c, parcel.id, UNKNOWN, str(result))
        case Unreachable():
            _give_up(c, parcel, now=now)
        case Refused() | SendingFailed():
            log.error("a message was refused and is on the list of `yousaid unsent`: %s", result)
            outbox.mark_ended(c, parcel.id, DEAD, str(result))
    return None


def _later(c: Connection, parcel: Parcel, due_at: datetime, *, attempt: int, uncertain: bool = False) -> datetime:
    outbox.mark_later(c, parcel.id, due_at, attempt=attempt, uncertain=uncertain)
    return due_at


def _give_up(c: Connection, parcel: Parcel, *, now: datetime) -> None:
    """Stop sending to a chat that is closed to us."""
    addresses.set_reachable(c, parcel.address, reachable=False, now=now)
    outbox.mark_ended(c, parcel.id, DEAD, "cannot be reached")
    outbox.bury_all(c, parcel.address, "cannot be reached")
    if parcel.is_room:
        rooms.leave(c, parcel.address)
    elif parcel.about is not None:
        note_unreachable(c, cases.load(c, parcel.about), now=now)


def _set_number(c: Connection, parcel: Parcel, number: int | None) -> None:
    if parcel.draws is not None:
        rooms.set_card(c, parcel.address, parcel.draws, number)
    if parcel.draws_batch is not None:
        batches.set_number(c, parcel.draws_batch, number)


def _draw(c: Connection, parcel: Parcel, town: Town) -> tuple[Message, int | None] | None:
    """Draw a card or a batch as its cases stand now; what changes later asks for another drawing."""
    if not outbox.start_drawing(c, parcel.id):
        return None
    if parcel.draws is not None:
        view = card_view(c, parcel.draws, parcel.address)
        return draw_card(view, town), rooms.card_number(c, parcel.address, parcel.draws)
    assert parcel.draws_batch is not None
    listed = batch_view(c, parcel.draws_batch)
    return (draw_batch(listed, town), batches.number_of(c, parcel.draws_batch)) if listed else None


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=min(_LONGEST_BACKOFF_S, 2**attempt))
