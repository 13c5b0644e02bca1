"""The policy of the desk: which role may do what, and where. One table; what is not in it is refused.

Rights come from our own register of staff, never from being in a group (DESK). A role is held in one queue, so the
same servant can lead here and be nobody there. The channel makes no difference: what may be done in a group may be
done in a web room. An act happens only where this table allows it and the lifecycle does too: that one knows how the
case stands, and whether this servant is the one who has it (``lifecycle.py``).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Rank(IntEnum):
    """What somebody is in one queue; each may do all that the one before may."""

    STRANGER = 0
    # On our register, but not for this queue.
    ELSEWHERE = 1
    REVIEWER = 2
    LEAD = 3
    ADMIN = 4


class Where(StrEnum):
    """Where an act is done: before all colleagues, or in the servant's own chat with the bot."""

    ROOM = "room"
    OWN = "own"


class Verdict(StrEnum):
    """Whether it may be, and if not, why."""

    YES = "yes"
    STRANGER = "stranger"
    NOT_THIS_QUEUE = "not_this_queue"
    LEADS_ONLY = "leads_only"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True)
class Rule:
    """The lowest rank that may do something, and where."""

    least: Rank
    places: frozenset[Where]
