"""Sheets of other platforms: every dialect read, every row that is wrong refused with its line and a remedy."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from dialogs.ids import Language, ServiceId
from dialogs.sheet import NotASheet, guard, read_sheet, unguard
from dialogs.statements import Column, Dates, Plan, Refused, Statement, read_statements
from tests.stage import starter_town

TODAY = date(2027, 5, 3)
PLAN = Plan(
    "old.csv",
    {Column.WORDS: "text", Column.AUTHOR: "who", Column.KEY: "id"},
    Language("en"),
    service=ServiceId("parks"),
)
HEAD = "id,who,text"
QUOTE = "Put quotation marks around the cell that has a separator in it."
FIRST = "Say what comes first: `--dates day-first` or `--dates month-first`."


def read(*lines: str, plan: Plan = PLAN) -> list[Statement | Refused]:
    """Read a sheet of these lines."""
    sheet = read_sheet([f"{line}\n" for line in lines], file=plan.file, wanted=list(plan.columns.values()))
    return list(read_statements(sheet, plan, starter_town(), today=TODAY))


def mapped(**columns: str) -> Plan:
    """Map more columns."""
    return replace(PLAN, columns={**PLAN.columns, **{Column(name): column for name, column in columns.items()}})


def told(found: Sequence[Statement | Refused]) -> list[str]:
    """Give the mistakes of all rows as they are told."""
    return [str(mistake) for one in found if isinstance(one, Refused) for mistake in one.mistakes]


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, '1,ann,"A bench, please"', '2,bo,"Say ""hello"""', "3,ann,More trees"),
        ("id;who;text", "1;ann;A bench, please", '2;bo;"Say ""hello"""', "3;ann;More trees"),
        ("id\twho\ttext", "1\tann\tA bench, please", '2\tbo\tSay "hello"', "3\tann\tMore trees"),
        ("sep=|", "id|who|text", "1|ann|A bench, please", '2|bo|"Say ""hello"""', "", "3|ann|More trees"),
        ("text,likes,id,who", '"A bench, please",3,1,ann', '"Say ""hello""",0,2,bo', "More trees,,3,ann"),
    ],
)
def test_every_dialect(lines: tuple[str, ...]) -> None:
    """Commas, semicolons, tabs and bars, quotation marks, empty lines and columns that nobody asked for."""
    found = [(one.key, one.author, one.words) for one in read(*lines) if isinstance(one, Statement)]
    assert found == [("1", "ann", "A bench, please"), ("2", "bo", 'Say "hello"'), ("3", "ann", "More trees")]


def test_words_over_several_lines() -> None:
    """A cell can go over lines; each row is known by the line on which it begins."""
    found = read(HEAD, '1,ann,"One', "", 'two"', "2,bo,Three")
    assert [(one.line, one.words) for one in found if isinstance(one, Statement)] == [(2, "One\n\ntwo"), (5, "Three")]


def test_columns_that_are_not_there() -> None:
    """Every column that is missing or there twice is told at once, with what there is."""
    with pytest.raises(NotASheet) as wrong:
        read("id,text,Who,text", "1,x,ann,y", plan=mapped(at="when"))
    assert str(wrong.value).splitlines() == [
        "old.csv:1:1: Two columns are called `text`. Give each a name of its own.",
        "old.csv:1:1: There is no column `who`, which `author` shall be. Did you mean `Who`?",
        "old.csv:1:1: There is no column `when`, which `at` shall be. Known: id, text, Who, text.",
    ]


@pytest.mark.parametrize("lines", [(), ("",), (",,",)])
def test_a_sheet_without_names(lines: tuple[str, ...]) -> None:
    """A sheet needs a first line with the names of its columns."""
    with pytest.raises(NotASheet, match="no names of columns"):
        read(*lines)


def test_a_quotation_mark_left_open() -> None:
    """What a quotation mark swallows cannot be trusted: nothing of such a sheet is taken, and the line is told."""
    with pytest.raises(NotASheet, match=r"old\.csv:3:1: A quotation mark in this row is never closed"):
        read(HEAD, "1,ann,Trees", '2,bo,"More', "3,ann,Benches")


def test_every_broken_row_is_told() -> None:
    """Broken rows are told together, each with its line and a remedy, a cell of ten megabytes among them."""
    with pytest.raises(NotASheet) as wrong:
        read(HEAD, '1,ann,"He said "no""', "2,bo,Fine", f"3,ann,{'x' * 10_000_000}", '4,bo,"a"b')
    found = [(mistake.line, mistake.cause) for mistake in wrong.value.mistakes]
    assert found == [
        (2, "In this row a closing quotation mark stands inside of a cell."),
        (4, "A cell of this row has more than 131,072 characters."),
        (5, "In this row a closing quotation mark stands inside of a cell."),
    ]


def test_rows_that_are_refused() -> None:
    """Each row that is wrong alone is refused with all that is wrong with it; the others are read."""
    found = read(HEAD, "1,ann, ", "2,bo", "3,cy,More,4", f"4,di,{'x' * 12_001}", "5,ed,Fine", "5,fay,Fine", ",gus,Fine")
    assert [one.key for one in found if isinstance(one, Statement)] == ["5"]
    assert told(found) == [
        "old.csv:2:3: There are no words in this row. Nobody needs an answer to it: leave it out.",
        "old.csv:3:1: This row ends too early. Is a line break or a quotation mark too much in it?",
        f"old.csv:4:1: This row has more cells than there are columns. {QUOTE}",
        "old.csv:5:3: These words have more than 12,000 characters. Split them into several rows.",
        "old.csv:7:1: The key `5` is in line 6 already. Give each row one of its own, or leave the key out of `--map`.",
        "old.csv:8:1: This row has no key. Give it one that no other row has.",
    ]


def test_rows_without_keys() -> None:
    """The same words twice by one author are two rows, in every run known by the same; a row of nobody is refused."""
    plan = replace(PLAN, columns={Column.WORDS: "text", Column.AUTHOR: "who"})
    found = read(HEAD, "1,ann,Trees", "2,ann,Trees", "3,bo,Trees", "4,,Trees", plan=plan)
    keys = [one.key for one in found if isinstance(one, Statement)]
    assert len(set(keys)) == 3
    assert keys == [one.key for one in read(HEAD, "7,ann,Trees", "8,ann,Trees", "9,bo,Trees", plan=plan)]  # type: ignore[union-attr]
    assert told(found) == [
        "old.csv:5:2: This row does not say who wrote it. Name them, or give rows a key: `--map key=…`."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Tue Feb 13 12:58:16 WIB 2018",
        "2018-02-13",
        "2018-02-13T23:58:16Z",
        "2018-02-13 12:58:16.123+0700",
        "2018/02/13",
        "Feb 13, 2018, 1:05 PM",
        "13.02.2018 09:15",
        "2/13/2018",
        "mardi 13 février 2018",
        "1518501496471",
        "1518501496",
    ],
)
def test_days(text: str) -> None:
    """Days are read as platforms write them; the hour is nobody's business."""
    (one,) = read("id,who,text,when", f'1,ann,Trees,"{text}"', plan=mapped(at="when"))
    assert isinstance(one, Statement)
    assert one.said_on == date(2018, 2, 13)


def test_days_that_are_none() -> None:
    """A day that could be two, is none or is still to come is refused; an empty cell is no mistake."""
    rows = (
        "1,ann,Trees,03/04/2018",
        "2,ann,Trees,soon",
        "3,ann,Trees,2031-01-01",
        "4,ann,Trees,",
        "5,a,Trees,5/5/2018",
    )
    found = read("id,who,text,when", *rows, plan=mapped(at="when"))
    assert told(found) == [
        f"old.csv:2:4: `03/04/2018` can be two different days. {FIRST}",
        "old.csv:3:4: `soon` is no day that can be read. Write it as 2018-02-13.",
        "old.csv:4:4: This day is still to come. Put it right, or leave the cell empty.",
    ]
    assert [one.said_on for one in found if isinstance(one, Statement)] == [None, date(2018, 5, 5)]
    plan = replace(mapped(at="when"), dates=Dates.MONTH)
    (first, other) = read("id,who,text,when", rows[0], "2,a,Trees,31/04/2018", plan=plan)
    assert isinstance(first, Statement)
    assert first.said_on == date(2018, 3, 4)
    assert isinstance(other, Refused)


def test_services_and_languages() -> None:
    """A service is named by its id, by its name in any language, or as the other platform calls it."""
    plan = replace(mapped(service="about", language="lang"), services={"Roads": ServiceId("streets")})
    rows = ("1,a,Trees,library,es", "2,a,Trees,Autobuses municipales,", "3,a,Trees,roads,fr", "4,a,Trees,,")
    found = read("id,who,text,about,lang", *rows, "5,a,Trees,Raods,xx", plan=plan)
    taken = [(one.service, one.language) for one in found if isinstance(one, Statement)]
    assert taken == [("library", "es"), ("buses", "en"), ("streets", "fr"), ("parks", "en")]
    assert [mistake.split(": ", 1)[0] for mistake in told(found)] == ["old.csv:6:4", "old.csv:6:5"]
    assert "--value 'Raods=SERVICE'" in told(found)[0]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "'=x", "plain", "", "O'Brien"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would take for a formula is written so that it does not, and read back as it was."""
    assert guard(cell)[:1] not in tuple("=+-@\t\r")
    assert unguard(guard(cell)) == cell
