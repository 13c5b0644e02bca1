"""The triggers by which each database counts the cases of a queue by their states (``storage/counts.py``).

Written by hand: of this SQLAlchemy knows nothing. They add differences and change no row, so that two turns at once
never wait for each other.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

_ADDED = "(new.queue, new.state, new.overdue, 1)"
_GONE = "(old.queue, old.state, old.overdue, -1)"
_INTO = "INSERT INTO case_counts (queue, state, late, cases) VALUES"
_IS_ANOTHER = "old.queue <> new.queue OR old.state <> new.state OR old.overdue <> new.overdue"
_SQLITE = (
    f"CREATE TRIGGER case_counts_add AFTER INSERT ON cases BEGIN {_INTO} {_ADDED}; END",
    f"CREATE TRIGGER case_counts_drop AFTER DELETE ON cases BEGIN {_INTO} {_GONE}; END",
    f"""CREATE TRIGGER case_counts_change AFTER UPDATE OF queue, state, overdue ON cases WHEN {_IS_ANOTHER}
        BEGIN {_INTO} {_GONE}, {_ADDED}; END""",
)
_POSTGRES = (
    f"""CREATE FUNCTION case_counts_add() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {_INTO} {_ADDED}; RETURN NULL; END $$""",
    f"""CREATE FUNCTION case_counts_drop() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {_INTO} {_GONE}; RETURN NULL; END $$""",
    f"""CREATE FUNCTION case_counts_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {_INTO} {_GONE}, {_ADDED}; RETURN NULL; END $$""",
    "CREATE TRIGGER case_counts_add AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_counts_add()",
    "CREATE TRIGGER case_counts_drop AFTER DELETE ON cases FOR EACH ROW EXECUTE FUNCTION case_counts_drop()",
    f"""CREATE TRIGGER case_counts_change AFTER UPDATE OF queue, state, overdue ON cases FOR EACH ROW
        WHEN ({_IS_ANOTHER}) EXECUTE FUNCTION case_counts_change()""",
)


def upgrade() -> None:
    """Make what this database needs."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)
