"""Texts in several languages: filling {placeholders}, choosing a language, measuring and cutting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.ids import Language

# One text in the languages of the installation.
Text = Mapping[Language, str]

# Telegram takes 4,096 UTF-16 units in one message (Bot API, sendMessage, 2026). Other channels take more.
LONGEST_OUT = 4096
# Telegram splits what a person types at 4,096; the web chat takes what a long story needs.
LONGEST_IN = 12_000

_JOINER = "\u200d"
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Voice:
    """The bot's own words in one language, with English behind them."""

    language: Language
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Say ``key`` with its {placeholders} filled. Raises: KeyError for a key that no file has."""
        template = self.words[key]
        return fill(template, values) if values else template

    def of(self, text: Text) -> str:
        """Choose this voice's language of a text, or the text's first one."""
        return pick(text, self.language)


def pick(text: Text, language: Language) -> str:
    """Choose a language of a text; where it is missing, the text's first one."""
    return text[language] if language in text else next(iter(text.values()), "")


def fill(template: str, values: Mapping[str, object]) -> str:
    """Put values into ``{name}`` and nothing else: no attributes, indexes or format specs."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)


def placeholders(template: str) -> frozenset[str]:
    """Name the placeholders of a template."""
    return frozenset(_PLACEHOLDER.findall(template))


def units(text: str) -> int:
    """Count UTF-16 units, in which Telegram measures texts."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, longest: int) -> str:
    """Shorten to at most ``longest`` UTF-16 units, never inside a surrogate pair or a joined emoji."""
    if units(text) <= longest:
        return text
    end, room = 0, longest - 1
    for character in text:
        room -= 2 if character > "\uffff" else 1
        if room < 0:
            break
        end += 1
    while end > 0 and (text[end - 1] == _JOINER or text[end] == _JOINER or _joins(text[end])):
        end -= 1
    return text[:end].rstrip() + "…"


def one_line(text: str, longest: int) -> str:
    """Write a text on one line, cut to ``longest`` units."""
    return cut(" ".join(text.split()), longest)


def clean(text: str) -> str:
    """Make a text storable everywhere: no NUL, no lone surrogates, one kind of line end, trimmed."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _joins(character: str) -> bool:
    return character in "\ufe0e\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
