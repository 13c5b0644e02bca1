"""What can be wrong with a step that is well formed: rules that do not fit its kind, or that nothing can meet."""

import keyword

from dialogs.errors import Mistake
from dialogs.flows.conditions import RESERVED
from dialogs.flows.flow import Kind
from dialogs.flows.shapes import FITS, MOST_ITEMS, AskShape, ChoiceShape, RepeatShape
from dialogs.texts import LONGEST_IN
from dialogs.yaml_tree import Path, Row, Table, Tree

_MOST_CHOICES = 50
_MOST_POINTS = 11
_MOST_PHOTOS = 10


def check_id(tree: Tree, path: Path, id: str) -> list[Mistake]:
    """Refuse an id that means something else in a condition or a text."""
    if id in RESERVED or id in ("reference", "promise") or keyword.iskeyword(id):
        cause = f"`{id}` is a word with a meaning of its own."
        return [tree.mistake(path, cause, f"Call it `the_{id}`, or otherwise.")]
    return []


def check_ask(tree: Tree, path: Path, ask: AskShape) -> list[Mistake]:
    """Check that the rules of a question fit its kind and can be met."""
    node = tree.at(path)
    assert isinstance(node, Table)
    kind = Kind(ask.kind)
    mistakes = []
    for key, kinds in FITS.items():
        if node.get(key) is not None and kind not in kinds:
            takes = " or ".join(kinds)
            cause = f"`{key}` does not fit the kind `{kind}`."
            mistakes.append(tree.mistake((*path, key), cause, f"Take it out; it is for {takes}.", at_key=True))
    match kind:
        case Kind.CHOICE | Kind.CHOICES:
            mistakes += _check_choices(tree, path, node, ask.choices)
            return mistakes + (_check_counts(tree, path, ask) if kind is Kind.CHOICES else [])
        case Kind.NUMBER:
            return mistakes + _check_number(tree, path, ask)
        case Kind.SERVICES | Kind.PHOTO:
            return mistakes + _check_counts(tree, path, ask)
        case Kind.SCALE:
            return mistakes + _check_scale(tree, path, node, ask)
        case Kind.TEXT | Kind.LONG_TEXT:
            return mistakes + _check_lengths(tree, path, ask) + _check_accept(tree, path, ask)
        case Kind.YES_NO | Kind.DATE | Kind.VOICE | Kind.LOCATION:
            return mistakes


def check_repeat(tree: Tree, path: Path, repeat: RepeatShape) -> list[Mistake]:
    """Check how often a repeat may be gone through, and that its first question can be asked."""
    if not 1 <= repeat.most <= MOST_ITEMS:
        cause = f"`max` must be from 1 to {MOST_ITEMS}."
        return [tree.mistake((*path, "max"), cause, "A long list tires people: 8 is a good number.")]
    if repeat.least > repeat.most:
        return [tree.mistake((*path, "min"), "`min` is greater than `max`.", "Swap them.")]
    if repeat.least == 0 and repeat.first is None:
        cause = "With `min: 0` somebody must be asked whether there is any."
        return [tree.mistake(path, cause, "Add `add_first:`, such as {en: Was there a step before that?}.")]
    if repeat.least > 0 and repeat.first is not None:
        cause = "`add_first` is never asked, because there is always one."
        return [tree.mistake((*path, "add_first"), cause, "Take it out, or write `min: 0`.", at_key=True)]
    return []


def _check_choices(tree: Tree, path: Path, node: Table, choices: list[ChoiceShape] | None) -> list[Mistake]:
    written = node.get("choices")
    if written is None:
        return [tree.mistake(path, "This question has nothing to choose from.", "Add `choices:` with at least two.")]
    here = (*path, "choices")
    if not isinstance(written, Row):
        return []
    if not 2 <= len(written.items) <= _MOST_CHOICES:
        return [tree.mistake(here, f"There must be 2 to {_MOST_CHOICES} choices.", "Add some, or use another kind.")]
    if choices is None or len(choices) != len(written.items):
        return []
    mistakes: list[Mistake] = []
    seen: dict[str, int] = {}
    for place, choice in enumerate(choices):
        mistakes += _check_choice(tree, (*here, place), choice, seen)
    return mistakes + _check_labels(tree, here, choices)


def _check_choice(tree: Tree, path: Path, choice: ChoiceShape, seen: dict[str, int]) -> list[Mistake]:
    if choice.other and (choice.id or choice.text):
        return [tree.mistake(path, "`other: true` stands alone.", "Take its id and text out; we have the words.")]
    node = tree.at(path)
    missing = [key for key in ("id", "text") if isinstance(node, Table) and node.get(key) is None]
    if not choice.other and missing:
        return [tree.mistake(path, f"This choice has no `{missing[0]}`.", f"Add `{missing[0]}:`.")]
    if not choice.other and not choice.id:
        return []
    id = choice.id or "other"
    if choice.id == "other":
        return [tree.mistake((*path, "id"), "The id `other` is taken.", "Write `- other: true` for something else.")]
    if id in seen:
        return [tree.mistake(path, f"The choice `{id}` is here twice.", f"It is on line {seen[id]} already.")]
    seen[id] = node.line if node else 0
    return []


def _check_labels(tree: Tree, path: Path, choices: list[ChoiceShape]) -> list[Mistake]:
    mistakes = []
    seen: set[tuple[str, str]] = set()
    for place, choice in enumerate(choices):
        for language, text in (choice.text or {}).items():
            label = (language, text.strip().casefold())
            if label in seen:
                where = (*path, place, "text", language)
                mistakes.append(tree.mistake(where, "Two choices have the same text.", "Tell them apart."))
            seen.add(label)
    return mistakes


def _check_number(tree: Tree, path: Path, ask: AskShape) -> list[Mistake]:
    if ask.min is not None and ask.max is not None and ask.min > ask.max:
        return [tree.mistake((*path, "min"), "`min` is greater than `max`.", "Swap them.")]
    return []


def _check_counts(tree: Tree, path: Path, ask: AskShape) -> list[Mistake]:
    """Check how many may be picked or sent."""
    for key, count in (("min", ask.min), ("max", ask.max)):
        if count is not None and (count < 1 or not count.is_integer()):
            return [tree.mistake((*path, key), f"`{key}` must be a whole number of at least 1.", "Write 1 or more.")]
    if ask.kind == Kind.PHOTO and ask.max is not None and ask.max > _MOST_PHOTOS:
        return [tree.mistake((*path, "max"), f"At most {_MOST_PHOTOS} photos fit one answer.", "Write a smaller one.")]
    offered = len(ask.choices or ())
    if ask.kind == Kind.CHOICES and ask.min is not None and ask.min > offered:
        return [tree.mistake((*path, "min"), f"There are only {offered} choices.", "Write a smaller number.")]
    return _check_number(tree, path, ask)


def _check_accept(tree: Tree, path: Path, ask: AskShape) -> list[Mistake]:
    if ask.kind == Kind.LONG_TEXT and ask.accept and "text" not in ask.accept:
        cause = "Everybody must be able to write the answer."
        return [tree.mistake((*path, "accept"), cause, "Add text to the list, or use the kind `voice` or `photo`.")]
    return []


def _check_scale(tree: Tree, path: Path, node: Table, ask: AskShape) -> list[Mistake]:
    missing = [key for key in ("from", "to") if node.get(key) is None]
    if missing:
        return [tree.mistake(path, f"This scale has no `{missing[0]}`.", "Add `from: 1` and `to: 5`.")]
    low, high = ask.low, ask.high
    if low is None or high is None:
        return []
    if not low.is_integer() or not high.is_integer():
        return [tree.mistake((*path, "from"), "A scale has whole numbers.", "Write such as `from: 1` and `to: 5`.")]
    if low >= high:
        return [tree.mistake((*path, "from"), "`from` is not less than `to`.", "Swap them.")]
    if high - low >= _MOST_POINTS:
        return [tree.mistake((*path, "to"), f"A scale has at most {_MOST_POINTS} points.", "Use the kind `number`.")]
    return []


def _check_lengths(tree: Tree, path: Path, ask: AskShape) -> list[Mistake]:
    for key, length in (("min_length", ask.min_length), ("max_length", ask.max_length)):
        if length > LONGEST_IN:
            cause = f"`{key}` is more than the {LONGEST_IN:,} characters that a chat takes."
            return [tree.mistake((*path, key), cause, "Choose a smaller number, or leave it out.")]
    if ask.min_length > ask.max_length:
        key = "min_length" if ask.min_length else "max_length"
        return [tree.mistake((*path, key), "`min_length` is greater than `max_length`.", "Swap them.")]
    if ask.max_length == 0:
        return [tree.mistake((*path, "max_length"), "`max_length` leaves room for nothing.", "Write 1 or more.")]
    return []
