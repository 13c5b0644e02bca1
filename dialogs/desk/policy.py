"""The policy of the desk: which rank may do what, and where. One table; what is not in it is refused.

Rights come from our own register of staff, never from being in a group (DESK). A role is held in one queue, so the
same servant can lead here and be nobody there. The channel makes no difference: what may be done in a group may be
done in a web room. An act happens only where this table allows it and the lifecycle does too: that one knows how the
case stands, and whether this servant is the one who has it (``lifecycle.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from dialogs.cases.case import Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk.batch import OPEN
from dialogs.desk.card import ATTACHMENTS
from dialogs.desk.duty import DutyAct
from dialogs.desk.holding import TO
from dialogs.desk.listing import Look
from dialogs.desk.merging import INTO, JOIN
from dialogs.desk.seat import Servant, Where
from dialogs.desk.sorting import FITS, HOW_TO_NOTE, MENU, SNOOZE, TAG
from dialogs.desk.weighing_card import WEIGH
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.town import Town

# What has no name elsewhere: making a group a room, a step of one's own draft, and some commands.
BIND, BULK, DRAFT, DUTY, HANDOVER = "bind", "bulk", "draft", "duty", "handover"


class Rank(IntEnum):
    """What somebody is in one queue; each may do all that the one before may."""

    STRANGER = 0
    # On our register, but not for this queue.
    ELSEWHERE = 1
    REVIEWER = 2
    LEAD = 3
    ADMIN = 4


class Verdict(StrEnum):
    """Whether something may be done, and if not, why."""

    YES = "yes"
    UNKNOWN = "unknown"
    STRANGER = "stranger"
    NOT_THIS_QUEUE = "not_this_queue"
    LEADS_ONLY = "leads_only"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class Rule:
    """The lowest rank that may do something, and where."""

    least: Rank
    places: frozenset[Where]


_ANYWHERE, _ROOM, _OWN = frozenset(Where), frozenset({Where.ROOM}), frozenset({Where.OWN})
_RANKS = {Role.REVIEWER: Rank.REVIEWER, Role.LEAD: Rank.LEAD, Role.ADMIN: Rank.ADMIN}
# On a card and in its menus; in front of a dot, where the name of a tag or of a colleague follows.
_ON_CARDS = (
    *(Act.CLAIM, Act.RELEASE, Act.KEEP, Act.TAKE_OVER, Act.HAND_OVER, TO, Act.WAKE, SNOOZE),
    *(Act.PLAN, Act.START, Act.DELIVER, Act.GIVE_UP, WEIGH),
    *(Act.ASK, Act.DECIDE, Act.AGREE, Act.SEND_BACK, Act.FORWARD, Act.MERGE, INTO, JOIN, Deed.UNMERGE),
    *(Deed.UNDO, Deed.PUBLIC_LINE, Deed.UNMASK, Deed.URGENT, Deed.NORMAL, TAG, MENU, HOW_TO_NOTE, FITS, ATTACHMENTS),
)
_COMMANDS = (*Look, Act.SPLIT, BULK, DUTY, HANDOVER, *(f"{DUTY}.{act}" for act in DutyAct))

POLICY: Mapping[str, Rule] = MappingProxyType(
    {
        **dict.fromkeys((*_ON_CARDS, *_COMMANDS), Rule(Rank.REVIEWER, _ANYWHERE)),
        # A note is a reply to a card, and a batch opens a card in its room.
        **dict.fromkeys((Deed.NOTE, OPEN), Rule(Rank.REVIEWER, _ROOM)),
        # What is meant for a citizen is written where no colleague's talk can be taken for it.
        DRAFT: Rule(Rank.REVIEWER, _OWN),
        **dict.fromkeys((f"{DUTY}.{DutyAct.ADD}", f"{DUTY}.{DutyAct.REMOVE}"), Rule(Rank.LEAD, _ANYWHERE)),
        BIND: Rule(Rank.LEAD, _ROOM),
    }
)


def rank(servant: Servant | None, queue: QueueId) -> Rank:
    """Tell what somebody is in a queue; None is nobody of ours."""
    if servant is None:
        return Rank.STRANGER
    role = servant.role_in(queue)
    return Rank.ELSEWHERE if role is None else _RANKS[role]


def judge(doing: str, servant: Servant | None, queue: QueueId, where: Where) -> Verdict:
    """Tell whether somebody may do something in a queue, from here."""
    rule, is_now = POLICY.get(doing), rank(servant, queue)
    if is_now is Rank.STRANGER:
        return Verdict.STRANGER
    if is_now is Rank.ELSEWHERE:
        return Verdict.NOT_THIS_QUEUE
    if rule is None:
        return Verdict.UNKNOWN
    if is_now < rule.least:
        return Verdict.LEADS_ONLY
    return Verdict.YES if where in rule.places else Verdict.NOT_HERE


def refusal_of(verdict: Verdict, queue: QueueId, town: Town) -> str:
    """Say why something was refused, and what helps."""
    voice = town.voice(town.language)
    match verdict:
        case Verdict.YES:
            return ""
        case Verdict.STRANGER:
            return voice("desk.stranger")
        case Verdict.NOT_THIS_QUEUE:
            return voice("desk.not_yours", queue=town.queue(queue, voice))
        case Verdict.LEADS_ONLY:
            return voice("room.not_lead", queue=town.queue(queue, voice))
        case Verdict.NOT_HERE | Verdict.UNKNOWN:
            return voice("old_button")
