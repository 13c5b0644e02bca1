"""Conditions on a step: a small language, compiled against the questions that come before it.

    role == 'family' and hours_per_week >= 20
    'home_care' in touched or not answered(mood)

Python's own parser gives the tree; what is not on the list below is refused, and nothing that an
author writes is ever executed. Every comparison is checked against the kinds of question, so a
condition that compiles cannot fail later. A missing answer makes a comparison false; ``not`` is
plain negation, so ``not (mood <= 2)`` holds while mood is unanswered.
"""

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
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


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a question stands for; ``ids``: its choices or services, empty where unknown."""

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
class Answered:
    """Whether a question has an answer."""

    id: StepId


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain such as ``1 <= mood <= 3``."""

    first: "Operand"
    rest: tuple[tuple[str, "Operand"], ...]


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


Operand = Literal | Name | Measure
Term = Literal | Name | Answered | Compare | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: ``source`` as the author wrote it, ``term`` as it is worked out."""

    source: str
    term: Term


def holds(condition: Condition, answers: Mapping[StepId, object]) -> bool:
    """Say whether a condition holds; ``answers`` has only visible, given ones."""
    return _true(condition.term, answers)


def compile_condition(source: str, names: Mapping[StepId, Named], *, later: Collection[str] = ()) -> Condition:
    """Compile a condition over the questions before it; ``later`` ones are known, but too late.

    Raises: BadCondition.
    """
    if len(source) > LONGEST:
        raise BadCondition(f"This condition is longer than {LONGEST} characters.", "Say it more simply.", 0)
    # Line breaks become spaces, so that an offset is a column.
    text = re.sub(r"[\r\n\t\f]", " ", source)
    return Condition(source, _Compiler(text, names, later).term(_parse(text)))


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


def _true(term: Term, answers: Mapping[StepId, object]) -> bool:
    match term:
        case Compare(first, rest):
            return _compared(_value(first, answers), rest, answers)
        case Name(id):
            return answers.get(id) is True
        case Not(inner):
            return not _true(inner, answers)
        case Every(terms):
            return all(_true(inner, answers) for inner in terms)
        case Some(terms):
            return any(_true(inner, answers) for inner in terms)
        case Answered(id):
            return answers.get(id) is not None
        case Literal(value):
            return value is True


def _compared(left: object, rest: tuple[tuple[str, Operand], ...], answers: Mapping[StepId, object]) -> bool:
    for sign, operand in rest:
        right = _value(operand, answers)
        if left is None or right is None or not _COMPARE[sign](left, right):
            return False
        left = right
    return True


def _value(operand: Operand, answers: Mapping[StepId, Any]) -> Any:
    match operand:
        case Literal(value):
            return value
        case Name(id):
            return answers.get(id)
        case Measure(id):
            measured = answers.get(id)
            return None if measured is None else len(measured)


_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ALLOWED = "A condition has names of questions, values, == != < <= > >= in, and or not, answered() count() length()."
_MEASURES = {"count": (Shape.MANY,), "length": (Shape.TEXT,)}


def _parse(text: str) -> ast.expr:
    if not text.strip():
        raise BadCondition("This condition is empty.", "Write one, or leave `only_if` out.", 0)
    if "\\" in text:
        raise BadCondition("A condition has no backslash.", _ALLOWED, text.index("\\"))
    start = len(text) - len(text.lstrip())
    try:
        # The blanks in front would be an indentation; brackets keep every column where it is.
        return ast.parse(text[start:], mode="eval").body
    except SyntaxError as wrong:
        offset = start + max((wrong.offset or 1) - 1, 0)
        raise BadCondition("This condition cannot be read.", _hint(text), min(offset, len(text))) from None
    except (ValueError, RecursionError, MemoryError):
        raise BadCondition("This condition cannot be read.", _ALLOWED, start) from None


def _hint(text: str) -> str:
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return "Two values are compared with ==."
    if re.search(r"&&|\|\||!(?!=)|<>", text):
        return "Write `and`, `or`, `not`, `!=`."
    if text.count("'") % 2 or text.count('"') % 2:
        return "A quote is opened and not closed."
    return _ALLOWED


@dataclass(frozen=True, slots=True)
class _Typed:
    operand: Operand
    shape: Shape
    ids: tuple[str, ...]
    node: ast.expr


@dataclass(frozen=True, slots=True)
class _Compiler:
    text: str
    names: Mapping[StepId, Named]
    later: Collection[str]

    def term(self, node: ast.expr) -> Term:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return Every(tuple(self.term(value) for value in values))
            case ast.BoolOp(values=values):
                return Some(tuple(self.term(value) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return Not(self.term(inner))
            case ast.Compare():
                return self.comparison(node)
            case ast.Call(func=ast.Name(id="answered")):
                return Answered(self.argument(node)[0])
            case _:
                return self.flag(node)

    def flag(self, node: ast.expr) -> Literal | Name:
        typed = self.operand(node)
        if typed.shape is Shape.FLAG and not isinstance(typed.operand, Measure):
            return typed.operand
        raise self.bad(node, f"This is {typed.shape}, not yes or no.", "Compare it with something, such as `== 3`.")

    def comparison(self, node: ast.Compare) -> Compare:
        left = first = self.operand(node.left)
        rest = []
        for sign, comparator in zip(node.ops, node.comparators, strict=True):
            if type(sign) not in _SIGNS:
                raise self.bad(comparator, "A condition has no `is`.", "Use == or !=.")
            right = self.operand(comparator)
            self.fits(_SIGNS[type(sign)], left, right)
            rest.append((_SIGNS[type(sign)], right.operand))
            left = right
        return Compare(first.operand, tuple(rest))

    def fits(self, sign: str, left: _Typed, right: _Typed) -> None:
        match sign:
            case "in" | "not in":
                self.fits_in(left, right)
            case "==" | "!=":
                self.fits_equal(left, right)
            case _:
                for side in (left, right):
                    if side.shape is not Shape.NUMBER:
                        raise self.bad(side.node, f"`{sign}` compares numbers; this is {side.shape}.", "Use ==.")

    def fits_in(self, left: _Typed, right: _Typed) -> None:
        if right.shape is not Shape.MANY:
            raise self.bad(right.node, f"`in` looks into a list; this is {right.shape}.", "Use ==, or a list in [ ].")
        if isinstance(right.node, ast.List | ast.Tuple):
            for item in right.node.elts:
                self.fits_equal(left, self.operand(item))
            return
        if left.shape not in (Shape.TEXT, Shape.CHOICE):
            raise self.bad(left.node, f"This list has no {left.shape.removeprefix('a ')} in it.", "Name a service.")
        self.known(left, right.ids)

    def fits_equal(self, left: _Typed, right: _Typed) -> None:
        for side in (left, right):
            if side.shape is Shape.MANY:
                raise self.bad(side.node, "This is a list, which == cannot compare.", "Use `in`, or count().")
        worded = {Shape.TEXT, Shape.CHOICE}
        if left.shape is not right.shape and not {left.shape, right.shape} <= worded:
            cause = f"{left.shape.capitalize()} never equals {right.shape}."
            raise self.bad(right.node, cause, "Compare like with like.")
        self.known(left, right.ids)
        self.known(right, left.ids)

    def known(self, side: _Typed, ids: tuple[str, ...]) -> None:
        match side.operand:
            case Literal(str(word)) if ids and word not in ids:
                raise self.bad(side.node, f"There is no choice `{word}`.", _nearest(word, ids))

    def operand(self, node: ast.expr) -> _Typed:
        match node:
            case ast.Constant(value=bool() as flag):
                return _Typed(Literal(flag), Shape.FLAG, (), node)
            case ast.Constant(value=str() as word):
                return _Typed(Literal(word), Shape.TEXT, (), node)
            case ast.Constant(value=(int() | float()) as number):
                return _Typed(Literal(number), Shape.NUMBER, (), node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=(int() | float()) as number)):
                return _Typed(Literal(-number), Shape.NUMBER, (), node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return _Typed(Literal(tuple(self.item(item) for item in items)), Shape.MANY, (), node)
            case ast.Name(id=("true" | "false" | "yes" | "no") as word):
                return _Typed(Literal(word in ("true", "yes")), Shape.FLAG, (), node)
            case ast.Name(id=word):
                named = self.named(node, word)
                return _Typed(Name(StepId(word)), named.shape, named.ids, node)
            case ast.Call(func=ast.Name(id=("count" | "length") as function)):
                return self.measure(node, function)
            case ast.Constant(value=None):
                raise self.bad(node, "A condition has no `None`.", "Use answered().")
            case _:
                raise self.bad(node, "A condition cannot do this.", _ALLOWED)

    def item(self, node: ast.expr) -> str | float:
        match self.operand(node).operand:
            case Literal(value) if isinstance(value, str | int | float) and not isinstance(value, bool):
                return value
        raise self.bad(node, "A list in a condition has only texts and numbers.", "Write them out, such as ['a', 'b'].")

    def measure(self, node: ast.Call, function: str) -> _Typed:
        id, shape = self.argument(node)
        if shape not in _MEASURES[function]:
            raise self.bad(node, f"{function}() does not fit {shape}.", "count() is for lists, length() for texts.")
        return _Typed(Measure(id), Shape.NUMBER, (), node)

    def argument(self, node: ast.Call) -> tuple[StepId, Shape]:
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=word) as name], keywords=[]):
                return StepId(word), self.named(name, word).shape
            case ast.Call(func=ast.Name(id=function)):
                raise self.bad(node, f"{function}() takes the name of one question.", f"Write {function}(name).")
            case _:
                raise self.bad(node, "A condition cannot do this.", _ALLOWED)

    def named(self, node: ast.expr, word: str) -> Named:
        if StepId(word) in self.names:
            return self.names[StepId(word)]
        if word in self.later:
            raise self.bad(node, f"The question `{word}` does not come before this step.", "Move it up.")
        raise self.bad(node, f"There is no question `{word}` before this step.", _nearest(word, tuple(self.names)))

    def bad(self, node: ast.expr, cause: str, remedy: str) -> BadCondition:
        start = len(self.text) - len(self.text.lstrip())
        # The parser counts bytes.
        before = self.text[start:].encode()[: node.col_offset].decode(errors="ignore")
        return BadCondition(cause, remedy, start + len(before))


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word[:60], known, 1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known: {', '.join(known[:12])}." if known else "No question comes before it."
