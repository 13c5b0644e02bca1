"""``yousaid translate``: texts out to a sheet (CSV), translations back into the files, and what was confirmed.

The files are the authors' own: a translation is written into them with their comments and layout kept. What
would be written is read again by the reader that the program uses, and only then takes the place of the file.
"""

import argparse
import csv
import io
import re
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.configuration import check, paths
from bot.settings import STARTER, read_settings
from bot.tools.choosing import refuse
from bot.tools.rewriting import rewrite
from dialogs.authoring import suggest
from dialogs.errors import BadConfiguration, Mistake
from dialogs.ids import Language
from dialogs.translating import (
    LOCK_FILE,
    Lock,
    confirm,
    list_wordings,
    present,
    read_lock,
    write_lock,
)
from dialogs.translation_sheet import Change, fill_sheet, take_sheet
from dialogs.yaml_tree import MOST_MISTAKES, Tree, decode, read_tree


def run_export(chosen: argparse.Namespace) -> int:
    """Write the sheet to ``chosen.out`` or to the terminal, for ``chosen.lang`` (a list) or every language."""
    folder = read_settings().config
    wordings = list_wordings(read_trees(folder))
    known = tuple(dict.fromkeys(language for wording in wordings for language in wording.targets))
    languages = tuple(Language(language) for language in dict.fromkeys(chosen.lang or known))
    for language in languages:
        if language not in known:
            return refuse(f"Nothing is translated into {language}. {suggest(language, known)}")
    text = io.StringIO(newline="")
    csv.writer(text).writerows(fill_sheet(wordings, read_folder_lock(folder), languages))
    # With the mark spreadsheets know that it is UTF-8.
    sheet = "\ufeff" + text.getvalue()
    if chosen.out is None:
        print(sheet, end="")
        return 0
    if chosen.out.exists():
        return refuse(f"{chosen.out} is there already. Name another file, so that no work is lost.")
    chosen.out.write_bytes(sheet.encode())
    print(f"Made {chosen.out}. Fill in the column of the language, then run `yousaid translate import {chosen.out}`.")
    return 0


def run_import(chosen: argparse.Namespace) -> int:
    """Take the sheet ``chosen.sheet`` in: rows that fit are written, the others are told. Gives 1 if there are any."""
    folder = read_settings().config
    if _is_starter(folder):
        return refuse(_NOT_THE_STARTER)
    trees, lock = read_trees(folder), read_folder_lock(folder)
    before = list_wordings(trees)
    if lock is None:
        # From now on somebody watches; what was there until now was never doubted.
        lock = confirm(before, lock, present(before))
    taken = take_sheet(_read_sheet(chosen.sheet), trees, lock, file=chosen.sheet.name)
    files, mistakes = _rewrite_all(folder, trees, taken.changes)
    for name, text in files.items():
        _put_in_place(folder / name, text)
    written = [(change.wording.key, change.language) for change in taken.changes if change.wording.file in files]
    after = list_wordings(read_trees(folder))
    _put_in_place(folder / LOCK_FILE, write_lock(confirm(after, lock, {*written, *taken.fitting})))
    for mistake in (*taken.mistakes, *mistakes):
        print(mistake, file=sys.stderr)
    for file in sorted({change.wording.file for change in taken.changes} - set(files)):
        print(f"{file} was left as it is.", file=sys.stderr)
    left_out = len(taken.mistakes) + len(mistakes)
    print(f"{len(written)} written, {len(taken.fitting)} confirmed." + (f" {left_out} to put right." * bool(left_out)))
    return 1 if left_out else 0


def run_confirm(chosen: argparse.Namespace) -> int:
    """Say that translations fit their sources as they are: ``chosen.text`` (a list of keys), or all."""
    folder = read_settings().config
    if _is_starter(folder):
        return refuse(_NOT_THE_STARTER)
    wordings = list_wordings(read_trees(folder))
    known = [wording.key for wording in wordings]
    for key in chosen.text:
        if key not in known:
            return refuse(f"There is no text {key}. {suggest(key, known)}")
    fitting = {
        (key, language)
        for key, language in present(wordings)
        if (not chosen.text or key in chosen.text) and (not chosen.lang or language in chosen.lang)
    }
    _put_in_place(folder / LOCK_FILE, write_lock(confirm(wordings, read_folder_lock(folder), fitting)))
    print(f"{len(fitting)} confirmed. They count as right until their source changes.")
    return 0


_NOT_THE_STARTER = "This is the starter, which is not yours to change. Make your own with `yousaid init DIR`."


def _is_starter(folder: Path) -> bool:
    return folder.resolve() == STARTER.resolve()


def read_trees(folder: Path) -> list[Tree]:
    """Read every file, also those with texts that are still missing. Raises: BadConfiguration."""
    trees, mistakes = [], []
    for path in paths(folder):
        file = path.relative_to(folder).as_posix()
        try:
            text = decode(path.read_bytes(), file=file)
        except OSError as wrong:
            text = Mistake(file, 1, 1, f"This file cannot be read ({wrong.strerror}).", "Is it there?")
        tree, found = (None, [text]) if isinstance(text, Mistake) else read_tree(text, file=file)
        mistakes += found
        trees += [tree] if tree else []
    if mistakes:
        raise BadConfiguration(mistakes)
    return trees


def read_folder_lock(folder: Path) -> Lock | None:
    """Read what was confirmed last; None where nothing ever was. Raises: BadConfiguration."""
    path = folder / LOCK_FILE
    if not path.exists():
        return None
    lock = read_lock(path.read_text("utf-8"))
    if isinstance(lock, Mistake):
        raise BadConfiguration([lock])
    return lock


def _read_sheet(path: Path) -> list[list[str]]:
    """Read a sheet as spreadsheets save it, with commas, semicolons or tabs. Raises: BadConfiguration."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = re.match(r'"?file"?([,;\t])', text)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=first[1] if first else ",", strict=True))
    except OSError as wrong:
        cause, remedy = f"This file cannot be read ({wrong.strerror}).", "Is it there?"
    except UnicodeDecodeError:
        cause, remedy = "This file is not in UTF-8.", "Save it as “CSV UTF-8”."
    except csv.Error as wrong:
        cause, remedy = f"This is not the table that was exported ({wrong}).", "Save the sheet as “CSV UTF-8”."
    raise BadConfiguration([Mistake(path.name, 1, 1, cause, remedy)])


def _put_in_place(path: Path, text: str) -> None:
    """Write a file beside the old one, then put it in its place, so that nobody ever reads half of it."""
    path = path.resolve()
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(text.encode())
    if path.exists():
        shutil.copymode(path, new)
    new.replace(path)


def _rewrite_all(
    folder: Path, trees: Sequence[Tree], changes: Sequence[Change]
) -> tuple[dict[str, str], list[Mistake]]:
    """Give the new text of each file that is changed, as far as the program's own reader finds no new mistake."""
    by_file: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_file[change.wording.file].append(change)
    files, mistakes = {}, []
    for tree in trees:
        if tree.file in by_file:
            text = rewrite((folder / tree.file).read_bytes().decode(), tree, by_file[tree.file])
            if text is None:
                cause = "The translations cannot be written here without changing something else."
                mistakes.append(Mistake(tree.file, 1, 1, cause, "Write them in by hand."))
            else:
                files[tree.file] = text
    for mistake in _new_mistakes(folder, files):
        mistakes.append(mistake)
        files.pop(mistake.file, None)
    return files, mistakes


def _new_mistakes(folder: Path, files: Mapping[str, str]) -> list[Mistake]:
    with TemporaryDirectory() as place:
        tried = Path(place)
        for path in paths(folder):
            name = path.relative_to(folder).as_posix()
            (tried / name).parent.mkdir(exist_ok=True)
            (tried / name).write_bytes(files[name].encode() if name in files else path.read_bytes())
        before, after = check(folder), check(tried)
        told = Counter(map(_said, before))
        # Of a file with very many mistakes only the first ones are told: which are new cannot be known.
        flooded = {
            file for file, count in Counter(mistake.file for mistake in before).items() if count >= MOST_MISTAKES
        }
        found = []
        for mistake in after:
            told[_said(mistake)] -= 1
            if told[_said(mistake)] < 0 and mistake.file not in flooded:
                found.append(mistake)
        return found


def _said(mistake: Mistake) -> tuple[str, str, str]:
    return mistake.file, mistake.cause, mistake.remedy
