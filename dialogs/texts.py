"""Texts in several languages: filling {placeholders}, plural forms, choosing a language, measuring and cutting."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Self

from babel import Locale, UnknownLocaleError
from babel.plural import PluralRule

from dialogs.ids import Language

# One text in the languages of the installation.
Text = Mapping[Language, str]

# Telegram takes 4,096 UTF-16 units in one message (Bot API, sendMessage, 2026). Other channels take more.
LONGEST_OUT = 4096
# Telegram splits what a person types at 4,096; the web chat takes what a long story needs.
LONGEST_IN = 12_000

_JOINER = "\u200d"
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
# Longer ones count nothing that people say, and Babel would write out every digit of 1E999999.
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")

# What stands between them has its own direction of writing, and what stands around it keeps its own.
# Source: Unicode Standard Annex 9 (first strong isolate, pop directional isolate), 2026.
_APART, _TOGETHER = "\u2068", "\u2069"
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_RIGHTWARD = re.compile("[A-Za-z\u00c0-\u02af\u0370-\u058f]")

# The form that every language has; it also stands where the number is not known.
OTHER = "other"
# The names that CLDR gives to plural forms. Source: Unicode TS 35, part 3, 2026.
FORMS = ("zero", "one", "two", "few", "many", OTHER)


class Plural(str):
    """A text in its plural forms, equal to its ``other`` one; the number in ``{by}`` chooses among ``forms``."""

    __slots__ = ("by", "forms", "language")

    by: str
    forms: Mapping[str, str]
    language: str

    def __new__(cls, forms: Mapping[str, str], *, language: str, by: str = "") -> Self:
        """Make a text of its forms; without ``by`` the number is the only placeholder there is."""
        made = super().__new__(cls, forms.get(OTHER) or next(iter(forms.values()), ""))
        made.forms, made.language = forms, language
        names = placeholders_of(forms.values())
        made.by = by or (next(iter(names)) if len(names) == 1 else "")
        return made

    def for_number(self, number: object) -> str:
        """Choose the form for a number, or for a text that is one; for anything else the ``other`` form."""
        written = str(number)
        if not _NUMBER.fullmatch(written):
            return str(self)
        return self.forms.get(plural_rule(self.language)(Decimal(written)), str(self))


@dataclass(frozen=True, slots=True)
class Voice:
    """The bot's own words in one language, with English behind them."""

    language: Language
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Say ``key`` with its {placeholders} filled. Raises: KeyError for a key that no file has."""
        template = self.words[key]
        return self.fill(template, values) if values else template

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        """Fill a text of this language; a value that is written in the other direction stands apart in it."""
        return fill(template, {name: apart(value, self.language) for name, value in values.items()})

    def of(self, text: Text) -> str:
        """Choose this voice's language of a text, or the text's first one."""
        return pick(text, self.language)


def pick(text: Text, language: Language) -> str:
    """Choose a language of a text; where it is missing, the text's first one."""
    return text[language] if language in text else next(iter(text.values()), "")


def fill(template: str, values: Mapping[str, object]) -> str:
    """Put values into ``{name}`` and nothing else: no attributes, indexes or format specs."""
    if isinstance(template, Plural):
        template = template.for_number(values.get(template.by))
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)


def apart(value: object, language: str) -> object:
    """Put marks around a value where a text of this language would otherwise mix up its order on the screen."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    odd = leftward = _LEFTWARD.search(value) is not None
    if is_leftward(language):
        odd = not leftward or _RIGHTWARD.search(value) is not None
    return f"{_APART}{value}{_TOGETHER}" if odd else value


def placeholders(template: str) -> frozenset[str]:
    """Name the placeholders of a template."""
    return frozenset(_PLACEHOLDER.findall(template))


def placeholders_of(templates: Iterable[str]) -> frozenset[str]:
    """Name the placeholders of several templates together."""
    return frozenset().union(*map(placeholders, templates))


@cache
def locale_of(language: str) -> Locale | None:
    """Find what Babel knows about a language, written as in pt-BR; None where it knows nothing."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@cache
def is_leftward(language: str) -> bool:
    """Tell whether a language is written from right to left."""
    locale = locale_of(language)
    return locale is not None and locale.text_direction == "rtl"


@cache
def plural_rule(language: str) -> PluralRule:
    """Give the rule by which a language chooses a form; one that Babel does not know has ``other`` alone."""
    locale = locale_of(language)
    return PluralRule({}) if locale is None else locale.plural_form


@cache
def needed_forms(language: str) -> tuple[str, ...]:
    """List the forms that a language needs for the numbers from 0 to 200."""
    rule = plural_rule(language)
    needed = {rule(number) for number in range(201)} | {OTHER}
    return tuple(form for form in FORMS if form in needed)


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
