"""Everything that leaves: one row a message, sent in order within its chat and lane.

A row is *due* until its chat shows it (*sent*), until it can never be sent (*dead*), or, for an
announcement, until we cannot know (*unknown*). Announcements are marked *sending* before the call,
so that a kill in between leaves them on the list of the unknown instead of being said twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from dialogs.cases.urgency import Urgency, settling, wanted_by
from dialogs.effects import Lane
from dialogs.ids import AddressId, AskId, BatchId, CaseId, OutboxId
from dialogs.message import Message
from storage.addresses import ROOM, Address
from storage.case_tables import cards
from storage.codec import pack_message
from storage.database import Connection
from storage.tables import addresses, outbox

DUE, SENDING, SENT, DEAD, UNKNOWN = "due", "sending", "sent", "dead", "unknown"
# What will not be sent any more, because its person took their words back or another message says it.
WITHDRAWN = "withdrawn"

# Written out and not bound: only so can a planner see that an index of just these rows will do.
IS_DUE = outbox.c.status == sa.literal_column(f"'{DUE}'")
IS_ENDED = outbox.c.status.in_([sa.literal_column(f"'{DEAD}'"), sa.literal_column(f"'{UNKNOWN}'")])

# Built once: every turn runs these, and building costs as much as running.
_PUT_REPLY = outbox.insert().values(lane=Lane.REPLY.value, status=DUE).returning(outbox.c.id)
# The first message of each chat and lane that waits for another try: what came after it must wait too.
# Cards are free of this: each is a view, drawn as its case stands when it goes.
_PUT_OFF = (
    sa.select(
        outbox.c.address_id,
        outbox.c.lane,
        sa.func.min(outbox.c.id).label("id"),
        sa.func.min(outbox.c.due_at).label("due_at"),
    )
    .where(IS_DUE, outbox.c.due_at > sa.bindparam("now"), outbox.c.lane != Lane.CARD.value)
    .group_by(outbox.c.address_id, outbox.c.lane)
)
_DELAYED = _PUT_OFF.subquery()
# The row by which a batch was first sent, and which keeps the number of its message.
_BATCH = outbox.alias("batch")
_LIST_DUE = (
    sa.select(
        outbox.c.id,
        addresses.c.channel,
        addresses.c.place,
        outbox.c.address_id,
        addresses.c.kind,
        outbox.c.lane,
        outbox.c.attempt,
        outbox.c.uncertain,
        outbox.c.message,
        outbox.c.draws_case_id,
        outbox.c.draws_batch_id,
        outbox.c.board,
        outbox.c.case_id,
        outbox.c.urgency,
        outbox.c.wanted_by,
        outbox.c.created_at,
        sa.func.coalesce(cards.c.number, _BATCH.c.number).label("shows"),
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(_DELAYED, (_DELAYED.c.address_id == outbox.c.address_id) & (_DELAYED.c.lane == outbox.c.lane))
    .outerjoin(cards, (cards.c.address_id == outbox.c.address_id) & (cards.c.case_id == outbox.c.draws_case_id))
    .outerjoin(_BATCH, _BATCH.c.id == outbox.c.draws_batch_id)
    .where(IS_DUE, outbox.c.due_at <= sa.bindparam("now"))
    .where(addresses.c.channel.in_(sa.bindparam("channels", expanding=True)))
    .where(outbox.c.address_id.not_in(sa.bindparam("passing_over", expanding=True)))
    .where(
        outbox.c.urgency.is_(None)
        | sa.tuple_(outbox.c.address_id, outbox.c.urgency).not_in(sa.bindparam("holding_back", expanding=True))
    )
    .where(_DELAYED.c.id.is_(None) | (outbox.c.id < _DELAYED.c.id))
    # Only cards are wanted by a moment; what is the most urgent is not behind any page of the others.
    .order_by(outbox.c.lane, outbox.c.wanted_by, outbox.c.id)
    .limit(sa.bindparam("most"))
)
_PUT_CARD = outbox.insert().values(lane=Lane.CARD.value, status=DUE)
_WAITING_CARD = (
    sa.select(outbox.c.id, outbox.c.urgency, outbox.c.wanted_by)
    .where(outbox.c.dedup == sa.bindparam("key"))
    .with_for_update()
)
_START_DRAWING = outbox.update().where(outbox.c.id == sa.bindparam("parcel"), IS_DUE).values(dedup=None)
_MARK_SENT = (
    outbox.update()
    .where(outbox.c.id == sa.bindparam("parcel"))
    # The chat has the words now; here they would only outlive what their owner deletes.
    .values(status=SENT, number=sa.bindparam("shown_as"), sent_at=sa.bindparam("at"), message=None)
)
_NEXT = sa.select(sa.func.min(outbox.c.due_at)).where(IS_DUE, outbox.c.due_at > sa.bindparam("after"))
_COUNT_ANNOUNCEMENTS = sa.select(sa.func.count()).select_from(
    sa.select(outbox.c.id)
    .where(IS_DUE, outbox.c.lane == Lane.ANNOUNCEMENT.value)
    .limit(sa.bindparam("most"))
    .subquery()
)


class BoardWork(StrEnum):
    """What is to be done with the board of a room."""

    DRAW = "draw"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row on its way: a packed message, or the case or batch whose card is drawn when it is sent."""

    id: OutboxId
    channel: str
    place: str
    address: AddressId
    is_room: bool
    lane: Lane
    attempt: int
    # An answer to it was lost once already: a second time it goes to the list of the unknown.
    uncertain: bool
    message: str | None
    draws: CaseId | None
    about: CaseId | None
    draws_batch: BatchId | None = None
    urgency: Urgency = Urgency.ANSWER
    # Of a card that is shown already: when the first of its changes has waited for others.
    settles_at: datetime | None = None
    wanted_by: datetime | None = None
    board: BoardWork | None = None


def put(
    c: Connection,
    address: AddressId,
    message: Message,
    *,
    now: datetime,
    lane: Lane = Lane.REPLY,
    about: CaseId | None = None,
    ask: AskId | None = None,
    dedup: str | None = None,
) -> OutboxId | None:
    """Put a message in. None: one with this ``dedup`` is there already."""
    if dedup is not None and c.execute(sa.select(outbox.c.id).where(outbox.c.dedup == dedup)).scalar() is not None:
        return None
    row = {
        "address_id": address,
        "lane": lane.value,
        "status": DUE,
        "due_at": now,
        "message": pack_message(message),
        "case_id": about,
        "ask_id": ask,
        "dedup": dedup,
        "created_at": now,
    }
    return OutboxId(c.execute(outbox.insert().values(row).returning(outbox.c.id)).scalar_one())


def put_reply(
    c: Connection, address: Address, message: Message, *, now: datetime, about: CaseId | None = None
) -> Parcel:
    """Put in a reply to the place it came from, and give it as it is sent."""
    packed = pack_message(message)
    row = {"address_id": address.id, "due_at": now, "message": packed, "case_id": about, "created_at": now}
    parcel = OutboxId(c.execute(_PUT_REPLY, row).scalar_one())
    return Parcel(
        id=parcel,
        channel=address.channel,
        place=address.place,
        address=address.id,
        is_room=address.kind == ROOM,
        lane=Lane.REPLY,
        attempt=0,
        uncertain=False,
        message=packed,
        draws=None,
        about=about,
    )


def put_card(
    c: Connection, room: AddressId, case_id: CaseId, *, now: datetime, urgency: Urgency = Urgency.EDIT
) -> None:
    """Ask for the card of a case to be drawn in a room; ten changes that wait are one drawing, as urgent as any."""
    row = {"draws_case_id": case_id, "draws_batch_id": None, "case_id": case_id}
    _put_drawing(c, f"card:{room}:{case_id}", {**row, "address_id": room}, urgency, now=now)


def put_batch(c: Connection, room: AddressId, batch: BatchId, *, now: datetime, urgency: Urgency) -> None:
    """Ask for a batch to be drawn again in a room."""
    row = {"draws_case_id": None, "draws_batch_id": batch, "case_id": None}
    _put_drawing(c, f"batch:{batch}", {**row, "address_id": room}, urgency, now=now)


def put_board(c: Connection, room: AddressId, work: BoardWork, *, now: datetime) -> None:
    """Ask for the board of a room to be drawn, or to be pinned there."""
    row = {"draws_case_id": None, "draws_batch_id": None, "case_id": None, "board": work.value}
    _put_drawing(c, f"board:{work}:{room}", {**row, "address_id": room}, Urgency.BOARD, now=now)


def put_digest(c: Connection, room: AddressId, message: Message, *, now: datetime) -> None:
    """Put in what a room is told of the day; everything else goes first."""
    row = {"address_id": room, "message": pack_message(message), "urgency": Urgency.DIGEST.value}
    times = {"due_at": now, "created_at": now, "wanted_by": wanted_by(Urgency.DIGEST, now)}
    c.execute(_PUT_CARD, {**row, **times})


def _put_drawing(
    c: Connection, key: str, row: Mapping[str, int | str | None], urgency: Urgency, *, now: datetime
) -> None:
    by = wanted_by(urgency, now)
    # The lock waits for a drawing that has begun elsewhere: it may show the case as it was.
    waiting = c.execute(_WAITING_CARD, {"key": key}).one_or_none()
    if waiting is None:
        times = {"due_at": now, "created_at": now, "wanted_by": by}
        c.execute(_PUT_CARD, {**row, **times, "dedup": key, "urgency": urgency.value})
    elif urgency < waiting.urgency or by < waiting.wanted_by:
        sooner = {"urgency": min(urgency.value, waiting.urgency), "wanted_by": min(by, waiting.wanted_by)}
        c.execute(outbox.update().where(outbox.c.id == waiting.id).values(sooner))


def start_drawing(c: Connection, parcel_id: OutboxId) -> bool:
    """Let later changes of this card ask for another drawing: this one shows the case as it is now.

    Tells whether it is still to be drawn.
    """
    return c.execute(_START_DRAWING, {"parcel": parcel_id}).rowcount == 1


def list_due(
    c: Connection,
    *,
    now: datetime,
    limit: int,
    channels: list[str],
    passing_over: list[AddressId],
    holding_back: Sequence[tuple[AddressId, Urgency]] = (),
) -> list[Parcel]:
    """List what is due, replies first, each chat in order, without what is as urgent as a room is held back for."""
    values = {"now": now, "channels": channels, "passing_over": passing_over, "most": limit}
    values["holding_back"] = [(address, urgency.value) for address, urgency in holding_back]
    return [_read_parcel(row) for row in c.execute(_LIST_DUE, values)]


def _read_parcel(row: Any) -> Parcel:
    return Parcel(
        OutboxId(row.id),
        row.channel,
        row.place,
        AddressId(row.address_id),
        row.kind == ROOM,
        Lane(row.lane),
        row.attempt,
        row.uncertain,
        row.message,
        None if row.draws_case_id is None else CaseId(row.draws_case_id),
        None if row.case_id is None else CaseId(row.case_id),
        None if row.draws_batch_id is None else BatchId(row.draws_batch_id),
        Urgency.ANSWER if row.urgency is None else Urgency(row.urgency),
        None if row.shows is None else row.created_at + settling(Urgency(row.urgency)),
        row.wanted_by,
        None if row.board is None else BoardWork(row.board),
    )


def next_due_at(c: Connection, *, after: datetime) -> datetime | None:
    """Tell when the next row that is not due yet will be."""
    found: datetime | None = c.execute(_NEXT, {"after": after}).scalar()
    return found


def mark_sending(c: Connection, ids: list[OutboxId]) -> None:
    """Note that announcements are about to be sent."""
    c.execute(outbox.update().where(outbox.c.id.in_(ids), IS_DUE).values(status=SENDING))


def mark_sent(c: Connection, parcel: OutboxId, number: int, *, now: datetime) -> None:
    """Note that a chat shows a message, and under which number."""
    c.execute(_MARK_SENT, {"parcel": parcel, "shown_as": number, "at": now})


def mark_later(c: Connection, parcel: OutboxId, due_at: datetime, *, attempt: int, uncertain: bool = False) -> None:
    """Try again at another time; ``uncertain``: the answer was lost, so it may be there already."""
    values: dict[str, object] = {"status": DUE, "due_at": due_at, "attempt": attempt}
    if uncertain:
        values["uncertain"] = True
    c.execute(outbox.update().where(outbox.c.id == parcel, outbox.c.status != WITHDRAWN).values(values))


def withdraw(c: Connection, parcels: Sequence[OutboxId]) -> None:
    """Let cards not be drawn, because another message shows the same; their rows stay, one may be under way."""
    blank = {"status": WITHDRAWN, "dedup": None, "case_id": None}
    c.execute(outbox.update().where(outbox.c.id.in_(parcels)).values(blank))


def drop_drawings(c: Connection, address: AddressId) -> None:
    """Draw none of the cards that still wait for a chat."""
    waiting = (outbox.c.address_id == address) & (outbox.c.lane == Lane.CARD.value) & IS_DUE
    c.execute(outbox.update().where(waiting).values(status=WITHDRAWN, dedup=None))


def drop_replies(c: Connection, address: AddressId) -> None:
    """Say nothing more in a chat of what still waits for it, but for what is announced and asked there."""
    waiting = (outbox.c.address_id == address) & (outbox.c.lane == Lane.REPLY.value) & IS_DUE
    waiting &= outbox.c.ask_id.is_(None)
    c.execute(outbox.update().where(waiting).values(status=WITHDRAWN, message=None))


def mark_ended(c: Connection, parcel: OutboxId, status: str, error: str) -> None:
    """Bury a message, or list it as unknown; ``error`` names no person."""
    stands = (outbox.c.id == parcel) & (outbox.c.status != WITHDRAWN)
    c.execute(outbox.update().where(stands).values(status=status, error=error, dedup=None))


def bury_all(c: Connection, address: AddressId, error: str) -> None:
    """Bury everything that still waits for a chat which cannot be reached."""
    waiting = (outbox.c.address_id == address) & IS_DUE
    c.execute(outbox.update().where(waiting).values(status=DEAD, error=error, dedup=None))


def count_announcements(c: Connection, *, most: int) -> int:
    """Count the announcements that wait, at most up to ``most``."""
    return int(c.execute(_COUNT_ANNOUNCEMENTS, {"most": most}).scalar_one())


def list_delayed(c: Connection, *, now: datetime) -> list[tuple[AddressId, Lane, datetime]]:
    """List the lanes whose first message waits for another try, and until when."""
    return [(AddressId(row.address_id), Lane(row.lane), row.due_at) for row in c.execute(_PUT_OFF, {"now": now})]


def readdress(c: Connection, old: AddressId, new: AddressId) -> None:
    """Send what still waits for one chat to another, which it has become."""
    waiting = (outbox.c.address_id == old) & IS_DUE
    c.execute(outbox.update().where(waiting).values(address_id=new, dedup=None))


def list_interrupted(c: Connection) -> int:
    """After a kill: put announcements that were being sent on the list of the unknown. Give how many."""
    values = {"status": UNKNOWN, "error": "interrupted while it was being sent"}
    return c.execute(outbox.update().where(outbox.c.status == SENDING).values(values)).rowcount


def sent_since(c: Connection, moment: datetime) -> list[tuple[str, datetime, Urgency]]:
    """List (place, when, how urgent) of what was sent after a moment, so that the pace survives a restart."""
    query = (
        sa.select(addresses.c.place, outbox.c.sent_at, outbox.c.urgency)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.sent_at > moment, addresses.c.channel == "telegram")
        .order_by(outbox.c.id.desc())
        .limit(2000)
    )
    found = [(row.place, row.sent_at, Urgency(row.urgency or 0)) for row in c.execute(query)]
    return found[::-1]


def list_ended(c: Connection) -> list[tuple[OutboxId, str, str, datetime]]:
    """List what is dead or unknown, as (id, status, error, when it was made)."""
    query = sa.select(outbox.c.id, outbox.c.status, outbox.c.error, outbox.c.created_at)
    rows = c.execute(query.where(IS_ENDED).order_by(outbox.c.id))
    return [(OutboxId(row.id), row.status, row.error or "", row.created_at) for row in rows]


def send_again(c: Connection, parcel: OutboxId, *, now: datetime) -> bool:
    """Put a dead or unknown message out once more, because a person said so."""
    mine = (outbox.c.id == parcel) & IS_ENDED
    again = {"status": DUE, "due_at": now, "attempt": 0, "uncertain": False, "error": None}
    return c.execute(outbox.update().where(mine).values(again)).rowcount == 1
