"""How a drafted migration spells what both databases must read, and what must not change with our code."""

from typing import Literal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.elements import False_, True_

from storage.columns import Time


def spell(kind: str, item: object, _: object) -> str | Literal[False]:
    """Spell one thing, or leave it to Alembic (its ``render_item``)."""
    if kind == "type" and isinstance(item, Time):
        # A migration is history: it must not change when a type of ours does.
        return "sa.BigInteger()"
    if kind == "server_default" and isinstance(getattr(item, "arg", None), False_ | True_):
        # Alembic would spell it for the database at hand: SQLite's 0 is no truth value to PostgreSQL.
        return "sa.false()" if isinstance(getattr(item, "arg", None), False_) else "sa.true()"
    return False


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Tell whether something in a database is to be compared with our tables (its ``include_name``).

    What migration 0003 makes for the search is not: SQLAlchemy knows nothing of it.
    """
    match kind:
        case "table" | "index":
            return name is None or not name.startswith("case_search")
        case "column":
            return name != "search"
        case _:
            return True


def index_where(name: str, table: str, columns: list[str], condition: str, *, unique: bool) -> None:
    """Make an index of the rows for which a condition holds, on both databases."""
    only = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
