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
    _case_counts()
    _index_case_counts()
    _case_words()


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
        sa.Column("heard", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hear_until", sa.BigInteger(), nullable=True),
        sa.Column("did", sa.Text(), nullable=True),
        sa.Column("did_not", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reviews", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_cases_holder_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into")),
        sa.ForeignKeyConstraint(["split_from"], ["cases.id"], name=op.f("fk_cases_split_from")),
        sa.ForeignKeyConstraint(["wanted_by"], ["staff.id"], name=op.f("fk_cases_wanted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
    )


def _index_cases() -> None:
    index_where("ix_cases_board", "cases", ["service", "id"], "public_line IS NOT NULL", unique=False)
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
    index_where("ix_cases_offers", "cases", ["queue", "id"], "contribution = 'offer'", unique=False)
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
        sa.Column("participant", sa.Text(), nullable=True),
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


def _case_words() -> None:
    op.create_table(
        "case_words",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_words_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_words")),
    )
