"""The sheet that goes to a translator and comes back: rows out, and every row that fits taken in.

A row is one text, or one plural form of it, with a column for each language. What the sheet must not change
(file, id and hash) is compared when it comes back, and each text is checked as it would be in its file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.ids import Language
from dialogs.sheet import guard, unguard
from dialogs.texts import FORMS, OTHER, clean, needed_forms, placeholders_of
from dialogs.translating import WHOLE, Lock, State, Wording, list_wordings, tell_state
from dialogs.wording import check_wording
from dialogs.yaml_tree import MOST_MISTAKES, Node, Scalar, Table, Tree

_BEFORE, _AFTER = ("file", "id", "source"), ("state", "hash")

_ID = re.compile(r"(?P<id>[^\[\]]*)(\[(?P<form>[a-z]+)\])?")


@dataclass(frozen=True, slots=True)
class Change:
    """A translation as it shall stand in its file: one text under ``WHOLE``, or one for each plural form."""

    wording: Wording
    language: Language
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet brought. ``fitting``: translations that stay and were said to be right, by key and language."""

    changes: tuple[Change, ...]
    fitting: tuple[tuple[str, Language], ...]
    mistakes: tuple[Mistake, ...]


def fill_sheet(wordings: Sequence[Wording], lock: Lock | None, languages: Sequence[Language]) -> list[list[str]]:
    """Write the texts that are translated into any of the languages as rows, the names of the columns first."""
    rows = [[*_BEFORE, *languages, *_AFTER]]
    for wording in wordings:
        targets = [language for language in languages if language in wording.targets]
        source = wording.texts.get(wording.source)
        if not targets or not source:
            continue
        worst = min((tell_state(wording, language, lock) for language in targets), key=list(State).index)
        for form in _forms(wording, targets):
            id = f"{wording.id}[{form}]" if form else wording.id
            said = source.get(form) or source.get(OTHER) or next(iter(source.values()))
            cells = [_cell(wording, language, form) if language in targets else "" for language in languages]
            rows.append([guard(cell) for cell in (wording.file, id, said.text, *cells, worst, wording.hash())])
    return rows


def take_sheet(rows: Sequence[Sequence[str]], trees: Sequence[Tree], lock: Lock, *, file: str) -> Taken:
    """Take in what is new in a sheet; ``file`` is its name in the mistakes, their lines are its rows."""
    taking = _Taking(file, {(one.file, one.id): one for one in list_wordings(trees) if one.source in one.texts})
    if not taking.head(rows[0] if rows else ()):
        return Taken((), (), tuple(taking.mistakes))
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            taking.row(number, row)
    changes, fitting = [], []
    for texts in taking.texts.values():
        if texts.spoilt:
            continue
        changed = texts.changed()
        if changed is None:
            if texts.said_ok and tell_state(texts.wording, texts.language, lock) is State.STALE:
                fitting.append((texts.wording.key, texts.language))
            continue
        wrong = texts.check(changed, file)
        taking.mistakes += wrong
        changes += [] if wrong else [Change(texts.wording, texts.language, changed)]
    return Taken(tuple(changes), tuple(fitting), tuple(sorted(taking.mistakes)))


@dataclass(slots=True)
class _Texts:
    """What the rows of a sheet say for one text in one language: by plural form, with row and column."""

    wording: Wording
    language: Language
    said: dict[str, Scalar] = field(default_factory=dict)
    said_ok: bool = False
    # A row of it was refused, and half a text is none.
    spoilt: bool = False

    def changed(self) -> dict[str, str] | None:
        """Give the text as it shall be, or None where it stays as it is."""
        if all(text.text == clean(_cell(self.wording, self.language, form)) for form, text in self.said.items()):
            return None
        before = {form: text.text for form, text in self.wording.texts.get(self.language, {}).items()}
        after = before | {form: text.text for form, text in self.said.items()}
        plain = set(self.wording.texts[self.wording.source]) == {WHOLE}
        if plain and set(after) <= {WHOLE, OTHER}:
            # Rows for forms were there because of another language.
            after = {WHOLE: after.get(OTHER, after.get(WHOLE, ""))}
        elif len(after) > 1:
            after.pop(WHOLE, None)
        return after

    def check(self, texts: Mapping[str, str], file: str) -> list[Mistake]:
        """Check the text beside its source, as if the sheet were its file."""
        row = next(iter(self.said.values()))
        cells = {form: self.said.get(form, Scalar(text, row.line, row.column)) for form, text in texts.items()}
        # The source is no mistake of the translator: it is put where no row is.
        source = {form: Scalar(text.text, 0, 0) for form, text in self.wording.texts[self.wording.source].items()}
        languages = (self.wording.source, self.language)
        # What counts in the source counts in its translation.
        counting = self.wording.by or next(iter(sorted(_names(source))), "")
        nodes = {self.wording.source: _node(source, counting), self.language: _node(cells, counting)}
        tree = Tree(file, Table({language: (Scalar(language, 0, 0), nodes[language]) for language in languages}, 0, 0))
        names = _names(source) | _names(cells)
        plain: dict[str, str] = {language: node.text for language, node in nodes.items() if isinstance(node, Scalar)}
        found = check_wording(tree, (), plain, languages, names=names, longest=self.wording.longest)
        return [mistake for mistake in found if mistake.line > 0]


@dataclass(slots=True)
class _Taking:
    """One sheet on its way in."""

    file: str
    known: Mapping[tuple[str, str], Wording]
    columns: dict[str, int] = field(default_factory=dict)
    languages: list[Language] = field(default_factory=list)
    texts: dict[tuple[str, Language], _Texts] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def head(self, row: Sequence[str]) -> bool:
        """Read the names of the columns; without them nothing can be read."""
        names = [cell.strip() for cell in row]
        spoken = {language for wording in self.known.values() for language in (wording.source, *wording.targets)}
        for name in ("file", "id", "hash"):
            if name not in names:
                self.note(1, 1, f"The column `{name}` is missing.", "Keep the first row and every column as exported.")
        for column, name in enumerate(names, 1):
            if name not in (*_BEFORE, *_AFTER, *spoken, ""):
                self.note(1, column, f"There is no language `{name[:60]}` here.", suggest(name, sorted(spoken)))
        self.columns = {name: column for column, name in enumerate(names)}
        self.languages = [Language(name) for name in names if name in spoken]
        return not self.mistakes

    def row(self, number: int, row: Sequence[str]) -> None:
        """Read one row."""
        cells = {name: clean(unguard(row[at])) if at < len(row) else "" for name, at in self.columns.items()}
        found = _ID.fullmatch(cells["id"])
        wording = self.known.get((cells["file"], found["id"])) if found else None
        form = (found["form"] if found else None) or WHOLE
        if wording is None or (form and form not in FORMS):
            self.strange(number, cells)
            return
        first = self.seen.setdefault((cells["file"], cells["id"]), number)
        written = [language for language in self.languages if cells[language]]
        spoilt = cells["hash"] != wording.hash() or first != number
        if first != number:
            self.note(number, self.at("id"), "This text is here twice.", f"It is in row {first} already: take one out.")
        elif spoilt:
            cause = "The source has changed since this was exported, or the hash has."
            self.note(number, self.at("hash"), cause, "Export again, and translate what is stale.")
        for language in written:
            if language in wording.targets:
                texts = self.texts.setdefault((wording.key, language), _Texts(wording, language))
                texts.said[form] = Scalar(cells[language], number, self.at(language), plain=False)
                texts.said_ok = texts.said_ok or cells.get("state") == State.OK
                texts.spoilt = texts.spoilt or spoilt
            elif language != wording.source:
                cause = f"`{language}` is not one of the languages of {wording.file}."
                self.note(number, self.at(language), cause, "Add it to `languages:` there, or empty this cell.")

    def strange(self, number: int, cells: Mapping[str, str]) -> None:
        files = {file for file, _ in self.known}
        if cells["file"] not in files:
            cause, remedy = f"There is no file `{cells['file'][:60]}`.", suggest(cells["file"], sorted(files))
            self.note(number, self.at("file"), cause, remedy)
            return
        ids = [id for file, id in self.known if file == cells["file"]]
        cause = f"There is no text `{cells['id'][:60]}` in {cells['file']}."
        self.note(number, self.at("id"), cause, suggest(cells["id"], ids))

    def at(self, column: str) -> int:
        return self.columns[column] + 1

    def note(self, row: int, column: int, cause: str, remedy: str) -> None:
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(Mistake(self.file, row, column, cause, remedy))


def _forms(wording: Wording, targets: Iterable[Language]) -> list[str]:
    """Name the plural forms of which a text needs a row each, or ``WHOLE`` where it has none."""
    languages = [wording.source, *targets]
    written = {form for language in languages for form in wording.texts.get(language, {})}
    if not written - {WHOLE}:
        return [WHOLE]
    needed = {form for language in languages for form in needed_forms(language)}
    return [form for form in FORMS if form in needed | written]


def _cell(wording: Wording, language: Language, form: str) -> str:
    texts = wording.texts.get(language, {})
    text = texts.get(form) or (texts.get(WHOLE) if form == OTHER else None)
    return text.text if text else ""


def _node(texts: Mapping[str, Scalar], by: str) -> Node:
    if set(texts) == {WHOLE}:
        return texts[WHOLE]
    first = next(iter(texts.values()))
    named = {"by": Scalar(by, first.line, first.column)} if by else {}
    return Table({key: (text, text) for key, text in {**texts, **named}.items()}, first.line, first.column)


def _names(texts: Mapping[str, Scalar]) -> frozenset[str]:
    return placeholders_of(text.text for text in texts.values())
