"""What each database finds the words of cases by: FTS5 on SQLite, a tsvector with GIN on PostgreSQL.

Written by hand: of this SQLAlchemy knows nothing, and ``storage/migrations/spelling.py`` names it, so that no
comparison with storage/tables.py takes it for something left over. The words are folded already and hold letters and
digits alone, so both databases take them as they are.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_SQLITE = (
    # The words stand in the table; the index of them is kept by the triggers, whoever writes.
    # Beginnings up to five letters are in the index as words are: otherwise a search for a common one, such as a /find
    # that ends in "tree", reads the lists of every word that begins so. It makes the index three quarters larger.
    """CREATE VIRTUAL TABLE case_search USING fts5(
        words, content='case_words', content_rowid='case_id', prefix='1 2 3 4 5'
    )""",
    """CREATE TRIGGER case_search_add AFTER INSERT ON case_words BEGIN
        INSERT INTO case_search(rowid, words) VALUES (new.case_id, new.words);
    END""",
    """CREATE TRIGGER case_search_drop AFTER DELETE ON case_words BEGIN
        INSERT INTO case_search(case_search, rowid, words) VALUES ('delete', old.case_id, old.words);
    END""",
    """CREATE TRIGGER case_search_change AFTER UPDATE ON case_words BEGIN
        INSERT INTO case_search(case_search, rowid, words) VALUES ('delete', old.case_id, old.words);
        INSERT INTO case_search(rowid, words) VALUES (new.case_id, new.words);
    END""",
)
_POSTGRES = (
    """ALTER TABLE case_words ADD COLUMN search tsvector
        GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(words, ' '), ''))) STORED""",
    # Without a list of what is still to be sorted in: every search would read through it.
    "CREATE INDEX case_search ON case_words USING gin (search) WITH (fastupdate = off)",
)


def upgrade() -> None:
    """Make what this database needs."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)
