"""Plural forms: the number chooses among them, and an author is told which are missing or too many."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.authoring import Shape, Words, admit
from dialogs.errors import Mistake
from dialogs.ids import Language
from dialogs.texts import FORMS, Plural, fill, needed_forms, plural_rule
from dialogs.wording import check_wording
from dialogs.yaml_tree import read_tree

HOURS = Plural({"one": "{n} hour", "other": "{n} hours"}, language="en")
ARABIC = Plural({form: form for form in FORMS}, language="ar", by="n")


class Step(Shape):
    """Something with a text."""

    text: Words


def read(source: str, names: tuple[str, ...] = ("n",)) -> tuple[Step | None, list[Mistake]]:
    """Let a text in and check it, as a flow does with each of its texts."""
    tree, mistakes = read_tree(f"text:\n{source}", file="flow.yaml")
    assert tree is not None
    assert mistakes == []
    step, mistakes = admit(Step, tree, ())
    words = step.text if step else tree.texts(("text",))
    languages = tuple(Language(language) for language in words) if step else ()
    return step, mistakes + check_wording(tree, ("text",), words, languages, names=names)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((1, "1 hour"), (2, "2 hours"), (0, "0 hours"), (Decimal(1), "1 hour")),
        *(
            ("1", "1 hour"),
            ("3", "3 hours"),
            ("2.5", "2.5 hours"),
            ("1.0", "1.0 hours"),
            ("9" * 40, "9" * 40 + " hours"),
        ),
        *((True, "True hours"), ("one", "one hours"), (None, "None hours"), ("1e99", "1e99 hours"), ("", " hours")),
    ],
)
def test_the_number_chooses(value: object, said: str) -> None:
    """A number, or a text that is one, chooses its form; whatever else is filled in takes `other`."""
    assert fill(HOURS, {"n": value}) == said


def test_a_plural_is_its_other_form() -> None:
    """Where nobody fills it, a text in plural forms is a text like any other: its `other` form."""
    assert HOURS == "{n} hours"
    assert fill(HOURS, {}) == "{n} hours"
    assert (HOURS.by, HOURS.forms["one"]) == ("n", "{n} hour")


@pytest.mark.parametrize(
    ("number", "form"), [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (100, "other")]
)
def test_arabic_has_six_forms(number: int, form: str) -> None:
    """Each of the six forms of Arabic is said with its numbers."""
    assert fill(ARABIC, {"n": number}) == form


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        *(("en", ("one", "other")), ("es", ("one", "other")), ("fr", ("one", "other")), ("pt-BR", ("one", "other"))),
        *(("ar", FORMS), ("pl", ("one", "few", "many", "other")), ("ja", ("other",)), ("tlh", ("other",))),
    ],
)
def test_the_forms_that_a_language_needs(language: str, forms: tuple[str, ...]) -> None:
    """What a language needs for 0 to 200 comes from CLDR; one that is not in it has `other` alone."""
    assert needed_forms(language) == forms


@given(st.sampled_from(["en", "es", "fr", "ar", "pl", "tlh"]), st.integers() | st.text(max_size=30) | st.floats())
def test_whatever_is_filled_in_has_a_form(language: str, value: object) -> None:
    """Whatever value comes, it is said in one of the forms, and stands in it as it is."""
    text = Plural({form: f"{form} {{n}}" for form in needed_forms(language)}, language=language)
    said, _, rest = fill(text, {"n": value}).partition(" ")
    assert (said in needed_forms(language), rest) == (True, str(value))
    assert isinstance(value, int | float | str)
    if isinstance(value, int) and abs(value) < 10**12:
        assert said == plural_rule(language)(abs(value))


def test_a_table_of_forms_is_let_in() -> None:
    """A text may be a table of forms in one language and a plain text in another; each form keeps its words."""
    step, mistakes = read('  en: {one: "{n} hour", other: "{n} hours"}\n  ja: "{n}時間"\n')
    assert mistakes == []
    assert step is not None
    english = step.text["en"]
    assert isinstance(english, Plural)
    assert (english.language, english.by, dict(english.forms)) == ("en", "n", dict(HOURS.forms))
    assert type(step.text["ja"]) is str


def test_by_names_the_number_that_counts() -> None:
    """Where several placeholders stand in the forms, `by` says which counts; a form may say it in words."""
    step, mistakes = read('  en: {by: n, one: "an hour, {name}", other: "{n} hours, {name}"}\n', ("n", "name"))
    assert mistakes == []
    assert step is not None
    assert fill(step.text["en"], {"n": 1, "name": 5}) == "an hour, 5"
    assert fill(step.text["en"], {"n": 5, "name": 1}) == "5 hours, 1"


# What stands under `en:` or `ar:`; where the mistake is told; what its cause and its remedy say.
MISTAKES = [
    ("en", '{other: "{n} hours"}', 2, 7, "also needs the plural form `one`", "Add `one: …`, as it is said with 1."),
    ("en", '{one: "{n} hour"}', 2, 7, "also needs the plural form `other`", "with 0."),
    ("ar", '{one: "{n}", other: "{n}"}', 2, 7, "forms `zero`, `two`, `few`, `many`", "`zero: …`, as it is said with 0"),
    ("en", '{one: "{n}", few: "{n}", other: "{n}"}', 2, 20, "`en` has no plural form `few`", "it has one, other"),
    ("en", '{one: "{n}", othr: "{n}"}', 2, 20, "no plural form `othr`", "Did you mean `other`?"),
    ("en", '{one: "{n}", other: "{n}", bye: n}', 2, 34, "no plural form `bye`", "Did you mean `by`?"),
    ("en", "{one: hour, other: hours}", 2, 7, "which number counts", "such as {n}"),
    ("en", '{one: "{n} {m}", other: "{n} {m}"}', 2, 7, "not clear which placeholder counts: {m}, {n}", "`by: m`"),
    ("en", '{by: k, one: "{n}", other: "{n}"}', 2, 12, "`{k}` is not in the form `other`", "Known: n"),
    ("en", '{by: n, one: "{n}", other: "{n} {m}"}', 2, 20, "`one` and `other` do not have the same", "counts may be"),
    ("en", '{by: n, one: "{n} {m}", other: "{n}"}', 2, 20, "same placeholders: {m}", "the same in every form"),
    ("en", '{one: "{x}", other: "{x}"}', 2, 13, "`{x}` cannot be filled", "Known: n, m, k"),
    ("en", f'{{one: "{{n}}", other: "{{n}} {"x" * 3500}"}}', 2, 27, "3,504 characters; 3,500 fit", "Shorten it"),
    ("en", '{one: "", other: "{n}"}', 2, 13, "`one` is an empty text", "Write something"),
    ("en", '{one: , other: "{n}"}', 2, 13, "`one` has no value", "leave the key out"),
    ("en", '{one: [a], other: "{n}"}', 2, 13, "`one` must be one value", "behind the colon"),
    ("en", '{one: {a: b}, other: "{n}"}', 2, 13, "`one` must be one value", "behind the colon"),
    ("en", '\n    one: "{n}"\n    other: Cost #{n}\n', 4, 12, "`other` is not whole", "in quotes"),
    ("en", "{}", 2, 7, "`en` has no text", "{one: …, other: …}"),
    ("en", "{by: n}", 2, 7, "`en` has no text", "{one: …, other: …}"),
]


@pytest.mark.parametrize(("language", "forms", "line", "column", "cause", "remedy"), MISTAKES)
def test_mistake(language: str, forms: str, line: int, column: int, cause: str, remedy: str) -> None:
    """Whatever is wrong with plural forms is told at its place, with its cause and its remedy."""
    _, mistakes = read(f"  {language}: {forms}\n", ("n", "m", "k"))
    found = [mistake for mistake in mistakes if cause in mistake.cause and remedy in mistake.remedy]
    assert found, "\n".join(map(str, mistakes))
    assert (found[0].file, found[0].line, found[0].column) == ("flow.yaml", line, column), found[0]


@given(
    st.recursive(
        st.text("ano#{}: ", max_size=8), lambda inner: st.dictionaries(st.sampled_from([*FORMS, "by", "x"]), inner)
    )
)
def test_no_table_breaks_the_door(written: object) -> None:
    """Whatever stands where a text is wanted is let in or told; nothing breaks."""
    quoted = repr(written).replace("'", '"').replace("\\\\", "")
    step, mistakes = read(f"  en: {quoted}\n")
    assert mistakes or step is not None
