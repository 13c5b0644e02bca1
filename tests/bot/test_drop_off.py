"""Where people stop: counted from conversations as they were really had, without reading an answer."""

import json
from argparse import Namespace
from datetime import timedelta

import pytest

from bot.library import publish
from bot.tools import drop_off
from bot.tools.drop_off import Table, as_json, as_text, list_tables
from dialogs.effects import OpenSession
from dialogs.flows.flow import Flow
from dialogs.flows.reader import Around, read_flow
from dialogs.flows.session import Session
from dialogs.ids import FlowId, Language, PersonId, ServiceId, SessionId, StepId, VersionId
from storage import addresses, flow_versions, sessions
from storage.database import Connection, Database
from tests.stage import MORNING, Stage, set_stage, starter_town

IDEA = FlowId("idea")
DAY = timedelta(days=1)
SPLIT = """
flow: hello
contribution: idea
service: parks
languages: [en]
title: {en: Hello}
split: {greeting: [short, long]}
steps:
  - ask: how
    kind: text
    only_if: greeting == 'short'
    text: {en: How?}
  - group: more
    steps:
      - repeat: items
        min: 1
        max: 3
        item: {en: "Item {n}"}
        add_another: {en: Another?}
        steps:
          - ask: what
            kind: text
            text: {en: "Item {n}: what?"}
  - submit: send
    text: {en: Thanks}
"""


async def begin(stage: Stage, person: str, *texts: str) -> None:
    """Begin an idea and answer so far."""
    await stage.say(person, "/start")
    await stage.press(person, "Share an idea")
    for text in texts:
        await stage.say(person, text)


async def people_come_and_go(stage: Stage) -> None:
    """One sends; one stops for good at the first question, one cancels, one is silent, and one has just begun."""
    await begin(stage, "Dee", "library")
    await stage.pass_time(40 * DAY)
    await begin(stage, "Ana", "library", "More tables, please.", "done", "skip", "skip", "send")
    await begin(stage, "Cleo", "library", "cancel", "yes")
    await begin(stage, "Ben")
    await stage.pass_time(4 * DAY)
    await begin(stage, "Eve", "parks")


async def tables_of(stage: Stage, *, silent_days: int = 3) -> list[Table]:
    """Count the idea now."""
    now, silence = stage.clock.now(), timedelta(days=silent_days)
    return await stage.database.read(lambda c: list_tables(c, IDEA, starter_town(), silent_after=silence, now=now))


async def test_everybody_is_counted_where_they_stopped(database: Database) -> None:
    """Sent, cancelled, expired, silent and still at it are told apart, each at the question that was put last."""
    async with set_stage(database) as stage:
        await people_come_and_go(stage)
        (table,) = await tables_of(stage)
        assert (table.begun, table.sent, table.still_open) == (5, 1, 1)
        first, second, *others = table.questions
        assert (first.reached, first.ended, first.expired, first.silent) == (5, 0, 0, 1)
        assert (second.reached, second.ended, second.expired, second.silent) == (4, 1, 1, 0)
        assert [(one.reached, one.stopped) for one in others] == [(1, 0), (1, 0)]
        assert (first.share, second.share) == (1 / 5, 2 / 4)
        (patient,) = await tables_of(stage, silent_days=9)
        assert (patient.still_open, patient.questions[0].silent) == (2, 0)


async def test_the_table_can_be_read(database: Database) -> None:
    """For people it is a table in the order of the file, for programs it is JSON, and neither holds an answer."""
    async with set_stage(database) as stage:
        await people_come_and_go(stage)
        tables = await tables_of(stage)
    version = tables[0].version
    assert as_text(IDEA, tables, silent_days=3).splitlines() == [
        f"idea, version {version} of 2027-05-03",
        "begun 5, sent 1, still open 1",
        "  question        reached  stopped  share  ended  expired  silent 3 days",
        "  service               5        1    20%      0        0              1",
        "  idea                  4        2    50%      1        1              0",
        "  why_it_matters        1        0     0%      0        0              0",
        "  who                   1        0     0%      0        0              0",
    ]
    told = json.loads(as_json(IDEA, tables))
    assert told["flow"] == "idea"
    assert told["tables"][0]["questions"][1] == {
        "question": "idea",
        "reached": 4,
        "ended": 1,
        "expired": 1,
        "silent": 0,
        "stopped": 2,
        "share": 0.5,
    }
    assert "tables, please" not in str(told)
    assert as_text(IDEA, [], silent_days=3) == "idea: nobody has begun it yet."


async def test_versions_are_counted_apart(database: Database) -> None:
    """Whoever is in an older version stays in its table; the newest version comes first."""
    async with set_stage(database) as stage:
        await begin(stage, "Ana")
        old = stage.library.edition.town.installation.flows[IDEA]
        changed = _read(old.source.replace("minutes.", "minutes!"))
        newest = await database.write(lambda c: flow_versions.publish(c, changed, now=MORNING + DAY))
        await database.write(lambda c: _open(c, newest, 1, ("about", "idea")))
        tables = await tables_of(stage)
        assert [(table.version == newest, table.begun) for table in tables] == [(True, 1), (False, 1)]


async def test_each_way_of_a_split_has_its_table(database: Database) -> None:
    """Where a flow goes by chance, each way is counted by itself, and together they are the whole."""
    flow, town = _read(SPLIT), starter_town()

    def fill(c: Connection) -> list[Table]:
        publish(c, town, now=MORNING)
        version = flow_versions.publish(c, flow, now=MORNING)
        for number in range(1, 41):
            _open(c, version, number, ("how", "items.what", "items") if number % 2 else ("items.what",))
        return list_tables(c, flow.id, town, silent_after=3 * DAY, now=MORNING)

    whole, short, long = await database.write(fill)
    assert (whole.way, short.way, long.way) == ({}, {"greeting": "short"}, {"greeting": "long"})
    assert (whole.begun, short.begun + long.begun) == (40, 40)
    assert min(short.begun, long.begun) > 5
    assert [one.question for one in whole.questions] == ["how", "items.what", "items"]
    assert [one.reached for one in whole.questions] == [20, 40, 20]


def test_the_command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints the tables of a flow, and suggests a name for one that nobody knows."""
    monkeypatch.setenv("YOUSAID_DATA", sqlite_url.removeprefix("sqlite:///").rpartition("/")[0])
    assert drop_off.run(Namespace(flow="idea", silent_days=3, json=False)) == 0
    assert capsys.readouterr().out.strip() == "idea: nobody has begun it yet."
    assert drop_off.run(Namespace(flow="idea", silent_days=3, json=True)) == 0
    assert json.loads(capsys.readouterr().out) == {"flow": "idea", "tables": []}
    assert drop_off.run(Namespace(flow="idee", silent_days=3, json=False)) == 1
    assert "Did you mean `idea`?" in capsys.readouterr().err


def _read(source: str) -> Flow:
    installation = starter_town().installation
    around = Around(installation.languages, tuple(map(ServiceId, installation.services)), {Language("en"): "Other"})
    flow = read_flow(source, file="flows/hello.yaml", around=around, parts={})
    assert isinstance(flow, Flow), flow
    return flow


def _open(c: Connection, version: VersionId, number: int, asked: tuple[str, ...]) -> None:
    """Open a conversation of somebody new, who was asked these questions."""
    person = addresses.add_citizen(c, "telegram", f"P{number}", "en", now=MORNING).person
    assert person is not None
    session = Session(SessionId(number), version, asked=tuple(map(StepId, asked)))
    sessions.open_session(c, OpenSession(session, FlowId("idea")), PersonId(person), version, prompt=None, now=MORNING)
