"""The gate of the desk: who somebody is by our own register, and whether the policy lets them do what they ask."""

from dialogs.desk.policy import Verdict, judge, refusal_of
from dialogs.desk.seat import Servant, Where
from dialogs.effects import Reply, Tell
from dialogs.events import Update
from dialogs.ids import QueueId
from dialogs.message import say
from dialogs.town import Town
from storage import staff
from storage.database import Connection


def servant_behind(c: Connection, update: Update) -> Servant | None:
    """Give the servant who sent an update; None for strangers and for those who were removed."""
    return staff.find(c, update.channel, update.sender) if update.sender else None


def where(update: Update) -> Where:
    """Tell whether colleagues see what is done."""
    return Where.OWN if update.private else Where.ROOM


def admit(c: Connection, update: Update, doing: str, queue: QueueId, town: Town) -> Servant | Reply:
    """Let a servant do something in a queue, or give the word that says why not."""
    servant = servant_behind(c, update)
    verdict = judge(doing, servant, queue, where(update))
    if servant is None or verdict is not Verdict.YES:
        return Reply(toast=refusal_of(verdict, queue, town))
    return servant


def tell_writer(reply: Reply) -> Reply:
    """Say a refusal where it was written: a toast is for who pressed."""
    return reply if reply.effects else Reply((Tell(say(reply.toast)),))


def queues_for(doing: str, servant: Servant, town: Town) -> tuple[QueueId, ...]:
    """List the queues in which a servant may do something from their own chat."""
    known = town.installation.queues
    return tuple(queue for queue in known if judge(doing, servant, queue, Where.OWN) is Verdict.YES)
