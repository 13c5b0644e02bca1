"""Conditions: what they say, what they refuse, and that nothing in them is ever executed."""

import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.flows.conditions import LONGEST, BadCondition, Named, Shape, compile_condition, holds
from dialogs.ids import StepId

NAMES = {
    StepId("consent"): Named(Shape.FLAG),
    StepId("role"): Named(Shape.CHOICE, ("service_user", "family", "other")),
    StepId("hours"): Named(Shape.NUMBER),
    StepId("mood"): Named(Shape.NUMBER),
    StepId("story"): Named(Shape.TEXT),
    StepId("touched"): Named(Shape.MANY, ("parks", "home_care")),
}
ANSWERS: dict[StepId, object] = {
    StepId("consent"): True,
    StepId("role"): "family",
    StepId("hours"): 20.0,
    StepId("story"): "It was late.",
    StepId("touched"): ("home_care",),
}

HOLDING = [
    "consent",
    "not not consent",
    "consent == true",
    "consent == yes",
    "consent != False",
    "role == 'family'",
    'role != "other"',
    "role in ['family', 'other']",
    "role in ('family', 'other')",
    "role not in ['other']",
    "hours > 19.5",
    "hours >= 20 and hours <= 20",
    "0 < hours < 21",
    "hours > -1",
    "hours in [10, 20]",
    "'home_care' in touched",
    "'parks' not in touched",
    "count(touched) == 1",
    "length(story) > 5",
    "answered(hours)",
    "not answered(mood)",
    "mood <= 2 or role == 'family'",
    "not (mood <= 2)",
    "  consent\n and consent ",
    "true",
]
NOT_HOLDING = [
    "not consent",
    "role == 'other'",
    "hours < 20",
    "mood <= 2",
    "mood > 2",
    "mood != 2",
    "mood not in [1]",
    "answered(mood)",
    "consent and mood <= 2",
    "'parks' in touched",
    "count(touched) > 1",
    "false",
]


@pytest.mark.parametrize("source", HOLDING)
def test_holds(source: str) -> None:
    """A condition that is true of the answers holds."""
    assert holds(compile_condition(source, NAMES), ANSWERS)


@pytest.mark.parametrize("source", NOT_HOLDING)
def test_does_not_hold(source: str) -> None:
    """A condition that is false of the answers, or that compares a missing one, does not hold."""
    assert not holds(compile_condition(source, NAMES), ANSWERS)


@pytest.mark.parametrize("source", HOLDING)
def test_nothing_answered(source: str) -> None:
    """A condition can be worked out also while nothing is answered, or all is explicitly empty."""
    condition = compile_condition(source, NAMES)
    assert holds(condition, {}) is holds(condition, dict.fromkeys(ANSWERS))


REFUSED = [
    ("", 0, "empty", "leave `only_if` out"),
    ("role = 'family'", 0, "cannot be read", "=="),
    ("consent && consent", 9, "cannot be read", "`and`"),
    ("role == 'family", 8, "cannot be read", "quote"),
    ("rôle == 'family'", 0, "no question `rôle`", "Did you mean `role`?"),
    ("rolle == 'family'", 0, "no question `rolle`", "Did you mean `role`?"),
    ("consent and later_one", 12, "does not come before", "Move it up."),
    ("role == 'famly'", 8, "no choice `famly`", "Did you mean `family`?"),
    ("'famly' == role", 0, "no choice `famly`", "Did you mean `family`?"),
    ("role in ['family', 'othr']", 19, "no choice `othr`", "Did you mean `other`?"),
    ("'park' in touched", 0, "no choice `park`", "Did you mean `parks`?"),
    ("consent and role", 12, "not yes or no", "Compare it"),
    ("hours", 0, "not yes or no", "Compare it"),
    ("count(touched)", 0, "not yes or no", "Compare it"),
    ("role < 3", 0, "compares numbers", "=="),
    ("hours > '3'", 8, "compares numbers", "=="),
    ("role == 3", 8, "never equals", "like with like"),
    ("consent == 'yes'", 11, "never equals", "like with like"),
    ("touched == 'parks'", 0, "a list", "`in`"),
    ("'a' in role", 7, "looks into a list", "=="),
    ("3 in touched", 0, "no number in it", "service"),
    ("count(story) > 1", 0, "does not fit", "lists"),
    ("length(hours) > 1", 0, "does not fit", "texts"),
    ("answered('role')", 0, "name of one question", "answered(name)"),
    ("answered(role, hours)", 0, "name of one question", "answered(name)"),
    ("answered(xyz)", 9, "no question `xyz`", "Known"),
    ("hours is 3", 9, "no `is`", "=="),
    ("mood == None", 8, "no `None`", "answered()"),
    ("hours + 1 > 3", 0, "cannot do this", "names of questions"),
    ("hours ** hours ** hours > 1", 0, "cannot do this", "names of questions"),
    ("story.upper() == 'X'", 0, "cannot do this", "names of questions"),
    ("story[0] == 'X'", 0, "cannot do this", "names of questions"),
    ("__import__('os')", 0, "cannot do this", "names of questions"),
    ("(lambda: consent)()", 0, "cannot do this", "names of questions"),
    ("[hours for hours in touched]", 0, "cannot do this", "names of questions"),
    ("f'{role}' == 'x'", 0, "cannot do this", "names of questions"),
    ("(x := consent)", 1, "cannot do this", "names of questions"),
    ("b'x' == role", 0, "cannot do this", "names of questions"),
    ("consent if consent else consent", 0, "cannot do this", "names of questions"),
    ("role == '\\n'", 9, "no backslash", "names of questions"),
    ("[touched] == role", 1, "only texts and numbers", "Write them out"),
    ("consent " + "and consent " * 30, 0, f"{LONGEST}", "more simply"),
    ("(" * 250 + "consent" + ")" * 40, 0, "cannot be read", ""),
]


@pytest.mark.parametrize(("source", "offset", "cause", "remedy"), REFUSED)
def test_refused(source: str, offset: int, cause: str, remedy: str) -> None:
    """What a condition cannot be is refused at its place, with a cause and a remedy."""
    with pytest.raises(BadCondition) as refused:
        compile_condition(source, NAMES, later=("later_one",))
    assert cause in refused.value.cause
    assert remedy in refused.value.remedy
    # Where the parser itself stops differs between versions of Python.
    if cause != "cannot be read":
        assert refused.value.offset == offset


def test_offset_counts_characters() -> None:
    """An offset counts characters, also behind letters that take several bytes."""
    with pytest.raises(BadCondition) as refused:
        compile_condition("  story == 'ñandú 😀' and nobody", NAMES)
    assert refused.value.offset == len("  story == 'ñandú 😀' and ")


def test_is_a_value() -> None:
    """A condition equals one from the same source, has a hash, and survives being written out and read back."""
    condition = compile_condition("role in ['family', 'other'] and not (mood <= 2)", NAMES)
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert hash(compile_condition(condition.source, NAMES)) == hash(condition)


def test_is_quick() -> None:
    """The longest condition is worked out ten thousand times within a second."""
    condition = compile_condition(("hours >= 20 and " * 30)[: LONGEST - 8].rpartition(" and ")[0], NAMES)
    started = time.perf_counter()
    for _ in range(10_000):
        holds(condition, ANSWERS)
    assert time.perf_counter() - started < 1


WORDS = [*NAMES, "and", "or", "not", "in", "==", "<", "(", ")", "[", "]", ",", "'family'", "3", "count(", "answered("]
ANYTHING = st.text(max_size=LONGEST + 20) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


@given(ANYTHING)
def test_any_text_is_refused_or_holds(source: str) -> None:
    """Whatever an author writes is refused with a place in it, or can be worked out; it never does more."""
    try:
        condition = compile_condition(source, NAMES)
    except BadCondition as bad:
        assert 0 <= bad.offset <= len(source)
        assert bad.cause
        assert bad.remedy
        return
    assert holds(condition, ANSWERS) in (True, False)
    assert holds(condition, {}) in (True, False)
