"""The figures of the public board: what may be told in numbers, so that nobody is singled out.

Numbers of people can be put together: a total less its parts, this view less that one, today less yesterday. So there
are few views, each count is of one kind alone, and three things hold for all of them together:

- People are counted by service, by what came of it for them and by who they are, in a table of its own for each
  service, from which ``results.hide`` takes all that would give a small count away. Matters and their promised days are
  another kind, of which no sum is told. No table is a part of another one.
- What a reader can count for themselves is taken to be known: the matters that stand on the board with their words are
  counted apart, and the others only where they are ten and more. A matter has numbers of its own only where as many
  people as would be hidden are left in every shown total of its service without it.
- What is left is rounded down to tens. So no sum and no difference of numbers, of whatever views or days, is ever one
  from 1 to 9. A share is told in so many parts that each is worth ten people at least, and never as "all".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from dialogs.cases.participant import Participant
from dialogs.ids import CaseId, ServiceId
from dialogs.results import FEW, Result, Split, split

_MOST_PARTS = 10


class Promise(StrEnum):
    """What became of the day by which an answer was promised: only of days that were kept or have passed."""

    KEPT = "kept"
    # The day passed without an answer, and people were told so, or were not.
    TOLD = "told"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Counted:
    """What there is, nothing hidden. ``listed``: of the promises, those of matters that everybody can read."""

    results: Mapping[ServiceId, Mapping[tuple[Participant | None, Result], int]] = field(default_factory=dict)
    promises: Mapping[tuple[ServiceId, Promise], int] = field(default_factory=dict)
    listed: Mapping[tuple[ServiceId, Promise], int] = field(default_factory=dict)
    # How many matters had their first answer after so many days.
    days: Mapping[ServiceId, Mapping[int, int]] = field(default_factory=dict)
    # Of matters that everybody can read: for how many it worked, and for how many it did not.
    verdicts: Mapping[ServiceId, Mapping[CaseId, tuple[int, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """At least so many of so many equal parts; at none it is less than one of them."""

    at_least: int
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be told of one service. Each number is a lower bound in tens; None: it is not told."""

    people: Split
    answered: Share | None
    worked: Share | None
    not_worked: Share | None
    kept: Share | None
    promises: Mapping[Promise, int | None]
    # Half of the first answers came within so many days.
    days: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """All that is told in numbers: by service, and of single matters how many say that it worked, or did not."""

    services: Mapping[ServiceId, Figures]
    matters: Mapping[CaseId, tuple[int, int]]


def publish(counted: Counted, services: Sequence[ServiceId]) -> Board:
    """Tell what may be told of these services."""
    splits = {service: split(counted.results.get(service, {})) for service in services}
    figures = {
        service: Figures(
            people=_rounded(splits[service]),
            answered=_answered(counted.results.get(service, {})),
            worked=_said(counted.results.get(service, {}), Result.WORKED),
            not_worked=_said(counted.results.get(service, {}), Result.NOT_WORKED),
            kept=_kept(counted, service),
            promises=_promises(counted, service),
            days=median_day(counted.days.get(service, {})),
        )
        for service in services
    }
    matters = {
        case: (at_least(worked) or 0, at_least(not_worked) or 0)
        for service in services
        for case, (worked, not_worked) in stand_out(counted.verdicts.get(service, {}), splits[service]).items()
    }
    return Board(MappingProxyType(figures), MappingProxyType(matters))


def at_least(count: int | None) -> int | None:
    """Round down to tens; None where nothing is left."""
    return None if count is None or count < FEW else count - count % FEW


def share(part: int, whole: int) -> Share | None:
    """Tell a share so that each of its parts is worth ten at least; None where that says nothing."""
    parts = min(_MOST_PARTS, whole // FEW)
    return None if parts < 2 else Share(min(part * parts // whole, parts - 1), parts)


def median_day(days: Mapping[int, int]) -> int | None:
    """Give the day by which half of so many had their answer; None where they are few."""
    whole = sum(days.values())
    if whole < FEW:
        return None
    reached = 0
    for day in sorted(days):
        reached += days[day]
        if reached * 2 >= whole:
            return day
    return None


def stand_out(verdicts: Mapping[CaseId, tuple[int, int]], shown: Split) -> dict[CaseId, tuple[int, int]]:
    """Choose the matters that may have numbers of their own, those of many people first."""
    left = [total for result, total in zip(shown.results, shown.totals, strict=True) if result in _VERDICTS]
    chosen = {}
    for case, said in sorted(verdicts.items(), key=lambda item: (-sum(item[1]), item[0])):
        rest = [None if total is None else total - one for total, one in zip(left, said, strict=True)]
        if min(said) >= FEW and all(total is None or total >= FEW for total in rest):
            chosen[case], left = said, rest
    return chosen


_VERDICTS = (Result.WORKED, Result.NOT_WORKED)


def _promises(counted: Counted, service: ServiceId) -> Mapping[Promise, int | None]:
    """Count matters by their promised day: of those that nobody can count on the board only ten and more.

    No sum of these is told anywhere, so a hidden one is not a subtraction away.
    """

    def told(promise: Promise) -> int | None:
        known = counted.listed.get((service, promise), 0)
        others = counted.promises.get((service, promise), 0) - known
        return at_least(known + (others if others >= FEW else 0))

    return MappingProxyType({promise: told(promise) for promise in Promise})


def _rounded(exact: Split) -> Split:
    return replace(
        exact,
        cells=tuple(tuple(map(at_least, row)) for row in exact.cells),
        sums=tuple(map(at_least, exact.sums)),
        totals=tuple(map(at_least, exact.totals)),
        everybody=at_least(exact.everybody),
    )


def _total(results: Mapping[tuple[Participant | None, Result], int], *which: Result) -> int:
    return sum(count for (_, result), count in results.items() if result in which)


def _answered(results: Mapping[tuple[Participant | None, Result], int]) -> Share | None:
    whole = _total(results, *Result)
    return share(whole - _total(results, Result.WAITING), whole)


def _said(results: Mapping[tuple[Participant | None, Result], int], which: Result) -> Share | None:
    return share(_total(results, which), _total(results, *_VERDICTS))


def _kept(counted: Counted, service: ServiceId) -> Share | None:
    due = sum(counted.promises.get((service, promise), 0) for promise in Promise)
    return share(counted.promises.get((service, Promise.KEPT), 0), due)
