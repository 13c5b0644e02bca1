"""The keys of a flow and of each kind of step, as an author writes them."""

from typing import Annotated, Any

from pydantic import Field

from dialogs.authoring import Flag, Id, LanguageCode, Number, Shape, Whole, Word, Words, one_of
from dialogs.flows.flow import Kind
from dialogs.texts import LONGEST_IN

LATER_VERBS = ("repeat", "use")
_LATER_KINDS = ("choices", "date", "photo", "voice", "location")


class FlowShape(Shape):
    """The head of a flow; its steps are admitted one by one."""

    later = ("remind_after", "expire_after")
    flow: Id
    contribution: Annotated[str, one_of("idea", "story", "report", "answer")]
    service: Word | None = None
    services: Any = None
    languages: list[LanguageCode] | None = Field(None, min_length=1)
    title: Words
    steps: list[Any]


class StepShape(Shape):
    """What every step may have."""

    only_if: Word | None = None


class SayShape(StepShape):
    """``say``."""

    say: Id
    text: Words


class ChoiceShape(Shape):
    """One choice: an id with a text, or ``other: true``."""

    id: Id | None = None
    text: Words | None = None
    other: Flag = False


class AskShape(StepShape):
    """``ask``."""

    later = ("matches",)
    ask: Id
    kind: Annotated[str, one_of(*Kind, later=_LATER_KINDS)]
    text: Words
    optional: Flag = False
    sensitive: Flag = False
    why: Words | None = None
    help: Words | None = None
    choices: list[ChoiceShape] | None = None
    min: Number | None = None
    max: Number | None = None
    low: Number | None = Field(None, alias="from")
    high: Number | None = Field(None, alias="to")
    min_length: Whole = 0
    max_length: Whole = LONGEST_IN
    accept: list[Annotated[str, one_of("text", later=("voice", "photo"))]] | None = Field(None, min_length=1)


class GroupShape(StepShape):
    """``group``; its steps are admitted one by one."""

    group: Id
    steps: list[Any]


class StopShape(StepShape):
    """``stop``."""

    stop: Id
    text: Words
    keep: Annotated[str, one_of("nothing", later=("answers",))] = "nothing"


class ReviewShape(StepShape):
    """``review``."""

    review: Id
    text: Words | None = None


class SubmitShape(StepShape):
    """``submit``."""

    submit: Id
    text: Words


VERBS: dict[str, type[StepShape]] = {
    "say": SayShape,
    "ask": AskShape,
    "group": GroupShape,
    "stop": StopShape,
    "review": ReviewShape,
    "submit": SubmitShape,
}
