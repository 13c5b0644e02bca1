"""The migrations lead to the tables as the code knows them, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from storage import migrate
from storage.case_tables import every_table
from storage.database import Connection, Database
from storage.migrations.spelling import is_ours
from storage.tables import people
from tests.postgres import PostgresServer

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create(empty=True)
    yield url
    server.drop(url)


async def test_a_new_database_gets_the_tables_the_code_knows(empty_url: str) -> None:
    """An empty database, once opened, differs in nothing from ``storage/tables.py`` and ``case_tables.py``."""
    database = await Database.open(empty_url)
    assert await database.read(_differences) == []
    await database.close()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    """A database that is up to date keeps what it holds."""
    await database.write(_put_person)
    await database.write(migrate.upgrade)
    assert await database.read(_count_people) == 1
    assert await database.read(_differences) == []


async def test_a_database_of_an_older_program_is_taken_further(empty_url: str) -> None:
    """A database that has only the first step gets the others and keeps what it holds."""
    engine = create_async_engine(sa.make_url(empty_url).set(drivername=_DRIVERS[sa.make_url(empty_url).drivername]))
    async with engine.begin() as connection:
        await connection.run_sync(_take_first_step)
        await connection.run_sync(_put_person)
    await engine.dispose()
    database = await Database.open(empty_url)
    assert await database.read(_count_people) == 1
    assert await database.read(_differences) == []
    await database.close()


async def test_a_database_of_a_newer_program_is_refused(database: Database, database_url: str) -> None:
    """A revision we do not know is named, with what to do, and nothing is touched."""
    await database.write(_come_from_the_future)
    with pytest.raises(migrate.NewerDatabase, match=r"revision 9999.*restore a backup"):
        await Database.open(database_url)
    assert await database.read(_differences) == []


def test_the_newest_revision_is_known_without_alembic() -> None:
    """The numbers of the files are the chain that Alembic follows, so a start can do without it."""
    with sa.create_engine("sqlite://").connect() as connection:
        script = ScriptDirectory.from_config(migrate.alembic_config(connection))
    chain = tuple(reversed([revision.revision for revision in script.walk_revisions()]))
    assert chain == migrate.revisions()
    assert script.get_current_head() == migrate.newest()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"include_name": is_ours})
    return list(compare_metadata(context, every_table))


def _take_first_step(connection: Connection) -> None:
    command.upgrade(migrate.alembic_config(connection), migrate.revisions()[0])


def _put_person(connection: Connection) -> None:
    connection.execute(people.insert().values(language="en", created_at=datetime(2026, 3, 1, tzinfo=UTC)))


def _count_people(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one()


def _come_from_the_future(connection: Connection) -> None:
    connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
