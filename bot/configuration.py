"""The folder in which an admin configures a town: read, checked, and started from a copy of the starter."""

import shutil
import zoneinfo
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from bot.settings import STARTER
from dialogs.errors import BadConfiguration, Mistake
from dialogs.ids import Language
from dialogs.installation import Installation
from dialogs.installation_reader import TOWN_FILE, Known, read_installation
from dialogs.texts import OTHER, Plural, Voice
from dialogs.yaml_tree import CUT, LARGEST_BYTES, Row, Scalar, Table, read_tree

_FLOWS = "flows"
_FOLDERS = (_FLOWS, "parts")
# The stories that try the flows.
STORIES = "tests"


class NotEmpty(Exception):
    """The folder for a new configuration already holds something; the text says what to do."""


def read_configuration(folder: Path) -> Installation:
    """Read a folder. Raises: BadConfiguration, with every mistake in all its files."""
    installation = _read(folder)
    if isinstance(installation, list):
        raise BadConfiguration(installation)
    return installation


def check(folder: Path) -> list[Mistake]:
    """List every mistake in a folder, in the order of file and line."""
    installation = _read(folder)
    return installation if isinstance(installation, list) else []


def paths(folder: Path) -> list[Path]:
    """List the files of a configuration, the town's first."""
    town = [path for path in (folder / TOWN_FILE,) if path.exists()]
    written = [path for name in _FOLDERS for path in sorted((folder / name).glob("*"))]
    return town + [path for path in written if path.suffix in (".yaml", ".yml")]


def init(folder: Path) -> None:
    """Copy the starter into a new or empty folder. Raises: NotEmpty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"{folder} is not an empty folder. Name a new one, so that nothing is overwritten.")
    for source in (*paths(STARTER), *sorted((STARTER / STORIES).glob("*.yaml"))):
        copy = folder / source.relative_to(STARTER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


@cache
def load_voices() -> Mapping[Language, Voice]:
    """Load the bot's own words, one voice a language, English behind each; they are read once.

    Raises: BadConfiguration, which only a broken package can bring about.
    """
    words: dict[Language, dict[str, str]] = {}
    for file in sorted(resources.files("dialogs").joinpath("words").iterdir(), key=lambda file: file.name):
        # en.yaml, and beside it en's words of one part of the house, such as web.en.yaml.
        stem, _, ending = file.name.rpartition(".")
        if ending == "yaml":
            language = Language(stem.rpartition(".")[2])
            words.setdefault(language, {}).update(_words(file.read_text("utf-8"), file.name, language))
    english = words.get(Language("en"), {})
    return {language: Voice(language, {**english, **words[language]}) for language in sorted(words)}


def _words(text: str, name: str, language: Language) -> Mapping[str, str]:
    tree, mistakes = read_tree(text, file=f"words/{name}")
    if tree is None or mistakes:
        raise BadConfiguration(mistakes)
    texts = dict(_flatten("", tree.root))
    scalars = [scalar for forms in texts.values() for scalar in forms.values()]
    cut = [Mistake(tree.file, scalar.line, scalar.column, *CUT) for scalar in scalars if scalar.cut]
    if cut:
        raise BadConfiguration(cut)
    return {key: _text(forms, language) for key, forms in texts.items()}


def _flatten(prefix: str, node: Table | Row | Scalar) -> Iterator[tuple[str, Mapping[str, Scalar]]]:
    """Give each text by its plural forms; one that has none is there as ``other`` alone."""
    if isinstance(node, Scalar):
        yield prefix, {OTHER: node}
    elif isinstance(node, Table) and OTHER in node.entries:
        yield prefix, {form: value for form, (_, value) in node.entries.items() if isinstance(value, Scalar)}
    elif isinstance(node, Table):
        for key, (_, value) in node.entries.items():
            yield from _flatten(f"{prefix}.{key}".lstrip("."), value)


def _text(written: Mapping[str, Scalar], language: Language) -> str:
    forms = {form: scalar.text for form, scalar in written.items()}
    by = forms.pop("by", "")
    return Plural(forms, language=language, by=by) if len(forms) > 1 else forms[OTHER]


def _read(folder: Path) -> Installation | list[Mistake]:
    files: dict[str, bytes] = {}
    mistakes: list[Mistake] = []
    for path in paths(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".yml":
            mistakes.append(Mistake(name, 1, 1, "This file would not be read.", "Its name must end in .yaml."))
            continue
        try:
            with path.open("rb") as opened:
                # One byte more than the largest is enough to know that it is too large.
                files[name] = opened.read(LARGEST_BYTES + 1)
        except OSError as wrong:
            cause = f"This file cannot be read ({wrong.strerror})."
            mistakes.append(Mistake(name, 1, 1, cause, "Look at its permissions."))
    voices = load_voices()
    known = Known(
        languages=tuple(voices),
        timezones=zoneinfo.available_timezones(),
        other_text={language: voice("choice.other") for language, voice in voices.items()},
    )
    installation = read_installation(files, known=known)
    if isinstance(installation, list):
        mistakes += installation
    return sorted(mistakes) if mistakes else installation
