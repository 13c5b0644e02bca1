"""What Alembic runs to set itself up: on the connection it is given, in the transaction that is open there."""

from alembic import context

from storage.case_tables import every_table
from storage.migrations.spelling import is_ours, spell

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_table,
    render_item=spell,
    include_name=is_ours,
    # SQLite alters a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
