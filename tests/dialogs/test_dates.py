"""Dates as people type them, in their languages."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.dates import LONGEST, Precision, first_day, is_date, read_date, write_date_value

# A Wednesday.
TODAY = date(2026, 5, 20)
SPOKEN = ("en", "es", "fr", "ar")
# Each bends months, orders or joins the parts of a date in a way of its own.
OTHERS = ("de", "pt", "ca", "it", "nl", "ru", "uk", "pl", "lt", "hu", "eu", "fi", "tr", "he", "fa", "ur", "hi", "bn",
          "vi", "th", "zh", "ja", "ko", "so", "am", "cy", "ga", "ro", "sq")  # fmt: skip

TYPED = {
    "en": [
        ("2026-05-03", "2026-05-03"),
        ("3.5.2026", "2026-05-03"),
        ("03/05/2026", "2026-05-03"),
        ("3-5-26", "2026-05-03"),
        ("3/5/85", "1985-05-03"),
        ("05/28/2026", "2026-05-28"),
        ("2026/5", "2026-05"),
        ("05/2026", "2026-05"),
        ("2026", "2026"),
        ("3 May", "2026-05-03"),
        ("3 June", "2025-06-03"),
        ("20 May", "2026-05-20"),
        ("last 20 May", "2025-05-20"),
        ("29 Feb", "2024-02-29"),
        ("the 3rd of May, 2026.", "2026-05-03"),
        ("May 3rd 2026", "2026-05-03"),
        ("Sunday, 3 May 26", "2026-05-03"),
        ("MAY 2026", "2026-05"),
        ("Sept 2025", "2025-09"),
        ("May", "2026-05"),
        ("last May", "2025-05"),
        ("in April", "2026-04"),
        ("Friday", "2026-05-15"),
        ("last Wednesday", "2026-05-13"),
        ("today", "2026-05-20"),
        ("Yesterday", "2026-05-19"),
        ("the day before yesterday", "2026-05-18"),
        ("last night", "2026-05-19"),
        ("two weeks ago", "2026-05-06"),
        ("a couple of days ago", "2026-05-18"),
        ("last week", "2026-05"),
        ("2 months ago", "2026-03"),
        ("last month", "2026-04"),
        ("last year", "2025"),
        ("tomorrow", "2026-05-21"),
    ],
    "es": [
        ("3 de mayo", "2026-05-03"),
        ("el 1º de mayo de 2026", "2026-05-01"),
        ("mayo del 2026", "2026-05"),
        ("mayo pasado", "2025-05"),
        ("el viernes pasado", "2026-05-15"),
        ("sábado", "2026-05-16"),
        ("ayer", "2026-05-19"),
        ("antes de ayer", "2026-05-18"),
        ("hace dos semanas", "2026-05-06"),
        ("hace tres días", "2026-05-17"),
        ("hace un mes", "2026-04"),
        ("el mes pasado", "2026-04"),
        ("año pasado", "2025"),
    ],
    "fr": [
        ("le 3 mai", "2026-05-03"),
        ("1er mai 2026", "2026-05-01"),
        ("fevrier 2025", "2025-02"),
        ("mai dernier", "2025-05"),
        ("vendredi dernier", "2026-05-15"),
        ("hier", "2026-05-19"),
        ("avant hier", "2026-05-18"),
        ("aujourd’hui", "2026-05-20"),
        ("il y a deux semaines", "2026-05-06"),
        ("il y a quinze jours", "2026-05-05"),
        ("mois dernier", "2026-04"),
        ("l’an dernier", "2025"),
    ],
    "ar": [
        ("٣ مايو ٢٠٢٦", "2026-05-03"),
        ("٢٠٢٦/٥/٣", "2026-05-03"),
        ("٣ أيار", "2026-05-03"),
        ("كانون الأول 2025", "2025-12"),
        ("مايو الماضي", "2025-05"),
        ("يوم الجمعة", "2026-05-15"),
        ("أمس", "2026-05-19"),
        ("البارحة", "2026-05-19"),
        ("أول أمس", "2026-05-18"),
        ("منذ أسبوعين", "2026-05-06"),
        ("قبل ثلاثة أيام", "2026-05-17"),
        ("منذ شهر", "2026-04"),
        ("الشهر الماضي", "2026-04"),
        ("العام الماضي", "2025"),
    ],
    "de": [("3. Mai", "2026-05-03"), ("gestern", "2026-05-19"), ("vor zwei Wochen", "2026-05-06")],
    "ja": [("5月3日", "2026-05-03"), ("2026年5月", "2026-05")],
}
NO_DATES = [
    "",
    " ",
    "hello",
    "12",
    "5pm",
    "14:30",
    "1m",
    "a",
    "in",
    "I went there in may",
    "30 February 2026",
    "32/13/2026",
    "10-12 May",
    "May 10-12",
    "1447",
    "3 May 3026",
    "030 123456",
    "99999999999 years ago",
    "3 May 2026 " + "!" * LONGEST,
]


def read(text: str, *languages: str, precision: Precision = Precision.ANY) -> str | None:
    return read_date(text, languages or SPOKEN, TODAY, precision=precision)


@pytest.mark.parametrize(("language", "text", "value"), [(lang, *said) for lang in TYPED for said in TYPED[lang]])
def test_reads(language: str, text: str, value: str) -> None:
    """A date is read as people write it, as fine as they wrote it; without a year the nearest past one is meant."""
    assert read(text, language) == value


@pytest.mark.parametrize("text", NO_DATES)
def test_reads_no_date_where_none_is(text: str) -> None:
    """What is no date, or none that can be, is not taken for one."""
    assert read(text, *SPOKEN) is None


@pytest.mark.parametrize("language", SPOKEN)
def test_reads_every_language_of_the_town(language: str) -> None:
    """A person may write in any of the languages given, whichever stands first."""
    order = (language, *(other for other in SPOKEN if other != language))
    for text in ("two weeks ago", "hace dos semanas", "il y a deux semaines", "قبل أسبوعين"):
        assert read(text, *order) == "2026-05-06"
    assert read("le 3 mai", *order) == "2026-05-03"


PRECISIONS = [
    ("3 May 2026", Precision.DAY, "2026-05-03"),
    ("3 May 2026", Precision.MONTH, "2026-05"),
    ("3 May 2026", Precision.YEAR, "2026"),
    ("May 2026", Precision.DAY, None),
    ("May 2026", Precision.MONTH, "2026-05"),
    ("May 2026", Precision.YEAR, "2026"),
    ("2026", Precision.DAY, None),
    ("2026", Precision.MONTH, None),
    ("2026", Precision.YEAR, "2026"),
    ("last week", Precision.DAY, None),
]


@pytest.mark.parametrize(("text", "precision", "value"), PRECISIONS)
def test_precision(text: str, precision: Precision, value: str | None) -> None:
    """A finer date than wanted is cut, a coarser one is not enough."""
    assert read(text, precision=precision) == value


def test_writes() -> None:
    """A date is written out as fine as it is, with the day first where the language is plain English."""
    assert [write_date_value(value, "en") for value in ("2026-05-03", "2026-05", "2026")] == [
        "3 May 2026",
        "May 2026",
        "2026",
    ]
    assert write_date_value("2026-05-03", "es") == "3 de mayo de 2026"
    assert write_date_value("2026-05", "fr") == "mai 2026"
    assert write_date_value("2026-05-03", "ar") == "3 مايو 2026"


VALUES = st.dates(date(1800, 1, 1), date(2199, 12, 31)).flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]])
)


@given(VALUES, st.sampled_from(SPOKEN + OTHERS), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_reads_what_it_writes(value: str, language: str, today: date) -> None:
    """What is written for people is read back as the same date, in every language."""
    written = write_date_value(value, language)
    assert read_date(written, (language,), today, precision=Precision.ANY) == value


SAID = [text for said in TYPED.values() for text, _ in said]
PIECES = st.lists(st.sampled_from([word for text in SAID for word in text.split()]), max_size=9).map(" ".join)


@given(st.text(max_size=LONGEST + 5) | PIECES, st.dates(date(1900, 1, 1), date(2190, 1, 1)), st.sampled_from(Precision))
def test_any_text_is_a_date_or_none(text: str, today: date, precision: Precision) -> None:
    """Whatever is typed, on whatever day, is a date that is fine enough, or none; it never raises."""
    value = read_date(text, SPOKEN, today, precision=precision)
    assert value is None or is_date(value)
    assert value is None or precision is Precision.ANY or len(value) == {"day": 10, "month": 7, "year": 4}[precision]


@given(VALUES)
def test_values(value: str) -> None:
    """A value is a date whose first day begins with it; what only looks like one is none."""
    assert is_date(value)
    assert first_day(value).isoformat().startswith(value)
    assert not is_date(value + "-32")
    assert not is_date(value[:-1])


@pytest.mark.parametrize("text", ["two weeks ago", "3 May 2026", "1 " * 30, "a b c d e f g h " * 3, "in 1 day " * 6])
def test_is_quick(text: str) -> None:
    """A text is read within a twentieth of a second in four languages, once their words are there."""
    read(text[:LONGEST])
    started = time.perf_counter()
    read(text[:LONGEST])
    assert time.perf_counter() - started < 0.05
