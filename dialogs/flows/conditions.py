"""Conditions on a step: a small language over the answers to the questions that come before it.

    role == 'family' and hours_per_week >= 20
    'home_care' in touched or not answered(mood)
    happened >= '2025' and happened <= today()

Here is what a compiled condition is, and whether it holds; ``condition_compiler`` reads what an author wrote.
A missing answer makes a comparison false; ``not`` is plain negation, so ``not (mood <= 2)`` holds while mood
is unanswered. Two dates are compared as finely as the coarser of them: 3 May 2026 equals 2026.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dialogs.ids import StepId

LONGEST = 300
# Names that mean something in a condition, so that no question can be called so.
RESERVED = frozenset({"true", "false", "yes", "no", "answered", "count", "length", "today"})


class Shape(StrEnum):
    """What an answer is, as far as conditions care."""

    TEXT = "a text"
    CHOICE = "a choice"
    FLAG = "yes or no"
    NUMBER = "a number"
    MANY = "a list"
    # ISO text of any precision: 2026-05-03, 2026-05 or 2026.
    DATE = "a date"


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a question or a repeat stands for; ``ids``: its choices or services, empty where unknown."""

    shape: Shape
    ids: tuple[str, ...] = ()


class BadCondition(Exception):
    """A condition that cannot be; ``offset`` counts characters from its start."""

    def __init__(self, cause: str, remedy: str, offset: int) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause, self.remedy, self.offset = cause, remedy, offset


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the condition."""

    value: str | float | bool | tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The answer to a question; as a term, whether it is yes."""

    id: StepId


@dataclass(frozen=True, slots=True)
class Measure:
    """How many were picked (``count``), how many characters were written (``length``)."""

    id: StepId


@dataclass(frozen=True, slots=True)
class Today:
    """The day on which the condition is asked."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether a question has an answer."""

    id: StepId


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain such as ``1 <= mood <= 3``; ``dates``: of dates, each of a precision of its own."""

    first: "Operand"
    rest: tuple[tuple[str, "Operand"], ...]
    dates: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    term: "Term"


@dataclass(frozen=True, slots=True)
class Every:
    """``and``."""

    terms: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """``or``."""

    terms: tuple["Term", ...]


Operand = Literal | Name | Measure | Today
Term = Literal | Name | Answered | Compare | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: ``source`` as the author wrote it, ``term`` as it is worked out."""

    source: str
    term: Term


def holds(condition: Condition, answers: Mapping[StepId, object], *, today: date) -> bool:
    """Say whether a condition holds; ``answers`` has only visible, given ones."""
    return _true(condition.term, answers, today)


# The compiler has seen to it that both sides can be compared so.
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda one, many: one in many,
    "not in": lambda one, many: one not in many,
}


def _true(term: Term, answers: Mapping[StepId, object], today: date) -> bool:
    match term:
        case Compare():
            return _compared(term, answers, today)
        case Name(id):
            return answers.get(id) is True
        case Not(inner):
            return not _true(inner, answers, today)
        case Every(terms):
            return all(_true(inner, answers, today) for inner in terms)
        case Some(terms):
            return any(_true(inner, answers, today) for inner in terms)
        case Answered(id):
            return answers.get(id) is not None
        case Literal(value):
            return value is True


def _compared(chain: Compare, answers: Mapping[StepId, object], today: date) -> bool:
    compare = _compare_dates if chain.dates else _compare
    left = _value(chain.first, answers, today)
    for sign, operand in chain.rest:
        right = _value(operand, answers, today)
        if left is None or right is None or not compare(sign, left, right):
            return False
        left = right
    return True


def _compare(sign: str, left: Any, right: Any) -> bool:
    return _COMPARE[sign](left, right)


def _compare_dates(sign: str, left: str, right: str | tuple[str, ...]) -> bool:
    if isinstance(right, tuple):
        return any(_compare_dates("==", left, one) for one in right) is (sign == "in")
    length = min(len(left), len(right))
    return _COMPARE[sign](left[:length], right[:length])


def _value(operand: Operand, answers: Mapping[StepId, Any], today: date) -> Any:
    match operand:
        case Literal(value):
            return value
        case Name(id):
            return answers.get(id)
        case Measure(id):
            measured = answers.get(id)
            return None if measured is None else len(measured)
        case Today():
            return today.isoformat()
