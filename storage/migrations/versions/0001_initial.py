"""The first tables: people, staff, conversations, in, out and the web.

Written by `make migration NAME=initial` from storage/tables.py, not by hand.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.spelling import index_where

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make each table after those that it points to."""
    _people()
    _index_people()
    _addresses()
    _index_addresses()
    _staff()
    _staff_accounts()
    _staff_roles()
    _invites()
    _rooms()
    _index_rooms()
    _unsigned()
    _index_unsigned()
    _flow_versions()
    _sessions()
    _index_sessions()
    _media()
    _index_media()
    _inbox()
    _index_inbox()
    _outbox()
    _index_outbox()
    _lines()
    _visits()
    _receipts()
    _alive()
    _secrets()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("loose_words", sa.Text(), nullable=True),
        sa.Column("loose_at", sa.BigInteger(), nullable=True),
        sa.Column("participant", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )


def _index_people() -> None:
    index_where("ix_people_loose", "people", ["loose_at"], "loose_at IS NOT NULL", unique=False)


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("unreachable_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_addresses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("channel", "place", name=op.f("uq_addresses_channel_place")),
    )


def _index_addresses() -> None:
    op.create_index(op.f("ix_addresses_person_id"), "addresses", ["person_id"], unique=False)


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )


def _staff_accounts() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_accounts_staff_id")),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_staff_accounts")),
    )


def _staff_roles() -> None:
    op.create_table(
        "staff_roles",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_roles_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "queue", name=op.f("pk_staff_roles")),
    )


def _invites() -> None:
    op.create_table(
        "invites",
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("payload_sha256", name=op.f("pk_invites")),
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("board", sa.BigInteger(), nullable=True),
        sa.Column("board_shows", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_rooms_address_id")),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_rooms")),
    )


def _index_rooms() -> None:
    op.create_index(op.f("ix_rooms_queue"), "rooms", ["queue"], unique=False)


def _unsigned() -> None:
    op.create_table(
        "unsigned",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_unsigned_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsigned")),
    )


def _index_unsigned() -> None:
    op.create_index(op.f("ix_unsigned_written_at"), "unsigned", ["written_at"], unique=False)


def _flow_versions() -> None:
    op.create_table(
        "flow_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_versions")),
        sa.UniqueConstraint("sha256", name=op.f("uq_flow_versions_sha256")),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.Column("wake_at", sa.BigInteger(), nullable=True),
        sa.Column("reminded", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["flow_versions.id"], name=op.f("fk_sessions_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )


def _index_sessions() -> None:
    index_where("ix_sessions_wake", "sessions", ["wake_at"], "wake_at IS NOT NULL", unique=False)
    index_where("uq_sessions_open", "sessions", ["person_id"], "state = 'open'", unique=True)


def _media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_media_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )


def _index_media() -> None:
    op.create_index(op.f("ix_media_session_id"), "media", ["session_id"], unique=False)


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("aside", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "bot", "key", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )


def _index_inbox() -> None:
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("wanted_by", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("draws_case_id", sa.BigInteger(), nullable=True),
        sa.Column("draws_batch_id", sa.BigInteger(), nullable=True),
        sa.Column("board", sa.Text(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("ask_id", sa.BigInteger(), nullable=True),
        sa.Column("dedup", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_outbox_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )


def _index_outbox() -> None:
    index_where("ix_outbox_about", "outbox", ["address_id", "number"], "case_id IS NOT NULL", unique=False)
    index_where("ix_outbox_ask", "outbox", ["ask_id"], "ask_id IS NOT NULL", unique=False)
    index_where("ix_outbox_cards", "outbox", ["address_id", "wanted_by"], "status = 'due' AND lane = 1", unique=False)
    index_where("ix_outbox_due", "outbox", ["due_at"], "status = 'due'", unique=False)
    index_where("ix_outbox_ended", "outbox", ["address_id"], "status IN ('dead', 'unknown')", unique=False)
    index_where("uq_outbox_dedup", "outbox", ["dedup"], "dedup IS NOT NULL", unique=True)


def _lines() -> None:
    op.create_table(
        "lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_lines_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
        sa.UniqueConstraint("address_id", "stamp", name=op.f("uq_lines_address_id_stamp")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_lines_outbox_id")),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_visits_address_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_visits_staff_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_visits")),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_receipts_address_id")),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_receipts")),
    )


def _alive() -> None:
    op.create_table(
        "alive",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alive")),
    )


def _secrets() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
