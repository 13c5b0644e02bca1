"""Moving from another platform: each row is a case once, and each author has a chat in which the answer stands."""

import csv
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cli import main
from bot.settings import Settings
from bot.tools.code_list import CodeList, NotOurList, Owner
from bot.tools.importing import report, understand
from dialogs.events import Pressed
from dialogs.ids import FlowId
from dialogs.presses import CardPress, pack
from storage import drop_off
from storage.case_tables import cases, contributions, contributors, imports, timers
from storage.cases import find_by_code
from storage.database import Connection, Database
from storage.tables import outbox, receipts
from tests.moved_stage import MovedStage, choose, moved_stage
from tests.stage import starter_town

ROWS = (
    ("1", "ann", "2018-02-13", "More shade at the bus stop on Mill Street."),
    ("2", "=bo", "", "Longer hours in the library."),
    ("3", "ann", "", 'A "green" roof for the school.'),
    ("4", "cy", "", "Skating rink."),
    ("5", "ann", "", "Trees."),
)
MAPPED = ("--map", "key=id", "--map", "author=who", "--map", "at=day", "--map", "words=text", "--service", "parks")
STATEMENTS = Path(__file__).parents[2].parent / "shared" / "data" / "bowling-green" / "statements.csv"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A sheet of five rows by three authors."""
    return write(tmp_path / "old.csv", *ROWS)


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[Database]:
    """An open SQLite database, where the other kind has nothing to add."""
    opened = await Database.open(sqlite_url)
    yield opened
    await opened.close()


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    """Write rows as another platform does."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "who", "day", "text"), *rows])
    return path


async def count(database: Database, table: sa.Table) -> int:
    """Count the rows of a table."""
    query = sa.select(sa.func.count()).select_from(table)
    return await database.read(lambda c: int(c.execute(query).scalar_one()))


async def test_each_row_comes_in_once(database: Database, tmp_path: Path, sheet: Path) -> None:
    """Rows become cases promised in steps, with one chat an author; the same sheet again changes nothing."""
    async with moved_stage(database, tmp_path) as it:
        tally = await it.bring(sheet, *MAPPED, "--per-day", "2")
        assert (tally.came.total(), tally.known, tally.refused, tally.owners) == (5, 0, 0, 3)
        query = sa.select(cases.c.promised_on).order_by(cases.c.id)
        days = await database.read(lambda c: list(c.execute(query).scalars()))
        assert days == ["2027-05-17", "2027-05-17", "2027-05-18", "2027-05-18", "2027-05-19"]
        before = it.codes.read_bytes()
        again = await it.bring(sheet, *MAPPED, "--per-day", "2")
        assert (again.came.total(), again.known, again.refused) == (0, 5, 0)
        assert it.codes.read_bytes() == before
        write(sheet, *ROWS, ("6", "ann", "", "A bench."), ("7", "di", "", "A fountain."))
        more = await it.bring(sheet, *MAPPED, "--per-day", "2")
        assert (more.came.total(), more.known, more.owners) == (2, 5, 4)
        last = await database.read(lambda c: c.execute(sa.select(sa.func.max(cases.c.promised_on))).scalar_one())
        # The first day that has room: the fifth row left one.
        assert last == "2027-05-20"
        people = sa.select(sa.func.count(sa.distinct(contributors.c.person_id)))
        assert await database.read(lambda c: c.execute(people).scalar_one()) == 4


async def test_an_author_finds_what_became_of_it(database: Database, tmp_path: Path, sheet: Path) -> None:
    """With the code the chat opens, and in it stand the own words, the promise, and later the decision."""
    async with moved_stage(database, tmp_path) as it:
        await it.stage.enrol("Lee", "outdoors", "lead")
        await it.stage.bind("outdoors", "Lee", "outdoors")
        await it.bring(sheet, *MAPPED)
        await it.stage.do_what_is_due()
        ann = await it.come("ann")
        assert ann is not None
        first, *others = [line.message.plain() for line in await it.chat(ann)]
        assert len(others) == 2
        assert (
            "“More shade at the bus stop on Mill Street.”\nFrom another platform, Tuesday, February 13, 2018" in first
        )
        assert "You will hear from Parks and streets here, in this conversation, by Monday, May 17, 2027." in first
        await decide(it, "2", "The library opens on Sundays now.")
        bo = await it.come("'=bo")
        assert bo is not None
        answers = [line.message.plain() for line in await it.chat(bo)]
        assert "The library opens on Sundays now." in answers[-1]
        assert [line for line in await it.chat(ann) if "Sundays" in line.message.plain()] == []
        sent = sa.select(outbox.c.status).where(outbox.c.dedup.startswith("tell:"))
        assert await database.read(lambda c: c.execute(sent).scalars().all()) == ["sent"]


async def decide(it: MovedStage, key: str, reason: str) -> None:
    """Let Lee decline what the row with this key says."""
    (words,) = (row[3] for row in ROWS if row[0] == key)
    of = contributions.c.words.contains(words)
    query = sa.select(cases.c.code).join(contributions, contributions.c.case_id == cases.c.id).where(of)
    code = await it.database.read(lambda c: str(c.execute(query).scalar_one()))
    for act in ("claim", "decide"):
        version = await it.database.read(lambda c: _version(c, code))
        await it.stage.happen("outdoors", Pressed(pack(CardPress(code, version, act))), sender="Lee")
    await it.stage.press("Lee", "Declined")
    await it.stage.say("Lee", reason)
    await it.stage.press("Lee", "Send")
    await it.stage.pass_time(timedelta(minutes=2))


def _version(c: Connection, code: str) -> int:
    case = find_by_code(c, code)
    assert case is not None
    return case.version


async def test_rooms_are_not_flooded(database: Database, tmp_path: Path) -> None:
    """A room hears once of all that came, has no card of it, and nobody is told of what nobody has."""
    sheet = write(tmp_path / "old.csv", *((str(number), f"a{number}", "", f"Bench {number}.") for number in range(30)))
    async with moved_stage(database, tmp_path) as it:
        await it.stage.enrol("Lee", "outdoors", "lead")
        await it.stage.bind("outdoors", "Lee", "outdoors")
        it.stage.channel.news.clear()
        await it.bring(sheet, *MAPPED)
        await it.stage.do_what_is_due()
        news = [said.message for said in it.stage.channel.news if said.place == "outdoors" and not said.edited]
        assert not any("Bench" in message.plain() for message in news)
        (room,) = [message for message in news if "moved here" in message.plain()]
        assert room.plain().splitlines()[0] == "Contributions that moved here from another platform: 30"
        await it.stage.press("outdoors", room.buttons[0][0].text, sender="Lee")
        it.stage.channel.news.clear()
        await it.stage.pass_time(timedelta(days=2))
        assert [said for said in it.stage.channel.news if said.place == "Lee"] == []
        kinds = sa.select(timers.c.kind).distinct()
        assert set(await database.read(lambda c: c.execute(kinds).scalars().all())) == {"promise", "near"}


async def test_a_run_that_was_killed(database: Database, tmp_path: Path, sheet: Path) -> None:
    """Codes that were written but never counted are given to the same authors; half a line counts for nothing."""
    async with moved_stage(database, tmp_path) as it:
        killed = CodeList(it.codes)
        killed.add({Owner("ann"): "AAAA-BBBB-CCCC", Owner("=bo"): "DDDD-EEEE-FFFF"})
        killed.close()
        with it.codes.open("ab") as file:
            file.write(b"cy,,GGG")
        await it.bring(sheet, *MAPPED)
        assert it.listed()["ann"] == "AAAA-BBBB-CCCC"
        assert it.listed()["'=bo"] == "DDDD-EEEE-FFFF"
        assert len({await it.come(author) for author in ("ann", "'=bo", "cy")} - {None}) == 3
        assert stat.S_IMODE(it.codes.stat().st_mode) == 0o600


async def test_a_list_that_was_lost(database: Database, tmp_path: Path, sheet: Path) -> None:
    """Another run with another file gives every author a new code to the same chat, and the old ones go on working."""
    async with moved_stage(database, tmp_path) as it:
        await it.bring(sheet, *MAPPED)
        before = await it.come("ann")
        it.codes = tmp_path / "anew.csv"
        await it.bring(sheet, *MAPPED)
        assert await it.come("ann") == before
        assert await count(database, receipts) == 6


async def test_who_was_forgotten_stays_so(database: Database, tmp_path: Path, sheet: Path) -> None:
    """What somebody had us forget does not come in again, and nothing tells any more that they wrote it there."""
    async with moved_stage(database, tmp_path) as it:
        await it.bring(sheet, *MAPPED)
        ann = await it.come("ann")
        assert ann is not None
        await it.answer(ann, say="forget")
        await it.answer(ann, say="forget everything")
        again = await it.bring(sheet, *MAPPED)
        assert (again.came.total(), again.known) == (0, 5)
        assert await it.come("ann") is None
        hidden = sa.select(sa.func.count()).select_from(imports).where(imports.c.author_hmac.is_(None))
        assert await database.read(lambda c: c.execute(hidden).scalar_one()) == 3


async def test_two_platforms(database: Database, tmp_path: Path, sheet: Path) -> None:
    """A key that is here with other words is refused with a remedy: saying which platform it is of."""
    async with moved_stage(database, tmp_path) as it:
        await it.bring(sheet, *MAPPED)
        other = write(tmp_path / "other.csv", ("1", "ann", "", "Quieter nights."), ROWS[1])
        tally = await it.bring(other, *MAPPED)
        (mistake,) = tally.mistakes
        assert str(mistake).startswith("other.csv:2:1: This row came in before, with other words.")
        assert mistake.remedy == "Is it of another platform? Then say which: `--source NAME`."
        tally = await it.bring(other, *MAPPED, "--source", "other")
        assert tally.came.total() == 2


async def test_authors_that_nobody_names(database: Database, tmp_path: Path, sheet: Path) -> None:
    """Without a column of authors each row has a chat and a code to itself."""
    async with moved_stage(database, tmp_path) as it:
        tally = await it.bring(sheet, "--map", "key=id", "--map", "words=text", "--service", "library")
        assert tally.owners == 5
        assert len({await it.come(key) for key in "12345"} - {None}) == 5
        walks = await database.read(lambda c: drop_off.list_walks(c, FlowId("idea")))
        assert walks == []


async def test_what_is_told_at_the_end(lite: Database, tmp_path: Path) -> None:
    """The report says what came in and what did not, what the other platform thought, and what happens next."""
    sheet = write(tmp_path / "old.csv", *ROWS, ("", "ann", "", "Nameless."))
    async with moved_stage(lite, tmp_path) as it:
        chosen = (*MAPPED, "--map", "moderated=who", "--per-day", "2")
        tally = await it.bring(sheet, *chosen)
        errand = understand(choose(sheet, "--receipts", "codes.csv", *chosen), starter_town())
        *first, last = report(tally, errand, starter_town(), Settings(public_url="https://town.example"))
        assert first == [
            "6 rows: 5 came in, 0 were here already, 1 were refused, each for the reason above.",
            "  Parks and playgrounds: 5",
            "The other platform had marked them: ann 3, =bo 1, cy 1. Here each is a case that is owed an answer.",
            "Parks and streets: 5 promised, 2 a working day, Monday, May 17, 2027 to Wednesday, May 19, 2027.",
            "No cards were posted, so that no room is flooded: `/queue` lists them.",
        ]
        assert last.startswith("codes.csv has 3 codes. Give each to its owner")
        assert "https://town.example/reopen" in last


HOSTILE = {
    "latin": ("id,who,text\n1,a,Trees\n2,b,Caf\xe9\n3,c,\xfc\n".encode("latin-1"), ("old.csv:3:", "old.csv:4:")),
    "binary": (bytes(range(256)) * 64, ("old.csv:",)),
    "empty": (b"", ("The first line has no names of columns.",)),
    "columns": (b"id,author,text\n1,a,x\n", ("`who`", "Known: id, author, text.")),
    "open": (b'id,who,text\n1,a,"x\n2,b,y\n', ("old.csv:2:1: A quotation mark in this row is never closed.",)),
    "large": (b"id,who,text\n1,a,Fine\n2,b," + b"x" * 10_000_000, ("old.csv:3:1: A cell of this row has more",)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sheets_change_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sheet that cannot be read to its end is refused with line and remedy: no database, no list of codes."""
    content, said = HOSTILE[kind]
    sheet = tmp_path / "old.csv"
    sheet.write_bytes(content)
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path / "data"))
    mapped = ("--map", "key=id", "--map", "author=who", "--map", "words=text", "--service", "parks")
    assert main(["import", str(sheet), *mapped, "--receipts", str(tmp_path / "codes.csv")]) == 1
    refused = capsys.readouterr().err
    assert [part for part in (*said, "Nothing was imported.") if part not in refused] == []
    assert list(tmp_path.iterdir()) == [sheet]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("--map", "words=text"), "Which column has the words?"),
        (("--map", "author=who"), "Whom can the answers reach?"),
        (("--service", "parks"), "What is it about?"),
        (("--receipts", "codes.csv"), "Nobody could hear"),
    ],
)
def test_what_must_be_said(
    missing: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is needed and was not said is asked for, with an example."""
    chosen = [("--map", "words=text"), ("--map", "author=who"), ("--service", "parks"), ("--receipts", "codes.csv")]
    sheet = write(tmp_path / "old.csv", *ROWS)
    assert main(["import", str(sheet), *(part for pair in chosen if pair != missing for part in pair)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--map", "wrods=text"), "Did you mean `words`?"),
        (("--map", "text"), "no name on both sides"),
        (("--service", "park"), "Did you mean `parks`?"),
        (("--value", "Roads=street"), "Did you mean `streets`?"),
        (("--language", "de"), "Known: en, es, fr, ar."),
        (("--flow", "ideas"), "Did you mean `idea`?"),
        (("--encoding", "klingon"), "windows-1252"),
    ],
)
def test_what_cannot_be_meant(
    wrong: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is not known is refused with the one that was probably meant."""
    sheet = write(tmp_path / "old.csv", *ROWS)
    assert main(["import", str(sheet), *MAPPED, "--receipts", str(tmp_path / "codes.csv"), *wrong]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
async def test_encodings(encoding: str, lite: Database, tmp_path: Path) -> None:
    """What spreadsheets write is known by its first bytes; anything else by its name."""
    sheet = tmp_path / "old.csv"
    sheet.write_bytes("id;who;day;text\r\n1;zoë;;Café “Übung”\r\n".encode(encoding))
    asked = ("--encoding", encoding) if encoding == "windows-1252" else ()
    async with moved_stage(lite, tmp_path) as it:
        await it.bring(sheet, *MAPPED, *asked)
        zoe = await it.come("zoë")
        assert zoe is not None
        assert "“Café “Übung””" in (await it.chat(zoe))[0].message.plain()


def test_a_list_of_something_else(tmp_path: Path) -> None:
    """A file that holds something else than codes is not touched."""
    path = tmp_path / "codes.csv"
    path.write_text("my,own\n1,2\n", "utf-8")
    with pytest.raises(NotOurList):
        CodeList(path)
    assert path.read_text("utf-8") == "my,own\n1,2\n"


async def test_the_statements_of_bowling_green(lite: Database, tmp_path: Path) -> None:
    """All 896 come in, those too that moderators had rejected, from 403 authors."""
    if not STATEMENTS.exists():
        pytest.skip("The statements of Bowling Green do not lie beside this checkout (../shared/data).")
    columns = ("key=comment-id", "author=author-id", "at=datetime", "words=comment-body", "moderated=moderated")
    mapped = (part for column in columns for part in ("--map", column))
    async with moved_stage(lite, tmp_path) as it:
        tally = await it.bring(STATEMENTS, *mapped, "--service", "parks")
        assert (tally.came.total(), tally.refused, tally.owners) == (896, 0, 403)
        assert tally.moderated == {"1": 607, "-1": 289}
        assert await count(lite, cases) == 896
        days = sa.select(sa.func.count()).select_from(cases).group_by(cases.c.promised_on)
        assert max(await lite.read(lambda c: c.execute(days).scalars().all())) == 20
