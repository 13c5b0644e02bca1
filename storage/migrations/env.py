"""What Alembic runs to set itself up: on the connection it is given, in the transaction that is open there."""

from alembic import context

from storage.migrations.spelling import is_ours, spell
from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=spell,
    include_name=is_ours,
    # SQLite alters a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
