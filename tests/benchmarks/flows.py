"""What the flow language costs: a turn of the engine alone, linting, and how a turn grows with its flow."""

import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.configuration import load_voices
from dialogs.events import TextSent
from dialogs.flows import engine
from dialogs.flows.flow import Flow
from dialogs.flows.reader import Around, read_flow
from dialogs.flows.session import Session
from dialogs.ids import Language, ServiceId, SessionId, VersionId
from storage.database import Database
from tests.stage import MORNING, set_stage, starter_town

_SIZES = (5, 50, 500)
_ROUNDS = 15
# So many questions are a thousand lines.
_LINTED = 136


async def tell_flows() -> None:
    """Measure and print; everything in one run, so that the figures can be compared."""
    print("\nThe flow language, on one core")
    lines = len(_source(_LINTED).splitlines())
    print(f"  linting              {_median(lambda: _read(_LINTED)):.0f} ms for {lines:,} lines in two languages")
    pure = {size: _engine_alone(_read(size)) for size in _SIZES}
    whole = {size: await _whole_turn(_read(size)) for size in _SIZES}
    print(f"  the engine alone     {_told(pure)} in a flow of {', '.join(map(str, _SIZES))} steps")
    print(f"  a turn with SQLite   {_told(whole)}")
    growth = whole[_SIZES[-1]] / whole[_SIZES[0]]
    print(f"  a hundred times the steps: {growth:.1f} times the turn", flush=True)


def _told(spent_ms: dict[int, float]) -> str:
    return ", ".join(f"{spent:.2f} ms" for spent in spent_ms.values())


def _source(size: int) -> str:
    """Write a flow of so many questions, one in three under a condition on the one before, eight lines each."""
    head = ["flow: long", "contribution: idea", "service: parks", "languages: [en, es]", "title: {en: Long, es: Largo}"]
    rows = [*head, "steps:"]
    for number in range(size):
        rows += [
            f"  - ask: q{number}",
            "    kind: text",
            *([f"    only_if: answered(q{number - 1}) and length(q{number - 1}) < 900"] if number % 3 == 1 else []),
            "    min_length: 1",
            "    max_length: 400",
            "    text:",
            f"      en: What about number {number}, in your own words?",
            f"      es: ¿Qué hay del número {number}, con tus palabras?",
        ]
    return "\n".join([*rows, "  - submit: send", "    text: {en: 'Thanks {reference}', es: 'Gracias {reference}'}", ""])


def _read(size: int) -> Flow:
    other = {language: voice("choice.other") for language, voice in load_voices().items()}
    around = Around((Language("en"), Language("es")), (ServiceId("parks"),), other)
    flow = read_flow(_source(size), file="flows/long.yaml", around=around, parts={})
    assert isinstance(flow, Flow), flow
    return flow


def _median(work: object) -> float:
    assert callable(work)
    load_voices()
    spent = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work()
        spent.append(1e3 * (time.perf_counter() - started))
    return statistics.median(spent)


def _engine_alone(flow: Flow) -> float:
    """Give the median milliseconds of the last turns of a conversation, where most answers are there."""
    scene = starter_town().scene("en", MORNING)
    spent = []
    session = engine.begin(flow, Session(SessionId(7), VersionId(1)), scene).session
    while True:
        started = time.perf_counter()
        turn = engine.take_turn(flow, session, TextSent("A bench in the shade"), scene, early=False)
        spent.append(1e3 * (time.perf_counter() - started))
        if turn.end is not None:
            return statistics.median(spent[-_ROUNDS - 1 : -1])
        session = turn.session


async def _whole_turn(flow: Flow) -> float:
    """The same with the database: an update in, the session saved, the answer in the outbox, committed."""
    town = starter_town()
    installation = replace(town.installation, flows={flow.id: flow})
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{Path(folder) / 'flows.sqlite'}")
        try:
            async with set_stage(database, town=replace(town, installation=installation)) as stage:
                await stage.say("Ana", "/start")
                await stage.press("Ana", "Long")
                spent = []
                for _ in flow.by_id:
                    started = time.perf_counter()
                    await stage.say("Ana", "A bench in the shade")
                    spent.append(1e3 * (time.perf_counter() - started))
                return statistics.median(spent[-_ROUNDS - 2 : -2])
        finally:
            await database.close()
