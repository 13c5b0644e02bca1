"""Duty and handing over: what a servant asks for by ``/duty`` or ``/handover``, or by a button of theirs.

In a room it is about the room's queue, in the servant's own chat about each queue where they have a role. What they
would hand over is shown to them alone.
"""

from datetime import datetime

from bot.answering.gate import admit, queues_for, servant_behind
from dialogs.desk import duty, handover
from dialogs.desk.duty import DutyAct
from dialogs.desk.handover import HAND_OVER, Handover
from dialogs.desk.policy import DUTY, HANDOVER, Verdict, judge, refusal_of
from dialogs.desk.seat import Servant, Where
from dialogs.desk.typed import read_command
from dialogs.effects import Effect, Reply, Tell
from dialogs.events import Event, Pressed, Update
from dialogs.ids import AddressId, QueueId, StaffId
from dialogs.message import say
from dialogs.presses import DutyPress, unpack
from dialogs.town import Town
from storage import boards, duties, staff
from storage.database import Connection


def asked(event: Event) -> tuple[str, str] | DutyPress | None:
    """Tell what a servant asks for by this: a command and the words after it, or a press; None: nothing of this."""
    match event:
        case Pressed(data) if isinstance(press := unpack(data), DutyPress):
            return press
        case _:
            return read_command(event, DUTY, HANDOVER)


def answer_in_private(c: Connection, update: Update, town: Town, *, now: datetime) -> Reply | None:
    """Answer a servant in their own chat; None where nothing of this was asked for, or by somebody else."""
    wish = asked(update.event)
    servant = servant_behind(c, update) if wish is not None else None
    if wish is None or servant is None:
        return None
    if isinstance(wish, DutyPress):
        return _press(c, update, wish, town, now=now)
    effects: list[Effect] = []
    for queue in queues_for(wish[0], servant, town):
        effects += _type(c, wish, servant, queue, town, now=now).effects
    return Reply(tuple(effects))


def answer_in_room(c: Connection, update: Update, queue: QueueId, town: Town, *, now: datetime) -> Reply | None:
    """Answer in a room what is asked about its queue; None where nothing of this was asked for."""
    wish = asked(update.event)
    if wish is None:
        return None
    if isinstance(wish, DutyPress):
        return _press(c, update, wish, town, now=now)
    servant = admit(c, update, wish[0], queue, town)
    if isinstance(servant, Reply):
        return servant
    own = staff.own_chat(c, servant.id, update.channel)
    return _type(c, wish, servant, queue, town, now=now, room_of=own or False)


def _type(
    c: Connection,
    wish: tuple[str, str],
    servant: Servant,
    queue: QueueId,
    town: Town,
    *,
    now: datetime,
    room_of: AddressId | bool | None = None,
) -> Reply:
    """Answer a command on one queue. ``room_of``: in a room, the servant's own chat, or False where they lack one."""
    voice, (command, words) = town.voice(town.language), wish
    if command == HANDOVER:
        drawn = handover.draw_handover(_load_handover(c, servant, queue), town)
        match room_of:
            case None:
                return Reply((Tell(drawn),))
            case False:
                return Reply(toast=voice("desk.no_chat"))
            case own:
                return Reply((Tell(drawn, to=AddressId(own)), Tell(say(voice("draft.look")))))
    desk = duties.seen_by(c, servant, queue, hold=bool(words))
    name, _, named = words.partition(" ")
    if not words:
        return Reply((Tell(duty.draw_duty(desk, town)),))
    if name.lower() not in set(DutyAct):
        return Reply((Tell(say(voice("duty.how"))),))
    act = DutyAct(name.lower())
    verdict = judge(f"{DUTY}.{act}", servant, queue, Where.OWN if room_of is None else Where.ROOM)
    if verdict is not Verdict.YES:
        return Reply((Tell(say(refusal_of(verdict, queue, town))),))
    who = servant.id if act in duty.OWN else duty.find_named(named, desk.able)
    if who is None:
        return Reply((Tell(say(voice("duty.who"))),))
    reply = duty.change(act, who, desk, town, now=now)
    # A toast is for who pressed; who wrote reads it where they wrote.
    return Reply((*reply.effects, Tell(say(reply.toast))))


def _press(c: Connection, update: Update, press: DutyPress, town: Town, *, now: datetime) -> Reply:
    queue = QueueId(press.queue)
    if queue not in town.installation.queues:
        return Reply(toast=town.voice(town.language)("old_button"))
    servant = admit(c, update, HANDOVER if press.act == HAND_OVER else f"{DUTY}.{press.act}", queue, town)
    if isinstance(servant, Reply):
        return servant
    if press.act == HAND_OVER:
        return handover.hand_over(_load_handover(c, servant, queue), StaffId(press.staff), town, now=now)
    desk = duties.seen_by(c, servant, queue, hold=True)
    return duty.change(DutyAct(press.act), StaffId(press.staff), desk, town, now=now)


def _load_handover(c: Connection, servant: Servant, queue: QueueId) -> Handover:
    held = duties.held(c, servant.id, queue, most=handover.MOST)
    return Handover(duties.seen_by(c, servant, queue), held, boards.board_view(c, queue))
