"""A sheet on the disk, read line by line: in which encoding it is, and where it is not in it.

A sheet of a hundred thousand rows is never in memory as a whole, and neither is a line without an end.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from dialogs.errors import Mistake
from dialogs.sheet import MOST_TOLD, NotASheet

# A line is a row or a part of one; a picture or an archive has none.
_LONGEST_LINE = 16 * 1024 * 1024
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def find_encoding(path: Path, asked: str | None) -> str:
    """Tell in which encoding a file is: the one that was asked for, what its first bytes say, or UTF-8.

    Raises: NotASheet with every line that is not in it; LookupError where Python does not know ``asked``; OSError.
    """
    encoding = codecs.lookup(asked).name if asked else _guess(path)
    if encoding.startswith("utf-16"):
        _check_whole(path, encoding)
    else:
        _check_lines(path, encoding)
    return encoding


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Give the lines of a file with their ends. Raises: NotASheet for one that has none for too long; OSError."""
    with path.open(encoding=encoding, newline="") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise NotASheet(Mistake(path.name, number, 1, "This line has no end.", "Is this a sheet (CSV)?"))
            yield line


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(4)
    for mark, encoding in _MARKS.items():
        if first.startswith(mark):
            return encoding
    # The first letter of a name is one that needs a single byte, nearly everywhere.
    return {b"\0": "utf-16-le"}.get(first[1:2], "utf-16-be" if first[:1] == b"\0" else "utf-8")


def _check_lines(path: Path, encoding: str) -> None:
    mistakes: list[Mistake] = []
    with path.open("rb") as file:
        number = 0
        while (line := file.readline(_LONGEST_LINE)) and len(mistakes) < MOST_TOLD:
            number += 1
            try:
                line.decode(encoding)
            except UnicodeDecodeError as wrong:
                cause = f"This line is not in {encoding.upper()}."
                mistakes.append(Mistake(path.name, number, wrong.start + 1, cause, _REMEDY))
    if mistakes:
        raise NotASheet(*mistakes)


def _check_whole(path: Path, encoding: str) -> None:
    number = 1
    try:
        with path.open(encoding=encoding, newline="") as file:
            while line := file.readline(_LONGEST_LINE):
                number += line.endswith("\n")
    except UnicodeError:
        raise NotASheet(Mistake(path.name, number, 1, f"This line is not in {encoding.upper()}.", _REMEDY)) from None


_REMEDY = "Save the sheet as “CSV UTF-8”, or name its encoding, such as `--encoding windows-1252`."
