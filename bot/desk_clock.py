"""What becomes due for a queue and not for a case: its board, its digest, and the end of a turn on duty."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dialogs.cases.promise import next_working_day
from dialogs.desk import board, digest, duty
from dialogs.ids import QueueId
from dialogs.town import Town
from storage import boards, duties, outbox, rooms
from storage.boards import DeskTimes
from storage.database import Connection
from storage.outbox import BoardWork
from storage.recorder import record_case


def desks_of(c: Connection, town: Town) -> list[DeskTimes]:
    """List the desks of a town with what is due there; a queue that the admin has taken away has no day any more."""
    return [desk for desk in boards.list_desks(c) if desk.queue in town.installation.queues]


def look_after_desks(c: Connection, desks: Iterable[DeskTimes], town: Town, *, now: datetime) -> bool:
    """Do one thing that is due for one of these queues; false where nothing is."""
    return any(_look_after(c, desk, town, now=now) for desk in desks)


def _look_after(c: Connection, desk: DeskTimes, town: Town, *, now: datetime) -> bool:
    if desk.duty_at is not None and desk.duty_at <= now:
        rota = duties.load(c, desk.queue, hold=True)
        for effect in duty.pass_on(rota, duties.able(c, desk.queue), town, now=now):
            record_case(c, effect, now=now)
        return True
    if desk.digest_at is None or desk.digest_at <= now:
        if desk.digest_at is not None:
            _tell_digest(c, desk.queue, town, now=now)
        queue, time = town.installation.queues[desk.queue], town.installation.working_time
        boards.plan_digest(c, desk.queue, digest.next_digest(queue, time, after=now))
        return True
    if desk.board_due_at is not None and desk.board_due_at <= now:
        _look_at_board(c, desk.queue, town, now=now)
        return True
    return False


def _tell_digest(c: Connection, queue: QueueId, town: Town, *, now: datetime) -> None:
    today = town.today(now)
    tomorrow = next_working_day(today + timedelta(days=1), town.installation.working_time)
    told = digest.draw_digest(boards.digest_view(c, queue, days=(today, tomorrow)), town, now=now)
    for seen in rooms.rooms_of(c, queue) if told is not None else ():
        assert told is not None
        outbox.put_digest(c, seen.room, told, now=now)


def _look_at_board(c: Connection, queue: QueueId, town: Town, *, now: datetime) -> None:
    """Have the board of a queue drawn in the rooms where it shows something else."""
    view = boards.board_view(c, queue)
    shows = boards.hash_of(board.draw_board(view, town, now=now))
    for room in boards.rooms_to_draw(c, queue, shows):
        outbox.put_board(c, room, BoardWork.DRAW, now=now)
    boards.looked(c, queue, now=now, again_at=board.changes_at(view, town, now=now))
