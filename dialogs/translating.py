"""The texts of a configuration and their translations: what there is, what is missing, what is stale.

A translation is stale when its source has changed since somebody last said that the two fit. What was said
so is kept in a lock file: the hash of the source for each text and language. A folder without a lock file is
not watched yet, and everything in it counts as right.
"""

import json
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dialogs.authoring import Prose, Shape
from dialogs.errors import Mistake
from dialogs.flows.shapes import VERBS, ChoiceShape, FlowShape, PartShape
from dialogs.ids import Language
from dialogs.installation_shapes import TownShape
from dialogs.texts import needed_forms
from dialogs.wording import LONGEST_BUTTON, LONGEST_CANNED, LONGEST_TEXT
from dialogs.yaml_tree import Node, Path, Row, Scalar, Table, Tree

LOCK_FILE = "translations.lock"

# The place of a text that is written without plural forms, among those that have them.
WHOLE = ""
_BY = "by"
# Which hash of its source each translation was confirmed with, by the key of the text. None: nobody watches.
Lock = Mapping[str, Mapping[str, str]]


class State(StrEnum):
    """How a translation is; the worst comes first."""

    MISSING = "missing"
    STALE = "stale"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a file in its languages; ``id`` stays when steps move.

    ``texts``: by language and plural form, or by ``WHOLE``. ``longest``: in UTF-16 units.
    """

    file: str
    id: str
    path: Path
    source: Language
    targets: tuple[Language, ...]
    longest: int
    texts: Mapping[str, Mapping[str, Scalar]]
    # Which placeholder counts, where the text says so.
    by: str

    @property
    def key(self) -> str:
        """Name the text among those of all files."""
        return f"{self.file}:{self.id}"

    def hash(self) -> str:
        """Give a short mark that changes with the source text."""
        said = {form: text.text for form, text in self.texts.get(self.source, {}).items()}
        # The letter in front keeps spreadsheets from taking it for a number.
        return "h" + sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def list_wordings(trees: Sequence[Tree]) -> list[Wording]:
    """List the texts of all files, in the order of the files and of their lines."""
    town = next((tree for tree in trees if _shape_of(tree) is TownShape), None)
    spoken = _languages(town) if town else ()
    return [wording for tree in trees for wording in _wordings(tree, spoken)]


def tell_state(wording: Wording, language: str, lock: Lock | None) -> State:
    """Say how a translation is."""
    texts = wording.texts.get(language, {})
    if not texts or (WHOLE not in texts and not set(needed_forms(language)) <= set(texts)):
        return State.MISSING
    if lock is None or lock.get(wording.key, {}).get(language) == wording.hash():
        return State.OK
    return State.STALE


def stale(trees: Sequence[Tree], lock: Lock | None) -> list[Mistake]:
    """List the translations that may no longer say what their source says; they are worth a warning."""
    told = []
    for wording in list_wordings(trees):
        for language in wording.targets:
            if tell_state(wording, language, lock) is not State.STALE:
                continue
            text = next(iter(wording.texts[language].values()))
            before = lock is not None and language in lock.get(wording.key, {})
            changed = f"`{wording.source}` has changed since this `{language}` text was confirmed."
            cause = changed if before else f"Nobody has confirmed yet that this `{language}` text fits."
            remedy = f"Look at it, then run `yousaid translate confirm {wording.key}`."
            told.append(Mistake(wording.file, text.line, text.column, cause, remedy))
    return sorted(told)


def confirm(wordings: Sequence[Wording], lock: Lock | None, chosen: Collection[tuple[str, str]]) -> Lock:
    """Note in the lock that chosen translations, named by key and language, fit their source as it is now.

    What is there no more is forgotten.
    """
    noted: dict[str, dict[str, str]] = {}
    for wording in wordings:
        before = lock.get(wording.key, {}) if lock else {}
        now: dict[str, str] = {
            language: wording.hash() for language in wording.targets if (wording.key, language) in chosen
        }
        kept: dict[str, str] = {language: before[language] for language in wording.targets if language in before}
        if kept | now:
            noted[wording.key] = kept | now
    return noted


def present(wordings: Sequence[Wording]) -> list[tuple[str, str]]:
    """Name every translation that is there, by key and language."""
    return [
        (wording.key, language)
        for wording in wordings
        for language in wording.targets
        if tell_state(wording, language, None) is State.OK
    ]


def read_lock(text: str) -> Lock | Mistake:
    """Read what ``write_lock`` wrote."""
    try:
        return _LOCK.validate_json(text)
    except ValidationError:
        cause, remedy = "This file cannot be read.", "Bring an older one back, or delete it: then nothing is stale."
        return Mistake(LOCK_FILE, 1, 1, cause, remedy)


def write_lock(lock: Lock) -> str:
    """Write a lock as JSON with one line a text, so that changes are easy to read and to merge."""
    lines = [f"{json.dumps(key)}: {json.dumps(lock[key], sort_keys=True)}" for key in sorted(lock)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


_LOCK = TypeAdapter(dict[str, dict[str, str]])


def _shape_of(tree: Tree) -> type[Shape]:
    root = tree.root
    if isinstance(root, Table) and root.get("flow") is not None:
        return FlowShape
    return PartShape if isinstance(root, Table) and root.get("part") is not None else TownShape


def _languages(tree: Tree) -> tuple[Language, ...]:
    listed = tree.at(("languages",))
    items = listed.items if isinstance(listed, Row) else ()
    return tuple(dict.fromkeys(Language(item.text) for item in items if isinstance(item, Scalar)))


def _wordings(tree: Tree, spoken: tuple[Language, ...]) -> list[Wording]:
    shape = _shape_of(tree)
    languages = _languages(tree) or spoken
    if not languages:
        return []
    made = []
    for id, path, table, button in _inside(shape, tree.root, (), ()):
        texts = {language: _texts(node) for language, (_, node) in table.entries.items()}
        by = tree.at((*path, languages[0], _BY))
        made.append(
            Wording(
                file=tree.file,
                id=".".join(id),
                path=path,
                source=languages[0],
                targets=languages[1:],
                longest=_longest(shape, path, is_button=button),
                texts={language: written for language, written in texts.items() if written},
                by=by.text if isinstance(by, Scalar) else "",
            )
        )
    return sorted(made, key=lambda wording: _place(tree, wording.path))


def _longest(shape: type[Shape], path: Path, *, is_button: bool) -> int:
    if shape is TownShape and set(path) & {"replies", "reasons"}:
        return LONGEST_CANNED
    return LONGEST_BUTTON if is_button or shape is TownShape else LONGEST_TEXT


def _place(tree: Tree, path: Path) -> tuple[int, int]:
    node = tree.at(path)
    return (node.line, node.column) if node else (0, 0)


def _texts(node: Node) -> dict[str, Scalar]:
    match node:
        case Scalar():
            return {WHOLE: node}
        case Table(entries):
            return {form: text for form, (_, text) in entries.items() if isinstance(text, Scalar) and form != _BY}
        case Row():
            return {}


# A text as it is found: the parts of its id, where it is, what is written, and whether it must fit on a button.
_Found = tuple[tuple[str, ...], Path, Table, bool]


def _inside(shape: type[Shape], node: Node, path: Path, id: tuple[str, ...]) -> Iterator[_Found]:
    """Find the texts of a table by its shape, so that a key that is new in the language is found, too."""
    for name, field in shape.model_fields.items():
        key = field.alias or name
        below = node.get(key) if isinstance(node, Table) else None
        if below is None:
            continue
        if key == "steps":
            yield from _in_steps(below, (*path, key))
            continue
        for found in _below(_bare(field.annotation), below, (*path, key), (*id, key)):
            yield (*found[:3], found[3] or key == "title" or shape is ChoiceShape)


def _in_steps(rows: Node, path: Path) -> Iterator[_Found]:
    for place, step in enumerate(rows.items if isinstance(rows, Row) else ()):
        verb = next((verb for verb in VERBS if isinstance(step, Table) and verb in step.entries), None)
        named = step.get(verb) if verb and isinstance(step, Table) else None
        if verb and isinstance(named, Scalar):
            # Ids are unique in a flow: where a step stands does not belong to its name.
            yield from _inside(VERBS[verb], step, (*path, place), (named.text,))


def _below(annotation: Any, node: Node, path: Path, id: tuple[str, ...]) -> Iterator[_Found]:
    arguments = typing.get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield from _inside(annotation, node, path, id)
    elif arguments[1:] == (Prose,) and isinstance(node, Table):
        yield id, path, node, False
    elif typing.get_origin(annotation) is list and isinstance(node, Row):
        for place, item in enumerate(node.items):
            named = item.get("id") if isinstance(item, Table) else None
            if isinstance(named, Scalar):
                yield from _below(_bare(arguments[0]), item, (*path, place), (*id, named.text))
    elif typing.get_origin(annotation) is dict and isinstance(node, Table):
        for key, (_, value) in node.entries.items():
            yield from _below(_bare(arguments[1]), value, (*path, key), (*id, key))


def _bare(annotation: Any) -> Any:
    """Take off ``| None`` and what pydantic was told besides the type."""
    if type(None) in typing.get_args(annotation):
        annotation = next(argument for argument in typing.get_args(annotation) if argument is not type(None))
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation
