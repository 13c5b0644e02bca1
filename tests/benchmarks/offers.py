"""How often what is offered is right, and how long looking for it takes: ``python -m tests.benchmarks.offers``.

Right is whatever has the same intent in Banking77, of which a copy lies beside the checkout: the first half of each
intent is kept, a tenth of that is on offer, and the rest are asked; then once more, with nothing of the same intent on
offer. How long it takes is measured with invented ideas, where every open case of the queue is on offer.
"""

import asyncio
import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from dialogs.cases.case import State
from dialogs.cases.offer import MOST_OFFERED
from dialogs.cases.terms import terms
from dialogs.effects import OpenCase
from dialogs.ids import PersonId, SessionId
from dialogs.said import Said
from storage import addresses, offers
from storage.case_tables import cases
from storage.database import Connection, Database
from storage.tables import addresses as address_table
from tests.benchmarks.search import OUTDOORS, PAGE, QUERIES, SIZES, fill, idea, measure
from tests.postgres import postgres_running
from tests.storage.rows import opening

SHARES = (0.5, 0.55, 0.6, 0.65, 0.7)
ASKED = 2_500
# A line that has no word of any query, so that the words of the cases alone are measured.
LINE = "🙂"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, postgres_running(durable=True) as server:
        if QUERIES.exists():
            asyncio.run(tell_quality(f"sqlite:///{folder}/quality.sqlite"))
        for name, url in {"SQLite": f"sqlite:///{folder}/{{}}.sqlite", "PostgreSQL": ""}.items():
            print(f"\n{name}: median milliseconds (the slowest)")
            for size in SIZES:
                asyncio.run(tell_latency(size, url.format(size) or server.create()))


async def tell_quality(url: str) -> None:
    """Print, for each share from which on something would be offered, how much is, and how much of it is right."""
    chance = random.Random(7)
    by_intent = defaultdict(list)
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_intent[row["category"]].append(row["text"])
    kept = [(intent, text) for intent, texts in by_intent.items() for text in texts[: len(texts) // 2]]
    asked = [(intent, text) for intent, texts in by_intent.items() for text in texts[len(texts) // 2 :]]
    on_offer = {number for number in range(1, len(kept) + 1) if chance.random() < 1 / 10}
    database = await Database.open(url)
    # The newest tell how rare a word is, and so they must not all be of one intent.
    chance.shuffle(kept)
    await database.write(lambda c: fill(c, [text for _, text in kept]))
    await database.write(lambda c: _put_on_offer(c, cases.c.id.in_(on_offer)))
    chosen = chance.sample(asked, ASKED)
    closest = await database.read(
        lambda c: [
            (intent, [(kept[one.case - 1][0], one.likeness) for one in offers.find_likely(c, terms_of(text), opened())])
            for intent, text in chosen
        ]
    )
    print(f"Banking77: {len(kept)} kept, {len(on_offer)} of them on offer, {len(chosen)} asked")
    for share in SHARES:
        report(share, closest)
    await database.close()


def report(share: float, closest: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> None:
    """Print what would be offered from a share on."""
    there = [[found == intent for found, likeness in near if likeness >= share] for intent, near in closest]
    gone = [[1 for found, likeness in near if likeness >= share and found != intent] for intent, near in closest]
    some, shown = [one for one in there if one], [right for one in there for right in one[:MOST_OFFERED]]
    print(
        f"  from {share:.2f} on: offered to {len(some) / len(there):.3f}, right {sum(shown) / max(len(shown), 1):.2f};"
        f" with nothing of the intent on offer, offered to {sum(map(bool, gone)) / len(gone):.3f}"
    )


async def tell_latency(size: int, url: str) -> None:
    """Print how long it takes among so many cases."""
    database = await Database.open(url)
    chance = random.Random(size)
    for begin in range(0, size, PAGE):
        texts = [idea(chance) for _ in range(min(PAGE, size - begin))]
        await database.write(partial(fill, texts=texts, begin=begin, spread=True))
    somebody = PersonId(0)
    none = await measure(database.read, lambda c: offers.find_close(c, opened(idea(chance)), somebody))
    await database.write(_let_all_be_close)
    await database.write(lambda c: c.execute(sa.text("ANALYZE")))
    told = await measure(database.read, lambda c: offers.find_close(c, opened(idea(chance)), somebody))
    print(f"  {size:7,} cases  nothing on offer {none}, every open case on offer {told}", flush=True)
    await database.close()


def opened(text: str = "") -> OpenCase:
    """Give a contribution with these words."""
    asked = opening(SessionId(1))
    return OpenCase(**{name: getattr(asked, name) for name in asked.__slots__} | {"words": (Said("What?", text),)})


def terms_of(text: str) -> frozenset[str]:
    """Give the words of a text as they are compared."""
    return frozenset(terms(text))


def _let_all_be_close(c: Connection) -> None:
    # Everybody is still there to be joined.
    room = addresses.add(c, "telegram", "everybody", addresses.PRIVATE)
    c.execute(address_table.update().where(address_table.c.id == room).values(person_id=1))
    _put_on_offer(c, cases.c.state.in_([State.NEW.value, State.TAKEN.value]))


def _put_on_offer(c: Connection, chosen: sa.ColumnElement[bool]) -> None:
    c.execute(cases.update().where(chosen, cases.c.queue == OUTDOORS).values(state=State.NEW.value, public_line=LINE))


if __name__ == "__main__":
    main()
