"""Dates as people type them, "3 May", "٣ مايو ٢٠٢٦", "hace dos semanas", and as they are written for people.

A value is ISO text as fine as the person remembers: ``2026-05-03``, ``2026-05`` or ``2026``. So values sort as
texts do, and one is made coarser by cutting it.

Figures and names of months and days are read here, with Babel's words: what Babel writes, we read back, in every
language it knows. What counts from today ("yesterday", "two weeks ago") is read by dateparser. It is asked for
nothing else, because it is too kind: it takes "a" for a first of the month and "5pm" for yesterday.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import product

from babel import Locale
from babel.dates import format_date, format_skeleton

from dialogs.date_words import ALSO_WRITTEN, FILLERS, LAST, SAID_OTHERWISE

LONGEST = 60
# Outside of these stand years of other calendars, such as 1447 or 2569, and slips.
FIRST_YEAR, LAST_YEAR = 1800, 2199

# The length of a value says how fine it is.
_DAY, _MONTH, _YEAR = 10, 7, 4
_WORD = re.compile(r"\d+|[^\W\d_]+")
_VALUE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# dateparser takes "1m" for a minute ago.
_SHORTHAND = re.compile(r"\d*\s*[a-z]{0,2}")
# Whatever a stranger's parser may raise on a stranger's text; none of it is news to the person.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Precision(StrEnum):
    """How fine a date is wanted; ``any`` takes what the person remembers."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ANY = "any"


def read_date(text: str, languages: Sequence[str], today: date, *, precision: Precision) -> str | None:
    """Read a typed date; the first language that can read it counts. None: it is no date, or not fine enough.

    Languages as Babel calls them. A finer answer than wanted is cut. Without a year the nearest past date is
    meant. Figures go day first, except where that cannot be, or where the language writes the year first.
    """
    plain = fold(text[: LONGEST + 1])
    if len(text) > LONGEST or not plain:
        return None
    for read in (_read_written, _read_counted):
        for language in languages:
            if value := read(plain, language, today):
                return _fit(value, precision)
    return None


def is_date(value: str) -> bool:
    """Tell whether a text is the value of a date, of any precision."""
    if not _VALUE.fullmatch(value):
        return False
    try:
        first_day(value)
    except ValueError:
        return False
    return True


def first_day(value: str) -> date:
    """Give the first day of a date of any precision. Raises: ValueError."""
    return date.fromisoformat(value + "-01-01"[: _DAY - len(value)])


def write_date_value(value: str, language: str) -> str:
    """Write a date for people, as fine as it is: "3 May 2026", "May 2026", "2026"."""
    return _write(first_day(value), len(value), language)


def fold(text: str) -> str:
    """Bring a text to plain letters and figures: no accents, no capitals, ASCII figures, single blanks."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] not in "MC" or c.isspace())
    figures = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
    return " ".join(figures.casefold().replace("’", "'").split())


def _fit(value: str, precision: Precision) -> str | None:
    match precision:
        case Precision.DAY:
            return value if len(value) == _DAY else None
        case Precision.MONTH:
            return value[:_MONTH] if len(value) >= _MONTH else None
        case Precision.YEAR:
            return value[:_YEAR]
        case Precision.ANY:
            return value


def _write(day: date, length: int, language: str) -> str:
    # Plain English is not American: the day comes first, as it is read.
    locale = Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    if length == _DAY:
        return str(format_date(day, "long", locale=locale))
    return str(format_skeleton("yMMMM" if length == _MONTH else "y", day, locale=locale))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The words of a language that stand in a date, folded; a name may have several."""

    # Numbers of months, of weekdays from Monday (0), by the words of their names.
    months: dict[tuple[str, ...], int]
    weekdays: dict[tuple[str, ...], int]
    fillers: frozenset[str]
    most_words: int
    year_first: bool


@cache
def _calendar(language: str) -> _Calendar:
    months: dict[tuple[str, ...], int] = {}
    weekdays: dict[tuple[str, ...], int] = {}
    for code in (language.replace("-", "_"), *ALSO_WRITTEN.get(language, ())):
        locale = Locale.parse(code)
        for context, width in product(("format", "stand-alone"), ("abbreviated", "wide")):
            months |= {_words(name): month for month, name in locale.months[context][width].items()}
            weekdays |= {_words(name): day for day, name in locale.days[context][width].items()}
    # Some languages bend the month, or write words around it: what is said of one month only is its name.
    said = {month: _words_around(month, language) for month in range(1, 13)}
    months |= {(word,): month for word, month in _only_once(said).items()}
    year_first = "2026" in _words(_write(date(2026, 5, 3), _DAY, language))[:1]
    fillers = FILLERS | frozenset.intersection(*said.values())
    return _Calendar(months, weekdays, fillers, max(map(len, months | weekdays)), year_first)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _words_around(month: int, language: str) -> frozenset[str]:
    written = " ".join(_write(date(2026, month, 3), length, language) for length in (_DAY, _MONTH, _YEAR))
    return frozenset(word for word in _words(written) if not word.isdecimal())


def _only_once(said: dict[int, frozenset[str]]) -> dict[str, int]:
    times = Counter(word for words in said.values() for word in words)
    return {word: month for month, words in said.items() for word in words if times[word] == 1}


@dataclass(slots=True)
class _Found:
    """What stands in a text: figures, a month and how many figures come before it, a weekday, a word for "last"."""

    figures: list[str] = field(default_factory=list)
    month: int | None = None
    before: int = 0
    weekday: int | None = None
    last: bool = False


def _read_written(text: str, language: str, today: date) -> str | None:
    """Read figures and names, such as "Sunday, 3 May"."""
    calendar = _calendar(language)
    # A colon is a time of day.
    found = None if ":" in text else _find(_words(text), calendar)
    if found is None:
        return None
    if found.month is not None:
        parts = _beside_month(found.figures, found.month, found.before, today)
    elif found.figures:
        parts = _in_figures(found.figures, today, year_first=calendar.year_first)
    else:
        return None if found.weekday is None else _last_weekday(found.weekday, today)
    return parts and _value(*parts, today=today, last=found.last)


def _find(words: tuple[str, ...], calendar: _Calendar) -> _Found | None:
    found, place = _Found(), 0
    while place < len(words):
        size = _name_at(words, place, calendar)
        name, word = words[place : place + size], words[place]
        if found.month is None and name in calendar.months:
            found.month, found.before = calendar.months[name], len(found.figures)
        elif found.weekday is None and name in calendar.weekdays:
            found.weekday = calendar.weekdays[name]
        elif word.isdecimal():
            found.figures.append(word)
        elif word in LAST:
            found.last = True
        elif word not in calendar.fillers:
            return None
        place += size
    return found


def _name_at(words: tuple[str, ...], place: int, calendar: _Calendar) -> int:
    """Count the words of the longest name here; 1 where there is none."""
    for size in range(calendar.most_words, 1, -1):
        if words[place : place + size] in calendar.months or words[place : place + size] in calendar.weekdays:
            return size
    return 1


_Parts = tuple[int | None, int | None, int | None]


def _beside_month(numbers: list[str], month: int, before: int, today: date) -> _Parts | None:
    match [len(number) for number in numbers]:
        case []:
            return None, month, None
        case [4]:
            return int(numbers[0]), month, None
        case [1 | 2]:
            return None, month, int(numbers[0])
        case [1 | 2, 4]:
            return int(numbers[1]), month, int(numbers[0])
        case [4, 1 | 2]:
            return int(numbers[0]), month, int(numbers[1])
        case [1 | 2, 2] if before == 1:
            # "3 May 26"; whereas "10-12 May" is two days.
            return _century(int(numbers[1]), today), month, int(numbers[0])
        case _:
            return None


def _in_figures(numbers: list[str], today: date, *, year_first: bool) -> _Parts | None:
    figures = [int(number) for number in numbers[:3]]
    match [len(number) for number in numbers]:
        case [4]:
            return figures[0], None, None
        case [4, 1 | 2]:
            return figures[0], figures[1], None
        case [1 | 2, 4]:
            return figures[1], figures[0], None
        case [4, 1 | 2, 1 | 2]:
            return figures[0], figures[1], figures[2]
        case [1 | 2, 1 | 2] if year_first:
            return None, figures[0], figures[1]
        case [1 | 2, 1 | 2]:
            return None, *_day_first(figures)
        case [1 | 2, 1 | 2, 4]:
            return figures[2], *_day_first(figures)
        case [1 | 2, 1 | 2, 2]:
            return _century(figures[2], today), *_day_first(figures)
        case _:
            return None


def _day_first(figures: list[int]) -> tuple[int, int]:
    day, month = figures[:2]
    return (day, month) if month > 12 else (month, day)


def _century(year: int, today: date) -> int:
    near = today.year - today.year % 100 + year
    return near - 100 if near > today.year + 10 else near


def _value(year: int | None, month: int | None, day: int | None, *, today: date, last: bool) -> str | None:
    if year is not None:
        return _iso(year, month, day)
    # A 29 February comes every four years, and once in eight.
    for guess in range(today.year, today.year - 9, -1):
        value = _iso(guess, month, day)
        if value is None:
            continue
        now = today.isoformat()[: len(value)]
        if value < now or (value == now and not last):
            return value
    return None


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    value = "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])
    return value if FIRST_YEAR <= year <= LAST_YEAR and is_date(value) else None


def _last_weekday(weekday: int, today: date) -> str:
    return (today - timedelta((today.weekday() - weekday - 1) % 7 + 1)).isoformat()


def _read_counted(text: str, language: str, today: date) -> str | None:
    """Read what counts from today, such as "two weeks ago"."""
    if _SHORTHAND.fullmatch(text):
        return None
    # Its import takes a twentieth of a second, and few dates are told so.
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

    words = f" {text} "
    for said, meant in SAID_OTHERWISE.get(language, {}).items():
        words = words.replace(f" {fold(said)} ", f" {fold(meant)} ")
    settings = {"RELATIVE_BASE": datetime.combine(today, time(12)), "TIMEZONE": "UTC", "PARSERS": ["relative-time"]}
    try:
        code = re.split("[-_]", language)[0]
        found = DateDataParser([code], settings=settings, try_previous_locales=False).get_date_data(words.strip())
    except _UNREADABLE:
        return None
    if found.date_obj is None or not FIRST_YEAR <= found.date_obj.year <= LAST_YEAR:
        return None
    return _as_fine_as(found.period, found.date_obj.date(), today, last=not LAST.isdisjoint(_words(text)))


def _as_fine_as(period: str, day: date, today: date, *, last: bool) -> str:
    match period:
        case "year":
            return day.isoformat()[:_YEAR]
        case "month":
            return day.isoformat()[:_MONTH]
        case "week" if last or day == today:
            # "Last week" is no day; "two weeks ago" is one, near enough.
            return day.isoformat()[:_MONTH]
        case _:
            return day.isoformat()
