"""Watching a database: triggers note every change of a table, so that each single update can be asked what it did."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from storage.case_tables import every_table
from storage.database import Connection
from storage.tables import addresses, outbox

# What says that something came in, was answered, or that the program lives; and whose message reached what.
_BESIDE: Final = frozenset({"inbox", "outbox", "alive", "heard"})
# Whatever a person types is theirs until they say where it belongs: kept at their own row, and at no case.
_OWN_WORDS: Final = frozenset({"people.loose_words", "people.loose_at"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one update did: the tables that it changed, and the new messages with their places."""

    changed: list[str]
    told: list[tuple[int, str]]


def see(c: Connection, *, after: int) -> Seen:
    """Tell what was changed, and what was said after a message."""
    changed = list(c.execute(sa.text("SELECT name FROM touched")).scalars())
    query = sa.select(outbox.c.id, addresses.c.place).join(addresses, addresses.c.id == outbox.c.address_id)
    return Seen(changed, [(row.id, row.place) for row in c.execute(query.where(outbox.c.id > after))])


def newest_out(c: Connection) -> int:
    """Give the number of the newest message."""
    return int(c.execute(sa.select(sa.func.max(outbox.c.id))).scalar() or 0)


def everything(c: Connection) -> dict[str, list[str]]:
    """Give all rows of what is watched."""
    return {table.name: sorted(str(row) for row in c.execute(sa.select(*_columns(table)))) for table in _watched()}


def watch(c: Connection) -> None:
    """Have every change of a table noted."""
    c.execute(sa.text("CREATE TABLE touched (name text)"))
    postgres = c.dialect.name == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    for table in _watched():
        note = f"INSERT INTO touched VALUES ('{table.name}')"
        do = f"EXECUTE FUNCTION note_{table.name}()" if postgres else f"BEGIN {note}; END"
        if postgres:
            body = f"BEGIN {note}; RETURN NULL; END"
            c.exec_driver_sql(f"CREATE FUNCTION note_{table.name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        changed = " OR ".join(f'OLD."{column.name}" {differs} NEW."{column.name}"' for column in _columns(table))
        for when in ("INSERT", "DELETE", "UPDATE"):
            only = f"WHEN ({changed})" if when == "UPDATE" else ""
            name = f"note_{table.name}_{when}"
            c.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {when} ON {table.name} FOR EACH ROW {only} {do}")


def _watched() -> list[sa.Table]:
    return [table for table in every_table.sorted_tables if table.name not in _BESIDE]


def _columns(table: sa.Table) -> list[sa.Column[object]]:
    return [column for column in table.columns if f"{table.name}.{column.name}" not in _OWN_WORDS]
