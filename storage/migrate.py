"""Bring a database to the newest revision when the program starts.

Alembic does the work, but only where there is some: importing it would cost every start a fifth of
a second, and nearly every start finds a database that is up to date.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config


class NewerDatabase(StorageError):
    """The database was written by a newer program; the text says what to do."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database is at revision {revision}, and this program knows none after {newest()}: "
            "a newer YouSaid has used it. Start that version again, or restore a backup from before."
        )


@cache
def revisions() -> tuple[str, ...]:
    """List the revisions this program knows, oldest first; they are numbered by their files' names."""
    versions = files("storage.migrations") / "versions"
    return tuple(sorted(script.name[:4] for script in versions.iterdir() if script.name.endswith(".py")))


def newest() -> str:
    """Name the revision that ``storage/tables.py`` and ``case_tables.py`` describes."""
    return revisions()[-1]


def upgrade(connection: sa.Connection) -> None:
    """Apply the migrations that are missing, in the transaction that is open. Raises: NewerDatabase."""
    revision = _revision(connection)
    if revision is not None and revision not in revisions():
        raise NewerDatabase(revision)
    if revision != newest():
        _run_alembic(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version = sa.table("alembic_version", sa.column("version_num", sa.Text))
    return connection.execute(sa.select(version.c.version_num)).scalar()


def _run_alembic(connection: sa.Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> "Config":
    """Tell Alembic where the migrations are and which connection to use; there is no ``alembic.ini``."""
    from alembic.config import Config

    config = Config()
    # A per cent sign in the path would be taken for a placeholder.
    config.set_main_option("script_location", str(files("storage.migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
