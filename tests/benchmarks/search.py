"""What the search finds and how long it takes: ``python -m tests.benchmarks.search``.

What it finds is measured on Banking77, of which a copy lies beside the checkout: the first half of each intent stands
in the database, the rest are asked, and right is whatever has the same intent. The library bm25s gets the same words.
How long things take is measured with invented ideas, of which one in twenty still waits for a decision.
"""

import asyncio
import csv
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import bm25s  # type: ignore[import-untyped]
import sqlalchemy as sa

from dialogs.cases.case import Actor, Entry, State
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.cases.terms import joined, terms
from dialogs.desk.holding import watch
from dialogs.effects import ChangeCase, ForgetPerson
from dialogs.ids import CaseId, QueueId, StaffId, VersionId
from storage import addresses, boards, counts, listing, rooms, search
from storage.case_tables import case_words, cases, contributions, contributors, journal
from storage.cases import load
from storage.database import Connection, Database
from storage.recorder import Place, record
from storage.tables import flow_versions, people, sessions, staff
from tests.postgres import postgres_running
from tests.stage import starter_town
from tests.storage.rows import NOW

QUERIES = Path(__file__).parents[2].parent / "shared" / "data" / "banking77" / "queries.csv"
OUTDOORS = QueueId("outdoors")
QUEUES = [OUTDOORS, QueueId("care"), QueueId("community")]
SIZES = (10, 1_000, 10_000, 100_000)
ROUNDS = 40
PAGE = 5_000
COMMON = ("the", "a", "bench", "tree", "park", "road", "bus", "light", "near", "please", "more", "we", "need", "our")
Find = Callable[[str], Sequence[int]]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, postgres_running(durable=True) as server:
        urls = {"SQLite": f"sqlite:///{folder}/{{}}.sqlite", "PostgreSQL": ""}
        if QUERIES.exists():
            for name, url in urls.items():
                asyncio.run(tell_quality(name, url.format("quality") or server.create()))
        for name, url in urls.items():
            print(f"\n{name}: median milliseconds of {ROUNDS} (the slowest)")
            for size in SIZES:
                asyncio.run(tell_latency(size, url.format(size) or server.create()))


async def tell_quality(name: str, url: str) -> None:
    """Print how often the first, and the first three, are right, and where the first right one stands."""
    by_intent = defaultdict(list)
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_intent[row["category"]].append(row["text"])
    halves = {intent: len(texts) // 2 for intent, texts in by_intent.items()}
    kept = [(intent, text) for intent, half in halves.items() for text in by_intent[intent][:half]]
    asked = [(intent, text) for intent, half in halves.items() for text in by_intent[intent][half:]]
    database = await Database.open(url)
    await database.write(lambda c: fill(c, [text for _, text in kept]))
    print(f"\nBanking77 on {name}: {len(kept)} kept, {len(asked)} asked")

    def ask_all(c: Connection) -> None:
        def find(text: str) -> list[int]:
            return [hit.case - 1 for hit in search.similar(c, text, queue=OUTDOORS, limit=10)]

        report("the search", find, kept, asked)

    await database.read(ask_all)
    await database.close()
    library = bm25s.BM25()
    library.index([list(terms(text)) for _, text in kept], show_progress=False)

    def find_by_library(text: str) -> list[int]:
        found, _ = library.retrieve([list(terms(text))], k=10, show_progress=False)
        return [int(number) for number in found[0]]

    report("bm25s", find_by_library, kept, asked)


def report(name: str, find: Find, kept: list[tuple[str, str]], asked: list[tuple[str, str]]) -> None:
    """Ask everything and print the figures."""
    first = three = reciprocal = 0.0
    started = time.perf_counter()
    for intent, text in asked:
        right = [kept[number][0] == intent for number in find(text)]
        first += right[:1] == [True]
        three += sum(right[:3]) / 3
        reciprocal += 1 / (right.index(True) + 1) if True in right else 0
    spent_ms = 1e3 * (time.perf_counter() - started) / len(asked)
    count = len(asked)
    print(
        f"  {name:12} P@1 {first / count:.3f}, P@3 {three / count:.3f}, MRR {reciprocal / count:.3f}, {spent_ms:.1f} ms"
    )


async def tell_latency(size: int, url: str) -> None:
    """Print how long a servant's looks take among so many cases, and how long a citizen's "forget"."""
    database = await Database.open(url)
    chance = random.Random(size)
    for begin in range(0, size, PAGE):
        texts = [idea(chance) for _ in range(min(PAGE, size - begin))]
        await database.write(partial(fill, texts=texts, begin=begin, spread=True))
    # As the program does every minute at most.
    for queue in QUEUES:
        await database.write(partial(counts.fold, queue=queue))
    # What PostgreSQL does by itself after a while.
    async with database._engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(sa.text("VACUUM ANALYZE" if alone.dialect.name == "postgresql" else "ANALYZE"))
    looks: dict[str, Callable[[Connection], object]] = {
        "/queue": lambda c: listing.list_open(c, QUEUES, after=None),
        "/mine": lambda c: listing.list_held(c, StaffId(1), QUEUES, after=None),
        "/find, rare": lambda c: search.find(c, f"thing{chance.randrange(size)}", queues=QUEUES, limit=11),
        "/find, common": lambda c: search.find(c, "bench tree", queues=QUEUES, limit=11),
        "/find, begun": lambda c: search.find(c, "the ben", queues=QUEUES, limit=11),
        "similar": lambda c: search.similar(c, idea(chance), queue=OUTDOORS, limit=3),
        "the board": lambda c: boards.board_view(c, OUTDOORS),
        "/stats": lambda c: listing.count_cases(c, QUEUES, today=NOW.date()),
    }
    told = [f"{name} {await measure(database.read, look)}" for name, look in looks.items()]
    told.append(f"a claim {await measure(database.write, _claim_or_release)}")
    started = time.perf_counter()
    await database.write(_forget_one)
    told.append(f"forget {1e3 * (time.perf_counter() - started):.0f}")
    print(f"  {size:7,} cases  {', '.join(told)}", flush=True)
    await database.close()


async def measure(
    run: Callable[[Callable[[Connection], object]], Awaitable[object]], look: Callable[[Connection], object]
) -> str:
    """Give the median and the slowest of some rounds."""
    spent = []
    await run(look)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await run(look)
        spent.append(1e3 * (time.perf_counter() - started))
    return f"{statistics.median(spent):.1f} ({max(spent):.0f})"


def idea(chance: random.Random) -> str:
    """Invent an idea: mostly of words that are everywhere, with some that are rare."""
    common = chance.choices(COMMON, k=14)
    some = [f"word{min(int(chance.expovariate(0.004)), 4000)}" for _ in range(5)]
    words = [*common, *some, f"thing{chance.randrange(100_000)}"]
    chance.shuffle(words)
    return " ".join(words)


def fill(c: Connection, texts: list[str], *, begin: int = 0, spread: bool = False) -> None:
    """Put cases with these words; ``spread``: over all queues and states, with holders and first acts."""
    if begin == 0:
        c.execute(flow_versions.insert().values(flow="f", sha256="0", source="", parts="{}", published_at=NOW))
        c.execute(people.insert().values(language="en", created_at=NOW))
        addresses.add_citizen(c, "telegram", "Ana", "en", now=NOW)
        c.execute(staff.insert().values(name="Lee", created_at=NOW))
        rooms.ensure_web_rooms(c, QUEUES, now=NOW)
    numbers = range(begin + 1, begin + len(texts) + 1)
    opened = {"turn": 1, "answers": "[{},0,0,0]", "opened_at": NOW, "touched_at": NOW}
    # A few cases are a citizen's who will be forgotten; the others are one person's, whom nobody asks.
    link = {number: 2 if number <= 3 else 1 for number in numbers}
    c.execute(
        sessions.insert(),
        [{"id": n, "person_id": link[n], "version_id": 1, "state": "submitted", **opened} for n in numbers],
    )
    c.execute(cases.insert(), [_case(n, spread=spread) for n in numbers])
    packed = [f'[["What?","{text}",0,[]]]' if spread else "[]" for text in texts]
    said = {"version_id": 1, "answers": "{}", "language": "en", "submitted_at": NOW}
    c.execute(
        contributions.insert(),
        [{"session_id": n, "case_id": n, "words": words, **said} for n, words in zip(numbers, packed, strict=True)],
    )
    part = [{"case_id": n, "person_id": link[n], "contribution_id": n, "pseudonym": "Citizen Otter"} for n in numbers]
    c.execute(contributors.insert(), part)
    act = {"at": NOW + timedelta(hours=1), "actor": "servant", "act": Act.CLAIM.value, "version": 2}
    c.execute(journal.insert(), [{"case_id": n, **act} for n in numbers])
    c.execute(
        case_words.insert(), [{"case_id": n, "words": joined([text])} for n, text in zip(numbers, texts, strict=True)]
    )


def _case(number: int, *, spread: bool) -> dict[str, object]:
    # Ten at least, so that a page is as full among ten as among many.
    is_open = number % 20 == 0 or number <= 10
    state = (State.NEW, State.TAKEN)[(number // 20 + number) % 2] if is_open else State.CONFIRMED
    return {
        "code": f"{number:08}",
        "version": 2,
        "approach": "product_dominant",
        "state": state.value,
        "contribution": "idea",
        "service": "parks",
        "queue": QUEUES[number % 3] if spread else OUTDOORS,
        "promised_on": (NOW + timedelta(days=number % 14)).date().isoformat(),
        "opened_at": NOW,
    }


def _claim_or_release(c: Connection) -> None:
    """Let a servant press on the card of a case, with all that is written for it."""
    case = load(c, CaseId(10))
    act = Act.RELEASE if case.holder else Act.CLAIM
    moved = advance(case, act, frozenset({By.SERVANT, By.FINDER, By.HOLDER}), now=NOW, holder=StaffId(1))
    assert not isinstance(moved, Impossible)
    entry = Entry(act, Actor.SERVANT, NOW, staff=StaffId(1), before=case)
    record(c, (ChangeCase(moved, entry), *watch(moved, starter_town(), now=NOW)), Place(None, VersionId(0)), now=NOW)


def _forget_one(c: Connection) -> CaseId:
    ana = addresses.find_address(c, "telegram", "Ana")
    record(c, (ForgetPerson(),), Place(ana, VersionId(0)), now=NOW)
    return CaseId(1)


if __name__ == "__main__":
    main()
