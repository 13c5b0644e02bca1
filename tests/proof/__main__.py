"""``make proof``: every kill point five times and 600 random ends, and more, on SQLite and on PostgreSQL.

``python -m tests.proof [--times 5] [--kills 600] [--updates 50000] [--sends 10000]
[--forged 50000] [--leaks 20000] [--statements 896] [--only sqlite]``
"""

import argparse
import asyncio
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from storage.migrate import upgrade
from tests.postgres import postgres_running
from tests.proof.forged import prove_forged
from tests.proof.kill_points import Fresh, Run, kill_everywhere
from tests.proof.leaks import prove_no_leaks
from tests.proof.lost_answers import prove_lost_answers
from tests.proof.mixed_load import run_load
from tests.proof.redelivery import prove_redelivery
from tests.proof.statements import prove_statements

_CITIZENS = 3


@contextmanager
def sqlite_databases(folder: Path) -> Iterator[Fresh]:
    """Copy one migrated file again and again."""
    template = folder / "template.sqlite"
    engine = sa.create_engine(f"sqlite:///{template}", poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        upgrade(connection)
    numbers = itertools.count()

    def make() -> tuple[str, Path]:
        place = folder / f"sqlite {next(numbers)}"
        place.mkdir()
        return f"sqlite:///{shutil.copy(template, place / 'yousaid.sqlite')}", place

    yield make


@contextmanager
def postgres_databases(folder: Path) -> Iterator[Fresh]:
    """Run a server of its own."""
    numbers = itertools.count()
    with postgres_running() as server:

        def make() -> tuple[str, Path]:
            place = folder / f"postgres {next(numbers)}"
            place.mkdir()
            return server.create(), place

        yield make


def prove(kind: str, fresh: Fresh, asked: argparse.Namespace) -> None:
    """Run every proof on one kind of database."""
    for number in range(asked.times):
        with _told(f"{kind}: every kill point, {number + 1} of {asked.times}") as tell:
            runs: list[Run] = []
            never = asyncio.run(kill_everywhere(fresh, every=True, tell=runs.append))
            points = sum(n for points in runs[0].reached.values() for n in points.values())
            kills, repeated = sum(run.kills for run in runs), sum(run.verdict.repeated for run in runs)
            tell(f"{points} points, {kills} kills, {repeated} messages repeated, never reached again: {never}")
    ends = 0
    for seed in itertools.count():
        if ends >= asked.kills:
            break
        with _told(f"{kind}: random ends under load, seed {seed}") as tell:
            load = asyncio.run(run_load(*fresh(), citizens=_CITIZENS, seed=seed))
            ends += load.kills
            assert load.verdict.complaints == [], load.verdict.complaints
            found = load.verdict
            tell(
                f"{ends} kills so far, {found.repeated} messages repeated, {found.unanswered} presses without a "
                f"toast, {len(load.stops_s)} orderly ends in at most {max(load.stops_s):.2f} s"
            )
    if asked.updates:
        with _told(f"{kind}: updates delivered again") as tell:
            tell(asyncio.run(prove_redelivery(fresh()[0], deliveries=asked.updates, seed=1)))
    if asked.forged:
        with _told(f"{kind}: forged presses and payloads") as tell:
            tell(asyncio.run(prove_forged(fresh()[0], times=asked.forged, seed=1)))
    for chance in (0.01, 0.1) if asked.sends else ():
        with _told(f"{kind}: done but told no, {chance:.0%} of the sends") as tell:
            tell(asyncio.run(prove_lost_answers(fresh()[0], sends=asked.sends, chance=chance, seed=1)))
    if asked.statements:
        with _told(f"{kind}: statements of another platform, answered and asked back") as tell:
            tell(asyncio.run(prove_statements(*fresh(), count=asked.statements, seed=1)))
    with _told(f"{kind}: words that reach nobody they are not for") as tell:
        tell(asyncio.run(prove_no_leaks(fresh, steps=asked.leaks)))


@contextmanager
def _told(what: str) -> Iterator[Callable[[object], None]]:
    began = time.monotonic()
    yield lambda found: print(f"{what}: {found} ({time.monotonic() - began:.1f} s)", flush=True)


def main() -> None:
    """Read what is asked for, and prove it."""
    asking = argparse.ArgumentParser(description="Prove that nothing is lost and nothing done twice.")
    asking.add_argument("--times", type=int, default=5)
    asking.add_argument("--kills", type=int, default=600)
    asking.add_argument("--updates", type=int, default=50_000)
    asking.add_argument("--sends", type=int, default=10_000)
    asking.add_argument("--forged", type=int, default=50_000)
    asking.add_argument("--leaks", type=int, default=20_000)
    asking.add_argument("--statements", type=int, default=896)
    asking.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = asking.parse_args()
    with tempfile.TemporaryDirectory(prefix="yousaid-proof-") as folder:
        for kind, databases in (("sqlite", sqlite_databases), ("postgresql", postgres_databases)):
            if asked.only in (None, kind):
                with databases(Path(folder)) as fresh:
                    prove(kind, fresh, asked)


if __name__ == "__main__":
    main()
