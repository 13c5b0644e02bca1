"""Sheets (CSV) as other programs write and read them: what stands between cells, each row with its line, no formulas.

Which character stands between the cells is told by the first row: the one by which most of the names that are looked
for are found. A quotation mark that was left open swallows the rows after it, so nothing of such a sheet is taken.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from dialogs.errors import Mistake

# So many mistakes are told at once.
MOST_TOLD = 50
_BETWEEN = (",", ";", "\t", "|")
# Spreadsheets of some countries say in a line above the names what stands between the cells.
_SAYS_BETWEEN = re.compile(r"sep=(.)\s*", re.IGNORECASE)
# Spreadsheets take what begins so for a formula. Source: OWASP, CSV Injection, 2026.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class NotASheet(Exception):
    """Nothing can be read of a sheet as it is; ``mistakes`` say why, in the order of their lines."""

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row, and the line on which it begins (1-based)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The names of the columns, and the rows below them, which can be gone through once."""

    names: tuple[str, ...]
    rows: Iterator[SheetRow]


def guard(cell: str) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Read what ``guard`` wrote."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_sheet(lines: Iterable[str], *, file: str, wanted: Collection[str]) -> Sheet:
    """Read a sheet line by line; ``wanted``: the names of columns that should be in it.

    Raises: NotASheet where there are no names, and, while the rows are gone through, at the end of broken ones.
    """
    coming = iter(lines)
    first, number = next(coming, ""), 1
    says = _SAYS_BETWEEN.fullmatch(first)
    if says:
        first, number = next(coming, ""), 2
    between = says[1] if says else max(_BETWEEN, key=lambda sign: _found(first, sign, wanted))
    try:
        names = tuple(name.strip() for name in next(_cells([first], between), []))
    except csv.Error:
        names = ()
    if not any(names):
        cause = "The first line has no names of columns."
        raise NotASheet(Mistake(file, number, 1, cause, "Write there what each column is called."))
    return Sheet(names, _rows(coming, between, file=file, after=number))


def _cells(lines: Iterable[str], between: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=between, strict=True)


def _found(first: str, between: str, wanted: Collection[str]) -> tuple[int, int]:
    try:
        names = next(_cells([first], between), [])
    except csv.Error:
        return 0, 0
    return sum(name.strip() in wanted for name in names), len(names)


def _rows(lines: Iterator[str], between: str, *, file: str, after: int) -> Iterator[SheetRow]:
    mistakes: list[Mistake] = []
    reader = csv.reader(lines, delimiter=between, strict=True)
    while len(mistakes) < MOST_TOLD:
        begins = after + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as wrong:
            mistakes.append(Mistake(file, begins, 1, *_in_words(str(wrong))))
            continue
        if not mistakes and any(cell.strip() for cell in cells):
            yield SheetRow(begins, tuple(cells))
    if mistakes:
        raise NotASheet(*mistakes)


def _in_words(wrong: str) -> tuple[str, str]:
    """Say what is wrong with a row, and what to do; ``wrong`` are the words of the module ``csv``."""
    if "field limit" in wrong:
        cause = f"A cell of this row has more than {csv.field_size_limit():,} characters."
        return cause, "Is a quotation mark left open there? Then close it; else cut the cell."
    if "end of data" in wrong:
        return "A quotation mark in this row is never closed.", "Close it."
    return (
        "In this row a closing quotation mark stands inside of a cell.",
        'Write a quotation mark inside of a cell twice: "He said ""hello""".',
    )
