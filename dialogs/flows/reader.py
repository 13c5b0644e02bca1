"""Reading a flow, or a part that flows use: YAML text in, a value or every mistake of the author out."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dialogs.authoring import MOST_LANGUAGES, admit, suggest
from dialogs.errors import Mistake
from dialogs.flows.conditions import Named
from dialogs.flows.conditions import Shape as Answers
from dialogs.flows.course import asked, check_consent, check_course
from dialogs.flows.flow import Flow, Part, walk
from dialogs.flows.lint import check_id
from dialogs.flows.scope import Scope
from dialogs.flows.shapes import FlowShape, PartShape
from dialogs.flows.steps_reader import read_steps
from dialogs.ids import FlowId, Language, ServiceId, StepId
from dialogs.texts import Text
from dialogs.wording import LONGEST_BUTTON
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table, Tree, read_tree

_MOST_WAYS = 10


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a flow. Empty ``languages`` or ``services`` are not known, so they are not checked.

    ``other_text``: what the bot calls ``{other: true}``, in every language. ``parts_are_whole``: False while a
    part has mistakes of its own; what uses a part that is not there is then not told so, as it would be misled.
    """

    languages: Sequence[Language]
    services: Collection[ServiceId]
    other_text: Text
    parts_are_whole: bool = True


def read_flow(source: str, *, file: str, around: Around, parts: Mapping[StepId, Part]) -> Flow | list[Mistake]:
    """Read one flow, which may use ``parts``; an empty list where only a part of it is wrong."""
    tree, mistakes = read_tree(source, file=file)
    if tree is None:
        return mistakes
    head, found = admit(FlowShape, tree, ())
    spoken, strange = _languages(tree, around.languages)
    about, unknown = _services(tree, around.services)
    # While the languages are not sure, no text is told to lack one.
    sure = () if strange else spoken
    scope = Scope(tree, sure, about or tuple(around.services), around.other_text, asked(tree), parts)
    scope.about, scope.parts_are_whole = about, around.parts_are_whole
    scope.mistakes += [*mistakes, *found]
    splits = _read_splits(scope, head.split if head else {})
    steps = read_steps(scope, ("steps",))
    told = {(mistake.line, mistake.column) for mistake in found}
    scope.mistakes += [mistake for mistake in strange if (mistake.line, mistake.column) not in told]
    scope.mistakes += [*unknown, *check_course(tree), *_check_silences(tree, head)]
    title = scope.text(("title",), tree.texts(("title",)), named=False, longest=LONGEST_BUTTON)
    _check_service_is_told(scope, about)
    if not scope.mistakes and not scope.blurred:
        scope.mistakes += check_consent(steps, scope.places, tree)
    if head is None or scope.mistakes or scope.blurred:
        return sorted(set(scope.mistakes))[:MOST_MISTAKES]
    used = {part.id: part.source for part in parts.values() if part.id in scope.used}
    return Flow(
        id=FlowId(head.flow),
        contribution=head.contribution,
        services=about,
        languages=spoken,
        title=title,
        steps=steps,
        sha256=_hash(source, used),
        source=source,
        by_id={step.id: step for step in walk(steps)},
        parts=used,
        splits=splits,
        remind_after=tuple(head.remind_after),
        expire_after=head.expire_after,
    )


def read_part(source: str, *, file: str, around: Around) -> Part | list[Mistake]:
    """Read a part: steps that stand on their own, in a file of their own."""
    tree, mistakes = read_tree(source, file=file)
    if tree is None:
        return mistakes
    head, found = admit(PartShape, tree, ())
    spoken, strange = _languages(tree, around.languages)
    scope = Scope(tree, () if strange else spoken, tuple(around.services), around.other_text, asked(tree), None)
    scope.mistakes += [*mistakes, *found]
    steps = read_steps(scope, ("steps",))
    scope.mistakes += [*strange, *check_course(tree, whole=False)]
    if head is None or scope.mistakes:
        return sorted(set(scope.mistakes))[:MOST_MISTAKES]
    told = scope.tells_service
    return Part(StepId(head.part), spoken, steps, source, scope.names, scope.inside, tells_service=told)


def _hash(source: str, parts: Mapping[StepId, str]) -> str:
    texts = [source, *(text for _, item in sorted(parts.items()) for text in (_, item))]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _languages(tree: Tree, known: Sequence[Language]) -> tuple[tuple[Language, ...], list[Mistake]]:
    node = tree.at(("languages",))
    if not isinstance(node, Row) or len(node.items) > MOST_LANGUAGES:
        return tuple(known), []
    # In their order, each once.
    spoken: dict[Language, None] = {}
    mistakes: list[Mistake] = []
    for place, item in enumerate(node.items):
        if not isinstance(item, Scalar):
            continue
        if item.text in spoken and len(mistakes) < MOST_MISTAKES:
            cause = f"The language `{item.text[:60]}` is here twice."
            mistakes.append(tree.mistake(("languages", place), cause, "Take one out."))
        elif known and item.text not in known and len(mistakes) < MOST_MISTAKES:
            cause = f"The language `{item.text[:60]}` is not one of this town's."
            mistakes.append(tree.mistake(("languages", place), cause, suggest(item.text, known)))
        spoken[Language(item.text)] = None
    return tuple(spoken) or tuple(known), mistakes


def _services(tree: Tree, known: Collection[ServiceId]) -> tuple[tuple[ServiceId, ...], list[Mistake]]:
    root = tree.root
    if not isinstance(root, Table):
        return (), []
    one, several = root.get("service"), root.get("services")
    if one is not None and several is not None:
        cause = "`service` and `services` say the same thing twice."
        return (), [tree.mistake(("services",), cause, "Take one out.", at_key=True)]
    if one is None and several is None:
        return (), [tree.mistake((), "`service` is missing.", "Add `service:` with its id, or `service: any`.")]
    node = several if one is None else one
    path: Path = ("services",) if one is None else ("service",)
    if isinstance(node, Scalar) and node.text == "any":
        return (), []
    items = [(node, path)] if isinstance(node, Scalar) else []
    if isinstance(node, Row):
        items = [(item, (*path, place)) for place, item in enumerate(node.items) if isinstance(item, Scalar)]
    if not items:
        return (), [tree.mistake(path, f"`{path[0]}` names no service.", "Write its id, or `any`.")]
    unknown = [(item, where) for item, where in items if known and item.text not in known]
    mistakes = [
        tree.mistake(where, f"There is no service `{item.text[:60]}`.", suggest(item.text, known))
        for item, where in unknown[:MOST_MISTAKES]
    ]
    return tuple(dict.fromkeys(ServiceId(item.text) for item, _ in items)), mistakes


def _read_splits(scope: Scope, written: Mapping[str, list[str]]) -> Mapping[StepId, tuple[str, ...]]:
    splits: dict[StepId, tuple[str, ...]] = {}
    node = scope.tree.at(("split",))
    if isinstance(node, Table):
        scope.unsure |= node.entries.keys() - written.keys()
    elif node is not None:
        scope.blurred = True
    for name, ways in written.items():
        path: Path = ("split", name)
        scope.mistakes += check_id(scope.tree, path, name)
        if not 2 <= len(set(ways)) <= _MOST_WAYS or len(set(ways)) != len(ways):
            cause = f"A split has 2 to {_MOST_WAYS} different ways."
            scope.mistakes.append(scope.tree.mistake(path, cause, "Write such as `wording: [short, long]`."))
        splits[StepId(name)] = tuple(ways)
        scope.names[StepId(name)] = Named(Answers.CHOICE, tuple(ways))
        scope.unquotable.add(name)
        node = scope.tree.at(path)
        scope.lines[name] = node.line if node else 0
    return splits


def _check_service_is_told(scope: Scope, about: tuple[ServiceId, ...]) -> None:
    if len(about) == 1 or scope.tells_service or scope.unsure or scope.blurred or scope.mistakes:
        return
    cause = "Nobody would know which service an answer is about."
    remedy = "Name one `service:`, or ask a question of kind `services` that is not optional and has no `only_if`."
    scope.mistakes.append(scope.tree.mistake((), cause, remedy))


def _check_silences(tree: Tree, head: FlowShape | None) -> list[Mistake]:
    if head is None:
        return []
    silences = head.remind_after
    if sorted(set(silences)) != silences or len(silences) > 5:
        cause = "`remind_after` must name at most 5 spans, each longer than the one before."
        return [tree.mistake(("remind_after",), cause, "Write such as [1 day, 4 days].")]
    if head.expire_after and silences and silences[-1] >= head.expire_after:
        cause = "Somebody would be reminded of what is deleted already."
        return [tree.mistake(("expire_after",), cause, "Let `expire_after` be longer than every `remind_after`.")]
    return []
