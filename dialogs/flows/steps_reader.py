"""Reading the steps of a flow or a part, one after another."""

from dialogs.authoring import admit, suggest
from dialogs.flows.ask_reader import SHAPES, read_ask
from dialogs.flows.conditions import Condition, Named
from dialogs.flows.conditions import Shape as Answers
from dialogs.flows.course import check_verb, verb_of
from dialogs.flows.flow import OTHER, Group, Kind, Repeat, Review, Say, Step, Stop, Submit, walk
from dialogs.flows.lint import check_ask, check_repeat
from dialogs.flows.scope import Scope
from dialogs.flows.shapes import (
    VERBS,
    AskShape,
    GroupShape,
    RepeatShape,
    ReviewShape,
    SayShape,
    StepShape,
    StopShape,
    SubmitShape,
    UseShape,
)
from dialogs.ids import StepId
from dialogs.wording import LONGEST_BUTTON
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table


def read_steps(scope: Scope, path: Path, *, always: bool = True) -> tuple[Step, ...]:
    """Read the steps of a list."""
    rows = scope.tree.at(path)
    if not isinstance(rows, Row):
        return ()
    if not rows.items:
        scope.mistakes.append(scope.tree.mistake(path, "`steps` is empty.", "Add a step."))
    read: list[Step | None] = []
    for place in range(len(rows.items)):
        if len(scope.mistakes) >= MOST_MISTAKES:
            break
        read.append(_step(scope, (*path, place), always=always))
    return tuple(step for step in read if step is not None)


def _step(scope: Scope, path: Path, *, always: bool) -> Step | None:
    node = scope.tree.at(path)
    verb = verb_of(node)
    if verb is None or not isinstance(node, Table):
        scope.mistakes += check_verb(scope.tree, path)
        return None
    shape, mistakes = admit(VERBS[verb], scope.tree, path)
    scope.mistakes += mistakes
    written = node.get(verb)
    id = StepId(written.text if isinstance(written, Scalar) else "")
    if not isinstance(shape, UseShape) or id not in scope.used:
        scope.note_id((*path, verb), id)
    scope.places[id] = path
    if shape is None:
        scope.unsure.add(id)
        for key in ("text", "why", "help"):
            scope.text_if_any((*path, key), scope.tree.texts((*path, key)) or None)
        if verb == "group":
            read_steps(scope, (*path, "steps"), always=False)
        if verb == "repeat":
            _items(scope, path, id, always=False)
        return None
    only_if = scope.condition((*path, "only_if"), shape.only_if)
    step = _build(scope, path, id, shape, only_if, always=always and shape.only_if is None)
    if isinstance(shape, AskShape):
        _learn(scope, id, shape, always=always and shape.only_if is None)
    return step


def _build(
    scope: Scope, path: Path, id: StepId, shape: StepShape, only_if: Condition | None, *, always: bool
) -> Step | None:
    match shape:
        case SayShape():
            return Say(id, scope.text((*path, "text"), shape.text), only_if)
        case AskShape():
            scope.mistakes += check_ask(scope.tree, path, shape)
            return read_ask(scope, path, id, shape, only_if)
        case GroupShape():
            return Group(id, read_steps(scope, (*path, "steps"), always=always), only_if)
        case RepeatShape():
            return _repeat(scope, path, id, shape, only_if, always=always)
        case UseShape():
            return _use(scope, path, id, only_if, always=always)
        case StopShape():
            return Stop(id, scope.text((*path, "text"), shape.text), only_if)
        case ReviewShape():
            return Review(id, scope.text_if_any((*path, "text"), shape.text), only_if)
        case SubmitShape():
            return Submit(id, scope.text((*path, "text"), shape.text, more=("reference", "promise")), only_if)
        case _:
            raise TypeError(f"no step is made of {type(shape)}")


def _repeat(
    scope: Scope, path: Path, id: StepId, shape: RepeatShape, only_if: Condition | None, *, always: bool
) -> Repeat | None:
    scope.mistakes += check_repeat(scope.tree, path, shape)
    if scope.in_repeat:
        cause = "A repeat cannot stand in a repeat."
        scope.mistakes.append(scope.tree.mistake((*path, "repeat"), cause, "Put it after the other one.", at_key=True))
    within = scope.in_repeat
    another = scope.text((*path, "add_another"), shape.another)
    first = scope.text_if_any((*path, "add_first"), shape.first)
    scope.in_repeat = True
    item = scope.text((*path, "item"), shape.item, named=False, longest=LONGEST_BUTTON)
    # Who goes through it at least once answers what is asked in it always.
    steps = _items(scope, path, id, always=always and shape.least > 0)
    scope.in_repeat = within
    scope.names[id] = Named(Answers.MANY)
    scope.unquotable.add(id)
    return Repeat(id, steps, shape.least, shape.most, item, another, first, only_if)


def _items(scope: Scope, path: Path, id: StepId, *, always: bool) -> tuple[Step, ...]:
    """Read the steps of one item, whose names are not known outside of it."""
    outer, within = dict(scope.names), scope.in_repeat
    scope.in_repeat = True
    steps = read_steps(scope, (*path, "steps"), always=always)
    scope.inside |= dict.fromkeys(scope.names.keys() - outer.keys(), id)
    scope.names, scope.in_repeat = outer, within
    return steps


def _use(scope: Scope, path: Path, id: StepId, only_if: Condition | None, *, always: bool) -> Group | None:
    where = (*path, "use")
    if scope.parts is None:
        scope.mistakes.append(scope.tree.mistake(where, "A part cannot use a part.", "Write its steps out here."))
        return None
    part = scope.parts.get(id)
    if part is None:
        scope.blurred = True
        if not scope.parts_are_whole:
            return None
        cause = f"There is no part `{id[:60]}`."
        scope.mistakes.append(scope.tree.mistake(where, cause, suggest(id, scope.parts)))
        return None
    if id in scope.used:
        cause = f"The part `{id}` is used twice."
        scope.mistakes.append(scope.tree.mistake(where, cause, "Use it once: no question is asked two times."))
        return None
    if scope.in_repeat and any(isinstance(step, Repeat | Stop) for step in walk(part.steps)):
        cause = f"The part `{id}` has a repeat or a stop, which cannot stand in a repeat."
        scope.mistakes.append(scope.tree.mistake(where, cause, "Use it before or after the repeat."))
    for language in scope.languages:
        if language not in part.languages:
            cause = f"The part `{id}` has no texts in `{language}`."
            scope.mistakes.append(scope.tree.mistake(where, cause, "Translate the part, too."))
    for step in walk(part.steps):
        scope.note_id(where, step.id)
        scope.places[step.id] = path
    scope.used.add(id)
    scope.names |= part.names
    scope.inside |= part.inside
    scope.unquotable |= set(part.inside.values())
    scope.tells_service = scope.tells_service or (always and part.tells_service)
    return Group(id, part.steps, only_if)


def _learn(scope: Scope, id: StepId, shape: AskShape, *, always: bool) -> None:
    kind = Kind(shape.kind)
    ids: tuple[str, ...] = ()
    if kind in (Kind.CHOICE, Kind.CHOICES):
        ids = tuple(OTHER if choice.other else choice.id or "" for choice in shape.choices or ())
        # A choice with a mistake of its own: what its id should be is not known.
        ids = () if "" in ids else ids
    elif kind is Kind.SERVICES:
        ids = scope.services
        scope.tells_service = scope.tells_service or (always and not shape.optional)
    scope.names[id] = Named(SHAPES[kind], ids)
