"""Group commit: many units of work, one durable commit, and every one stands or falls alone."""

import asyncio
import sqlite3
import threading
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Connection, Database
from storage.errors import LostRace, StorageError, Unwritable
from storage.tables import secrets


def keep(name: str) -> sa.Insert:
    """Keep a name that nobody else has."""
    return secrets.insert().values(name=name, value="")


def add(name: str, c: Connection) -> None:
    """Keep a name, as a unit of work."""
    c.execute(keep(name))


def kept(url: str) -> set[str]:
    """List what another connection can see: what is committed."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        return {name for (name,) in other.execute("SELECT name FROM secrets")}


def test_a_commit_is_on_the_disk(synchronous_of_the_house: str) -> None:
    """What was committed outlives a power failure: only tests do not wait for that."""
    assert synchronous_of_the_house == "FULL"


async def test_every_unit_that_returned_is_durable(sqlite_url: str) -> None:
    """Of many concurrent writes each is seen by another connection when its caller goes on."""
    database = await Database.open(sqlite_url)

    async def write(name: str) -> None:
        await database.write(lambda c: c.execute(keep(name)))
        assert name in kept(sqlite_url)

    await asyncio.gather(*(write(f"n{number}") for number in range(200)))
    assert len(kept(sqlite_url)) == 200
    await database.close()


async def test_a_failing_unit_undoes_only_itself(sqlite_url: str) -> None:
    """A unit that raises after it wrote leaves nothing of its own, and all of its neighbours."""
    database = await Database.open(sqlite_url)

    def write(number: int) -> object:
        def work(c: Connection) -> None:
            c.execute(keep(f"n{number}"))
            if number % 3 == 0:
                raise ZeroDivisionError
            if number % 3 == 1:
                # A broken rule of the database is the unit's own mistake, too.
                c.execute(keep(f"n{number}"))

        return database.write(work)

    results = await asyncio.gather(*(write(number) for number in range(30)), return_exceptions=True)  # type: ignore[call-overload]
    assert [type(result) for result in results[:3]] == [ZeroDivisionError, sa.exc.IntegrityError, type(None)]
    assert kept(sqlite_url) == {f"n{number}" for number in range(2, 30, 3)}
    await database.close()


async def test_close_finishes_what_was_submitted(sqlite_url: str) -> None:
    """Work that waits when the database is closed is done; what comes later is refused."""
    database = await Database.open(sqlite_url)
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Connection) -> None:
        begun.set()
        go_on.wait(5)

    waiting = [asyncio.ensure_future(database.write(slow))]
    await asyncio.to_thread(begun.wait, 5)
    waiting += [asyncio.ensure_future(database.write(partial(add, f"n{number}"))) for number in range(100)]
    await asyncio.sleep(0)
    go_on.set()
    await database.close()
    await asyncio.gather(*waiting)
    assert len(kept(sqlite_url)) == 100
    with pytest.raises(Unwritable):
        await database.write(lambda _: None)


async def test_a_commit_that_fails_fails_the_batch_and_the_writer_recovers(sqlite_url: str) -> None:
    """Where COMMIT fails nobody is told that anything was done, nothing was, and the next write works."""
    database = await Database.open(sqlite_url)

    def break_rule(c: Connection) -> None:
        # A deferred rule is checked at COMMIT and not before.
        c.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        c.exec_driver_sql("INSERT INTO staff_roles (staff_id, queue, role) VALUES (404, 'q', 'lead')")

    broken = asyncio.gather(
        database.write(break_rule), database.write(lambda c: c.execute(keep("beside"))), return_exceptions=True
    )
    assert [type(result) for result in await broken] == [Unwritable, Unwritable]
    assert kept(sqlite_url) == set()
    await database.write(lambda c: c.execute(keep("after")))
    assert kept(sqlite_url) == {"after"}
    await database.close()


async def test_a_read_only_file_is_said_and_recovered_from(sqlite_url: str) -> None:
    """While the file cannot be written each write says so, reads go on, and a restart is not needed afterwards."""
    database = await Database.open(sqlite_url)
    await database.write(lambda c: c.execute(keep("before")))

    def forbid(c: Connection, on: int) -> None:
        c.exec_driver_sql(f"PRAGMA query_only={on}")

    await database.write(lambda c: forbid(c, 1))
    with pytest.raises(Unwritable, match="readonly"):
        await database.write(lambda c: c.execute(keep("during")))
    assert await database.read(lambda c: c.execute(sa.select(secrets.c.name)).scalars().all()) == ["before"]
    await database.write(lambda c: c.execute(keep("after")))
    assert kept(sqlite_url) == {"before", "after"}
    await database.close()


async def test_a_file_locked_by_another_is_waited_for(sqlite_url: str) -> None:
    """A writer of another process delays a write and does not break it."""
    database = await Database.open(sqlite_url)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.ensure_future(database.write(lambda c: c.execute(keep("waited"))))
        done, _ = await asyncio.wait((writing,), timeout=0.05)
        assert not done
        other.execute("COMMIT")
        await writing
    assert kept(sqlite_url) == {"waited"}
    await database.close()


@pytest.mark.parametrize("races", [0, 1, 4, 5])
async def test_a_lost_race_is_run_again(database: Database, races: int) -> None:
    """A unit that lost a race is run again as if it had never run, and gives up after five times."""
    runs: list[int] = []

    def work(c: Connection) -> int:
        c.execute(keep("once"))
        runs.append(1)
        if len(runs) <= races:
            raise LostRace
        return len(runs)

    if races == 5:
        with pytest.raises(StorageError, match="faster"):
            await database.write(work)
    else:
        assert await database.write(work) == races + 1
    found = await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(secrets)).scalar_one())
    assert (len(runs), found) == (min(races + 1, 5), 0 if races == 5 else 1)


async def test_the_same_new_row_twice_at_once_is_once(database: Database) -> None:
    """Two units that both find a row missing and add it end with one row, and neither fails."""

    def add_if_missing(c: Connection) -> None:
        if c.execute(sa.select(secrets.c.name).where(secrets.c.name == "one")).scalar() is None:
            c.execute(keep("one"))

    await asyncio.gather(*(database.write(add_if_missing) for _ in range(12)))
    names = await database.read(lambda c: c.execute(sa.select(secrets.c.name)).scalars().all())
    assert names == ["one"]


async def test_a_broken_rule_is_told_as_it_is(database: Database) -> None:
    """A unit whose own mistake breaks a rule of the database gets that error, on each database."""
    await database.write(lambda c: c.execute(keep("one")))
    with pytest.raises(sa.exc.IntegrityError):
        await database.write(lambda c: c.execute(keep("one")))


async def test_a_folder_that_is_no_database_is_said(tmp_path: Path) -> None:
    """A path that cannot be opened is refused with a sentence, not a stack of causes."""
    with pytest.raises(Unwritable, match="cannot be"):
        await Database.open(f"sqlite:///{tmp_path}")
