"""Texts: measured as Telegram measures them, cut where nobody minds, filled with nothing but names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.ids import Language
from dialogs.texts import Voice, apart, clean, cut, fill, one_line, pick, placeholders, units

FAMILY = "👨\u200d👩\u200d👧"
PARTS = st.lists(
    st.sampled_from(["a", "é", " ", "\n", "👍", "👍🏽", FAMILY, "❤️", "🏳️\u200d🌈", "ل", "\u200f"])
    | st.characters(codec="utf-8"),
    max_size=40,
).map("".join)


@given(PARTS, st.integers(1, 60))
def test_a_cut_text_fits(text: str, longest: int) -> None:
    """A cut text has at most so many UTF-16 units and is a beginning; one that fits is left alone."""
    shown = cut(text, longest)
    assert units(shown) == len(shown.encode("utf-16-le")) // 2 <= longest
    assert shown == text if units(text) <= longest else text.startswith(shown.removesuffix("…"))


@given(PARTS, st.integers(1, 60))
def test_no_joined_emoji_is_taken_apart(text: str, longest: int) -> None:
    """A cut never falls before or behind a joiner, nor between an emoji and its colour."""
    shown = cut(text, longest)
    if shown == text:
        return
    kept = shown.removesuffix("…")
    rest = text[len(kept) :] if kept else ""
    assert not kept.endswith("\u200d")
    assert not re.match("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]", rest)


@pytest.mark.parametrize("longest", range(1, 12))
def test_a_family_stays_together_or_goes(longest: int) -> None:
    """Of a family that does not fit nobody is left behind."""
    assert cut(f"a{FAMILY}bbbbbbbb", longest) in {"…", "a…", f"a{FAMILY}…", f"a{FAMILY}b…", f"a{FAMILY}bb…"}


@given(st.text(), st.text())
def test_values_are_put_in_as_they_are(template: str, value: str) -> None:
    """A value with braces, formats or backslashes of its own is only text, and unknown names stay."""
    assert fill("<{a}>", {"a": value}) == f"<{value}>"
    assert fill(template, {}) == template
    assert fill("{a.b} {a[0]} {a!r} {a:>9} {0} {} {A}", {"a": value}) == "{a.b} {a[0]} {a!r} {a:>9} {0} {} {A}"
    assert fill("{a}{b}", {"a": "{b}", "b": value}) == "{b}" + value


def test_placeholders_are_names() -> None:
    """Only names in braces are placeholders."""
    assert placeholders("{one} {two_2} {Three} {} {4} {five.six}") == {"one", "two_2"}


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_a_clean_text_can_be_stored(text: str) -> None:
    """Whatever comes in, lone surrogates and NUL included, can be written as UTF-8 afterwards; twice is once."""
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


def test_one_line_is_one_line() -> None:
    """A text of several lines is written on one, and cut."""
    assert one_line("a\n  b\tc" + "d" * 20, 8) == "a b cdd…"


def test_a_missing_language_is_the_first() -> None:
    """Where a text has not the language that is asked for, its first language is taken; without any it is empty."""
    en, es, fr = Language("en"), Language("es"), Language("fr")
    assert pick({en: "yes", es: "sí"}, es) == "sí"
    assert pick({en: "yes", es: "sí"}, fr) == "yes"
    assert pick({}, fr) == ""
    assert Voice(es, {"hello": "¡Hola, {name}!"})("hello", name="{name}") == "¡Hola, {name}!"


@pytest.mark.parametrize(
    ("value", "language", "stands_apart"),
    [
        ("K7F3-9QWD", "ar", True),
        ("555 0100", "ar", True),
        ("مقعد WiFi", "ar", True),
        ("الحدائق", "ar", False),
        ("الاثنين، 3 مايو 2027", "ar", False),
        ("3", "ar", False),
        (3, "ar", False),
        ("مقعد", "en", True),
        ("a bench", "en", False),
        ("3 + 3", "fr", False),
    ],
)
def test_the_other_direction_stands_apart(value: object, language: str, *, stands_apart: bool) -> None:
    """A value that is written in the other direction than the text has marks around it, and no other value."""
    said = Voice(Language(language), {"hello": "<{name}>"})("hello", name=value)
    assert said == (f"<\u2068{value}\u2069>" if stands_apart else f"<{value}>")
    assert str(apart(value, language)) == said[1:-1]
