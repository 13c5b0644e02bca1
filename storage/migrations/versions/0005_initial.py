"""The first tables: the desk.

Written by `make migration NAME=initial` from storage/tables.py, not by hand.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.spelling import index_where

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make each table after those that it points to."""
    _drafts()
    _bulks()
    _index_bulks()
    _heard()
    _cards()
    _index_cards()
    _announcements()
    _index_announcements()
    _timers()
    _index_timers()
    _weighings()
    _index_weighings()
    _delivery_choices()
    _index_delivery_choices()
    _desks()
    _offers()
    _imports()
    _index_imports()


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("canned", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_drafts_address_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_drafts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("address_id", name=op.f("uq_drafts_address_id")),
    )


def _bulks() -> None:
    op.create_table(
        "bulks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("goes_to", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_bulks_address_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_bulks_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulks")),
    )


def _index_bulks() -> None:
    op.create_index(op.f("ix_bulks_address_id"), "bulks", ["address_id"], unique=False)


def _heard() -> None:
    op.create_table(
        "heard",
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("contributor_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_heard_address_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_heard_case_id")),
        sa.ForeignKeyConstraint(["contributor_id"], ["contributors.id"], name=op.f("fk_heard_contributor_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_heard_staff_id")),
        sa.PrimaryKeyConstraint("address_id", "number", name=op.f("pk_heard")),
    )


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("menu", sa.Text(), server_default="", nullable=False),
        sa.Column("menu_version", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_cards_address_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cards_case_id")),
        sa.PrimaryKeyConstraint("address_id", "case_id", name=op.f("pk_cards")),
    )


def _index_cards() -> None:
    op.create_index(op.f("ix_cards_address_id_number"), "cards", ["address_id", "number"], unique=False)
    index_where("ix_cards_batch", "cards", ["batch_id"], "batch_id IS NOT NULL", unique=False)
    index_where("ix_cards_left", "cards", ["case_id"], "left_at IS NOT NULL", unique=False)


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_in", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_announcements_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("case_id", "kind", "version", name=op.f("uq_announcements_case_id_kind_version")),
    )


def _index_announcements() -> None:
    index_where("ix_announcements_open", "announcements", ["starts_at"], "done_at IS NULL", unique=False)


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )


def _index_timers() -> None:
    op.create_index(op.f("ix_timers_case_id"), "timers", ["case_id"], unique=False)
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)


def _weighings() -> None:
    op.create_table(
        "weighings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_weighings_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_weighings_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighings")),
    )


def _index_weighings() -> None:
    op.create_index(op.f("ix_weighings_case_id"), "weighings", ["case_id"], unique=False)


def _delivery_choices() -> None:
    op.create_table(
        "delivery_choices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.Column("review_on", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("again_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_delivery_choices_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_delivery_choices_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_choices")),
    )


def _index_delivery_choices() -> None:
    op.create_index(op.f("ix_delivery_choices_case_id"), "delivery_choices", ["case_id"], unique=False)


def _desks() -> None:
    op.create_table(
        "desks",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("rota", sa.Text(), server_default="", nullable=False),
        sa.Column("on_duty", sa.BigInteger(), nullable=True),
        sa.Column("duty_at", sa.BigInteger(), nullable=True),
        sa.Column("board_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("board_at", sa.BigInteger(), nullable=True),
        sa.Column("digest_at", sa.BigInteger(), nullable=True),
        sa.Column("digest_case", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["on_duty"], ["staff.id"], name=op.f("fk_desks_on_duty")),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_desks")),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_offers_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_offers_other_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_offers")),
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("row_hmac", sa.Text(), nullable=False),
        sa.Column("author_hmac", sa.Text(), nullable=True),
        sa.Column("contribution_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contributions.id"], name=op.f("fk_imports_contribution_id")),
        sa.PrimaryKeyConstraint("row_hmac", name=op.f("pk_imports")),
    )


def _index_imports() -> None:
    index_where("ix_imports_author", "imports", ["author_hmac"], "author_hmac IS NOT NULL", unique=False)
    op.create_index(op.f("ix_imports_contribution_id"), "imports", ["contribution_id"], unique=False)
