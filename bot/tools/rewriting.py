"""Translations written into an author's own YAML file, with its comments, its blank lines and its style kept.

This is the only place that writes YAML. What is written is read again by our own reader and compared with what
was wanted, so that a slip of the writing library cannot change anything else.
"""

import io
import re
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString, ScalarString
from ruamel.yaml.tokens import CommentToken

from dialogs.texts import FORMS, OTHER, placeholders_of
from dialogs.translating import WHOLE
from dialogs.translation_sheet import Change
from dialogs.yaml_tree import Node, Row, Scalar, Table, Tree, read_tree

_LONGEST_LINE = 100
# What the two YAML libraries do not read alike unless it is in quotes: line ends of Unicode, how texts and lines begin.
_ODD = re.compile("[\x85\u2028\u2029]|^[?:]|\n[ \t]")
# How people indent: keys, lists, and the dash in a list.
_INDENTS = ((2, 4, 2), (2, 2, 0), (2, 3, 1), (4, 4, 0), (4, 4, 2), (4, 6, 4))


def rewrite(source: str, tree: Tree, changes: Sequence[Change]) -> str | None:
    """Write translations into the text of a file; None where something else would change with them."""
    wanted = _plain(tree.root)
    try:
        yaml, document = _load(source)
        for change in changes:
            _change_plain(wanted, change)
            _change(document, change)
        written = _dump(yaml, document)
    except (YAMLError, LookupError, TypeError):
        return None
    read, mistakes = read_tree(written, file=tree.file)
    if read is None or mistakes or _plain(read.root) != wanted:
        return None
    return written.replace("\n", "\r\n") if "\r\n" in source else written


def _plain(node: Node) -> Any:
    match node:
        case Table(entries):
            return {key: _plain(value) for key, (_, value) in entries.items()}
        case Row(items):
            return [_plain(item) for item in items]
        case Scalar(text):
            return text


def _change_plain(document: Any, change: Change) -> None:
    for part in change.wording.path:
        document = document[part]
    old = document.get(change.language)
    forms = old if isinstance(old, dict) else _by(change)
    document[change.language] = change.texts.get(WHOLE) or {**forms, **change.texts}


def _by(change: Change) -> dict[str, str]:
    by = change.wording.by
    return {"by": by} if by and by in placeholders_of(change.texts.values()) else {}


def _load(source: str) -> tuple[YAML, Any]:
    """Load a file so that it is written again as it is indented."""
    for mapping, sequence, offset in _INDENTS:
        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.width = 1_000_000
        yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
        document = yaml.load(source)
        if _dump(yaml, document) == source.replace("\r\n", "\n"):
            break
    # Writing uses comments up.
    return yaml, yaml.load(source)


def _dump(yaml: YAML, document: Any) -> str:
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _change(document: Any, change: Change) -> None:
    table: Any = document
    for part in change.wording.path:
        table = table[part]
    old = table.get(change.language)
    if WHOLE in change.texts:
        like = table[change.wording.source] if old is None else old
        _set(table, change.language, _styled(change.texts[WHOLE], like))
    elif isinstance(old, CommentedMap):
        for form, text in change.texts.items():
            if old.get(form) != text:
                _set(old, form, _styled(text, old.get(form)))
    else:
        source = table[change.wording.source]
        like = source.get(OTHER) if isinstance(source, CommentedMap) else None
        written = {form: _styled(change.texts[form], like) for form in FORMS if form in change.texts}
        forms = CommentedMap(written | _by(change))
        forms.fa.set_flow_style()
        _set(table, change.language, forms)


def _styled(text: str, like: Any) -> Any:
    """Write a text in the style of another one: folded, in quotes, or plain."""
    match like:
        case _ if _ODD.search(text):
            return DoubleQuotedScalarString(text)
        case FoldedScalarString():
            folded = FoldedScalarString(text)
            folded.fold_pos = _folds(text)
            return folded
        case LiteralScalarString():
            return LiteralScalarString(text)
        case _ if "\n" in text:
            return DoubleQuotedScalarString(text)
        case ScalarString():
            return type(like)(text)
        case _:
            return text


def _folds(text: str) -> list[int]:
    """Choose the blanks at which the lines of a folded text end."""
    folds, start, blank = [], 0, -1
    for found in re.finditer(r"(?<=\S) (?=\S)|\n|$", text):
        if found.start() - start > _LONGEST_LINE and blank > start:
            folds.append(blank)
            start = blank + 1
        blank = found.start() if found[0] == " " else -1
        start = found.end() if found[0] == "\n" else start
    return folds


def _set(table: CommentedMap, key: str, value: Any) -> None:
    """Set a key; what stands below the table (a blank line, a comment) stays below it."""
    below = _cut_below(table, key if key in table else list(table)[-1])
    table[key] = value
    if not below:
        return
    end = "" if _ends_itself(value) else "\n"
    token = _token(table, key)
    if token is None:
        table.ca.items[key] = [None, None, CommentToken(end + below, CommentMark(0), None), None]
    else:
        token.value += below


def _cut_below(table: CommentedMap, key: str) -> str:
    value = table[key]
    if isinstance(value, CommentedMap) and not value.fa.flow_style():
        return _cut_below(value, list(value)[-1])
    token = _token(table, key)
    if token is None:
        return ""
    head, _, below = ("", "", token.value) if _ends_itself(value) else token.value.partition("\n")
    if head:
        token.value = f"{head}\n"
    else:
        table.ca.items[key][2] = None
    return str(below)


def _token(table: CommentedMap, key: str) -> Any:
    return (table.ca.items.get(key) or (None, None, None))[2]


def _ends_itself(value: Any) -> bool:
    """Tell whether a value is written up to the end of its last line."""
    return isinstance(value, FoldedScalarString | LiteralScalarString)
