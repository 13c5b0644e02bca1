"""Reading a flow: YAML text in, a ``Flow`` or every mistake of the author out."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

from dialogs.authoring import admit, suggest
from dialogs.errors import Mistake
from dialogs.flows.conditions import BadCondition, Condition, Named, compile_condition
from dialogs.flows.conditions import Shape as Answers
from dialogs.flows.flow import Ask, Choice, Flow, Group, Kind, Review, Say, Step, Stop, Submit, walk
from dialogs.flows.lint import asked, check_ask, check_course, check_id, check_verb, verb_of
from dialogs.flows.shapes import (
    VERBS,
    AskShape,
    ChoiceShape,
    FlowShape,
    GroupShape,
    ReviewShape,
    SayShape,
    StepShape,
    StopShape,
    SubmitShape,
)
from dialogs.ids import FlowId, Language, ServiceId, StepId
from dialogs.texts import Text
from dialogs.wording import LONGEST_BUTTON, LONGEST_TEXT, check_wording
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table, Tree, read_tree

_ANSWERS = {
    Kind.TEXT: Answers.TEXT,
    Kind.LONG_TEXT: Answers.TEXT,
    Kind.CHOICE: Answers.CHOICE,
    Kind.YES_NO: Answers.FLAG,
    Kind.NUMBER: Answers.NUMBER,
    Kind.SCALE: Answers.NUMBER,
    Kind.SERVICES: Answers.MANY,
}


def read_flow(
    source: str,
    *,
    file: str,
    languages: Sequence[Language],
    services: Collection[ServiceId],
    other_text: Text,
) -> Flow | list[Mistake]:
    """Read one flow. Empty ``languages`` or ``services`` are not known, so they are not checked.

    ``other_text``: what the bot calls ``{other: true}``, in every language.
    """
    tree, mistakes = read_tree(source, file=file)
    if tree is None:
        return mistakes
    head, found = admit(FlowShape, tree, ())
    spoken, strange = _languages(tree, languages)
    about, unknown = _services(tree, services)
    reading = _Reading(tree, spoken, about or tuple(services), other_text, asked(tree), [*mistakes, *found])
    steps = reading.steps(("steps",))
    reading.mistakes += [*strange, *unknown, *check_course(tree)]
    title = reading.text(("title",), tree.texts(("title",)), longest=LONGEST_BUTTON)
    reading.check_service_is_told(about)
    if head is None or reading.mistakes:
        return sorted(set(reading.mistakes))[:MOST_MISTAKES]
    return Flow(
        id=FlowId(head.flow),
        contribution=head.contribution,
        services=about,
        languages=spoken,
        title=title,
        steps=steps,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        source=source,
        by_id={step.id: step for step in walk(steps)},
    )


def _languages(tree: Tree, known: Sequence[Language]) -> tuple[tuple[Language, ...], list[Mistake]]:
    node = tree.at(("languages",))
    if not isinstance(node, Row):
        return tuple(known), []
    spoken: list[Language] = []
    mistakes: list[Mistake] = []
    for place, item in enumerate(node.items):
        if not isinstance(item, Scalar):
            continue
        if known and item.text not in known and len(mistakes) < MOST_MISTAKES:
            cause = f"The language `{item.text[:60]}` is not one of this town's."
            mistakes.append(tree.mistake(("languages", place), cause, suggest(item.text, known)))
        spoken.append(Language(item.text))
    return tuple(dict.fromkeys(spoken)) or tuple(known), mistakes


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


@dataclass(slots=True)
class _Reading:
    """One flow on its way in: what is known at the step that is read just now."""

    tree: Tree
    languages: tuple[Language, ...]
    services: tuple[ServiceId, ...]
    other_text: Text
    asked: frozenset[str]
    mistakes: list[Mistake]
    names: dict[StepId, Named] = field(default_factory=dict)
    # Questions whose own mistakes leave open what their answer would be.
    unsure: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    tells_service: bool = False

    def steps(self, path: Path, *, always: bool = True) -> tuple[Step, ...]:
        rows = self.tree.at(path)
        if not isinstance(rows, Row):
            return ()
        if not rows.items:
            self.mistakes.append(self.tree.mistake(path, "`steps` is empty.", "Add a step."))
        read: list[Step | None] = []
        for place in range(len(rows.items)):
            if len(self.mistakes) >= MOST_MISTAKES:
                break
            read.append(self.step((*path, place), always=always))
        return tuple(step for step in read if step is not None)

    def step(self, path: Path, *, always: bool) -> Step | None:
        node = self.tree.at(path)
        verb = verb_of(node)
        if verb is None or not isinstance(node, Table):
            self.mistakes += check_verb(self.tree, path)
            return None
        shape, mistakes = admit(VERBS[verb], self.tree, path)
        self.mistakes += mistakes
        written = node.get(verb)
        id = StepId(written.text if isinstance(written, Scalar) else "")
        self.check_id((*path, verb), id)
        if shape is None:
            self.unsure.add(id)
            for key in ("text", "why", "help"):
                self.text_if_any((*path, key), self.tree.texts((*path, key)) or None)
            if verb == "group":
                self.steps((*path, "steps"), always=False)
            return None
        only_if = self.condition((*path, "only_if"), shape)
        always = always and shape.only_if is None
        step = self.build(path, id, shape, only_if, always=always)
        if isinstance(shape, AskShape):
            self.learn(id, shape, always=always)
        return step

    def build(self, path: Path, id: StepId, shape: StepShape, only_if: Condition | None, *, always: bool) -> Step:
        match shape:
            case SayShape():
                return Say(id, self.text((*path, "text"), shape.text), only_if)
            case AskShape():
                return self.ask(path, id, shape, only_if)
            case GroupShape():
                return Group(id, self.steps((*path, "steps"), always=always), only_if)
            case StopShape():
                return Stop(id, self.text((*path, "text"), shape.text), only_if)
            case ReviewShape():
                return Review(id, self.text_if_any((*path, "text"), shape.text), only_if)
            case SubmitShape():
                return Submit(id, self.text((*path, "text"), shape.text, more=("reference", "promise")), only_if)
            case _:
                raise TypeError(f"no step is made of {type(shape)}")

    def ask(self, path: Path, id: StepId, shape: AskShape, only_if: Condition | None) -> Ask:
        self.mistakes += check_ask(self.tree, path, shape)
        return Ask(
            id=id,
            kind=Kind(shape.kind),
            text=self.text((*path, "text"), shape.text),
            only_if=only_if,
            optional=shape.optional,
            sensitive=shape.sensitive,
            choices=self.choices((*path, "choices"), shape.choices or []),
            low=shape.low if shape.kind == Kind.SCALE else shape.min,
            high=shape.high if shape.kind == Kind.SCALE else shape.max,
            min_length=shape.min_length,
            max_length=shape.max_length,
            help=self.text_if_any((*path, "help"), shape.help),
            why=self.text_if_any((*path, "why"), shape.why),
        )

    def choices(self, path: Path, shapes: list[ChoiceShape]) -> tuple[Choice, ...]:
        read = []
        for place, shape in enumerate(shapes):
            if shape.other:
                read.append(Choice("other", self.other_text, other=True))
            elif shape.id and shape.text:
                where = (*path, place, "text")
                text = self.text(where, shape.text, named=False, longest=LONGEST_BUTTON)
                read.append(Choice(shape.id, text))
        return tuple(read)

    def text(
        self,
        path: Path,
        words: dict[str, str],
        *,
        more: tuple[str, ...] = (),
        named: bool = True,
        longest: int = LONGEST_TEXT,
    ) -> Text:
        names = [*self.names, *self.unsure, *more] if named else []
        self.mistakes += check_wording(self.tree, path, words, self.languages, names=names, longest=longest)
        # In the order of the languages, so that what stands first is the source.
        return {language: words[language] for language in self.languages if language in words}

    def text_if_any(self, path: Path, words: dict[str, str] | None) -> Text | None:
        return None if words is None else self.text(path, words)

    def condition(self, path: Path, shape: StepShape) -> Condition | None:
        source = shape.only_if
        if source is None or self.unsure & set(re.findall(r"\w+", source)):
            return None
        try:
            return compile_condition(source, self.names, later=self.asked)
        except BadCondition as bad:
            node = cast(Scalar, self.tree.at(path))
            shift = bad.offset + (0 if node.plain else 1)
            self.mistakes.append(self.tree.mistake(path, bad.cause, bad.remedy, shift=shift))
            return None

    def learn(self, id: StepId, shape: AskShape, *, always: bool) -> None:
        kind = Kind(shape.kind)
        ids: tuple[str, ...] = ()
        if kind is Kind.CHOICE:
            ids = tuple("other" if choice.other else choice.id or "" for choice in shape.choices or ())
            # A choice with a mistake of its own: what its id should be is not known.
            ids = () if "" in ids else ids
        elif kind is Kind.SERVICES:
            ids = self.services
            self.tells_service = self.tells_service or (always and not shape.optional)
        self.names[id] = Named(_ANSWERS[kind], ids)

    def check_id(self, path: Path, id: StepId) -> None:
        self.mistakes += check_id(self.tree, path, id)
        if id in self.lines:
            cause = f"The id `{id[:60]}` is here twice."
            self.mistakes.append(self.tree.mistake(path, cause, f"It is on line {self.lines[id]} already."))
        node = self.tree.at(path)
        self.lines.setdefault(id, node.line if node else 0)

    def check_service_is_told(self, about: tuple[ServiceId, ...]) -> None:
        if len(about) == 1 or self.tells_service or self.unsure or self.mistakes:
            return
        cause = "Nobody would know which service an answer is about."
        remedy = "Name one `service:`, or ask a question of kind `services` that is not optional and has no `only_if`."
        self.mistakes.append(self.tree.mistake((), cause, remedy))
