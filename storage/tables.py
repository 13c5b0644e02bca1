"""Every table and index but those of the cases (``case_tables.py``): people, staff, conversations, in and out, the web.

Values that only code reads are JSON texts (``storage/codec.py``).
"""

import sqlalchemy as sa

from storage.columns import Time, id_column, ref, where

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=_NAMES)

# --- who and where ---
people = sa.Table(
    "people",
    metadata,
    id_column(),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    # Words that came before the person chose what they are for, and when the newest of them came.
    sa.Column("loose_words", sa.Text),
    sa.Column("loose_at", Time),
    # What they say they are towards a service (dialogs/cases/participant.py).
    sa.Column("participant", sa.Text),
    sa.Column("created_at", Time, nullable=False),
    where("ix_people_loose", "loose_at", condition="loose_at IS NOT NULL"),
)

addresses = sa.Table(
    "addresses",
    metadata,
    id_column(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # private, staff (a servant's own chat) or room
    ref("people", name="person_id", null=True),
    sa.Column("unreachable_at", Time),
    sa.UniqueConstraint("channel", "place"),
    sa.Index(None, "person_id"),
)

# --- staff and rooms ---
staff = sa.Table(
    "staff",
    metadata,
    id_column(),
    sa.Column("name", sa.Text, nullable=False),  # for colleagues; citizens never see it
    sa.Column("created_at", Time, nullable=False),
    sa.Column("removed_at", Time),
)

staff_accounts = sa.Table(
    "staff_accounts",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    ref("staff", name="staff_id"),
)

staff_roles = sa.Table(
    "staff_roles",
    metadata,
    sa.Column("staff_id", sa.BigInteger, sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
)

invites = sa.Table(
    "invites",
    metadata,
    # SHA-256 of the payload: a copy of the database invites nobody.
    sa.Column("payload_sha256", sa.Text, primary_key=True),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("used_at", Time),
)

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("address_id", sa.BigInteger, sa.ForeignKey("addresses.id"), primary_key=True),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("bound_at", Time, nullable=False),
    sa.Column("left_at", Time),
    # The message that is its board, and a hash of what that shows; None: it has none yet.
    sa.Column("board", sa.BigInteger),
    sa.Column("board_shows", sa.Text),
    sa.Index(None, "queue"),
)

# What somebody wrote under the name of a group, until a servant presses a button for it.
unsigned = sa.Table(
    "unsigned",
    metadata,
    # Random, as it stands in the button.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    ref("addresses", name="address_id"),
    sa.Column("text", sa.Text, nullable=False),
    # The numbers of the message itself, and of the one that it replies to.
    sa.Column("number", sa.BigInteger),
    sa.Column("reply_to", sa.BigInteger),
    sa.Column("written_at", Time, nullable=False),
    sa.Index(None, "written_at"),
)

# --- conversations ---
flow_versions = sa.Table(
    "flow_versions",
    metadata,
    id_column(),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    # The sources of the parts it uses, by their ids: they are of one piece with it.
    sa.Column("parts", sa.Text, nullable=False),
    sa.Column("published_at", Time, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    id_column(),
    ref("people", name="person_id"),
    ref("flow_versions", name="version_id"),
    sa.Column("state", sa.Text, nullable=False),  # open, submitted, ended, expired or moved
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("answers", sa.Text, nullable=False),
    # The outbox row of the newest prompt: what was written before it was shown does not answer it.
    sa.Column("prompt_id", sa.BigInteger),
    # The questions in the order in which they were first put: where people stop can be counted without an answer.
    sa.Column("asked", sa.Text, nullable=False, server_default=""),
    sa.Column("opened_at", Time, nullable=False),
    sa.Column("touched_at", Time, nullable=False),
    # When to remind the person or to delete the draft, and how often they were reminded since they last wrote.
    sa.Column("wake_at", Time),
    sa.Column("reminded", sa.Integer, nullable=False, server_default=sa.text("0")),
    where("ix_sessions_wake", "wake_at", condition="wake_at IS NOT NULL"),
    # One open conversation a person.
    where("uq_sessions_open", "person_id", condition="state = 'open'", unique=True),
)

# Photos and voice notes, cleaned of all that was not picture or sound.
media = sa.Table(
    "media",
    metadata,
    # Random: whoever may not see one cannot guess the next.
    sa.Column("id", sa.Text, primary_key=True),
    ref("sessions", name="session_id"),
    sa.Column("kind", sa.Text, nullable=False),  # photo (JPEG) or voice (Ogg with Opus)
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Index(None, "session_id"),
)

# --- in and out ---
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("bot", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("received_at", Time, nullable=False),
    # Only of an update that failed again and again: the raw thing, set aside for a person to look at.
    sa.Column("aside", sa.Text),
    sa.Index(None, "received_at"),
    # The key is all there is to find: one tree less to write to.
    sqlite_with_rowid=False,
)

outbox = sa.Table(
    "outbox",
    metadata,
    id_column(),
    ref("addresses", name="address_id"),
    # 0 reply, 1 card, 2 announcement; due, sending (announcements only), sent, dead, unknown or withdrawn
    sa.Column("lane", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default=sa.text("0")),
    # Whether the channel's answer was lost once: then it may have been shown.
    sa.Column("uncertain", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("urgency", sa.Integer),  # of a card, and by when it is wanted (dialogs/cases/urgency.py)
    sa.Column("wanted_by", Time),
    # Either a message, or the case or batch that is drawn when it is sent; then what a reply to it is about.
    sa.Column("message", sa.Text),
    sa.Column("draws_case_id", sa.BigInteger),
    sa.Column("draws_batch_id", sa.BigInteger),
    sa.Column("board", sa.Text),  # draw or pin: what is to be done with the board of a room
    sa.Column("case_id", sa.BigInteger),
    sa.Column("ask_id", sa.BigInteger),
    sa.Column("dedup", sa.Text),
    sa.Column("number", sa.BigInteger),
    sa.Column("sent_at", Time),
    sa.Column("error", sa.Text),
    sa.Column("created_at", Time, nullable=False),
    where("ix_outbox_due", "due_at", condition="status = 'due'"),
    where("ix_outbox_cards", "address_id", "wanted_by", condition="status = 'due' AND lane = 1"),
    where("ix_outbox_ended", "address_id", condition="status IN ('dead', 'unknown')"),
    # A reply to a message that is about a case finds its way; nobody looks for the others.
    where("ix_outbox_about", "address_id", "number", condition="case_id IS NOT NULL"),
    where("uq_outbox_dedup", "dedup", condition="dedup IS NOT NULL", unique=True),
    where("ix_outbox_ask", "ask_id", condition="ask_id IS NOT NULL"),
)

# --- the web channel ---
# What a web chat shows, theirs and ours. Telegram keeps its chats itself.
lines = sa.Table(
    "lines",
    metadata,
    id_column(),
    ref("addresses", name="address_id"),
    # Goes up with every new or changed line of the address, so that a page can ask "what since?"
    sa.Column("stamp", sa.BigInteger, nullable=False),
    # The one who wrote it, if not the bot: 'you' in a private chat, a servant's name in a room.
    sa.Column("author", sa.Text, nullable=False, server_default=""),
    sa.Column("message", sa.Text, nullable=False),
    # The outbox row it came from: sent again after a kill, it is still shown once.
    sa.Column("outbox_id", sa.BigInteger, unique=True),
    sa.Column("at", Time, nullable=False),
    sa.UniqueConstraint("address_id", "stamp"),
)

# Who a browser's cookie is.
visits = sa.Table(
    "visits",
    metadata,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    ref("addresses", name="address_id"),
    ref("staff", name="staff_id", null=True),
    sa.Column("expires_at", Time, nullable=False),
)

# The codes that reopen a citizen's web chat on another device.
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("code_sha256", sa.Text, primary_key=True),
    ref("addresses", name="address_id"),
    sa.Column("created_at", Time, nullable=False),
)

# One row: when the program last looked at the clock.
alive = sa.Table(
    "alive",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Time, nullable=False),
)

# Random values made on the first start, such as the key that signs forms.
secrets = sa.Table(
    "secrets", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
