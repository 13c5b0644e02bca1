"""The first tables: the cases.

Written by `make migration NAME=initial` from storage/tables.py, not by hand.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.spelling import index_where

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make each table after those that it points to."""
    _cases()
    _index_cases()
    _contributions()
    _index_contributions()
    _contributors()
    _index_contributors()
    _asks()
    _index_asks()
    _journal()
    _index_journal()
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
    _case_counts()
    _index_case_counts()
    _desks()
    _case_words()
    _offers()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("contribution", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_in", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Text(), nullable=False),
        sa.Column("overdue", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("wanted_by", sa.BigInteger(), nullable=True),
        sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.Column("snoozed_until", sa.Text(), nullable=True),
        sa.Column("public_line", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("split_from", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_cases_holder_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into")),
        sa.ForeignKeyConstraint(["split_from"], ["cases.id"], name=op.f("fk_cases_split_from")),
        sa.ForeignKeyConstraint(["wanted_by"], ["staff.id"], name=op.f("fk_cases_wanted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
    )


def _index_cases() -> None:
    index_where(
        "ix_cases_free",
        "cases",
        ["queue", "id"],
        "holder_id IS NULL AND state IN ('answered', 'new', 'reopened')",
        unique=False,
    )
    index_where(
        "ix_cases_holder", "cases", ["holder_id", "state", "promised_on", "id"], "holder_id IS NOT NULL", unique=False
    )
    index_where("ix_cases_merged", "cases", ["merged_into"], "merged_into IS NOT NULL", unique=False)
    op.create_index("ix_cases_promised", "cases", ["queue", "state", "promised_on", "id", "overdue"], unique=False)
    index_where("ix_cases_public", "cases", ["queue", "state", "id"], "public_line IS NOT NULL", unique=False)
    index_where("ix_cases_split", "cases", ["split_from"], "split_from IS NOT NULL", unique=False)


def _contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contributions_case_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_contributions_session_id")),
        sa.ForeignKeyConstraint(["version_id"], ["flow_versions.id"], name=op.f("fk_contributions_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("session_id", name=op.f("uq_contributions_session_id")),
    )


def _index_contributions() -> None:
    op.create_index(op.f("ix_contributions_case_id"), "contributions", ["case_id"], unique=False)


def _contributors() -> None:
    op.create_table(
        "contributors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("contribution_id", sa.BigInteger(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contributors_case_id")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contributors_contribution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contributors_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributors")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_contributors_case_id_person_id")),
    )


def _index_contributors() -> None:
    op.create_index(op.f("ix_contributors_case_id_id"), "contributors", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_contributors_contribution_id"), "contributors", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_contributors_person_id"), "contributors", ["person_id"], unique=False)


def _asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("contributor_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_asks_case_id")),
        sa.ForeignKeyConstraint(["contributor_id"], ["contributors.id"], name=op.f("fk_asks_contributor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )


def _index_asks() -> None:
    op.create_index(op.f("ix_asks_case_id"), "asks", ["case_id"], unique=False)
    op.create_index(op.f("ix_asks_contributor_id"), "asks", ["contributor_id"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("contributor_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_journal_case_id")),
        sa.ForeignKeyConstraint(["contributor_id"], ["contributors.id"], name=op.f("fk_journal_contributor_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_journal_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )


def _index_journal() -> None:
    op.create_index(op.f("ix_journal_case_id_id"), "journal", ["case_id", "id"], unique=False)
    index_where("ix_journal_contributor", "journal", ["contributor_id"], "contributor_id IS NOT NULL", unique=False)
    index_where("ix_journal_unmask", "journal", ["staff_id", "at"], "act = 'unmask'", unique=False)


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


def _case_counts() -> None:
    op.create_table(
        "case_counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("is_news", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_counts")),
    )


def _index_case_counts() -> None:
    index_where("ix_case_counts_news", "case_counts", ["queue"], "is_news", unique=False)
    op.create_index("ix_case_counts_queue", "case_counts", ["queue", "state", "late", "cases"], unique=False)


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


def _case_words() -> None:
    op.create_table(
        "case_words",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_words_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_words")),
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
