"""Texts out to a sheet and translations back into the files: `yousaid translate`."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.configuration import check, init
from bot.settings import STARTER
from bot.tools.translating import run_confirm, run_export, run_import
from dialogs.errors import BadConfiguration, Mistake
from dialogs.translating import LOCK_FILE, read_lock, stale, write_lock
from tests.bot.translated_town import FLOW, FRENCH, TOWN, TRANSLATED, column, export, fill, stale_in, take, trees_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town in two languages, whose French is not all there."""
    folder = tmp_path / "town"
    (folder / "flows").mkdir(parents=True)
    (folder / "yousaid.yaml").write_text(TOWN, "utf-8")
    (folder / "flows/story.yaml").write_text(FLOW, "utf-8")
    monkeypatch.setenv("YOUSAID_CONFIG", str(folder))
    return folder


def test_a_sheet_has_every_text_with_its_state(folder: Path) -> None:
    """A row for each text in the order of the files, plural forms apart, formulas guarded, states and hashes told."""
    rows = export(folder)
    assert rows[0] == ["file", "id", "source", "fr", "state", "hash"]
    assert [row[1] for row in rows if row[0] == "flows/story.yaml"] == [
        "title",
        "welcome.text",
        "role.text",
        "role.choices.family.text",
        "role.choices.worker.text",
        "hours.text",
        "thanks.text[one]",
        "thanks.text[other]",
        "send.text",
    ]
    states, sources = column(rows, "state"), column(rows, "source")
    assert (states["organisation"], states["queues.care.name"], states["role.choices.worker.text"]) == (
        "ok",
        "missing",
        "ok",
    )
    assert sources["role.choices.worker.text"] == "'=Worker"
    assert sources["thanks.text[one]"] == "{hours} hour, that is a lot."
    assert all(mark.startswith("h") and len(mark) == 13 for mark in column(rows, "hash").values())


def test_what_comes_back_is_written_and_the_rest_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Export, translate, import: the configuration is right, every old line is still there, the sheet says ok."""
    assert check(folder) != []
    rows = fill(export(folder), FRENCH)
    capsys.readouterr()
    assert take(folder, rows) == 0
    assert capsys.readouterr().out == "8 written, 0 confirmed.\n"
    assert check(folder) == []
    flow = (folder / "flows/story.yaml").read_text("utf-8")
    assert [line for line in FLOW.splitlines() if line not in flow.splitlines()] == [
        "title: {en: Tell us}",
        "      - {id: family, text: {en: Family}}",
    ]
    again = export(folder)
    assert set(column(again, "state").values()) == {"ok"}
    assert column(again, "fr") == column(rows, "fr") | {"send.text": "'-Merci."}
    assert stale_in(folder) == []


def test_a_file_looks_as_if_its_author_had_written_it(folder: Path) -> None:
    """New texts stand right below the old ones, folded and quoted like them, above what follows."""
    take(folder, fill(export(folder), FRENCH))
    flow = (folder / "flows/story.yaml").read_text("utf-8")
    assert flow[flow.index("  - say: welcome") :] == TRANSLATED


def test_a_source_that_changes_makes_its_translation_stale(folder: Path) -> None:
    """After a change of the source its translation is told with its place, and is fine again once confirmed."""
    take(folder, fill(export(folder), FRENCH))
    path = folder / "flows/story.yaml"
    path.write_text(path.read_text("utf-8").replace("How many hours?", "How many hours a week?"), "utf-8")
    [told] = stale_in(folder)
    assert (told.file, told.line, told.column) == ("flows/story.yaml", 32, 11)
    assert "`en` has changed" in told.cause
    assert told.remedy.endswith("run `yousaid translate confirm flows/story.yaml:hours.text`.")
    assert column(export(folder), "state")["hours.text"] == "stale"
    assert run_confirm(Namespace(text=["flows/story.yaml:hours.text"], lang=None)) == 0
    assert stale_in(folder) == []


def test_a_stale_text_that_still_fits_is_confirmed_in_the_sheet(folder: Path) -> None:
    """A row that comes back unchanged stays stale, and is confirmed by writing ok into its state."""
    run_confirm(Namespace(text=[], lang=None))
    path = folder / "yousaid.yaml"
    path.write_text(TOWN.replace("en: Lead", "en: Team lead"), "utf-8")
    rows = export(folder, lang=["fr"])
    take(folder, rows)
    assert len(stale_in(folder)) == 1
    take(folder, [[*row[:4], "ok", row[5]] if row[1] == "roles.lead" else row for row in rows])
    assert stale_in(folder) == []


def test_a_text_added_by_hand_waits_for_somebody_to_confirm_it(folder: Path) -> None:
    """Where somebody watches, a translation that nobody confirmed is told; without a lock file nobody watches."""
    assert stale(trees_of(folder), None) == []
    run_confirm(Namespace(text=[], lang=None))
    (folder / "yousaid.yaml").write_text(TOWN.replace("{en: Care}", "{en: Care, fr: Soins}"), "utf-8")
    [told] = stale_in(folder)
    assert told.cause == "Nobody has confirmed yet that this `fr` text fits."


def test_every_wrong_row_is_told_and_the_right_ones_are_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row that does not fit is told with its number, cause and remedy; the others are taken."""
    rows = fill(export(folder), FRENCH | {"thanks.text[one]": "{hour} heure", "title": "Racontez " * 8})
    number = {row[1]: place for place, row in enumerate(rows, 1)}
    rows[number["role.text"] - 1][5] = "h0"
    rows[number["send.text"] - 1][1] = "sent.text"
    rows.append([*rows[number["hours.text"] - 1]])
    rows.append(["flows/tale.yaml", "title", "", "Conte", "", ""])
    capsys.readouterr()
    assert take(folder, rows) == 1
    captured = capsys.readouterr()
    assert captured.out == "3 written, 0 confirmed. 6 to put right.\n"
    assert captured.err.splitlines() == [
        f"back.csv:{number['title']}:4: This text has 71 characters; 60 fit. Shorten it.",
        (
            f"back.csv:{number['role.text']}:6: The source has changed since this was exported, or the hash has. "
            "Export again, and translate what is stale."
        ),
        (
            f"back.csv:{number['thanks.text[one]']}:4: `one` and `other` do not have the same placeholders: {{hour}}. "
            "Use the same in every form; only the one that counts may be left out."
        ),
        (
            f"back.csv:{number['send.text']}:2: There is no text `sent.text` in flows/story.yaml. "
            "Did you mean `send.text`?"
        ),
        (
            f"back.csv:{len(rows) - 1}:2: This text is here twice. "
            f"It is in row {number['hours.text']} already: take one out."
        ),
        f"back.csv:{len(rows)}:1: There is no file `flows/tale.yaml`. Did you mean `flows/story.yaml`?",
    ]
    states = column(export(folder), "state")
    assert [states[id] for id in ("role.choices.family.text", "welcome.text", "queues.care.name")] == ["ok"] * 3
    assert [states[id] for id in ("title", "role.text", "hours.text", "thanks.text[one]")] == ["missing"] * 4


@pytest.mark.parametrize(
    ("id", "text", "cause"),
    [
        ("send.text", "Merci {hours}", "`fr` and `en` do not have the same placeholders: {hours}."),
        ("send.text", "Merci {n!r}", "`{n!r}` is not a placeholder."),
        ("thanks.text[other]", "", "`fr` also needs the plural form `other`."),
    ],
)
def test_placeholders_and_plural_forms_must_fit(
    folder: Path, capsys: pytest.CaptureFixture[str], id: str, text: str, cause: str
) -> None:
    """A translation without the placeholders or the plural forms that it needs is refused."""
    assert take(folder, fill(export(folder), FRENCH | {id: text})) == 1
    assert cause in capsys.readouterr().err


def test_a_file_that_was_right_is_never_made_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where our reader finds a new mistake in the whole file, the file is left as it is."""
    take(folder, fill(export(folder), FRENCH))
    before = (folder / "flows/story.yaml").read_text("utf-8")
    # Two choices with one label: each row is right by itself.
    assert take(folder, fill(export(folder), {"role.choices.family.text": "Personnel"})) == 1
    assert "flows/story.yaml was left as it is." in capsys.readouterr().err
    assert (folder / "flows/story.yaml").read_text("utf-8") == before
    assert column(export(folder), "fr")["role.choices.family.text"] == "Famille"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_sheets_of_every_spreadsheet_are_read(folder: Path, delimiter: str) -> None:
    """Commas, semicolons and tabs, and line ends of Windows in a cell, make no difference."""
    rows = fill(export(folder), {"send.text": "Merci.\r\nÀ bientôt."})
    assert take(folder, rows, delimiter=delimiter) == 0
    assert column(export(folder), "fr")["send.text"] == "Merci.\nÀ bientôt."


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "'=x", "''-y", "'x", "ok"])
def test_what_looks_like_a_formula_survives(folder: Path, text: str) -> None:
    """A text that a spreadsheet would take for a formula is guarded on its way out and the same when it is back."""
    take(folder, fill(export(folder), {"send.text": f"'{text}" if text[0] != "'" and text[0] in "=+-@" else text}))
    exported = export(folder)
    guarded = column(exported, "fr")["send.text"]
    assert guarded[0] not in "=+-@"
    before = (folder / "flows/story.yaml").read_text("utf-8")
    assert take(folder, exported) == 0
    assert (folder / "flows/story.yaml").read_text("utf-8") == before


def broken_text(path: Path) -> None:
    path.write_bytes("file,id\ncaf\xe9".encode("latin-1"))


def broken_table(path: Path) -> None:
    path.write_text('file,id,"so\nwhat', "utf-8")


def without_columns(path: Path) -> None:
    path.write_text("file,de,source\n", "utf-8")


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (broken_text, "This file is not in UTF-8."),
        (broken_table, "This is not the table that was exported"),
        (without_columns, "The column `id` is missing."),
        (without_columns, "There is no language `de` here."),
        (Path.mkdir, "This file cannot be read"),
    ],
)
def test_a_sheet_that_is_none_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], cause: str
) -> None:
    """What is not a sheet of ours is refused with a sentence, and nothing is written."""
    sheet = folder.parent / "sheet.csv"
    spoil(sheet)
    try:
        assert run_import(Namespace(sheet=sheet)) == 1
        told = capsys.readouterr().err
    except BadConfiguration as bad:
        told = str(bad)
    assert cause in told
    assert (folder / "flows/story.yaml").read_text("utf-8") == FLOW


def test_no_sheet_and_no_starter_is_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exporting onto a file that is there, and writing into the starter, are refused."""
    export(folder)
    assert run_export(Namespace(lang=None, out=folder.parent / "texts.csv")) == 1
    assert run_export(Namespace(lang=["de"], out=None)) == 1
    assert run_confirm(Namespace(text=["flows/story.yaml:titel"], lang=None)) == 1
    assert "Did you mean `flows/story.yaml:title`?" in capsys.readouterr().err
    monkeypatch.setenv("YOUSAID_CONFIG", str(STARTER))
    assert run_confirm(Namespace(text=[], lang=None)) == 1
    assert run_import(Namespace(sheet=folder.parent / "texts.csv")) == 1
    assert not (STARTER / LOCK_FILE).exists()


def test_the_starter_goes_out_and_comes_back_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of the starter is in the sheet, is right, and importing it unchanged changes no byte."""
    folder = tmp_path / "town"
    init(folder)
    monkeypatch.setenv("YOUSAID_CONFIG", str(folder))
    files = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    rows = export(folder)
    assert set(column(rows, "state").values()) == {"ok"}
    assert take(folder, rows) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == files


def test_each_language_has_a_row_for_each_of_its_plural_forms(folder: Path) -> None:
    """A language that needs more forms than the source gets a row for each, with the source that it is made from."""
    for name, text in (("yousaid.yaml", TOWN), ("flows/story.yaml", FLOW)):
        (folder / name).write_text(text.replace("[en, fr]", "[en, ar]").replace("fr:", "ar:"), "utf-8")
    rows = [row for row in export(folder) if row[1].startswith("thanks.text")]
    assert [row[1] for row in rows] == [
        f"thanks.text[{form}]" for form in ("zero", "one", "two", "few", "many", "other")
    ]
    assert rows[3][2] == "{hours} hours, that is a lot."
    filled = [[*row[:3], "{hours} ساعة", *row[4:]] for row in rows]
    assert take(folder, [["file", "id", "source", "ar", "state", "hash"], *filled]) == 0
    assert (folder / "flows/story.yaml").read_text("utf-8").count("ساعة") == 6


def test_the_lock_is_one_line_a_text(folder: Path) -> None:
    """The lock is JSON, sorted, with one line for each text; a broken one is told."""
    run_confirm(Namespace(text=[], lang=None))
    text = (folder / LOCK_FILE).read_text("utf-8")
    assert text.splitlines()[1].startswith('"flows/story.yaml:role.choices.worker.text": {"fr": "h')
    lock = read_lock(text)
    assert not isinstance(lock, Mistake)
    assert write_lock(lock) == text
    assert list(lock) == sorted(lock)
    assert isinstance(read_lock("<<<<<<<"), Mistake)


@pytest.mark.parametrize(
    "text",
    [": x", "?", "no", "null", "~", "#1", "a # b", "{x", "- a", "a\u2028b", "'", '"\\"', "5", "<<", "a: b", "😀"],
)
def test_whatever_a_translator_writes_stays_what_it_is(folder: Path, text: str) -> None:
    """A text that YAML would take for something else is quoted where it stands, in braces or not."""
    taken = fill(export(folder), {"queues.care.name": text, "welcome.text": text, "hours.text": text})
    assert take(folder, taken) == 0
    back = column(export(folder), "fr")
    assert {back[id].removeprefix("'") for id in ("queues.care.name", "welcome.text", "hours.text")} == {
        text.removeprefix("'")
    }
