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
    # The reason in other languages, and an outcome that waits for a colleague.
    sa.Column("reason_in", sa.Text),
    sa.Column("proposal", sa.Text),
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
    # What other citizens may read of it: one sentence by a servant.
    sa.Column("public_line", sa.Text),
    # A pointer to the case that it is looked after together with: nothing is copied, so it can be undone.
    ref("cases", null=True, name="merged_into"),
    # The case of whose words it is a part.
    ref("cases", null=True, name="split_from"),
    # Whether a contributor was heard in this phase, and until when one is waited for.
    sa.Column("heard", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("hear_until", Time),
    # What was done and what was not, as contributors read it, since when, and how often they were asked since.
    sa.Column("did", sa.Text),
    sa.Column("did_not", sa.Text),
    sa.Column("ended_at", Time),
    sa.Column("reviews", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("opened_at", Time, nullable=False),
    # Lists of a queue and of a servant, by the promised day, whatever state they are in; and their numbers.
    sa.Index("ix_cases_promised", "queue", "state", "promised_on", "id", "overdue"),
    # What nobody has, the oldest first.
    where(
        "ix_cases_free",
        "queue",
        "id",
        condition="holder_id IS NULL AND state IN ('answered', 'new', 'reopened')",
    ),
    where("ix_cases_holder", "holder_id", "state", "promised_on", "id", condition="holder_id IS NOT NULL"),
    # What somebody who says something close is offered to join.
    where("ix_cases_public", "queue", "state", "id", condition="public_line IS NOT NULL"),
    # What everybody can read on the public board.
    where("ix_cases_board", "service", "id", condition="public_line IS NOT NULL"),
    # Offers that could fit a case.
    where("ix_cases_offers", "queue", "id", condition="contribution = 'offer'"),
    where("ix_cases_merged", "merged_into", condition="merged_into IS NOT NULL"),
    where("ix_cases_split", "split_from", condition="split_from IS NOT NULL"),
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
    # What of their words this case is about, where it is not all of them.
    sa.Column("part", sa.Text),
    # What they said they are, so that results can be split without the person.
    sa.Column("participant", sa.Text),
    sa.UniqueConstraint("case_id", "person_id"),
    sa.Index(None, "person_id"),
    sa.Index(None, "case_id", "id"),
    sa.Index(None, "contribution_id"),
)

# A question to one contributor: a servant's, or the ask-back after an outcome.
asks = sa.Table(
    "asks",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    ref("contributors", name="contributor_id"),
    sa.Column("kind", sa.Text, nullable=False),  # question, ask_back or difference
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
    # Who of several contributors it is about.
    ref("contributors", null=True, name="contributor_id"),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
    # The case as it was before (state, holder, outcome, reason), and its version after.
    sa.Column("before", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("undone_at", Time),
    sa.Index(None, "case_id", "id"),
    where("ix_journal_unmask", "staff_id", "at", condition="act = 'unmask'"),
    where("ix_journal_contributor", "contributor_id", condition="contributor_id IS NOT NULL"),
)

# How many cases of a queue are in which state: differences, added by the triggers of migration 0004.
case_counts = sa.Table(
    "case_counts",
    metadata,
    id_column(),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False),
    # Since the board of the queue was last looked at.
    sa.Column("is_news", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("ix_case_counts_queue", "queue", "state", "late", "cases"),
    where("ix_case_counts_news", "queue", condition="is_news"),
)

# What a case is found by: its contributors' words, folded (``dialogs/cases/terms.py``). Migration 0003 indexes them.
case_words = sa.Table(
    "case_words",
    metadata,
    sa.Column("case_id", sa.BigInteger, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
)

drafts = sa.Table(
    "drafts",
    metadata,
    id_column(),
    ref("staff", name="staff_id"),
    # Where the servant writes: their own chat. One draft at a time there.
    sa.Column("address_id", sa.BigInteger, sa.ForeignKey("addresses.id"), nullable=False, unique=True),
    ref("cases", name="case_id"),
    sa.Column("act", sa.Text, nullable=False),  # ask, decide, forward, merge or public_line
    sa.Column("stage", sa.Text, nullable=False),  # choosing, writing, preview or sent
    sa.Column("outcome", sa.Text),
    sa.Column("words", sa.Text),
    # The canned text that the words are, or the number of the message that they were typed in.
    sa.Column("canned", sa.Text),
    sa.Column("number", sa.BigInteger),
    sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()),
    # Of what was delivered: what was not done.
    sa.Column("left_out", sa.Text),
    sa.Column("touched_at", Time, nullable=False),
)

# What a servant does to several cases at once: a draft until it is done, then what was done, to take it back.
bulks = sa.Table(
    "bulks",
    metadata,
    id_column(),
    ref("staff", name="staff_id"),
    # Their own chat.
    ref("addresses", name="address_id"),
    # The queue of the room where it was asked for.
    sa.Column("queue", sa.Text),
    sa.Column("stage", sa.Text, nullable=False),  # choosing, way, writing, preview or done
    # Where the page before the shown one ended, the codes on it, and the chosen ones, each with its version.
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),
    sa.Column("chosen", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),  # tag, snooze, forward or merge
    sa.Column("goes_to", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
    sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("done_at", Time),
    sa.Index(None, "address_id"),
)

# Which message of a chat reached which case, so that an edit of it can follow. Queries of the desk do not join it.
heard = sa.Table(
    "heard",
    metadata,
    sa.Column("address_id", sa.BigInteger, sa.ForeignKey("addresses.id"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True),
    # None while nobody has said yet where the words belong.
    ref("cases", null=True, name="case_id"),
    ref("contributors", null=True, name="contributor_id"),
    ref("staff", null=True, name="staff_id"),
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
    # When the case went to another queue, until the room has been told the last of it.
    sa.Column("left_at", Time),
    sa.Index(None, "address_id", "number"),
    where("ix_cards_batch", "batch_id", condition="batch_id IS NOT NULL"),
    where("ix_cards_left", "case_id", condition="left_at IS NOT NULL"),
)

# Something to be told to every contributor of a case, a page of them at a time.
announcements = sa.Table(
    "announcements",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    # question, decision, overdue, ask_back or forwarded
    sa.Column("kind", sa.Text, nullable=False),
    # The case's version it speaks of, the case as it was then, and the words of the servant.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("words_in", sa.Text),
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
    # promise, ask_back, silence, final, review, still_yours, claim_end, take_over, wake or menu_end
    sa.Column("kind", sa.Text, nullable=False),
    # The version of the case it was set for; a stale timer, but for the promise's, does nothing.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("due_at", Time, nullable=False),
    sa.Index(None, "due_at"),
    sa.Index(None, "case_id"),
)

# What a servant thinks of one option of who could deliver what was promised.
weighings = sa.Table(
    "weighings",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    ref("staff", name="staff_id"),
    sa.Column("option", sa.Text, nullable=False),  # in_house, other_agency, partner or contract
    # A line: the option, and a number with a word by each criterion (``judging.py``).
    sa.Column("view", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Index(None, "case_id"),
)

# Who delivers what was promised, as chosen by the act that made this version of the case.
delivery_choices = sa.Table(
    "delivery_choices",
    metadata,
    id_column(),
    ref("cases", name="case_id"),
    sa.Column("version", sa.Integer, nullable=False),
    ref("staff", null=True, name="staff_id"),
    sa.Column("option", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("chosen_at", Time, nullable=False),
    # When it is looked at again, since when it is just now, and since when it is weighed again.
    sa.Column("review_on", sa.Text, nullable=False),
    sa.Column("asked_at", Time),
    sa.Column("again_at", Time),
    sa.Index(None, "case_id"),
)

# What a queue keeps for itself: who is on duty, and when its board and its digest are due.
desks = sa.Table(
    "desks",
    metadata,
    sa.Column("queue", sa.Text, primary_key=True),
    # The ids of the servants on its duty list, in its order, with spaces between them; whose turn it is, until when.
    sa.Column("rota", sa.Text, nullable=False, server_default=""),
    ref("staff", null=True, name="on_duty"),
    sa.Column("duty_at", Time),
    # When the board was looked at, and when it says something else though nothing has happened.
    sa.Column("board_seen_at", Time),
    sa.Column("board_at", Time),
    # When the next digest goes out, and the newest case when the last one did.
    sa.Column("digest_at", Time),
    sa.Column("digest_case", sa.BigInteger),
)

# What the contributor of a case was offered to join, in the order in which they read it.
offers = sa.Table(
    "offers",
    metadata,
    sa.Column("case_id", sa.BigInteger, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    ref("cases", name="other_id"),
)

# Which row of another platform became which contribution, so that none comes in twice.
imports = sa.Table(
    "imports",
    metadata,
    # Of the row's key there, keyed: whoever was forgotten must be known not to come in again, and not by their words.
    sa.Column("row_hmac", sa.Text, primary_key=True),
    # Of who wrote it there: their next row belongs into the same chat.
    sa.Column("author_hmac", sa.Text),
    ref("contributions", name="contribution_id"),
    where("ix_imports_author", "author_hmac", condition="author_hmac IS NOT NULL"),
    sa.Index(None, "contribution_id"),
)

# These and those of ``tables.py``.
every_table = metadata
