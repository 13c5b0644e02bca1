"""What somebody reads who has just sent something: the public lines of cases that say something close."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.cases.case import Case
from dialogs.message import Block, Line, Message, Quote
from dialogs.texts import Voice

MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """A case that can be joined, and how many people have said something in it or in what is merged into it."""

    case: Case
    people: int


def draw_offer(close: Sequence[Offered], voice: Voice) -> Message:
    """Write an offer as it is read."""
    if len(close) == 1:
        lead: list[Block] = [Line(voice("offer.one", people=close[0].people)), Quote(close[0].case.public_line or "")]
    else:
        lead = [Line(voice("offer.several"))]
        for number, one in enumerate(close, 1):
            lead += [Line(voice("offer.number", number=number, people=one.people)), Quote(one.case.public_line or "")]
    return Message((*lead, Line(voice("offer.next"))))
