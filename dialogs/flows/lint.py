"""What can be wrong with steps that are well formed: a question that cannot be answered, an end that nobody reaches."""

import keyword

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.flows.conditions import RESERVED
from dialogs.flows.flow import Kind
from dialogs.flows.shapes import LATER_VERBS, VERBS, AskShape, ChoiceShape
from dialogs.texts import LONGEST_IN
from dialogs.yaml_tree import Node, Path, Row, Scalar, Table, Tree

_MOST_CHOICES = 50
_MOST_POINTS = 11
_FITS = {
    "choices": (Kind.CHOICE,),
    "min": (Kind.NUMBER,),
    "max": (Kind.NUMBER, Kind.SERVICES),
    "from": (Kind.SCALE,),
    "to": (Kind.SCALE,),
    "min_length": (Kind.TEXT, Kind.LONG_TEXT),
    "max_length": (Kind.TEXT, Kind.LONG_TEXT),
    "accept": (Kind.TEXT, Kind.LONG_TEXT),
}


def verb_of(node: Node | None) -> str | None:
    """Name the verb of a step as written, or None where there is not exactly one."""
    verbs = [verb for verb in VERBS if isinstance(node, Table) and node.get(verb) is not None]
    return verbs[0] if len(verbs) == 1 else None


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
    for key, kinds in _FITS.items():
        if node.get(key) is not None and kind not in kinds:
            takes = " or ".join(kinds)
            cause = f"`{key}` does not fit the kind `{kind}`."
            mistakes.append(tree.mistake((*path, key), cause, f"Take it out; it is for {takes}.", at_key=True))
    match kind:
        case Kind.CHOICE:
            return mistakes + _check_choices(tree, path, node, ask.choices)
        case Kind.NUMBER | Kind.SERVICES:
            return mistakes + _check_number(tree, path, ask, kind)
        case Kind.SCALE:
            return mistakes + _check_scale(tree, path, node, ask)
        case Kind.TEXT | Kind.LONG_TEXT:
            return mistakes + _check_lengths(tree, path, ask)
        case Kind.YES_NO:
            return mistakes


def check_course(tree: Tree) -> list[Mistake]:
    """Check that every step can be reached and that everybody comes to an end."""
    steps = tree.at(("steps",))
    if not isinstance(steps, Row) or not steps.items:
        return []
    mistakes: list[Mistake] = []
    ends = _ends(tree, ("steps",), mistakes)
    verbs = list(_verbs(steps))
    names = [verb for verb, _ in verbs]
    if "submit" not in names:
        mistakes.append(tree.mistake(("steps",), "This flow has no `submit`.", "Put one at its end.", at_key=True))
    elif not ends:
        last = ("steps", len(steps.items) - 1)
        cause = "Somebody can come to the end of the file without a `submit`."
        mistakes.append(tree.mistake(last, cause, "End with a submit or stop that has no `only_if`."))
    if "ask" not in names:
        mistakes.append(tree.mistake(("steps",), "This flow asks nothing.", "Add an `ask`.", at_key=True))
    if mistakes or "submit" not in names:
        return mistakes
    last_submit = max(place for place, verb in enumerate(names) if verb == "submit")
    for verb, node in verbs[last_submit:]:
        if verb == "review":
            cause, remedy = "This review comes after the submit.", "Move it before the submit."
            mistakes.append(Mistake(tree.file, node.line, node.column, cause, remedy))
    return mistakes


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


def _check_number(tree: Tree, path: Path, ask: AskShape, kind: Kind) -> list[Mistake]:
    if kind is Kind.SERVICES:
        if ask.max is not None and (ask.max < 1 or not ask.max.is_integer()):
            return [tree.mistake((*path, "max"), "At least one service must be allowed.", "Write 1 or more.")]
        return []
    if ask.min is not None and ask.max is not None and ask.min > ask.max:
        return [tree.mistake((*path, "min"), "`min` is greater than `max`.", "Swap them.")]
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


def _ends(tree: Tree, path: Path, mistakes: list[Mistake]) -> bool:
    steps = tree.at(path)
    ended = False
    for place, step in enumerate(steps.items if isinstance(steps, Row) else ()):
        if ended:
            cause, remedy = "Nobody reaches this step: the flow has ended before it.", "Move it up, or take it out."
            mistakes.append(tree.mistake((*path, place), cause, remedy))
            return True
        verb = verb_of(step)
        within = verb == "group" and _ends(tree, (*path, place, "steps"), mistakes)
        always = isinstance(step, Table) and step.get("only_if") is None
        ended = always and (verb in ("stop", "submit") or within)
    return ended


def _verbs(steps: Row) -> list[tuple[str, Node]]:
    found: list[tuple[str, Node]] = []
    for step in steps.items:
        verb = verb_of(step)
        if verb is None:
            continue
        found.append((verb, step))
        inner = step.get("steps") if isinstance(step, Table) else None
        if verb == "group" and isinstance(inner, Row):
            found += _verbs(inner)
    return found


def check_verb(tree: Tree, path: Path) -> list[Mistake]:
    """Tell why a step has not exactly one verb."""
    step = tree.at(path)
    if not isinstance(step, Table) or not step.entries:
        return [tree.mistake(path, "A step must have keys.", "Begin it with a verb, such as `- ask: name`.")]
    verbs = [key for key in step.entries if key in VERBS]
    if len(verbs) > 1:
        two = f"`{verbs[0]}` and `{verbs[1]}`"
        return [tree.mistake((*path, verbs[1]), f"This step has two verbs: {two}.", "Make two steps.", at_key=True)]
    first = next(iter(step.entries))
    later = next((verb for verb in LATER_VERBS if verb in step.entries), None)
    if later:
        return [tree.mistake(path, f"`{later}` cannot be used: not yet.", f"Known: {', '.join(VERBS)}.")]
    return [tree.mistake(path, "This step has no verb.", suggest(first, VERBS))]


def asked(tree: Tree) -> frozenset[str]:
    """Name every question that the file asks, wherever it stands."""
    steps = tree.at(("steps",))
    found = _verbs(steps) if isinstance(steps, Row) else []
    nodes = [node.get("ask") for verb, node in found if verb == "ask" and isinstance(node, Table)]
    return frozenset(node.text for node in nodes if isinstance(node, Scalar))
