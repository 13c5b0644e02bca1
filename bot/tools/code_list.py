"""The list of receipt codes that a town hands out to those whose words moved here: a sheet that only its owner reads.

A code is written here before it counts, because the database keeps no code that could be read again: what was killed
in between finds it here, and gives it to the same author.
"""

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dialogs.ids import unspell
from dialogs.sheet import guard, unguard

_NAMES = ["author", "row", "code"]
_OWNER_ONLY = 0o600


class NotOurList(Exception):
    """The file holds something else; it was not touched."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a code is: an author, or whoever wrote a row of which nobody says who that was."""

    author: str
    row: str = ""


class CodeList:
    """The codes by their owners, in a file that grows. Close it when done."""

    def __init__(self, path: Path) -> None:
        """Open a list, or begin one. Raises: NotOurList, OSError."""
        self._codes: dict[Owner, str] = {}
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        self._file = os.fdopen(descriptor, "rb+")
        try:
            self._take_up()
            os.fchmod(descriptor, _OWNER_ONLY)
        except BaseException:
            self._file.close()
            raise

    def code_of(self, owner: Owner) -> str | None:
        """Give the code of an owner, if they have one."""
        return self._codes.get(owner)

    @property
    def count(self) -> int:
        """Count the codes."""
        return len(self._codes)

    def add(self, codes: Mapping[Owner, str]) -> None:
        """Write codes down, for good before this returns."""
        if not codes:
            return
        self._codes |= codes
        self._write([[guard(owner.author), guard(owner.row), code] for owner, code in codes.items()])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _take_up(self) -> None:
        raw = self._file.read()
        # What was being written when a run was killed counts for nothing yet.
        whole = raw[: raw.rfind(b"\n") + 1]
        rows = list(csv.reader(io.StringIO(whole.decode("utf-8-sig", "replace"), newline="")))
        if raw and rows[:1] != [_NAMES] and not _HEAD.startswith(raw):
            raise NotOurList
        self._codes = {
            Owner(unguard(row[0]), unguard(row[1])): unspell(row[2]) for row in rows[1:] if len(row) == len(_NAMES)
        }
        self._file.seek(len(whole))
        self._file.truncate()
        if not whole:
            self._write([_NAMES], mark="\ufeff")

    def _write(self, rows: list[list[str]], *, mark: str = "") -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        # With the mark spreadsheets know that it is UTF-8.
        self._file.write((mark + text.getvalue()).encode())
        self._file.flush()
        os.fsync(self._file.fileno())


_HEAD = ("\ufeff" + ",".join(_NAMES) + "\r\n").encode()
