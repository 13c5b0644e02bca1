"""What people were really engaged in, beside what a service declares.

The theory (PRIMER): under *product_dominant* users are engaged at the operational stage, under *service_management* at
strategic planning and design, under *service_integrated* at both. So each thing that people give counts as one of the
two, and a service can see whether it does what it says. Small counts are hidden.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dialogs.cases.case import ASK_BACK, QUESTION, REVIEW, SUPPORT
from dialogs.cases.delivery_choice import VIEWS
from dialogs.installation import Approach
from dialogs.results import FEW, HIDDEN
from dialogs.texts import Voice


class Level(StrEnum):
    """What people are engaged in by something they give: planning and design, or how it runs."""

    STRATEGIC = "strategic"
    OPERATIONAL = "operational"


# By the kind of a contribution or of the question that was answered. What is not named counts as neither: an offer is
# no word on the service.
LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "idea": Level.STRATEGIC,
        "answer": Level.STRATEGIC,
        "story": Level.OPERATIONAL,
        "report": Level.OPERATIONAL,
        QUESTION: Level.STRATEGIC,
        SUPPORT: Level.STRATEGIC,
        VIEWS: Level.STRATEGIC,
        ASK_BACK: Level.OPERATIONAL,
        REVIEW: Level.OPERATIONAL,
    }
)


def level_of(kind: str, *, decided: bool) -> Level | None:
    """Tell what somebody was engaged in who gave this; ``decided``: what was asked was asked after the decision."""
    return Level.OPERATIONAL if kind == QUESTION and decided else LEVELS.get(kind)


def compare(declared: Approach, counts: Mapping[Level, int], voice: Voice) -> str:
    """Hold what a service declares against what people were really engaged in; small counts are hidden."""
    name = voice(f"approach.{declared}")
    most, least = sorted(Level, key=lambda level: counts.get(level, 0), reverse=True)
    many, few = counts.get(most, 0), counts.get(least, 0)
    if many < FEW:
        return voice("compare.little", declared=name)
    values = {"declared": name, "level": voice(f"level.{most}")}
    if few < FEW:
        return voice("compare.one_sided", **values, other=voice(f"level.{least}"), few=HIDDEN)
    if many == few:
        return voice("compare.even", declared=name)
    return voice("compare.most", **values, share=round(100 * many / (many + few)))
