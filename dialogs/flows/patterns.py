"""Patterns: what a typed text must look like, as a name ("email") or as a pattern of the author's own.

An author's pattern meets texts of strangers, so it runs on RE2, which needs no longer than the text is long,
whatever the pattern; the price is that it cannot look around or back.
Source: https://github.com/google/re2/wiki/Syntax (2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

LONGEST = 200
# A quarter of a megabyte holds every pattern of so many steps, and fifty too large ones are refused in no time.
_MOST_MEMORY = 1 << 18
# RE2's time grows with the text times the pattern: this many steps keep the longest text within a tenth of a second.
_MOST_STEPS = 4000

# Kind on purpose: a slip is better seen at the review than a right address refused.
_NAMED: Mapping[str, str] = {
    "email": r"[^\s@,;<>]{1,64}@[^\s@.,;<>]+(\.[^\s@.,;<>]+)+",
    "phone": r"[ (]*\+?([ ().\-/]*\p{Nd}){6,15}[ ().\-/]*",
    "web_address": r"(?i)(https?://)?([\p{L}\p{M}\p{Nd}_-]+\.)+\p{L}[\p{L}\p{M}\p{Nd}-]+\.?(:\d{1,5})?([/?#]\S*)?",
}

_LOOK = (
    "A pattern cannot look around, ahead or behind, because that can take for ever.",
    "Say what the whole text is, from its first letter to its last.",
)
_BACK = "A pattern cannot refer to what it found before."
# How RE2 begins what it says, and what an author can do about it; the longer beginnings first.
_REMEDIES: Mapping[str, tuple[str, str]] = {
    "invalid perl operator: (?=": _LOOK,
    "invalid perl operator: (?!": _LOOK,
    "invalid perl operator: (?<": _LOOK,
    "invalid perl operator: (?P": (_BACK, "Write it a second time."),
    "invalid perl operator": ("A ( is followed by ? and something unknown.", r"Use plain brackets ( ), or write \( ."),
    "invalid escape sequence": (
        "This pattern has a backslash before something it does not go with.",
        rf"Known are \d \s \w \b \pL and signs such as \. \( \[ . {_BACK}",
    ),
    "trailing \\": ("This pattern ends with a backslash.", r"Write \\ for a backslash itself."),
    "missing ]": ("A [ is opened and not closed.", r"Close it with ], or write \[ for the sign itself."),
    "missing )": ("A ( is opened and not closed.", r"Close it with ), or write \( for the sign itself."),
    "unexpected )": ("A ) closes nothing.", r"Take it out, or write \) for the sign itself."),
    "no argument for repetition": (
        "A * + ? or { } has nothing to repeat.",
        r"Put it behind something, or write \ before it.",
    ),
    "bad repetition operator": ("Two signs of repetition stand together.", "Use one of * + ? { }."),
    "invalid repetition size": ("A number in { } does not fit.", "Use at most 1000, the smaller number first."),
    "invalid character class": ("A range or a class does not fit.", r"Write such as [a-z], [0-9], \pL."),
    "pattern too large": (
        "This pattern is too large.",
        "Use smaller numbers in { }; `max_length` says how long a text may be.",
    ),
}


class BadPattern(Exception):
    """A pattern that cannot be."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause, self.remedy = cause, remedy


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a whole text must look like; made by ``compile_pattern``, so that it surely works."""

    source: str

    @property
    def name(self) -> str:
        """Name the validator; "" for an author's own pattern."""
        return self.source if self.source in _NAMED else ""

    def fits(self, text: str) -> bool:
        """Tell whether the whole text, without the blanks around it, fits."""
        # RE2 reads UTF-8, in which there are no halves of letters.
        return _compiled(self.source).fullmatch(text.strip().encode(errors="replace")) is not None


def compile_pattern(source: str) -> Pattern:
    """Make a pattern of a name or of an author's own, in RE2's syntax. Raises: BadPattern."""
    if not source.strip():
        raise BadPattern("This pattern is empty.", f"Write one, or one of the names {', '.join(_NAMED)}.")
    if len(source) > LONGEST:
        raise BadPattern(f"This pattern is longer than {LONGEST} characters.", "Say it more simply.")
    try:
        steps = _compiled(source).programsize
    except UnicodeEncodeError:
        raise BadPattern(*_explain("")) from None
    except re2.error as wrong:
        raise BadPattern(*_explain(wrong.args[0].decode(errors="replace"))) from None
    if steps > _MOST_STEPS:
        raise BadPattern(*_explain("pattern too large"))
    return Pattern(source)


# Bounded, because patterns come and go with the versions of flows.
@lru_cache(maxsize=128)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.never_capture = True
    # An author's slip is told to the author, and not to the terminal.
    options.log_errors = False
    return re2.compile(_NAMED.get(source, source), options)


def _explain(wrong: str) -> tuple[str, str]:
    for start, told in _REMEDIES.items():
        if wrong.startswith(start):
            return told
    return "This pattern cannot be read.", "Try it in parts, beginning with the first."
