"""Reads the condition that an author wrote, against the questions that come before it.

Python's own parser gives the tree; what is not on the list below is refused, and nothing that an
author writes is ever executed. Every comparison is checked against the kinds of question, so a
condition that compiles cannot fail later.
"""

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dialogs.authoring import suggest
from dialogs.dates import is_date
from dialogs.flows.conditions import (
    LONGEST,
    Answered,
    BadCondition,
    Compare,
    Condition,
    Every,
    Literal,
    Measure,
    Name,
    Named,
    Not,
    Operand,
    Shape,
    Some,
    Term,
    Today,
)
from dialogs.ids import StepId


def compile_condition(
    source: str,
    names: Mapping[StepId, Named],
    *,
    later: Collection[str] = (),
    inside: Mapping[str, str] = MappingProxyType({}),
) -> Condition:
    """Compile a condition over the questions before it; ``later`` ones are known, but too late.

    ``inside``: the repeat of each question that is asked in one, for who names it from outside.
    Raises: BadCondition.
    """
    if len(source) > LONGEST:
        raise BadCondition(f"This condition is longer than {LONGEST} characters.", "Say it more simply.", 0)
    # Line breaks become spaces, so that an offset is a column.
    text = re.sub(r"[\r\n\t\f]", " ", source)
    return Condition(source, _Compiler(text, names, later, inside).term(_parse(text)))


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
_ALLOWED = (
    "A condition has names of questions, values, == != < <= > >= in, and or not, answered() count() length() today()."
)
# How an answer becomes yes or no, where it is not one already.
_ASK = {
    Shape.TEXT: "Ask whether it is there with answered(), or compare it with a text in quotes.",
    Shape.CHOICE: "Compare it with the id of a choice in quotes, such as `== 'other'`.",
    Shape.NUMBER: "Compare it with a number, such as `>= 3`.",
    Shape.MANY: "Look into it with `in`, or count it, such as `count(…) >= 1`.",
    Shape.DATE: "Compare it with a date, such as `>= '2026-05'`.",
}
_MEASURES = {"count": Shape.MANY, "length": Shape.TEXT}


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
    # What a list that is written out has in it.
    items: "tuple[_Typed, ...]" = ()


@dataclass(frozen=True, slots=True)
class _Compiler:
    text: str
    names: Mapping[StepId, Named]
    later: Collection[str]
    inside: Mapping[str, str]

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
        if typed.shape is Shape.FLAG and isinstance(typed.operand, Literal | Name):
            return typed.operand
        raise self.bad(node, f"This is {typed.shape}, not yes or no.", _ASK[typed.shape])

    def comparison(self, node: ast.Compare) -> Compare:
        left = first = self.operand(node.left)
        rest = []
        dates = first.shape is Shape.DATE
        for sign, comparator in zip(node.ops, node.comparators, strict=True):
            if type(sign) not in _SIGNS:
                raise self.bad(comparator, "A condition has no `is`.", "Use == or !=.")
            right = self.operand(comparator)
            self.fits(_SIGNS[type(sign)], left, right)
            rest.append((_SIGNS[type(sign)], right.operand))
            left = right
            dates = dates or right.shape is Shape.DATE
        return Compare(first.operand, tuple(rest), dates)

    def fits(self, sign: str, left: _Typed, right: _Typed) -> None:
        match sign:
            case "in" | "not in":
                self.fits_in(left, right)
            case "==" | "!=":
                self.fits_equal(left, right)
            case _:
                self.fits_ordered(sign, left, right)

    def fits_ordered(self, sign: str, left: _Typed, right: _Typed) -> None:
        if Shape.DATE in (left.shape, right.shape):
            return self.fits_dates(left, right)
        for side in (left, right):
            if side.shape is not Shape.NUMBER:
                raise self.bad(side.node, f"`{sign}` compares numbers and dates; this is {side.shape}.", "Use ==.")
        return None

    def fits_dates(self, left: _Typed, right: _Typed) -> None:
        for side in (left, right):
            word = side.operand.value if isinstance(side.operand, Literal) else None
            if isinstance(word, str) and not is_date(word):
                raise self.bad(side.node, f"`{word}` is not a date.", "Write it as '2026-05-03', '2026-05' or '2026'.")
            if not isinstance(word, str) and side.shape is not Shape.DATE:
                raise self.bad(side.node, f"A date cannot be compared with {side.shape}.", "Compare like with like.")

    def fits_in(self, left: _Typed, right: _Typed) -> None:
        if right.shape is not Shape.MANY:
            raise self.bad(right.node, f"`in` looks into a list; this is {right.shape}.", "Use ==, or a list in [ ].")
        if isinstance(right.node, ast.List | ast.Tuple):
            for item in right.items:
                self.fits_equal(left, item)
            return
        if left.shape not in (Shape.TEXT, Shape.CHOICE):
            cause = f"This list has no {left.shape.removeprefix('a ')} in it."
            raise self.bad(left.node, cause, "Name a choice or a service, in quotes.")
        self.known(left, right.ids)

    def fits_equal(self, left: _Typed, right: _Typed) -> None:
        for side in (left, right):
            if side.shape is Shape.MANY:
                raise self.bad(side.node, "This is a list, which == cannot compare.", "Use `in`, or count().")
        if Shape.DATE in (left.shape, right.shape):
            return self.fits_dates(left, right)
        worded = {Shape.TEXT, Shape.CHOICE}
        if left.shape is not right.shape and not {left.shape, right.shape} <= worded:
            cause = f"{left.shape.capitalize()} never equals {right.shape}."
            raise self.bad(right.node, cause, "Compare like with like.")
        self.known(left, right.ids)
        self.known(right, left.ids)
        return None

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
                return self.list(node, items)
            case ast.Name(id=("true" | "false" | "yes" | "no") as word):
                return _Typed(Literal(word in ("true", "yes")), Shape.FLAG, (), node)
            case ast.Name(id=word):
                named = self.named(node, word)
                return _Typed(Name(StepId(word)), named.shape, named.ids, node)
            case ast.Call(func=ast.Name(id=("count" | "length") as function)):
                return self.measure(node, function)
            case ast.Call(func=ast.Name(id="today"), args=[], keywords=[]):
                return _Typed(Today(), Shape.DATE, (), node)
            case ast.Call(func=ast.Name(id="today")):
                raise self.bad(node, "today() takes nothing.", "Write today().")
            case ast.Constant(value=None):
                raise self.bad(node, "A condition has no `None`.", "Use answered().")
            case _:
                raise self.bad(node, "A condition cannot do this.", _ALLOWED)

    def list(self, node: ast.expr, nodes: Sequence[ast.expr]) -> _Typed:
        items = tuple(self.operand(item) for item in nodes)
        values: tuple[str | float, ...] = ()
        for item in items:
            match item.operand:
                case Literal(value) if isinstance(value, str | int | float) and not isinstance(value, bool):
                    values += (value,)
                case _:
                    cause = "A list in a condition has only texts and numbers."
                    raise self.bad(item.node, cause, "Write them out, such as ['a', 'b'].")
        return _Typed(Literal(values), Shape.MANY, (), node, items)

    def measure(self, node: ast.Call, function: str) -> _Typed:
        id, shape = self.argument(node)
        if shape is not _MEASURES[function]:
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
        if self.inside.get(word) in self.names:
            repeat = self.inside[word]
            remedy = f"Use it inside, or count({repeat}) here."
            raise self.bad(node, f"`{word}` is asked anew in each `{repeat}`.", remedy)
        if word in self.later:
            raise self.bad(node, f"The question `{word}` does not come before this step.", "Move it up.")
        if any(word in known.ids for known in self.names.values()):
            raise self.bad(node, f"`{word}` is a choice, not a question.", f"Put it in quotes: '{word}'.")
        if word == "today":
            raise self.bad(node, "`today` has brackets.", "Write today().")
        raise self.bad(node, f"There is no question `{word}` before this step.", _nearest(word, tuple(self.names)))

    def bad(self, node: ast.expr, cause: str, remedy: str) -> BadCondition:
        start = len(self.text) - len(self.text.lstrip())
        # The parser counts bytes.
        before = self.text[start:].encode()[: node.col_offset].decode(errors="ignore")
        return BadCondition(cause, remedy, start + len(before))


def _nearest(word: str, known: tuple[str, ...]) -> str:
    # Comparing takes its time, and what is meant mostly stands not far above.
    return suggest(word, known[-30:]) if known else "No question comes before it."
