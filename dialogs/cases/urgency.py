"""What goes first in a review room, where all that is sent shares a few calls a minute.

Each kind has a patience, and what waits is wanted by the moment it was asked for plus that patience. The
earliest of these goes first. So a pressed card goes before a new one of the same moment, and what has waited
for long goes before everything: the moment does not move, which is all the ageing there is, and a database can
sort by it. Sending by the earliest deadline meets every deadline that any order could have met.

Order alone does not keep an edit quick: the cards of a rush would spend the minute's calls before anybody
presses. So only what is *pressing* may use every call; the rest leaves some of them free (``bot/pacing.py``),
a new card until it is overdue.

Source: Liu and Layland, "Scheduling algorithms for multiprogramming in a hard-real-time environment", 1973.
"""

from datetime import datetime, timedelta
from enum import IntEnum

from dialogs.cases.case import Actor, Deed, Entry

_SETTLES = timedelta(seconds=2)
_SETTLES_AT_LEISURE = timedelta(seconds=30)


class Urgency(IntEnum):
    """What a message in a room is, the most urgent first."""

    ANSWER = 0
    PRESSED = 1
    NEW_URGENT = 2
    NEW = 3
    EDIT = 4
    BOARD = 5
    DIGEST = 6


_PATIENCE_S = {
    Urgency.ANSWER: 0,
    Urgency.PRESSED: 1,
    Urgency.NEW_URGENT: 5,
    Urgency.NEW: 30,
    Urgency.EDIT: 40,
    Urgency.BOARD: 90,
    Urgency.DIGEST: 300,
}


def wanted_by(urgency: Urgency, since: datetime) -> datetime:
    """Give the moment by which something is wanted that was asked for at ``since``."""
    return since + timedelta(seconds=_PATIENCE_S[urgency])


def aged(urgency: Urgency, by: datetime | None, *, now: datetime) -> Urgency:
    """Tell how urgent something is by now: a new card that is overdue may use every call there is, too."""
    return Urgency.NEW_URGENT if urgency is Urgency.NEW and by is not None and by <= now else urgency


def is_pressing(urgency: Urgency) -> bool:
    """Tell whether somebody waits for this, so that it may use every call there is."""
    return urgency < Urgency.NEW


def settling(urgency: Urgency) -> timedelta:
    """Give how long what is shown already waits after its first change, so that others come in the same drawing."""
    return _SETTLES if urgency < Urgency.BOARD else _SETTLES_AT_LEISURE


def urgency_of(entry: Entry) -> Urgency:
    """Tell how urgent the card of a case is after a line of its journal."""
    match entry.actor:
        case Actor.CITIZEN if entry.act == Deed.OPENED:
            return Urgency.NEW
        case Actor.CITIZEN:
            return Urgency.ANSWER
        case Actor.SERVANT:
            return Urgency.PRESSED
        case Actor.CLOCK:
            return Urgency.EDIT
