"""Sending one message: what is to be shown, the call, and what its answer means for the row."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answering.whereabouts import close_topic, move_room
from bot.channel import (
    Channel,
    Closed,
    Gone,
    Moved,
    NotSent,
    Refused,
    SendingFailed,
    Throttled,
    Unknown,
    Unreachable,
)
from dialogs.desk.batch import draw_batch
from dialogs.desk.board import draw_board
from dialogs.desk.card import CardView, draw_card
from dialogs.desk.left_card import draw_left
from dialogs.effects import Lane
from dialogs.ids import AddressId
from dialogs.message import Message
from dialogs.town import Town
from storage import addresses, batches, boards, contributors, outbox, rooms
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.desk_view import batch_view, card_view
from storage.outbox import DEAD, UNKNOWN, BoardWork, Parcel
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


async def send(database: Database, channel: Channel, parcel: Parcel, town: Town, *, now: datetime) -> Result:
    """Send one message and tell what came of it."""
    number: int | None = None
    if parcel.board is BoardWork.PIN:
        return await _pin(database, channel, parcel)
    if _is_drawn(parcel):
        drawn = await database.write(lambda c: _draw(c, parcel, town, now=now))
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


async def _pin(database: Database, channel: Channel, parcel: Parcel) -> Result:
    """Pin the board of a room, where the bot may; where it may not, the board is there all the same."""
    number = await database.read(lambda c: boards.number_of(c, parcel.address))
    if number is None:
        return Needless()
    try:
        await channel.pin(parcel.place, number)
    except Throttled as throttled:
        return HoldChat(throttled.retry_after_s)
    except NotSent as failed:
        return failed
    except SendingFailed:
        # It may not be pinned here, and that is all there is to it.
        return Shown(number)
    return Shown(number)


def mark(c: Connection, parcel: Parcel, result: Result, town: Town, *, now: datetime) -> datetime | None:
    """Write down what came of a message; give when it is tried again, if it is."""
    match result:
        case Shown(number):
            outbox.mark_sent(c, parcel.id, number, now=now)
            _set_number(c, parcel, number, now=now)
        case Needless():
            outbox.withdraw(c, [parcel.id])
        case HoldChat(seconds):
            return _later(c, parcel, now + timedelta(seconds=seconds), attempt=parcel.attempt)
        case Moved(new_place=new_place):
            move_room(c, addresses.load(c, parcel.address), new_place, now=now)
            return _later(c, parcel, now, attempt=parcel.attempt)
        case Closed():
            address = addresses.load(c, parcel.address)
            # Others of the same topic may have been under way when the first of them found it closed.
            if address.place != parcel.place or close_topic(c, address, town, now=now):
                return _later(c, parcel, now, attempt=parcel.attempt)
        case Gone() if _is_drawn(parcel):
            _set_number(c, parcel, None, now=now)
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
        note_unreachable(c, parcel.about, contributors.part_of(c, parcel.about, parcel.address), now=now)


def _set_number(c: Connection, parcel: Parcel, number: int | None, *, now: datetime) -> None:
    if parcel.draws is not None:
        rooms.set_card(c, parcel.address, parcel.draws, number)
    if parcel.draws_batch is not None:
        batches.set_number(c, parcel.draws_batch, number)
    if parcel.board is BoardWork.DRAW and number != boards.number_of(c, parcel.address):
        boards.set_number(c, parcel.address, number)
        if number is not None and parcel.channel == "telegram":
            outbox.put_board(c, parcel.address, BoardWork.PIN, now=now)


def _is_drawn(parcel: Parcel) -> bool:
    return parcel.draws is not None or parcel.draws_batch is not None or parcel.board is BoardWork.DRAW


def _draw(c: Connection, parcel: Parcel, town: Town, *, now: datetime) -> tuple[Message, int | None] | None:
    """Draw a card, a batch or a board as things stand now; what changes later asks for another drawing."""
    if not outbox.start_drawing(c, parcel.id):
        return None
    if parcel.board is not None:
        queue = rooms.queue_of(c, parcel.address)
        if queue is None:
            return None
        board = draw_board(boards.board_view(c, queue), town, now=now)
        boards.set_shown(c, parcel.address, board)
        return board, boards.number_of(c, parcel.address)
    if parcel.draws is not None:
        view = card_view(c, parcel.draws, parcel.address)
        number = rooms.card_number(c, parcel.address, parcel.draws)
        return _draw_left(c, parcel.address, view, number, town) if view.has_left else (draw_card(view, town), number)
    assert parcel.draws_batch is not None
    listed = batch_view(c, parcel.draws_batch)
    if not listed:
        return None
    drawn = draw_batch(listed, town, queue=rooms.queue_of(c, parcel.address))
    return drawn, batches.number_of(c, parcel.draws_batch)


def _draw_left(
    c: Connection, room: AddressId, view: CardView, number: int | None, town: Town
) -> tuple[Message, int] | None:
    """Draw what stays of a card where its case has left; a room that never showed it is told nothing."""
    if number is None:
        return None
    if not view.undoable:
        rooms.settle(c, room, view.case.id)
    return draw_left(view, town), number


def _backoff(attempt: int) -> timedelta:
    return timedelta(seconds=min(_LONGEST_BACKOFF_S, 2**attempt))
