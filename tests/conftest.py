"""What every test may ask for: a real database of each kind, empty of people and up to date."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
import sqlalchemy as sa
from playwright.async_api import Browser

import storage.database
from storage.database import Database
from storage.migrate import upgrade
from tests.journeys.browser import opened_browser
from tests.postgres import PostgresServer, postgres_running

# How long an example takes says more about the neighbours on the machine than about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def synchronous_of_the_house() -> Iterator[str]:
    """How SQLite commits outside of tests. In them nothing waits for the disk: no power fails under a test."""
    with pytest.MonkeyPatch.context() as patch:
        ours = storage.database.SYNCHRONOUS
        patch.setattr(storage.database, "SYNCHRONOUS", "OFF")
        yield ours


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process."""
    with postgres_running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test's own."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "yousaid.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        upgrade(connection)
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database of this test's own."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'yousaid.sqlite')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database of this test's own, of each kind in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database, of each kind in turn."""
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser. Without one the test is skipped, or fails where one was promised (``.ci/run``)."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing = "There is no Chromium here. On Debian: apt-get install chromium"
        if os.environ.get("YOUSAID_TEST_NEEDS_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_browser(chromium: str) -> AsyncIterator[Browser]:
    """The one running browser of this test process."""
    async with opened_browser(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def browser(one_browser: Browser) -> AsyncIterator[Browser]:
    """A running browser without any profile. Tests that use it are ``IN_A_BROWSER``, for its loop."""
    yield one_browser
    for context in one_browser.contexts:
        await context.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let transcripts be written anew."""
    parser.addoption("--rewrite", action="store_true", help="write into the transcripts what was really said")


def pytest_collection_finish() -> None:
    """Collect garbage seldom, and not among the modules: all of them stay to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
