"""A flow under the hands of an author: a draft, and all that is done to it, with what each change comes to."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from dialogs.flows.change import Grade
from dialogs.flows.flow import Flow
from dialogs.flows.reader import Around, read_flow
from dialogs.ids import Language

# A file as its tables and lists.
Draft = dict[str, Any]


def en(text: str) -> dict[Language, str]:
    """Say something in the one language of the draft."""
    return {Language("en"): text}


def question(id: str, kind: str, **keys: object) -> Draft:
    """Make a question that can be told by its text, however often it is reworded."""
    return {"ask": id, "kind": kind, "text": en(f"#{id}: what do you say?"), **keys}


def first_draft() -> Draft:
    """Begin with three questions, and one in a repeat."""
    colours = [{"id": one, "text": en(one.title())} for one in ("red", "green", "blue", "white")]
    step = question("what", "text")
    journey = {"repeat": "journey", "min": 0, "max": 3, "item": en("Step {n}"), "steps": [step]}
    return {
        "flow": "survey",
        "contribution": "idea",
        "service": "parks",
        "languages": ["en"],
        "title": en("A survey"),
        "steps": [
            question("age", "number", min=0, max=100),
            question("colour", "choice", choices=colours),
            question("extra", "text", optional="yes"),
            {**journey, "add_another": en("#journey: another one?"), "add_first": en("#journey: any?")},
            {"review": "review", "text": en("#review: is it right?")},
            {"submit": "send", "text": en("Thank you. {reference}")},
        ],
    }


def read_draft(draft: Draft) -> Flow:
    """Read a draft as the file that it is: JSON is YAML, too."""
    source = json.dumps(draft, indent=1)
    flow = read_flow(source, file="survey.yaml", around=Around((), (), en("Something else")), parts={})
    assert isinstance(flow, Flow), flow
    return flow


Mutator = Callable[[Draft, Random], None]


def edited(draft: Draft, mutate: Mutator, chance: Random) -> Draft:
    """Make a changed copy."""
    copy = deepcopy(draft)
    mutate(copy, chance)
    return copy


def _step(draft: Draft, id: str) -> Draft:
    steps: list[Draft] = draft["steps"]
    return next(step for step in steps if id in step.values())


def _reword(draft: Draft, chance: Random) -> None:
    step = chance.choice([step for step in draft["steps"] if "ask" in step])
    step["text"] = en(f"#{step['ask']}: wording {chance.random()}?")


def _reorder(draft: Draft, chance: Random) -> None:
    asked = draft["steps"][:-2]
    chance.shuffle(asked)
    draft["steps"][:-2] = asked


def _insert(draft: Draft, step: Draft, chance: Random) -> None:
    draft["steps"].insert(chance.randrange(len(draft["steps"]) - 1), step)


def _say(draft: Draft, chance: Random) -> None:
    _insert(draft, {"say": f"say{chance.randrange(10**9)}", "text": en("Good to know.")}, chance)


def _ask_if_you_like(draft: Draft, chance: Random) -> None:
    _insert(draft, question(f"new{chance.randrange(10**9)}", "text", optional="yes"), chance)


def _ask_more(draft: Draft, chance: Random) -> None:
    _insert(draft, question(f"new{chance.randrange(10**9)}", "text"), chance)


def take_out(draft: Draft, _: Random) -> None:
    """Take out again all that was added."""
    mine = ("age", "colour", "extra", "journey", "review", "send")
    kept = [step for step in draft["steps"] if any(id in step.values() for id in mine)]
    draft["steps"] = kept


def _bound_age(draft: Draft, chance: Random) -> None:
    _step(draft, "age").update(min=chance.choice((0, 20, 40)), max=chance.choice((70, 100)))


def _bound_extra(draft: Draft, chance: Random) -> None:
    _step(draft, "extra")["min_length"] = chance.choice((1, 30, 60))


def _check_age(draft: Draft, chance: Random) -> None:
    must = f"age != {chance.randrange(100)} and age > {chance.randrange(50)}"
    _step(draft, "age")["check"] = {"must": must, "else": en("Really?")}


def _colours(draft: Draft, chance: Random) -> None:
    ids = chance.sample(("red", "green", "blue", "white", "black", "grey"), 3)
    _step(draft, "colour")["choices"] = [{"id": one, "text": en(one.title())} for one in ids]


def _need_extra(draft: Draft, chance: Random) -> None:
    _step(draft, "extra")["optional"] = chance.choice(("yes", "no"))


def _items(draft: Draft, chance: Random) -> None:
    step, least = _step(draft, "journey"), chance.choice((0, 1, 2))
    step.update(min=least, max=chance.choice((2, 3)), add_first=en("#journey: any?"))
    if least:
        del step["add_first"]


def _another_kind(draft: Draft, chance: Random) -> None:
    id = chance.choice(("age", "extra"))
    place = draft["steps"].index(_step(draft, id))
    draft["steps"][place] = question(id, "yes_no")


def _another_verb(draft: Draft, _: Random) -> None:
    place = draft["steps"].index(_step(draft, "extra"))
    draft["steps"][place] = {"say": "extra", "text": en("Hello.")}


def _another_contribution(draft: Draft, _: Random) -> None:
    draft["contribution"] = "story"


SAFE: tuple[Mutator, ...] = (_reword, take_out, _reorder, _say, _ask_if_you_like)
# Some of these are safe, depending on what was there before.
RE_ASK: tuple[Mutator, ...] = (_ask_more, _bound_age, _bound_extra, _check_age, _colours, _need_extra, _items)
FORBIDDEN: tuple[Mutator, ...] = (_another_kind, _another_verb, _another_contribution)
MUTATORS = {Grade.SAFE: SAFE, Grade.RE_ASK: RE_ASK, Grade.FORBIDDEN: FORBIDDEN}
