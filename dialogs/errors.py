"""Errors by who can put them right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of an author: where (1-based), what is wrong, and how to put it right."""

    file: str
    line: int
    column: int
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.cause} {self.remedy}"


class BadConfiguration(Exception):
    """The author's files are wrong; all mistakes at once, in the order of file and line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
