"""What citizens said on another platform, as a sheet has it: each row is read and checked, and refused with a reason.

What the other platform made of a statement (rejected it, say) is counted and no more: each has a right to an answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

from dialogs.authoring import suggest
from dialogs.dates import FIRST_YEAR, Precision, read_date
from dialogs.errors import Mistake
from dialogs.ids import Language, ServiceId
from dialogs.sheet import NotASheet, Sheet, SheetRow
from dialogs.texts import LONGEST_IN, clean, one_line
from dialogs.town import Town

# What a name of a row or an author may have at most; longer ones are known by their beginning.
_LONGEST_NAME = 200
_CLOCK = re.compile(
    r"(T|\b)\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?\s*([AaPp]\.?[Mm]\.?)?\s*([A-Z]{1,5}\b)?\s*([+-]\d\d:?\d\d)?"
)
_SINCE_1970 = re.compile(r"(\d{10})(\d{3}|\.\d+)?")
_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Column(StrEnum):
    """What a column can be for us."""

    WORDS = "words"
    KEY = "key"
    AUTHOR = "author"
    AT = "at"
    SERVICE = "service"
    LANGUAGE = "language"
    MODERATED = "moderated"


class Dates(StrEnum):
    """What comes first where a date is written in figures."""

    DAY = "day-first"
    MONTH = "month-first"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sheet is to be read. ``columns``: their names, by what they are for.

    ``service`` and ``language`` count where a row names none. ``services``: what the other platform calls our services.
    """

    file: str
    columns: Mapping[Column, str]
    language: Language
    service: ServiceId | None = None
    services: Mapping[str, ServiceId] = field(default_factory=dict)
    dates: Dates | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One row. ``key``: by what it is known again; ``author`` "": nobody says who; ``moderated``: their verdict."""

    line: int
    key: str
    author: str
    words: str
    said_on: date | None
    service: ServiceId
    language: Language
    moderated: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken, and why."""

    line: int
    mistakes: tuple[Mistake, ...]


def read_statements(sheet: Sheet, plan: Plan, town: Town, *, today: date) -> Iterator[Statement | Refused]:
    """Read every row. Raises: NotASheet where a column is missing, and where the sheet cannot be read to its end."""
    places = _find_columns(sheet, plan)
    reading = _Reading(plan, town, today, places, width=len(sheet.names))
    return (reading.read(row) for row in sheet.rows)


def _find_columns(sheet: Sheet, plan: Plan) -> dict[Column, int]:
    mistakes: list[Mistake] = []
    for column, name in plan.columns.items():
        if sheet.names.count(name) != 1:
            known = suggest(name, [one for one in sheet.names if one])
            cause = f"There is no column `{name[:60]}`, which `{column}` shall be."
            if name in sheet.names:
                cause, known = f"Two columns are called `{name[:60]}`.", "Give each a name of its own."
            mistakes.append(Mistake(plan.file, 1, 1, cause, known))
    if mistakes:
        raise NotASheet(*mistakes)
    return {column: sheet.names.index(name) for column, name in plan.columns.items()}


@dataclass(slots=True)
class _Reading:
    """One sheet on its way in."""

    plan: Plan
    town: Town
    today: date
    places: Mapping[Column, int]
    width: int
    # Where a key stood first, or how often a row without one was there: hashes, so that a long sheet fits.
    seen: dict[int, int] = field(default_factory=dict)
    named: dict[str, ServiceId] = field(init=False)

    def __post_init__(self) -> None:
        services = self.town.installation.services
        self.named = {name.casefold(): id for id, one in services.items() for name in (id, *one.name.values())}
        self.named |= {name.casefold(): id for name, id in self.plan.services.items()}

    def read(self, row: SheetRow) -> Statement | Refused:
        wrong = _Wrong(self, row)
        cells = {column: clean(row.cells[at]) for column, at in self.places.items() if at < len(row.cells)}
        if len(cells) < len(self.places):
            wrong.note(None, "This row ends too early.", "Is a line break or a quotation mark too much in it?")
        if any(cell.strip() for cell in row.cells[self.width :]):
            cause = "This row has more cells than there are columns."
            wrong.note(None, cause, "Put quotation marks around the cell that has a separator in it.")
        if wrong.mistakes:
            return wrong.refused()
        words, author = cells[Column.WORDS], one_line(cells.get(Column.AUTHOR, ""), _LONGEST_NAME)
        if not words:
            wrong.note(Column.WORDS, "There are no words in this row.", "Nobody needs an answer to it: leave it out.")
        if len(words) > LONGEST_IN:
            cause = f"These words have more than {LONGEST_IN:,} characters."
            wrong.note(Column.WORDS, cause, "Split them into several rows.")
        statement = Statement(
            line=row.line,
            key=self._key(cells, wrong),
            author=author,
            words=words,
            said_on=self._day(cells.get(Column.AT, ""), wrong),
            service=self._service(cells.get(Column.SERVICE, ""), wrong),
            language=self._language(cells.get(Column.LANGUAGE, ""), wrong),
            moderated=one_line(cells.get(Column.MODERATED, ""), _LONGEST_NAME),
        )
        return wrong.refused() if wrong.mistakes else statement

    def _key(self, cells: Mapping[Column, str], wrong: "_Wrong") -> str:
        """Name a row: by its own key, or by all that it says and how often that was there."""
        if Column.KEY in self.places:
            key = one_line(cells[Column.KEY], _LONGEST_NAME)
            first = self.seen.setdefault(hash(key), wrong.row.line)
            if not key:
                wrong.note(Column.KEY, "This row has no key.", "Give it one that no other row has.")
            elif first != wrong.row.line:
                cause = f"The key `{key[:60]}` is in line {first} already."
                wrong.note(Column.KEY, cause, "Give each row one of its own, or leave the key out of `--map`.")
            return key
        if not cells.get(Column.AUTHOR):
            wrong.note(
                Column.AUTHOR, "This row does not say who wrote it.", "Name them, or give rows a key: `--map key=…`."
            )
        said = "\0".join(cells.get(column, "") for column in (Column.AUTHOR, Column.AT, Column.WORDS))
        self.seen[hash(said)] = times = self.seen.get(hash(said), 0) + 1
        return f"{said}\0{times}"

    def _day(self, text: str, wrong: "_Wrong") -> date | None:
        if not text:
            return None
        languages = tuple(dict.fromkeys((self.plan.language, *self.town.installation.languages, "en")))
        found = _read_day(_CLOCK.sub(" ", text).strip(), languages, self.plan.dates, self.today)
        if isinstance(found, date) and found <= self.today:
            return found
        if isinstance(found, date):
            wrong.note(Column.AT, "This day is still to come.", "Put it right, or leave the cell empty.")
        elif found:
            remedy = f"Say what comes first: `--dates {Dates.DAY}` or `--dates {Dates.MONTH}`."
            wrong.note(Column.AT, f"`{text[:40]}` can be two different days.", remedy)
        else:
            wrong.note(Column.AT, f"`{text[:40]}` is no day that can be read.", "Write it as 2018-02-13.")
        return None

    def _service(self, text: str, wrong: "_Wrong") -> ServiceId:
        found = self.named.get(text.casefold()) if text else self.plan.service
        if found is None:
            cause = f"There is no service `{one_line(text, 60)}`." if text else "This row names no service."
            known = suggest(text, self.town.installation.services)
            remedy = f"{known} To name it otherwise: `--value '{one_line(text, 60)}=SERVICE'`." if text else known
            wrong.note(Column.SERVICE, cause, remedy)
        return found or ServiceId("")

    def _language(self, text: str, wrong: "_Wrong") -> Language:
        spoken = Language(text) if text else self.plan.language
        if spoken not in self.town.installation.languages:
            cause = f"The town does not speak `{one_line(text, 60)}`."
            remedy = "Write one of its languages, or leave the cell empty."
            wrong.note(Column.LANGUAGE, cause, f"{suggest(text, self.town.installation.languages)} {remedy}")
        return spoken


@dataclass(slots=True)
class _Wrong:
    """What is wrong with one row."""

    reading: _Reading
    row: SheetRow
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, column: Column | None, cause: str, remedy: str) -> None:
        at = self.reading.places.get(column, 0) if column else 0
        self.mistakes.append(Mistake(self.reading.plan.file, self.row.line, at + 1, cause, remedy))

    def refused(self) -> Refused:
        return Refused(self.row.line, tuple(self.mistakes))


@lru_cache(4096)
def _read_day(text: str, languages: tuple[str, ...], dates: Dates | None, today: date) -> date | bool:
    """Read a day without its hour; true where it could be two, false where it is none."""
    if found := _SINCE_1970.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]), UTC).date()
    if figures := _FIGURES.fullmatch(text):
        one, other, year = map(int, figures.groups())
        if dates is None and one != other and max(one, other) <= 12:
            return True
        day, month = (other, one) if dates is Dates.MONTH or (dates is None and other > 12) else (one, other)
        return _day_of(year, month, day)
    value = read_date(text, languages, today, precision=Precision.DAY)
    return date.fromisoformat(value) if value else False


def _day_of(year: int, month: int, day: int) -> date | bool:
    try:
        return date(year, month, day) if year >= FIRST_YEAR else False
    except ValueError:
        return False
