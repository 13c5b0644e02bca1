"""The words of a text as search compares them: no capitals, no accents, no marks.

The folding is ours and not a database's, so that both find the same: what is kept for search are these words with
single spaces between them, and a question is made of the same words. They hold letters and digits only, so that
nothing which somebody writes can ever be syntax.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping

# What the decomposition of Unicode leaves apart and readers take for one: Arabic endings, and letters with a stroke.
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ـ": "", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "œ": "oe", "æ": "ae"})
# Longer words are no words, and PostgreSQL takes 2,046 bytes.
_LONGEST = 64
# The constants of BM25 as they are commonly set, and how many different words a contribution usually has.
_SATURATION, _LENGTH, _USUAL = 1.2, 0.75, 20


def terms(text: str) -> tuple[str, ...]:
    """List the words of a text in their order."""
    # Taken apart once more, because what was taken apart may be a capital, and a small letter may have parts.
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_ALIKE)
    return tuple(word[:_LONGEST] for word in "".join(map(_kept, spread)).split())


def joined(texts: Iterable[str]) -> str:
    """Write the words of several texts as they are kept."""
    return " ".join(word for text in texts for word in terms(text))


def closeness(asked: Mapping[str, float], words: str) -> float:
    """Tell how much of what was asked is in some words, by the weight of each term; in long words a term says less.

    Whether a term is there counts, and not how often: people who want something repeat themselves.
    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """
    there = set(words.split())
    found = sum(weight for term, weight in asked.items() if term in there)
    return found / (1 + _SATURATION * (1 - _LENGTH + _LENGTH * len(there) / _USUAL))


def likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Tell what share of two texts is in both, from 0 to 1, by the weight of each term.

    Source: Dice's coefficient, weighted.
    """
    whole = sum(weights[term] for term in one) + sum(weights[term] for term in other)
    return 2 * sum(weights[term] for term in one & other) / whole if whole else 0.0


def weight(cases: int, of: int) -> float:
    """Weigh a term that is in so many cases of all: what is rare tells more."""
    return math.log(1 + (max(of - cases, 0) + 0.5) / (cases + 0.5))


def _kept(character: str) -> str:
    # A mark belongs to the letter before it; anything else that is no letter parts two words.
    if unicodedata.combining(character) or unicodedata.category(character) == "Mn":
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    return character if character.isalnum() else " "
