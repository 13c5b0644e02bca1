"""Where people stop in a flow: per version and question, how many came to it and how many went no further.

It is counted from the order in which questions were put, and from how each conversation stands. Answers are
not read. A conversation counts for the version that it was in last.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.library import read_again
from bot.tools.choosing import refuse
from dialogs.authoring import suggest
from dialogs.errors import BadConfiguration
from dialogs.flows.flow import Ask, Flow, Group, Repeat, Step
from dialogs.flows.position import take_way
from dialogs.flows.session import key_in, question_of
from dialogs.ids import FlowId, StepId
from dialogs.town import Town
from storage import drop_off, flow_versions
from storage.database import Connection, Database
from storage.drop_off import Walk
from storage.flow_versions import Published
from storage.sessions import ENDED, EXPIRED, OPEN, SUBMITTED


@dataclass(frozen=True, slots=True)
class Question:
    """One question: how many came to it, and how many of them stopped there, and how."""

    question: StepId
    reached: int
    # Ended by the person or by the flow; deleted after a long silence; silent now, and still open.
    ended: int
    expired: int
    silent: int

    @property
    def stopped(self) -> int:
        """Tell how many went no further."""
        return self.ended + self.expired + self.silent

    @property
    def share(self) -> float:
        """Tell which part of those who came to it went no further."""
        return self.stopped / self.reached if self.reached else 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """The counts of one version, or of one way through it; ``still_open``: begun, and not silent for long."""

    version: int
    published_at: datetime
    way: Mapping[str, str]
    begun: int
    sent: int
    still_open: int
    questions: tuple[Question, ...]


def run(chosen: argparse.Namespace) -> int:
    """Print where people stop in ``chosen.flow``; ``chosen.silent_days``, ``chosen.json``."""
    from bot.app import database_url
    from bot.clock import WallClock
    from bot.configuration import load_voices, read_configuration
    from bot.settings import read_settings

    settings = read_settings()
    town = Town(read_configuration(settings.config), load_voices())
    flow, silence = FlowId(chosen.flow), timedelta(days=chosen.silent_days)

    async def look() -> tuple[list[FlowId], list[Table]]:
        database = await Database.open(database_url(settings))
        try:
            known = await database.read(drop_off.list_flows)
            now = WallClock().now()
            return known, await database.read(lambda c: list_tables(c, flow, town, silent_after=silence, now=now))
        finally:
            await database.close()

    known, tables = asyncio.run(look())
    if flow not in known:
        flows = sorted({*known, *town.installation.flows})
        if flow not in flows:
            return refuse(f"There is no flow {flow}. {suggest(flow, flows)}")
    print(as_json(flow, tables) if chosen.json else as_text(flow, tables, silent_days=chosen.silent_days))
    return 0


def list_tables(c: Connection, flow: FlowId, town: Town, *, silent_after: timedelta, now: datetime) -> list[Table]:
    """Count a flow: each version that people were in, the newest first, then the ways through it, where it splits."""
    walks = drop_off.list_walks(c, flow)
    tables: list[Table] = []
    for version in drop_off.list_versions(c, flow):
        mine = [walk for walk in walks if walk.version == version]
        if not mine:
            continue
        published = flow_versions.load(c, version)
        source = _read(published, town)
        silent_since = now - silent_after
        tables.append(count(mine, published, source, silent_since=silent_since))
        for name, ways in source.splits.items() if source else ():
            for way in ways:
                taken = [walk for walk in mine if take_way(walk.session, name, ways) == way]
                tables.append(count(taken, published, source, silent_since=silent_since, way={name: way}))
    return tables


def count(
    walks: Sequence[Walk],
    published: Published,
    source: Flow | None,
    *,
    silent_since: datetime,
    way: Mapping[str, str] | None = None,
) -> Table:
    """Count some conversations of one version; ``source`` None: it cannot be read any more, and says no order."""
    reached: dict[StepId, int] = dict.fromkeys(_questions(source.steps) if source else (), 0)
    stopped: dict[tuple[StepId, str], int] = {}
    still_open = 0
    for walk in walks:
        for question in walk.asked:
            reached[question] = reached.get(question, 0) + 1
        state = walk.state
        if state == OPEN and walk.touched_at >= silent_since:
            still_open += 1
        elif state != SUBMITTED and walk.asked:
            place = walk.asked[-1], state
            stopped[place] = stopped.get(place, 0) + 1
    return Table(
        version=published.id,
        published_at=published.published_at,
        way=way or {},
        begun=len(walks),
        sent=sum(walk.state == SUBMITTED for walk in walks),
        still_open=still_open,
        questions=tuple(
            Question(question, number, *(stopped.get((question, state), 0) for state in (ENDED, EXPIRED, OPEN)))
            for question, number in reached.items()
        ),
    )


def as_json(flow: FlowId, tables: Sequence[Table]) -> str:
    """Write the counts for programs."""
    rows = [
        asdict(table)
        | {"published_at": table.published_at.isoformat()}
        | {
            "questions": [
                asdict(question) | {"stopped": question.stopped, "share": round(question.share, 4)}
                for question in table.questions
            ]
        }
        for table in tables
    ]
    return json.dumps({"flow": flow, "tables": rows}, indent=2)


def as_text(flow: FlowId, tables: Sequence[Table], *, silent_days: int) -> str:
    """Write the counts for people."""
    if not tables:
        return f"{flow}: nobody has begun it yet."
    return "\n\n".join("\n".join(_lines(flow, table, silent_days)) for table in tables)


def _lines(flow: FlowId, table: Table, silent_days: int) -> Iterator[str]:
    ways = "".join(f", where {name} is {way}" for name, way in table.way.items())
    yield f"{flow}, version {table.version} of {table.published_at:%Y-%m-%d}{ways}"
    yield f"begun {table.begun}, sent {table.sent}, still open {table.still_open}"
    width = max([len("question"), *(len(question.question) for question in table.questions)])
    silent = f"silent {silent_days} days"
    yield f"  {'question':{width}}  reached  stopped  share  ended  expired  {silent}"
    for one in table.questions:
        yield (
            f"  {one.question:{width}}  {one.reached:7}  {one.stopped:7}  {one.share:5.0%}"
            f"  {one.ended:5}  {one.expired:7}  {one.silent:{len(silent)}}"
        )


def _read(published: Published, town: Town) -> Flow | None:
    try:
        return read_again(published, town)
    except BadConfiguration:
        return None


def _questions(steps: Sequence[Step], repeat: StepId | None = None) -> Iterator[StepId]:
    """Name the questions in file order, as conversations note them."""
    for step in steps:
        match step:
            case Ask():
                yield step.id if repeat is None else question_of(key_in(repeat, "1", step.id))
            case Group():
                yield from _questions(step.steps, repeat)
            case Repeat():
                yield from _questions(step.steps, step.id)
                yield step.id
            case _:
                pass
