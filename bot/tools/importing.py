"""``yousaid import``: what was said on another platform becomes cases here, from a sheet (CSV).

The whole sheet is read before anything is changed: one that cannot be read to its end changes nothing. What is wrong
with a row alone is told with its line, and the others come in; the same command takes in the rest, once it is right.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.clock import Clock, WallClock
from bot.settings import Settings, read_settings
from bot.tools.choosing import refuse
from bot.tools.code_list import CodeList, NotOurList
from bot.tools.moving_in import MovingIn, Tally
from bot.tools.sheet_file import find_encoding, read_lines
from dialogs.authoring import suggest
from dialogs.flows.flow import Ask, Flow, Kind, once
from dialogs.ids import FlowId, Language, ServiceId
from dialogs.sheet import NotASheet, read_sheet
from dialogs.statements import Column, Dates, Plan, Refused, Statement, read_statements
from dialogs.town import Town, write_date
from storage import flow_versions
from storage.database import Database
from storage.errors import StorageError
from storage.secrets import import_key

# So often somebody who waits is told how far it is.
_TELL_EVERY = 5000


class Unclear(Exception):
    """What was asked for cannot be meant; the text says why, and what could be."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done. ``codes`` None: nothing but telling what would come of it."""

    path: Path
    encoding: str
    plan: Plan
    flow: Flow
    source: str
    a_day: int
    codes: Path | None

    def read(self, town: Town, today: date) -> Iterator[Statement | Refused]:
        """Read the sheet from its beginning. Raises: NotASheet, OSError."""
        lines = read_lines(self.path, self.encoding)
        sheet = read_sheet(lines, file=self.plan.file, wanted=list(self.plan.columns.values()))
        return read_statements(sheet, self.plan, town, today=today)


def run(chosen: argparse.Namespace) -> int:
    """Take in ``chosen.file``, as the other choices say. Gives 1 where a row was refused."""
    from bot.app import database_url
    from bot.configuration import load_voices, read_configuration

    settings, clock = read_settings(), WallClock()
    town = Town(read_configuration(settings.config), load_voices())
    try:
        errand = understand(chosen, town)
        # To the end, before anything is changed.
        for _ in errand.read(town, town.today(clock.now())):
            pass
    except Unclear as unclear:
        return refuse(f"{unclear} Nothing was imported.")
    except NotASheet as wrong:
        return refuse(f"{wrong}\nNothing was imported.")
    except OSError as wrong:
        return refuse(f"{chosen.file} cannot be read ({wrong.strerror}). Nothing was imported.")

    async def work() -> Tally:
        database = await Database.open(database_url(settings))
        try:
            return await take_in(errand, database, town, clock, told=_tell_progress)
        finally:
            await database.close()

    try:
        tally = asyncio.run(work())
    except NotOurList:
        return refuse(f"{errand.codes} holds something else. Name another file for the codes. Nothing was imported.")
    except (OSError, NotASheet, StorageError) as stopped:
        return refuse(
            f"{stopped}\nThe import stopped. Put this right and give the same command: it goes on from there."
        )
    for mistake in tally.mistakes:
        print(mistake, file=sys.stderr)
    print("\n".join(report(tally, errand, town, settings)))
    return 1 if tally.refused else 0


def understand(chosen: argparse.Namespace, town: Town) -> Errand:
    """Make sense of what was asked for. Raises: Unclear; NotASheet and OSError where the file cannot be read."""
    columns = _columns(chosen.map)
    services = town.installation.services
    for service in filter(None, (chosen.service, *dict(_pairs(chosen.value, "--value")).values())):
        if service not in services:
            raise Unclear(f"There is no service {service}. {suggest(service, services)}")
    if chosen.service is None and Column.SERVICE not in columns:
        raise Unclear("What is it about? Name a service (`--service parks`) or a column (`--map service=COLUMN`).")
    language = Language(chosen.language or town.language)
    if language not in town.installation.languages:
        raise Unclear(f"The town does not speak {language}. {suggest(language, town.installation.languages)}")
    if chosen.receipts is None and not chosen.dry_run:
        raise Unclear(
            "Nobody could hear what becomes of their words. Name a file for their codes: `--receipts codes.csv`."
        )
    if chosen.receipts is not None and chosen.receipts.resolve() == chosen.file.resolve():
        raise Unclear("The codes need a file of their own.")
    try:
        encoding = find_encoding(chosen.file, chosen.encoding)
    except LookupError:
        raise Unclear(f"There is no encoding {chosen.encoding}. Such are utf-8, utf-16 and windows-1252.") from None
    renamed = {name: ServiceId(service) for name, service in _pairs(chosen.value, "--value")}
    dates = Dates(chosen.dates) if chosen.dates else None
    service = ServiceId(chosen.service) if chosen.service else None
    plan = Plan(chosen.file.name, columns, language, service, renamed, dates)
    codes = None if chosen.dry_run else chosen.receipts
    return Errand(chosen.file, encoding, plan, _flow(chosen.flow, town), chosen.source, chosen.per_day, codes)


async def take_in(
    errand: Errand, database: Database, town: Town, clock: Clock, *, told: Callable[[int], None]
) -> Tally:
    """Do the errand. Raises: NotOurList, NotASheet, OSError, StorageError; what was done until then stays."""
    codes = CodeList(errand.codes) if errand.codes is not None else None
    try:
        moving = MovingIn(
            database,
            town,
            clock,
            errand.flow,
            await database.write(lambda c: flow_versions.current(c, errand.flow, now=clock.now())),
            codes,
            errand.source,
            await database.write(import_key),
            errand.a_day,
            errand.plan.file,
            told,
        )
        return await moving.take(errand.read(town, town.today(clock.now())))
    finally:
        if codes is not None:
            codes.close()


def report(tally: Tally, errand: Errand, town: Town, settings: Settings) -> list[str]:
    """Say what became of all rows, and what happens next."""
    voice = town.voice(town.language)
    did, came = ("would come in", "would be") if errand.codes is None else ("came in", "is")
    rows = f"{tally.rows:,} rows: {tally.came.total():,} {did}, {tally.known:,} were here already"
    told = [f"{rows}, {tally.refused:,} were refused{', each for the reason above' * bool(tally.refused)}."]
    told += [f"  {town.service(service, voice)}: {count:,}" for service, count in tally.came.most_common()]
    if tally.moderated:
        verdicts = ", ".join(f"{verdict} {count:,}" for verdict, count in tally.moderated.most_common())
        told.append(f"The other platform had marked them: {verdicts}. Here each {came} a case that is owed an answer.")
    for queue, days in tally.queues.items():
        first, last = write_date(days.first, voice), write_date(days.last, voice)
        told.append(
            f"{town.queue(queue, voice)}: {days.count:,} promised, {errand.a_day} a working day, {first} to {last}."
        )
    if errand.codes is None:
        return [*told, "Nothing was changed. Without `--dry-run` it is done."]
    if tally.queues:
        told.append("No cards were posted, so that no room is flooded: `/queue` lists them.")
    where = f"{settings.public_url or f'http://{settings.listen}'}/reopen"
    told.append(
        f"{errand.codes} has {tally.owners:,} codes. Give each to its owner, by the way you know them: at {where} it "
        "opens the chat in which their answers will stand. Then delete the file: whoever has a code can read that chat."
    )
    return told


def _columns(maps: Sequence[str]) -> Mapping[Column, str]:
    columns: dict[Column, str] = {}
    for name, column in _pairs(maps, "--map"):
        if name not in list(Column):
            raise Unclear(f"There is no `{name}` to map a column to. {suggest(name, Column)}")
        columns[Column(name)] = column
    if Column.WORDS not in columns:
        raise Unclear("Which column has the words? Name it: `--map words=COLUMN`.")
    if not columns.keys() & {Column.AUTHOR, Column.KEY}:
        raise Unclear(
            "Whom can the answers reach? Name the column that says who wrote a row (`--map author=COLUMN`), "
            "or one that has a different value in each row (`--map key=COLUMN`)."
        )
    return columns


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=")[::2] for pair in given]
    for (name, value), pair in zip(pairs, given, strict=True):
        if not name.strip() or not value.strip():
            raise Unclear(f"`{option} {pair}` has no name on both sides of a “=”.")
    return [(name.strip(), value.strip()) for name, value in pairs]


def _flow(named: str | None, town: Town) -> Flow:
    """Find the flow that they count as said in: the one named, or the first that asks for a story in words."""
    flows = town.installation.flows
    if named is not None and named not in flows:
        raise Unclear(f"There is no flow {named}. {suggest(named, flows)}")
    if named is not None:
        return flows[FlowId(named)]
    asking = (flow for flow in flows.values() if any(_asks_for_words(flow)))
    return next(asking, next(iter(flows.values())))


def _asks_for_words(flow: Flow) -> Iterator[bool]:
    return (isinstance(step, Ask) and step.kind is Kind.LONG_TEXT for step in once(flow.steps))


def _tell_progress(rows: int) -> None:
    if rows and rows % _TELL_EVERY == 0:
        print(f"{rows:,} rows …", file=sys.stderr, flush=True)
