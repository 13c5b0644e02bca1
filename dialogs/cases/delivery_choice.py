"""The delivery choice: who does what was promised, weighed by several before one of them chooses.

The theory (PRIMER): when something is to be done, public servants choose who does it. *In house* the service does it
itself; *another agency* of the public does; with a *partner* outside it is done together; under a *contract* somebody
outside is paid to co-produce it. None is best as such. What speaks for each is weighed by four things: what it costs,
whether there is competition, how well it can be monitored and revised, and how far servants and those who would do it
trust each other. Five always speaks for an option, so five for cost is cheap.

What one servant knows another does not, so at least two weigh. The median says where they stand, and the spread whether
they stand together: where two are two or more apart they do not agree, and that is shown as it is, for a mean would
hide it. Nobody reads the numbers before two have given theirs, so that the second does not follow the first. Where the
users make the value (*service_integrated*) the contributors are asked too, what they can judge, and their view is
never mixed with that of the servants. A choice stands until its review date; then it is kept, or weighed again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from types import MappingProxyType

from dialogs.cases.case import NEEDS_DELIVERY, UNDELIVERED, Case, State
from dialogs.ids import StaffId
from dialogs.installation import Approach
from dialogs.texts import cut


class Option(StrEnum):
    """Who could do it."""

    IN_HOUSE = "in_house"
    OTHER_AGENCY = "other_agency"
    PARTNER = "partner"
    CONTRACT = "contract"


class Criterion(StrEnum):
    """What an option is weighed by, in the order in which the numbers are typed."""

    COST = "cost"
    COMPETITION = "competition"
    MONITOR = "monitor"
    TRUST = "trust"


# What a contributor can judge without knowing the market or the books.
HEARD = (Criterion.TRUST, Criterion.COST)
# The kind of the question by which contributors are asked (``case.Ask``).
VIEWS = "views"
LEAST, MOST = 1, 5
LEAST_SERVANTS = 2
# So far apart two of them do not agree.
APART = 2
_LONGEST_WORD = 60
# A number with its words, and the numbers after it.
_NEXT = re.compile(r"(\d)(?!\d)(\D*)(?P<rest>\d.*)", re.DOTALL)
_LAST = re.compile(r"(\d)(?!\d)(.*)(?P<rest>$)", re.DOTALL)
_AROUND = " \t\n,;:./()-–"
_OPEN = UNDELIVERED | {State.DELIVERED, State.CHECKING, State.CONFIRMED, State.UNCONFIRMED}


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for an option by one criterion, from 1 to 5, and a word on it."""

    value: int
    word: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What one rater thinks of one option. ``left_out``: for them it does not come into question."""

    rater: int
    option: Option
    scores: Mapping[Criterion, Score] = field(default_factory=dict)
    left_out: bool = False

    def lacks(self, criteria: Sequence[Criterion] = tuple(Criterion)) -> tuple[Criterion, ...]:
        """List by what they have not weighed it yet."""
        return () if self.left_out else tuple(one for one in criteria if one not in self.scores)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who does it, and why. ``asked_at``: when its review date came; ``again_at``: since when it is weighed again."""

    id: int
    option: Option
    reason: str
    by: StaffId | None
    chosen_at: datetime
    review_on: date
    asked_at: datetime | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """All that is known of who is to do what a case promised.

    ``choice``: the one that stands. ``views``: of servants, whose ``names`` are by number. ``heard``: of contributors,
    who were asked at ``asked_at``. All of them are of the present round.
    """

    choice: Choice | None = None
    views: tuple[View, ...] = ()
    heard: tuple[View, ...] = ()
    asked_at: datetime | None = None
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Tell whether a choice stands that nobody wants to weigh again."""
        return self.choice is not None and self.choice.again_at is None

    def of(self, rater: int, option: Option) -> View:
        """Give the view of a servant on an option, an empty one where they have none."""
        mine = (view for view in self.views if (view.rater, view.option) == (rater, option))
        return next(mine, View(rater, option))


@dataclass(frozen=True, slots=True)
class Cell:
    """Where the raters stand on one option by one criterion. ``missing``: who weighs, but not this yet."""

    values: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def median(self) -> float | None:
        """Give the middle of their numbers."""
        return median(self.values) if self.values else None

    @property
    def spread(self) -> int:
        """Tell how far the furthest two are apart."""
        return max(self.values) - min(self.values) if self.values else 0

    @property
    def is_apart(self) -> bool:
        """Tell whether they do not agree."""
        return self.spread >= APART


@dataclass(frozen=True, slots=True)
class Column:
    """Where the raters stand on one option; ``left_out``: for whom it does not come into question."""

    cells: Mapping[Criterion, Cell]
    left_out: tuple[int, ...] = ()
    words: tuple[tuple[int, Criterion, str], ...] = ()

    @property
    def is_apart(self) -> bool:
        """Tell whether some leave it out and others do not."""
        return bool(self.left_out) and any(cell.values for cell in self.cells.values())


class Missing(StrEnum):
    """What must come before a choice."""

    SECOND_SERVANT = "second_servant"
    CONTRIBUTORS = "contributors"
    THEIR_ANSWERS = "their_answers"


def can_weigh(case: Case) -> bool:
    """Tell whether there is something to deliver."""
    return case.outcome in NEEDS_DELIVERY and case.state in _OPEN


def compare(views: Iterable[View], criteria: Sequence[Criterion] = tuple(Criterion)) -> Mapping[Option, Column]:
    """Put together what several think: every option by every criterion."""
    known = list(views)
    raters = sorted({view.rater for view in known})
    by = {(view.rater, view.option): view for view in known}
    columns = {}
    for option in Option:
        of = [by.get((rater, option), View(rater, option)) for rater in raters]
        cells = {criterion: _cell(of, criterion) for criterion in criteria}
        words = [(view.rater, one, view.scores[one].word) for view in of for one in criteria if one in view.scores]
        left_out = tuple(view.rater for view in of if view.left_out)
        columns[option] = Column(MappingProxyType(cells), left_out, tuple(said for said in words if said[2]))
    return MappingProxyType(columns)


def _cell(views: Sequence[View], criterion: Criterion) -> Cell:
    weighed = [view for view in views if not view.left_out]
    values = tuple(view.scores[criterion].value for view in weighed if criterion in view.scores)
    return Cell(values, tuple(view.rater for view in weighed if criterion not in view.scores))


def next_open(views: Iterable[View], rater: int, criteria: Sequence[Criterion] = tuple(Criterion)) -> Option | None:
    """Give the first option that a rater has not weighed whole; None where they have weighed all."""
    done = {view.option for view in views if view.rater == rater and not view.lacks(criteria)}
    return next((option for option in Option if option not in done), None)


def who_weighed(weighing: Weighing) -> tuple[int, ...]:
    """List the servants who have weighed every option."""
    raters = sorted({view.rater for view in weighing.views})
    return tuple(rater for rater in raters if next_open(weighing.views, rater) is None)


def must_come_first(weighing: Weighing, case: Case, *, now: datetime, window: timedelta) -> Missing | None:
    """Tell what has to come before a choice; None: it can be made.

    Contributors who were asked and stay silent are waited for as long as ``window``, and not for ever.
    """
    if len(who_weighed(weighing)) < LEAST_SERVANTS:
        return Missing.SECOND_SERVANT
    if case.approach is not Approach.SERVICE_INTEGRATED or weighing.heard:
        return None
    if weighing.asked_at is None:
        return Missing.CONTRIBUTORS
    return Missing.THEIR_ANSWERS if now < weighing.asked_at + window else None


def with_view(views: Iterable[View], new: View) -> tuple[View, ...]:
    """Put a view in place of what the same rater thought of the same option."""
    return (*(view for view in views if (view.rater, view.option) != (new.rater, new.option)), new)


def read_scores(text: str, criteria: Sequence[Criterion] = tuple(Criterion)) -> Mapping[Criterion, Score] | None:
    """Read numbers in the order of the criteria, such as ``4 3 5 2 known to us``; words belong to the number before.

    None where it is anything else. Only behind the last number can words have numbers in them.
    """
    scores, rest = {}, text.strip()
    for criterion in criteria:
        found = (_LAST if criterion is criteria[-1] else _NEXT).fullmatch(rest)
        if found is None or not LEAST <= int(found[1]) <= MOST:
            return None
        word = " ".join(found[2].strip(_AROUND).split())
        if word[:1].isdigit():
            return None
        scores[criterion], rest = Score(int(found[1]), cut(word, _LONGEST_WORD)), found["rest"] or ""
    return scores


def write_median(value: float) -> str:
    """Write a median, which is a whole number or a half."""
    return f"{int(value)}½" if value % 1 else f"{int(value)}"
