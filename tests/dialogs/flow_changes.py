"""A flow and what an author might make of it, each change with its grade."""

from dataclasses import replace

from dialogs.dates import Precision
from dialogs.flows.change import Grade
from dialogs.flows.condition_compiler import compile_condition
from dialogs.flows.conditions import Condition, Named, Shape
from dialogs.flows.flow import Ask, Choice, Flow, Group, Kind, Repeat, Review, Rule, Say, Step, Stop, Submit
from dialogs.flows.patterns import compile_pattern
from dialogs.ids import ServiceId, StepId
from tests.dialogs.flow_strategies import both, flow_of


def ask(id: str, kind: Kind = Kind.TEXT) -> Ask:
    """Make a question."""
    return Ask(StepId(id), kind, both(f"{id}?"))


def over(source: str, **named: Shape) -> Condition:
    """Make a condition over earlier questions."""
    return compile_condition(source, {StepId(name): Named(shape) for name, shape in named.items()}, later=frozenset())


NAME = ask("name")
AGE = replace(ask("age", Kind.NUMBER), low=0.0, high=120.0)
COLOUR = replace(
    ask("colour", Kind.CHOICE),
    choices=(
        Choice("red", both("Red")),
        Choice("blue", both("Blue")),
        Choice("other", both("Something else"), other=True),
    ),
)
TOUCHED = ask("touched", Kind.SERVICES)
WHEN = ask("when", Kind.DATE)
WHAT, MOOD = ask("what"), replace(ask("mood", Kind.SCALE), low=1.0, high=5.0)
JOURNEY = Repeat(StepId("journey"), (WHAT, MOOD), 1, 3, both("Step {n}"), both("Another?"))
REVIEW, SEND = Review(StepId("review")), Submit(StepId("send"), both("Thanks"))
FLOW = flow_of(NAME, AGE, COLOUR, TOUCHED, WHEN, JOURNEY, REVIEW, SEND)


def changed(*pairs: tuple[Step, Step | None], start: Step | None = None) -> Flow:
    """Put other steps where steps of ``FLOW`` are; None takes one out, ``start`` comes first."""
    by_id = {before.id: after for before, after in pairs}
    steps = [start] if start else []
    steps += [after for step in FLOW.steps if (after := by_id.get(step.id, step)) is not None]
    return flow_of(*steps)


def with_rule(source: str) -> Ask:
    """Let the age keep a rule."""
    return replace(AGE, check=Rule(compile_condition(source, {AGE.id: Named(Shape.NUMBER)}), both("Please look.")))


DIFFERENCES: dict[str, tuple[Flow, Grade]] = {
    "the same": (FLOW, Grade.SAFE),
    "a text": (changed((NAME, replace(NAME, text=both("Your name?")))), Grade.SAFE),
    "help and why": (changed((NAME, replace(NAME, help=both("H"), why=both("W")))), Grade.SAFE),
    "another order": (flow_of(AGE, NAME, COLOUR, TOUCHED, WHEN, JOURNEY, REVIEW, SEND), Grade.SAFE),
    "something to say": (changed(start=Say(StepId("hello"), both("Hello"))), Grade.SAFE),
    "a new question that can be skipped": (changed(start=replace(ask("new"), optional=True)), Grade.SAFE),
    "a question that is gone": (changed((NAME, None)), Grade.SAFE),
    "can be skipped now": (changed((NAME, replace(NAME, optional=True))), Grade.SAFE),
    "wider bounds": (changed((AGE, replace(AGE, low=None, high=150.0))), Grade.SAFE),
    "a choice more": (
        changed((COLOUR, replace(COLOUR, choices=(*COLOUR.choices, Choice("green", both("Green")))))),
        Grade.SAFE,
    ),
    "a coarser date": (changed((WHEN, replace(WHEN, precision=Precision.MONTH))), Grade.SAFE),
    "more items": (changed((JOURNEY, replace(JOURNEY, most=5))), Grade.SAFE),
    "fewer items": (changed((JOURNEY, replace(JOURNEY, most=1))), Grade.SAFE),
    "a condition on what can be skipped": (
        changed((AGE, replace(AGE, optional=True, only_if=over("length(name) > 2", name=Shape.TEXT)))),
        Grade.SAFE,
    ),
    "a title": (replace(FLOW, title=both("Another")), Grade.SAFE),
    "other silences": (replace(FLOW, expire_after=None, remind_after=()), Grade.SAFE),
    "a new question": (changed(start=ask("new")), Grade.RE_ASK),
    "a new repeat": (changed(start=replace(JOURNEY, id=StepId("again"), steps=(ask("new"),))), Grade.RE_ASK),
    "a new stop": (
        changed((REVIEW, Stop(StepId("young"), both("Bye"), only_if=over("age < 16", age=Shape.NUMBER)))),
        Grade.RE_ASK,
    ),
    "a choice less": (changed((COLOUR, replace(COLOUR, choices=COLOUR.choices[1:]))), Grade.RE_ASK),
    "fewer services": (changed((TOUCHED, replace(TOUCHED, services=(ServiceId("s1"),)))), Grade.RE_ASK),
    "a higher least": (changed((AGE, replace(AGE, low=18.0))), Grade.RE_ASK),
    "a lower most": (changed((AGE, replace(AGE, high=99.0))), Grade.RE_ASK),
    "a shorter scale": (
        changed((JOURNEY, replace(JOURNEY, steps=(WHAT, replace(MOOD, high=3.0))))),
        Grade.RE_ASK,
    ),
    "longer words": (changed((NAME, replace(NAME, min_length=10))), Grade.RE_ASK),
    "shorter words": (changed((NAME, replace(NAME, max_length=10))), Grade.RE_ASK),
    "a pattern": (changed((NAME, replace(NAME, matches=compile_pattern("email")))), Grade.RE_ASK),
    "a rule": (changed((AGE, with_rule("age > 17"))), Grade.RE_ASK),
    "must be answered now": (changed((JOURNEY, replace(JOURNEY, least=2))), Grade.RE_ASK),
    "another condition": (
        changed((AGE, replace(AGE, only_if=over("length(name) > 2", name=Shape.TEXT)))),
        Grade.RE_ASK,
    ),
    "a condition around it": (
        changed((AGE, Group(StepId("group"), (AGE,), only_if=over("length(name) > 2", name=Shape.TEXT)))),
        Grade.RE_ASK,
    ),
    "a split": (replace(FLOW, splits={StepId("way"): ("a", "b")}), Grade.RE_ASK),
    "another kind": (changed((AGE, ask("age"))), Grade.FORBIDDEN),
    "another verb": (changed((NAME, Say(StepId("name"), both("Hello")))), Grade.FORBIDDEN),
    "into a repeat": (
        changed((NAME, None), (JOURNEY, replace(JOURNEY, steps=(NAME, *JOURNEY.steps)))),
        Grade.FORBIDDEN,
    ),
    "out of a repeat": (changed((JOURNEY, replace(JOURNEY, steps=(WHAT,))), start=MOOD), Grade.FORBIDDEN),
    "another contribution": (replace(FLOW, contribution="story"), Grade.FORBIDDEN),
}
