"""Checks of one text in its languages: all there, the same {names} in each, and short enough to send.

A text may be written in plural forms, as a table; then each form is checked, and whether the language
has all that it needs. Where numbers have forms, a missing one makes a wrong sentence that nobody sees
until somebody writes that number.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.ids import Language
from dialogs.texts import FORMS, OTHER, needed_forms, placeholders, placeholders_of, plural_rule, units
from dialogs.yaml_tree import MOST_MISTAKES, Path, Scalar, Table, Tree

# A message is 4,096 units (Bot API, 2026); what stands around the text needs some of them.
LONGEST_TEXT = 3500
# Longer ones are cut by phones.
LONGEST_BUTTON = 60
# What a servant sends to a citizen, with what stands around it, is read on a phone without scrolling.
LONGEST_CANNED = 1000

# Cause and remedy of a known name that cannot be filled here; None where nothing special is known of it.
Refuse = Callable[[str], tuple[str, str] | None]

# The longest language tags that people write, and some more.
_LONGEST_CODE = 35
# More strange names in one text, or differences between two, nobody wants to be told at once.
_MOST_NAMES = 10

_BRACES = re.compile(r"\{([^{}\n]*)\}")


def check_wording(
    tree: Tree,
    path: Path,
    words: dict[str, str],
    languages: Sequence[Language],
    *,
    names: Collection[str] | None = (),
    refuse: Refuse | None = None,
    longest: int = LONGEST_TEXT,
) -> list[Mistake]:
    """Check a text; ``names`` may stand in it as {placeholders}, ``refuse`` says why another name may not.

    No languages, or None for names: they are not known.
    """
    # Nobody speaks more languages than a list of mistakes is long.
    words = dict(islice(words.items(), MOST_MISTAKES))
    # Names that cannot be languages are told where they are read.
    words = {language: text for language, text in words.items() if len(language) <= _LONGEST_CODE}
    tables = {key: forms for key, forms in _tables(tree, path).items() if len(key) <= _LONGEST_CODE}
    texts: list[tuple[Path, str]] = [((*path, key), text) for key, text in words.items() if key not in tables]
    texts += [((*path, key, form), text) for key, forms in tables.items() for form, text in forms.items()]
    mistakes = _languages(tree, path, [*words, *tables], languages) if languages else []
    for where, text in texts:
        if units(text) > longest:
            cause = f"This text has {units(text):,} characters; {longest:,} fit."
            mistakes.append(tree.mistake(where, cause, "Shorten it."))
    for key, forms in tables.items():
        mistakes += _check_forms(tree, (*path, key), key, forms)
    # Forms that are unlike `other` are told already: between the languages, `other` stands for them.
    said = words | {key: forms[OTHER] for key, forms in tables.items() if OTHER in forms}
    # A name that is misspelt in one language is also unlike the others: one telling is enough.
    strange = [] if names is None else _strange_names(tree, texts, names, refuse)
    return mistakes + (strange or _unlike_names(tree, path, said))


def refuse_every(name: str) -> tuple[str, str] | None:
    """Refuse all placeholders, for texts that are the same for everybody."""
    if not placeholders(f"{{{name}}}"):
        return None
    cause = f"`{{{name[:60]}}}` cannot stand here: titles, names and buttons quote no answer."
    return cause, "Write the same words for everybody."


def _check_forms(tree: Tree, path: Path, language: str, forms: Mapping[str, str]) -> list[Mistake]:
    # No text at all is told already, as is a form that is no text.
    if not forms:
        return []
    known = [form for form in FORMS if form in {*plural_rule(language).tags, OTHER}]
    mistakes = []
    for form in islice(forms, MOST_MISTAKES):
        if form not in FORMS:
            cause, remedy = f"There is no plural form `{form[:60]}`.", suggest(form, [*known, "by"])
            mistakes.append(tree.mistake((*path, form), cause, remedy, at_key=True))
        elif form not in known:
            cause, remedy = f"`{language}` has no plural form `{form}`.", f"Take it out; it has {', '.join(known)}."
            mistakes.append(tree.mistake((*path, form), cause, remedy, at_key=True))
    missing = [form for form in needed_forms(language) if tree.at((*path, form)) is None]
    if missing and not mistakes:
        cause = f"`{language}` also needs the plural {_forms(missing)}."
        remedy = f"Add `{missing[0]}: …`, as it is said with {_example(language, missing[0])}."
        mistakes.append(tree.mistake(path, cause, remedy))
    return mistakes if mistakes or OTHER not in forms else _check_counting(tree, path, forms)


def _tables(tree: Tree, path: Path) -> dict[str, dict[str, str]]:
    """Give the texts that are written in plural forms; ``by`` is none of the forms."""
    node = tree.at(path)
    tables = {key: value for key, (_, value) in node.entries.items()} if isinstance(node, Table) else {}
    return {
        language: {
            form: text.text for form, (_, text) in table.entries.items() if isinstance(text, Scalar) and form != "by"
        }
        for language, table in islice(tables.items(), MOST_MISTAKES)
        if isinstance(table, Table)
    }


def _forms(names: Sequence[str]) -> str:
    return f"{'form' if len(names) == 1 else 'forms'} {', '.join(f'`{name}`' for name in names)}"


def _example(language: str, form: str) -> int:
    rule = plural_rule(language)
    return next((number for number in range(201) if rule(number) == form), 100)


def _check_counting(tree: Tree, path: Path, forms: Mapping[str, str]) -> list[Mistake]:
    """Check which placeholder counts, and that every form has the placeholders of ``other``."""
    expected = placeholders(forms[OTHER])
    by = tree.at((*path, "by"))
    counting = by.text if isinstance(by, Scalar) else ""
    names = sorted(placeholders_of(forms.values()))
    if counting and counting not in expected:
        cause = f"`{{{counting[:60]}}}` is not in the form `other`, so it cannot count."
        return [tree.mistake((*path, "by"), cause, suggest(counting, sorted(expected)))]
    if not counting and not names:
        cause = "No placeholder in these forms says which number counts."
        return [tree.mistake(path, cause, "Put the number in, such as {n}, or write one text without forms.")]
    if not counting and len(names) > 1:
        cause = f"It is not clear which placeholder counts: {_braced(names)}."
        return [tree.mistake(path, cause, f"Add `by: {names[0][:60]}`, or another of them.")]
    mistakes = []
    for form, text in forms.items():
        # "One hour" needs no digit.
        differ = (placeholders(text) | {counting or names[0]}) ^ expected
        if differ:
            cause = f"`{form}` and `other` do not have the same placeholders: {_braced(differ)}."
            remedy = "Use the same in every form; only the one that counts may be left out."
            mistakes.append(tree.mistake((*path, form), cause, remedy))
    return mistakes


def _braced(names: Collection[str]) -> str:
    return ", ".join(f"{{{name[:60]}}}" for name in sorted(names)[:_MOST_NAMES])


def _languages(tree: Tree, path: Path, written: Sequence[str], languages: Sequence[Language]) -> list[Mistake]:
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    mistakes = [
        tree.mistake(path, f"`{key}` has no text in `{language}`.", f"Add `{language}: …`.")
        for language in languages
        # One that is there and wrong is told already.
        if language not in written and tree.at((*path, language)) is None
    ]
    for language in dict.fromkeys(written):
        if language not in languages:
            cause = f"`{language}` is not one of the languages here."
            mistakes.append(tree.mistake((*path, language), cause, suggest(language, languages), at_key=True))
    return mistakes


def _strange_names(
    tree: Tree, texts: list[tuple[Path, str]], names: Collection[str], refuse: Refuse | None
) -> list[Mistake]:
    mistakes: list[Mistake] = []
    told: set[str] = set()
    for where, text in texts:
        # dict keeps the order of the text, a set would not.
        for name in dict.fromkeys(_BRACES.findall(text)):
            if name in told or name in names or len(told) >= _MOST_NAMES:
                continue
            told.add(name)
            mistakes.append(tree.mistake(where, *((refuse and refuse(name)) or _strange(name, names))))
    return mistakes


def _strange(name: str, names: Collection[str]) -> tuple[str, str]:
    shown = f"{{{name[:60]}}}"
    if not placeholders(f"{{{name}}}"):
        return f"`{shown}` is not a placeholder.", "Only the id of an earlier question stands in { }."
    if not names:
        return f"`{shown}` cannot be filled: no question comes before it.", "Take it out."
    return f"`{shown}` cannot be filled: no question before it is called so.", suggest(name, list(names)[-30:])


def _unlike_names(tree: Tree, path: Path, words: dict[str, str]) -> list[Mistake]:
    mistakes = []
    source = next(iter(words), "")
    expected = placeholders(words.get(source, ""))
    for language, text in words.items():
        found = placeholders(text)
        if found != expected:
            differ = _braced(found ^ expected)
            cause = f"`{language}` and `{source}` do not have the same placeholders: {differ}."
            mistakes.append(tree.mistake((*path, language), cause, "Use the same in every language."))
    return mistakes
