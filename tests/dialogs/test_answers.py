"""Typed answers: whatever is typed is read or explained, and a typed label is as good as a tap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.dates import Precision
from dialogs.flows.answers import options, show_answer
from dialogs.flows.checking import Wrong, check_value
from dialogs.flows.flow import Ask, Choice, Kind
from dialogs.flows.reading import read_answer
from dialogs.flows.session import Answer
from dialogs.ids import StepId
from tests.dialogs.flow_strategies import SCENE, SERVICES, both

CHOICES = (
    Choice("red", both("Red")),
    Choice("blue", both("Sky blue!")),
    Choice("other", both("Something else"), other=True),
)
ASKS = {
    Kind.TEXT: Ask(StepId("q"), Kind.TEXT, both("?"), min_length=3, max_length=20),
    Kind.LONG_TEXT: Ask(StepId("q"), Kind.LONG_TEXT, both("?"), min_length=3, max_length=20),
    Kind.CHOICE: Ask(StepId("q"), Kind.CHOICE, both("?"), choices=CHOICES),
    Kind.YES_NO: Ask(StepId("q"), Kind.YES_NO, both("?")),
    Kind.NUMBER: Ask(StepId("q"), Kind.NUMBER, both("?"), low=-2.5, high=168.0),
    Kind.SCALE: Ask(StepId("q"), Kind.SCALE, both("?"), low=1.0, high=5.0),
    Kind.SERVICES: Ask(StepId("q"), Kind.SERVICES, both("?"), high=2.0),
    Kind.CHOICES: Ask(StepId("q"), Kind.CHOICES, both("?"), choices=CHOICES, high=2.0),
    Kind.DATE: Ask(StepId("q"), Kind.DATE, both("?"), precision=Precision.ANY),
    Kind.LOCATION: Ask(StepId("q"), Kind.LOCATION, both("?")),
    Kind.PHOTO: Ask(StepId("q"), Kind.PHOTO, both("?")),
    Kind.VOICE: Ask(StepId("q"), Kind.VOICE, both("?")),
}


def understand(ask: Ask, text: str) -> Answer | Wrong:
    """Read an answer and see whether it fits, as the engine does."""
    answer = read_answer(ask, text, SCENE)
    return answer if isinstance(answer, Wrong) else check_value(ask, answer, SCENE) or answer


@pytest.mark.parametrize("kind", Kind)
@given(
    text=st.text()
    | st.from_regex(r"[-+]?[0-9٠-٩]{1,20}([.,][0-9]{1,8})?")
    | st.sampled_from(["9" * 5000, "1e9", "nan", "inf", "½"])
)
def test_any_text_is_read_or_explained(kind: Kind, text: str) -> None:
    """Nothing raises; what is taken is valid and can be shown, what is not is explained."""
    ask = ASKS[kind]
    answer = understand(ask, text)
    if isinstance(answer, Wrong):
        assert answer.hint
    else:
        assert isinstance(show_answer(ask, answer, SCENE), str)


@pytest.mark.parametrize("kind", [Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.SCALE, Kind.SERVICES, Kind.DATE])
def test_a_typed_label_is_as_good_as_a_tap(kind: Kind) -> None:
    """The label of an option, in any letters and with a full stop, is that option; so is its number in a list."""
    ask = ASKS[kind]
    for number, (value, label) in enumerate(options(ask, SCENE), 1):
        expected = (value,) if kind in (Kind.SERVICES, Kind.CHOICES) else value
        for typed in (label, label.upper(), f" {label}. "):
            answer = understand(ask, typed)
            assert isinstance(answer, Answer)
            assert answer.value == expected
        if kind in (Kind.CHOICE, Kind.CHOICES, Kind.SERVICES):
            assert understand(ask, str(number)) == understand(ask, label)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.NUMBER, "2,5", 2.5),
        (Kind.NUMBER, " 168 ", 168.0),
        (Kind.NUMBER, "-2.5", -2.5),
        (Kind.YES_NO, "Sí", True),
        (Kind.YES_NO, "no.", False),
        (Kind.CHOICE, "something of my own", "other"),
        (Kind.SERVICES, "Service 1; 3\nservicio 1", ("s1", "s2")),
        (Kind.SCALE, "5", 5.0),
        (Kind.CHOICES, "red, Sky blue", ("red", "blue")),
        (Kind.CHOICES, "1,2", ("red", "blue")),
        (Kind.CHOICES, "a colour of my own", ("other",)),
        (Kind.DATE, "3.5.2026", "2026-05-03"),
        (Kind.DATE, "el 3 de mayo de 2026", "2026-05-03"),
        (Kind.DATE, "mayo 2026", "2026-05"),
        (Kind.LOCATION, "by the north gate", "by the north gate"),
    ],
)
def test_people_write_as_they_like(kind: Kind, typed: str, value: object) -> None:
    """Commas, other languages and lists are understood."""
    answer = understand(ASKS[kind], typed)
    assert isinstance(answer, Answer)
    assert answer.value == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.NUMBER, "168.5"),
        (Kind.NUMBER, "three"),
        (Kind.SCALE, "3.5"),
        (Kind.SCALE, "0"),
        (Kind.YES_NO, "maybe"),
        (Kind.CHOICE, "9"),
        (Kind.SERVICES, "1, 2, 3"),
        (Kind.SERVICES, "the moon"),
        (Kind.TEXT, "ab"),
        (Kind.TEXT, "x" * 21),
        (Kind.CHOICES, "1, 2, 3"),
        (Kind.CHOICES, "1, 7"),
        (Kind.DATE, "soon"),
        (Kind.PHOTO, "a bench"),
        (Kind.VOICE, "hello"),
    ],
)
def test_what_does_not_fit_is_explained(kind: Kind, typed: str) -> None:
    """Too much, too little, between the points and unheard of: each gets a hint."""
    assert isinstance(understand(ASKS[kind], typed), Wrong)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TEXT, True),
        (Kind.CHOICE, "green"),
        (Kind.YES_NO, "yes"),
        (Kind.NUMBER, "3"),
        (Kind.SCALE, 9.0),
        (Kind.SERVICES, ()),
        (Kind.SERVICES, ("gone",)),
        (Kind.SERVICES, tuple(SERVICES)[:3]),
        (Kind.TEXT, None),
    ],
)
def test_a_stored_answer_is_asked_again_whether_it_is_valid(kind: Kind, value: object) -> None:
    """What was stored and does not fit (any more) is found out, whatever it is."""
    assert check_value(ASKS[kind], Answer(value), SCENE) is not None  # type: ignore[arg-type]
