"""What is told to servants, each in their own chats, and who is on duty."""

from datetime import datetime

from dialogs.desk_effects import SetDuty, TellDuty, TellLeads, TellServant
from dialogs.ids import StaffId
from storage import duties, outbox, staff
from storage.database import Connection


def record_staff(c: Connection, effect: TellServant | TellDuty | TellLeads | SetDuty, *, now: datetime) -> None:
    """Write an effect on servants. Who has no chat, or was removed, is told nothing."""
    match effect:
        case SetDuty():
            duties.write(c, effect)
        case TellServant(servant):
            _tell(c, [servant], effect, now=now)
        case TellDuty(queue, _, but):
            on_duty = duties.on_duty(c, queue)
            _tell(c, [on_duty.id] if on_duty is not None and on_duty.id != but else [], effect, now=now)
        case TellLeads(queue):
            _tell(c, [lead.id for lead in duties.leads(c, queue)], effect, now=now)


def _tell(c: Connection, told: list[StaffId], telling: TellServant | TellDuty | TellLeads, *, now: datetime) -> None:
    for chat in (chat for one in told for chat in staff.own_chats(c, one)):
        outbox.put(c, chat, telling.message, now=now)
