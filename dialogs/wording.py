"""Checks of one text in its languages: all there, the same {names} in each, and short enough to send."""

import re
from collections.abc import Collection, Sequence
from itertools import islice

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.ids import Language
from dialogs.texts import placeholders, units
from dialogs.yaml_tree import MOST_MISTAKES, Path, Tree

# A message is 4,096 units (Bot API, 2026); what stands around the text needs some of them.
LONGEST_TEXT = 3500
# Longer ones are cut by phones.
LONGEST_BUTTON = 60

_BRACES = re.compile(r"\{([^{}\n]*)\}")


def check_wording(
    tree: Tree,
    path: Path,
    words: dict[str, str],
    languages: Sequence[Language],
    *,
    names: Collection[str] = (),
    longest: int = LONGEST_TEXT,
) -> list[Mistake]:
    """Check a text; ``names`` may stand in it as {placeholders}. No languages: they are not known."""
    # Nobody speaks more languages than a list of mistakes is long.
    words = dict(islice(words.items(), MOST_MISTAKES))
    mistakes = _languages(tree, path, words, languages) if languages else []
    for language, text in words.items():
        if units(text) > longest:
            cause = f"This text has {units(text):,} characters; {longest:,} fit."
            mistakes.append(tree.mistake((*path, language), cause, "Shorten it."))
    # A name that is misspelt in one language is also unlike the others: one telling is enough.
    return mistakes + (_strange_names(tree, path, words, names) or _unlike_names(tree, path, words))


def _languages(tree: Tree, path: Path, words: dict[str, str], languages: Sequence[Language]) -> list[Mistake]:
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    mistakes = [
        tree.mistake(path, f"`{key}` has no text in `{language}`.", f"Add `{language}: …`.")
        for language in languages
        if language not in words
    ]
    for language in words:
        if language not in languages:
            cause = f"`{language}` is not one of the languages here."
            mistakes.append(tree.mistake((*path, language), cause, suggest(language, languages), at_key=True))
    return mistakes


def _strange_names(tree: Tree, path: Path, words: dict[str, str], names: Collection[str]) -> list[Mistake]:
    mistakes: list[Mistake] = []
    told: set[str] = set()
    for language, text in words.items():
        # dict keeps the order of the text, a set would not.
        for name in dict.fromkeys(_BRACES.findall(text)):
            if name in told or name in names or len(told) >= MOST_MISTAKES:
                continue
            told.add(name)
            mistakes.append(tree.mistake((*path, language), *_strange(name, names)))
    return mistakes


def _strange(name: str, names: Collection[str]) -> tuple[str, str]:
    shown = f"{{{name[:60]}}}"
    if not placeholders(f"{{{name}}}"):
        return f"`{shown}` is not a placeholder.", "Only the id of an earlier question stands in { }."
    if not names:
        return f"`{shown}` cannot be filled: no question comes before it.", "Take it out."
    return f"`{shown}` cannot be filled: no question before it is called so.", suggest(name, names)


def _unlike_names(tree: Tree, path: Path, words: dict[str, str]) -> list[Mistake]:
    mistakes = []
    source = next(iter(words), "")
    expected = placeholders(words.get(source, ""))
    for language, text in words.items():
        found = placeholders(text)
        if found != expected:
            differ = ", ".join(f"{{{name}}}" for name in sorted(found ^ expected))
            cause = f"`{language}` and `{source}` do not have the same placeholders: {differ}."
            mistakes.append(tree.mistake((*path, language), cause, "Use the same in every language."))
    return mistakes
