"""The tables and indexes of the cases: who contributed, what happened, what is to be told, and by when."""

import sqlalchemy as sa

from storage.columns import Time, id_column, ref, where
from storage.tables import metadata

cases = sa.Table(
    "cases",
    metadata,
    id_column(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    # Goes up by one with every act; who acts on an older one lost the race.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("approach", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("contribution", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    ref("staff", null=True, name="holder_id"),
    sa.Column("held_at", Time),
    sa.Column("outcome", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("promised_on", sa.Text, nullable=False),
    # Whether the promised day passed without a decision, and the citizen was told so.
    sa.Column("overdue", sa.Boolean, nullable=False, server_default=sa.false()),
    # A colleague who asked to take it over.
    ref("staff", null=True, name="wanted_by"),
    sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()),
    # The ids of its tags, with spaces between them.
    sa.Column("tags", sa.Text, nullable=False, server_default=""),
    # The day on which a snoozed case wakes by itself.
    sa.Column("snoozed_until", sa.Text),
    sa.Column("opened_at", Time, nullable=False),
    # Lists of a queue and of a servant, by the promised day, whatever state they are in; and their numbers.
    sa.Index("ix_cases_promised", "queue", "state", "promised_on", "id", "overdue"),
    where("ix_cases_holder", "holder_id", "state", "promised_on", "id", condition="holder_id IS NOT NULL"),
)

contributions = sa.Table(
    "contributions",
    metadata,
    id_column(),
    # One contribution a session, whatever happens.
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("sessions.id"), nullable=False, unique=True),
    ref("cases", name="case_id"),
    ref("flow_versions", name="version_id"),
    # The citizen's own words in file order: [[question, answer], ...], in their language.
    sa.Column("words", sa.Text, nullable=False),
    # The typed answers by step id.
    sa.Column("answers", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("submitted_at", Time, nullable=False),
    sa.Index(None, "case_id"),
)

# The one link from a case to a person. Queries of the desk do not join it.
contributors = sa.Table(
    "contributors",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    ref("people", name="person_id"),
    ref("contributions", name="contribution_id"),
    # How servants see this person, in this case only.
    sa.Column("pseudonym", sa.Text, nullable=False),
    sa.UniqueConstraint("case_id", "person_id"),
    sa.Index(None, "person_id"),
)

# A question to one contributor: a servant's, or the ask-back after an outcome.
asks = sa.Table(
    "asks",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    ref("contributors", name="contributor_id"),
    sa.Column("kind", sa.Text, nullable=False),  # question or ask_back
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("asked_at", Time, nullable=False),
    sa.Column("answer", sa.Text),
    # When the answer was whole; a bare "no" still waits for words.
    sa.Column("answered_at", Time),
    sa.Index(None, "contributor_id"),
    sa.Index(None, "case_id"),
)

# What happened to a case, in order; undo reads ``before``, history and cards read ``words``.
journal = sa.Table(
    "journal",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    sa.Column("at", Time, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),  # citizen, servant or clock
    ref("staff", null=True, name="staff_id"),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
    # The case as it was before (state, holder, outcome, reason), and its version after.
    sa.Column("before", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("undone_at", Time),
    sa.Index(None, "case_id", "id"),
    where("ix_journal_unmask", "staff_id", "at", condition="act = 'unmask'"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    id_column(),
    ref("staff", name="staff_id"),
    # Where the servant writes: their own chat. One draft at a time there.
    sa.Column("address_id", sa.BigInteger, sa.ForeignKey("addresses.id"), nullable=False, unique=True),
    ref("cases", name="case_id"),
    sa.Column("act", sa.Text, nullable=False),  # ask or decide
    sa.Column("stage", sa.Text, nullable=False),  # choosing, writing or preview
    sa.Column("outcome", sa.Text),
    sa.Column("words", sa.Text),
    sa.Column("touched_at", Time, nullable=False),
)

# The card of a case in a room: which message shows it.
cards = sa.Table(
    "cards",
    metadata,
    sa.Column("address_id", sa.BigInteger, sa.ForeignKey("addresses.id"), primary_key=True),
    sa.Column("case_id", sa.BigInteger, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("number", sa.BigInteger),
    sa.Column("batch_id", sa.BigInteger),  # the outbox row of the batch that lists it, in a rush
    # The menu that is open under it, and the version of the case that it belongs to.
    sa.Column("menu", sa.Text, nullable=False, server_default=""),
    sa.Column("menu_version", sa.Integer),
    sa.Index(None, "address_id", "number"),
    where("ix_cards_batch", "batch_id", condition="batch_id IS NOT NULL"),
)

# Something to be told to every contributor of a case, a page of them at a time.
announcements = sa.Table(
    "announcements",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    # question, decision, overdue or ask_back
    sa.Column("kind", sa.Text, nullable=False),
    # The case's version it speaks of, the case as it was then, and the words of the servant.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("starts_at", Time, nullable=False),
    # The last contributor who has been written to.
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("done_at", Time),
    sa.UniqueConstraint("case_id", "kind", "version"),
    where("ix_announcements_open", "starts_at", condition="done_at IS NULL"),
)

timers = sa.Table(
    "timers",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    # promise, ask_back, silence, still_yours, claim_end, take_over, wake or menu_end
    sa.Column("kind", sa.Text, nullable=False),
    # The version of the case it was set for; a stale timer, but for the promise's, does nothing.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("due_at", Time, nullable=False),
    sa.Index(None, "due_at"),
    sa.Index(None, "case_id"),
)

# What a case is found by: its contributors' words, folded (``dialogs/cases/terms.py``). Migration 0003 indexes them.
case_words = sa.Table(
    "case_words",
    metadata,
    sa.Column("case_id", sa.BigInteger, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
)

# These and those of ``tables.py``.
every_table = metadata
