"""How the tables are spelt: names of keys, times, ids, and indexes over the rows that are searched for.

Times are whole milliseconds since 1970 in UTC, because both databases sort and index whole
numbers alike.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Time(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


def to_ms(moment: datetime) -> int:
    """Count the whole milliseconds of an aware datetime since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """Give the aware datetime (UTC) of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def id_column() -> sa.Column[int]:
    """Number the rows of a table."""
    # SQLite gives row numbers only to INTEGER; ids of Telegram need 64 bits on PostgreSQL.
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def ref(target: str, *, name: str, null: bool = False) -> sa.Column[int]:
    """Point to a row of another table."""
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=null)


def where(name: str, *columns: str, condition: str, unique: bool = False) -> sa.Index:
    """Index only the rows that are searched for: the others then cost nothing to write."""
    only = sa.text(condition)
    return sa.Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)
