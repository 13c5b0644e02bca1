"""Draft a migration from ``storage/tables.py``: ``make migration NAME=add_photos``.

``NAME=initial`` writes the first ones anew instead, which is right until the first release and never after.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import render_python_code
from alembic.operations import ops

from storage.case_tables import every_table
from storage.migrate import alembic_config, newest, upgrade
from storage.migrations.spelling import spell

VERSIONS = Path(__file__).parents[2] / "storage" / "migrations" / "versions"

# The first migration is three, because the tables are too many for one file; these begin the second and the third.
# Between them stand those that are written by hand, for search and for counts.
SECOND_BEGINS_AT, THIRD_BEGINS_AT = "cases", "drafts"

INITIAL = '''"""The first tables: {about}.

Written by `make migration NAME=initial` from storage/tables.py, not by hand.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.spelling import index_where

revision = "{number}"
down_revision = {before}


def upgrade() -> None:
    """Make each table after those that it points to."""
{calls}

{makers}
'''


def draft(name: str) -> None:
    """Write the step from the newest migration to the tables as they are now, for a person to look over."""
    with sa.create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        number = f"{int(newest()) + 1:04}"
        command.revision(alembic_config(connection), message=name, rev_id=number, autogenerate=True)


def draft_initial() -> None:
    """Write the first migrations: a function a table and one for its indexes, in the order of ``storage/tables.py``."""
    tables = list(every_table.tables.values())
    second, third = ([table.name for table in tables].index(name) for name in (SECOND_BEGINS_AT, THIRD_BEGINS_AT))
    _write("0001", "None", about="people, staff, conversations, in, out and the web", tables=tables[:second])
    _write("0002", '"0001"', about="the cases", tables=tables[second:third])
    _write("0005", '"0004"', about="the desk", tables=tables[third:])


def _write(number: str, before: str, *, about: str, tables: list[sa.Table]) -> None:
    made = {name: source for table in tables for name, source in _sources(table).items()}
    calls = "".join(f"    {name}()\n" for name in made)
    makers = "\n\n".join(f"def {name}() -> None:\n    {source}\n" for name, source in made.items())
    text = INITIAL.format(number=number, before=before, about=about, calls=calls, makers=makers)
    (VERSIONS / f"{number}_initial.py").write_text(text, encoding="utf-8")


def _sources(table: sa.Table) -> dict[str, str]:
    sources = {f"_{table.name}": _source([ops.CreateTableOp.from_table(table)])}
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if indexes:
        sources[f"_index_{table.name}"] = "\n    ".join(_index_source(index) for index in indexes)
    return sources


def _index_source(index: sa.Index) -> str:
    condition = index.dialect_options["sqlite"]["where"]
    if condition is None:
        return _source([ops.CreateIndexOp.from_index(index)])
    assert index.table is not None
    columns = [column.name for column in index.columns]
    return f"index_where({index.name!r}, {index.table.name!r}, {columns}, {str(condition)!r}, unique={index.unique})"


def _source(made: Sequence[ops.MigrateOperation]) -> str:
    lines = render_python_code(ops.UpgradeOps(ops=list(made)), render_item=spell).splitlines()
    return "\n".join(line for line in lines if "# ###" not in line).strip()


if __name__ == "__main__":
    if sys.argv[1] == "initial":
        draft_initial()
    else:
        draft(sys.argv[1])
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", VERSIONS], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--fix", VERSIONS], check=True)
