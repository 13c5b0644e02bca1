"""The keys of a flow and of each kind of step, as an author writes them.

The first sentence of each class and the descriptions of the keys are what the README and the JSON Schema say.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from dialogs.authoring import (
    MOST_LANGUAGES,
    Flag,
    Id,
    LanguageCode,
    Number,
    Shape,
    Timespan,
    Whole,
    Word,
    Words,
    one_of,
)
from dialogs.dates import Precision
from dialogs.flows.flow import OFFER, Kind, Then
from dialogs.media import MediaKind
from dialogs.texts import LONGEST_IN

MOST_ITEMS = 50

# What editors are told: the reader looks at these itself.
_Services = Annotated[
    Any, WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1, "examples": ["any"]})
]


class FlowShape(Shape):
    """A conversation: its head, and its steps in the order of the chat."""

    flow: Id = Field(description="The id of the flow. It is never used again for another one.")
    contribution: Annotated[str, one_of("idea", "story", "report", "answer", OFFER)] = Field(
        description="What comes out of it."
    )
    service: Word | None = Field(None, description="The service it is about, by its id, or `any`.")
    services: _Services = Field(None, description="The services it can be about, by their ids; instead of `service`.")
    languages: list[LanguageCode] | None = Field(
        None,
        min_length=1,
        max_length=MOST_LANGUAGES,
        description="Its languages. The first one is the source. Left out: all of the town.",
    )
    title: Words = Field(description="What people choose it by.")
    split: dict[Id, list[Id]] = Field(
        default_factory=dict,
        description="Ways of which each conversation takes one by chance, for conditions: `{greeting: [short, long]}`.",
    )
    remind_after: list[Timespan] = Field(
        default_factory=list, description="After how long a silence people are reminded, such as `[1 day, 4 days]`."
    )
    expire_after: Timespan | None = Field(
        None, description="After how long a silence the draft is deleted. People are told before."
    )
    steps: list[Any] = Field(description="What is said and asked, in the order of the chat.")


class PartShape(Shape):
    """Steps that several flows can use, in a file of their own in `parts/`."""

    part: Id = Field(description="The id by which flows `use` it.")
    languages: list[LanguageCode] | None = Field(
        None,
        min_length=1,
        max_length=MOST_LANGUAGES,
        description="Its languages. The first one is the source. Left out: all of the town.",
    )
    steps: list[Any] = Field(description="What is said and asked, in the order of the chat.")


class StepShape(Shape):
    """What every step may have."""

    only_if: Word | None = Field(None, description="The step is there only where this condition holds.")


class SayShape(StepShape):
    """Tells something, once."""

    say: Id = Field(description="The id of the step.")
    text: Words = Field(description="What is told.")


class ChoiceShape(Shape):
    """One choice: an id with a text, or `other: true`."""

    id: Id | None = Field(None, description="The id of the choice, for conditions.")
    text: Words | None = Field(None, description="What people choose it by.")
    other: Flag = Field(default=False, description="Something else, in people's own words. It stands alone.")


class RuleShape(Shape):
    """A condition that must hold of the answer, and what is said where it does not."""

    must: Word = Field(description="The condition.")
    otherwise: Words = Field(alias="else", description="What is said where it does not hold.")


class AfterWrongShape(Shape):
    """What is said after the first, the second and the third answer that does not fit."""

    hint: Words | None = Field(None, description="Said instead of our own hint, from the first one on.")
    example: Words | None = Field(None, description="An answer that would fit, shown from the second one on.")
    then: Annotated[str, one_of(*Then)] | None = Field(
        None, description="Offered from the third one on: to go on without an answer, or a person who reads it."
    )


class AskShape(StepShape):
    """Asks one question."""

    ask: Id = Field(description="The id of the question, for conditions, placeholders and tests.")
    kind: Annotated[str, one_of(*Kind)] = Field(description="What kind of answer it takes.")
    text: Words = Field(description="The question.")
    optional: Flag = Field(default=False, description="Whether people can skip it.")
    sensitive: Flag = Field(
        default=False,
        description="Whether it stays out of notices and lists that others may see. No answer is ever in a log.",
    )
    why: Words | None = Field(None, description="Why you ask; said when people write `why`.")
    help: Words | None = Field(None, description="Said when people write `help`.")
    choices: list[ChoiceShape] | None = Field(None, description="What there is to choose from, two at least.")
    min: Number | None = Field(None, description="The smallest number, or how few may be chosen.")
    max: Number | None = Field(None, description="The largest number, or how many may be chosen or sent.")
    low: Number | None = Field(None, alias="from", description="The lowest point of the scale.")
    high: Number | None = Field(None, alias="to", description="The highest point of the scale.")
    min_length: Whole = Field(0, description="The fewest characters.")
    max_length: Whole = Field(LONGEST_IN, description="The most characters.")
    matches: Word | None = Field(
        None, description="What the text must look like: `email`, `phone`, `web_address`, or a pattern (RE2)."
    )
    accept: list[Annotated[str, one_of("text", *MediaKind)]] | None = Field(
        None, min_length=1, description="What people can send besides text, such as `[text, voice]`."
    )
    precision: Annotated[str, one_of(*Precision)] = Field(
        Precision.DAY.value, description="How fine a date is wanted; `any` takes what people remember."
    )
    area: Annotated[str, one_of("100 m", "1 km", "10 km")] = Field(
        "1 km", description="The square to which a place is rounded before it is kept."
    )
    check: RuleShape | None = Field(None, description="A condition that must hold: `{must: …, else: …}`.")
    after_wrong: AfterWrongShape | None = Field(
        None, description="What is said after answers that do not fit: `{hint: …, example: …, then: …}`."
    )
    prefill: Word | None = Field(
        None, description="An earlier answer, or a value, that people can keep as this answer."
    )


class GroupShape(StepShape):
    """Holds steps under one condition."""

    group: Id = Field(description="The id of the group.")
    steps: list[Any] = Field(description="The steps that it holds.")


class RepeatShape(StepShape):
    """Asks its steps for one item after another."""

    repeat: Id = Field(description="The id of the repeat; `count(id)` in conditions.")
    least: Whole = Field(1, alias="min", description="How many items there are at least.")
    most: Whole = Field(alias="max", description=f"How many items there can be, {MOST_ITEMS} at most.")
    item: Words = Field(description="What one item is called; it may name its place, {n}.")
    another: Words = Field(alias="add_another", description="Asks whether there is another one.")
    first: Words | None = Field(
        None, alias="add_first", description="Asks whether there is any, where there need not be one (`min: 0`)."
    )
    steps: list[Any] = Field(description="The steps of one item.")


class UseShape(StepShape):
    """Puts the steps of a part here."""

    use: Id = Field(description="The id of the part.")


class StopShape(StepShape):
    """Ends early; nothing of what was said is kept."""

    stop: Id = Field(description="The id of the step.")
    text: Words = Field(description="What is said at the end.")
    keep: Annotated[str, one_of("nothing")] = Field("nothing", description="What is kept, for readers of the file.")


class ReviewShape(StepShape):
    """Shows all answers, each of which can be changed."""

    review: Id = Field(description="The id of the step.")
    text: Words | None = Field(None, description="What is said above the answers.")


class SubmitShape(StepShape):
    """Sends the answers; every flow ends in one."""

    submit: Id = Field(description="The id of the step.")
    text: Words = Field(description="What is said then; it may name {reference} and {promise}.")


VERBS: dict[str, type[StepShape]] = {
    "say": SayShape,
    "ask": AskShape,
    "group": GroupShape,
    "repeat": RepeatShape,
    "use": UseShape,
    "stop": StopShape,
    "review": ReviewShape,
    "submit": SubmitShape,
}

_TEXTS = (Kind.TEXT, Kind.LONG_TEXT)
_UNSENT = tuple(kind for kind in Kind if kind not in (Kind.PHOTO, Kind.VOICE))

# Which kinds of question take a key; keys that are not here fit every kind.
FITS: Mapping[str, tuple[Kind, ...]] = {
    "choices": (Kind.CHOICE, Kind.CHOICES),
    "min": (Kind.NUMBER, Kind.CHOICES),
    "max": (Kind.NUMBER, Kind.CHOICES, Kind.SERVICES, Kind.PHOTO),
    "from": (Kind.SCALE,),
    "to": (Kind.SCALE,),
    "min_length": _TEXTS,
    "max_length": _TEXTS,
    "matches": (Kind.TEXT,),
    "accept": (Kind.LONG_TEXT,),
    "precision": (Kind.DATE,),
    "area": (Kind.LOCATION,),
    "check": _UNSENT,
    "prefill": tuple(kind for kind in _UNSENT if kind not in (Kind.CHOICES, Kind.SERVICES)),
}
