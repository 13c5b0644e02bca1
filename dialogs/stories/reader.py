"""Reading a story from its file: typed by the questions of its flow, every mistake at its place."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from dialogs.authoring import Id, Shape, Word, admit, one_of, suggest, word, wrong
from dialogs.errors import Mistake
from dialogs.flows.flow import Ask, Flow, Repeat, Step, Stop, Submit, walk
from dialogs.ids import FlowId, Language, ServiceId, StepId
from dialogs.stories.story import Expected, Items, Story, Tellings, Told, questions
from dialogs.stories.told_reader import Saying, read_told
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table, Tree, read_tree

_LONGEST_NAME = 60


def _name(value: object) -> str:
    given = word(value)
    if not is_name(given):
        raise wrong(f"cannot be `{given[:60]}`.", f"A name has a-z, 0-9 and _, at most {_LONGEST_NAME} of them.")
    return given


def _day(value: object) -> date:
    given = word(value)
    try:
        return date.fromisoformat(given if re.fullmatch(r"\d{4}-\d\d-\d\d", given) else "")
    except ValueError:
        raise wrong(f"holds no date `{given[:60]}`.", "Write year-month-day, such as 2026-12-25.") from None


class ExpectShape(Shape):
    """What is to come of a story; what is left out may be anything."""

    asked: list[Word] | None = Field(None, description="The questions in the order of the chat; a repeat once.")
    ends_at: Word | None = Field(None, description="The `submit` or the `stop` where it ends.")
    unused_answers: Annotated[str, one_of("none", "any")] = Field(
        "any", description="With `none`, each answer must have been asked for."
    )
    contribution: Any = Field(None, description="Answers that must arrive so, by the ids of their questions.")
    says: list[Word] = Field(default_factory=list, description="Pieces of text that must be said somewhere.")


class StoryShape(Shape):
    """A story test: what somebody answers, by the ids of the questions, and what is to come of it."""

    test: Annotated[str, BeforeValidator(_name)] = Field(description="The name of the test.")
    flow: Word = Field(description="The id of the flow.")
    language: Word | None = Field(None, description="The language it is told in. Left out: the flow's first one.")
    today: Annotated[date, BeforeValidator(_day)] | None = Field(
        None, description="On which day it is played. Left out: on the day of the test."
    )
    split: dict[Id, Word] = Field(default_factory=dict, description="Which way is taken at a `split`.")
    answers: Any = Field(description="The answers, by the ids of their questions; of a repeat a list, item by item.")
    expect: ExpectShape = Field(ExpectShape(), description="What is to come of it.")


def is_name(text: str) -> bool:
    """Tell whether a story can be called so."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None and len(text) <= _LONGEST_NAME


def read_story(
    source: str, *, file: str, flows: Mapping[FlowId, Flow], services: Collection[ServiceId]
) -> Story | list[Mistake]:
    """Read one story; ``services``: all of the town."""
    tree, mistakes = read_tree(source, file=file)
    if tree is None:
        return mistakes
    shape, found = admit(StoryShape, tree, ())
    mistakes += found
    flow = flows.get(FlowId(tree.texts(()).get("flow", "")))
    if flow is None:
        if shape is not None:
            cause = f"There is no flow `{shape.flow[:60]}`."
            mistakes.append(tree.mistake(("flow",), cause, suggest(shape.flow, flows)))
        return sorted(set(mistakes))[:MOST_MISTAKES]
    reading = _Reading(tree, flow, services, mistakes)
    answers = reading.tellings(("answers",))
    expected = reading.expected(shape.expect if shape else ExpectShape())
    if shape is not None:
        reading.check_head(shape)
    if shape is None or mistakes:
        return sorted(set(mistakes))[:MOST_MISTAKES]
    language = Language(shape.language) if shape.language else flow.languages[0]
    split = {StepId(name): way for name, way in shape.split.items()}
    return Story(shape.test, flow.id, language, answers, expected, shape.today, split)


@dataclass(slots=True)
class _Reading:
    tree: Tree
    flow: Flow
    services: Collection[ServiceId]
    mistakes: list[Mistake]
    # Which repeat each question that is asked anew in its items belongs to.
    inside: dict[str, StepId] = field(init=False)

    def __post_init__(self) -> None:
        repeats = [step for step in walk(self.flow.steps) if isinstance(step, Repeat)]
        self.inside = {step.id: repeat.id for repeat in repeats for step in walk(repeat.steps)}

    def note(self, path: Path, cause: str, remedy: str, *, at_key: bool = False) -> None:
        self.mistakes.append(self.tree.mistake(path, cause, remedy, at_key=at_key))

    def check_head(self, shape: StoryShape) -> None:
        """Hold what stands above the answers to the flow."""
        spoken, splits = self.flow.languages, self.flow.splits
        if shape.language and shape.language not in spoken:
            cause = f"The flow `{self.flow.id}` does not speak `{shape.language[:60]}`."
            self.note(("language",), cause, suggest(shape.language, spoken))
        for name, way in shape.split.items():
            if StepId(name) not in splits:
                self.note(("split", name), f"The flow has no split `{name}`.", suggest(name, splits), at_key=True)
            elif way not in splits[StepId(name)]:
                cause = f"The split `{name}` has no way `{way[:60]}`."
                self.note(("split", name), cause, suggest(way, splits[StepId(name)]))

    def expected(self, shape: ExpectShape) -> Expected:
        """Hold what is expected to the flow."""
        asked = {step.id for step in questions(self.flow.steps)}
        ends = {step.id for step in walk(self.flow.steps) if isinstance(step, Stop | Submit)}
        for place, id in enumerate(shape.asked or []):
            if id not in asked:
                self.unknown(("expect", "asked", place), id, asked)
        if shape.ends_at and shape.ends_at not in ends:
            cause = f"The flow does not end at `{shape.ends_at[:60]}`."
            self.note(("expect", "ends_at"), cause, suggest(shape.ends_at, sorted(ends)))
        path: Path = ("expect", "contribution")
        return Expected(
            asked=None if shape.asked is None else tuple(map(StepId, shape.asked)),
            ends_at=StepId(shape.ends_at) if shape.ends_at else None,
            all_used=shape.unused_answers == "none",
            contribution={} if self.tree.at(path) is None else self.tellings(path),
            says=tuple(shape.says),
        )

    def tellings(self, path: Path) -> Tellings:
        """Read answers by the ids of their questions."""
        told: dict[StepId, Told | Items] = {}
        known = {step.id: step for step in questions(self.flow.steps)}
        for id in self.ids(path):
            match known.get(id):
                case Ask() as ask:
                    if (one := self.told((*path, id), ask)) is not None:
                        told[id] = one
                case Repeat() as repeat:
                    told[id] = self.items((*path, id), repeat)
                case None:
                    self.unknown((*path, id), id, known, at_key=True)
        return told

    def items(self, path: Path, repeat: Repeat) -> Items:
        """Read the items of a repeat."""
        rows = self.tree.at(path)
        if not isinstance(rows, Row):
            cause = f"`{repeat.id}` must be a list: one item after another."
            self.note(path, cause, "Write such as `[{question: answer}, {question: answer}]`.")
            return ()
        return tuple(self.item((*path, place), repeat.steps) for place in range(len(rows.items)))

    def item(self, path: Path, steps: tuple[Step, ...]) -> Mapping[StepId, Told]:
        """Read what is told in one item."""
        known = {step.id: step for step in walk(steps) if isinstance(step, Ask)}
        told: dict[StepId, Told] = {}
        for id in self.ids(path):
            if (ask := known.get(id)) is None:
                self.unknown((*path, id), id, known, at_key=True)
            elif (one := self.told((*path, id), ask)) is not None:
                told[id] = one
        return told

    def told(self, path: Path, ask: Ask) -> Told | None:
        """Read the answer to one question."""
        node = self.tree.at(path)
        assert node is not None
        services = [service for service in ask.services if service in self.services] or self.services
        told = read_told(ask, Saying(node), services)
        if isinstance(told, Told):
            return told
        self.note(path, f"`{ask.id}` {told.cause}", told.remedy)
        return None

    def ids(self, path: Path) -> list[StepId]:
        """Name the keys of a table of answers."""
        node = self.tree.at(path)
        if isinstance(node, Table):
            return [StepId(id) for id in node.entries]
        if isinstance(node, Scalar | Row):
            self.note(path, "Answers must stand by the ids of their questions.", "Write `{question: answer}`.")
        return []

    def unknown(self, path: Path, id: str, known: Collection[str], *, at_key: bool = False) -> None:
        """Note that there is no such question here."""
        repeat = self.inside.get(id)
        remedy = suggest(id, sorted(known))
        if repeat is not None and repeat in known:
            remedy = f"It is asked in each item of `{repeat}`."
        self.note(path, f"There is no question `{id[:60]}` here.", remedy, at_key=at_key)
