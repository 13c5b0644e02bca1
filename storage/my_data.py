"""Everything that is kept about a person, for the person: read table by table, each column under a name of its own.

Which tables and columns those are is written down here in one place, and so is why the others are left out. A test
holds both against the schema, so whoever adds a table or a column has to say here which it is.

Of a case a person gets what became of it, and not what servants noted for each other or who they are. Messages are
theirs in a chat of their own alone: in the chat of a servant they are also about other people's cases.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import Actor, Case, Deed, State
from dialogs.desk.card import CardView
from dialogs.ids import CaseId, ContributorId, MediaId, PersonId
from dialogs.media import Media
from dialogs.my_data import MOST_CARDS, NAMES_ANOTHER, About, Section
from storage import cases as case_store
from storage import inbox as inbox_store
from storage import media as media_store
from storage import merges, participants
from storage.addresses import PRIVATE, Address
from storage.case_tables import asks, cases, contributions, contributors, journal
from storage.codec import unpack_message, unpack_words, words_of
from storage.database import Connection
from storage.tables import addresses, flow_versions, inbox, lines, media, outbox, people, receipts, sessions, visits

Rows = list[dict[str, Any]]
# So many lines of a journal are looked through for those that a card shows.
_LINES = 50

_PERSON: sa.BindParameter[Any] = sa.bindparam("person")
_CHATS = sa.select(addresses.c.id).where(addresses.c.person_id == _PERSON)
_OWN_CHATS = _CHATS.where(addresses.c.kind == PRIVATE)
_PARTS = sa.select(contributors.c.id).where(contributors.c.person_id == _PERSON)
_SENT = sa.select(contributors.c.contribution_id).where(contributors.c.person_id == _PERSON)
_TALKS = sa.select(sessions.c.id).where(sessions.c.person_id == _PERSON)

# Why a column is left out.
_NUMBER = "a number that only ties tables together"
_INNER = "how the team works among itself"
_SENDING = "how and when a message is sent"


@dataclass(frozen=True, slots=True)
class Kept:
    """Some tables whose rows are a person's: the names and columns they get, and the others with the reason."""

    section: Section
    tables: tuple[sa.Table, ...]
    mine: sa.ColumnElement[bool]
    shown: Mapping[str, sa.Column[Any]]
    without: Mapping[str, str]
    via: sa.FromClause | None = None


KEPT = (
    Kept(
        Section.PERSON,
        (people,),
        people.c.id == _PERSON,
        {
            "language": people.c.language,
            "since": people.c.created_at,
            "takes_part_as": people.c.participant,
            "words_without_a_place": people.c.loose_words,
            "words_without_a_place_at": people.c.loose_at,
        },
        {"id": _NUMBER},
    ),
    Kept(
        Section.CHATS,
        (addresses,),
        addresses.c.person_id == _PERSON,
        {"channel": addresses.c.channel, "number": addresses.c.place, "closed_at": addresses.c.unreachable_at},
        {"id": _NUMBER, "person_id": _NUMBER, "kind": "tells a servant's chat from others"},
    ),
    Kept(
        Section.CONVERSATIONS,
        (sessions,),
        sessions.c.person_id == _PERSON,
        {
            "flow": flow_versions.c.flow,
            # Which words they were asked with, those of the consent too.
            "flow_version": flow_versions.c.sha256,
            "state": sessions.c.state,
            "begun_at": sessions.c.opened_at,
            "last_at": sessions.c.touched_at,
            "asked": sessions.c.asked,
            "answers": sessions.c.answers,
            "next_reminder_at": sessions.c.wake_at,
            "reminders": sessions.c.reminded,
        },
        dict.fromkeys(("id", "person_id", "version_id", "turn", "prompt_id"), _NUMBER),
        sessions.join(flow_versions, flow_versions.c.id == sessions.c.version_id),
    ),
    Kept(
        Section.CONTRIBUTIONS,
        (contributions,),
        contributions.c.id.in_(_SENT),
        {
            "flow": flow_versions.c.flow,
            # Which words they were asked with, those of the consent too.
            "flow_version": flow_versions.c.sha256,
            "sent_at": contributions.c.submitted_at,
            "language": contributions.c.language,
            "words": contributions.c.words,
            "answers": contributions.c.answers,
        },
        dict.fromkeys(("id", "session_id", "case_id", "version_id"), _NUMBER),
        contributions.join(flow_versions, flow_versions.c.id == contributions.c.version_id),
    ),
    Kept(
        Section.CASES,
        (contributors, cases),
        contributors.c.person_id == _PERSON,
        {
            "case": cases.c.code,
            "known_to_reviewers_as": contributors.c.pseudonym,
            "takes_part_as": contributors.c.participant,
            "part_of_the_words": contributors.c.part,
            "approach": cases.c.approach,
            "contribution": cases.c.contribution,
            "service": cases.c.service,
            "queue": cases.c.queue,
            "opened_at": cases.c.opened_at,
            "promised_on": cases.c.promised_on,
            "overdue": cases.c.overdue,
            "state": cases.c.state,
            "outcome": cases.c.outcome,
            "reason": cases.c.reason,
            "what_was_done": cases.c.did,
            "what_was_not_done": cases.c.did_not,
            "done_since": cases.c.ended_at,
            "public_line": cases.c.public_line,
            "urgent": cases.c.urgent,
            "tags": cases.c.tags,
            "snoozed_until": cases.c.snoozed_until,
            # Taken out again below: it leads to what the row does not say itself.
            "id": cases.c.id,
        },
        {
            **dict.fromkeys(("person_id", "contribution_id", "case_id", "version"), _NUMBER),
            **dict.fromkeys(("merged_into", "split_from"), _NUMBER),
            **dict.fromkeys(("holder_id", "held_at", "wanted_by", "proposal"), _INNER),
            **dict.fromkeys(("heard", "hear_until", "reviews"), _INNER),
            "reason_in": "the same reason in other languages",
        },
        contributors.join(cases, cases.c.id == contributors.c.case_id),
    ),
    Kept(
        Section.LATER_WORDS,
        (journal,),
        journal.c.contributor_id.in_(_PARTS)
        & (journal.c.actor == Actor.CITIZEN.value)
        & journal.c.words.is_not(None)
        & journal.c.act.not_in(sorted(NAMES_ANOTHER)),
        {"case": cases.c.code, "at": journal.c.at, "what": journal.c.act, "words": journal.c.words},
        {
            **dict.fromkeys(("id", "case_id", "contributor_id", "version"), _NUMBER),
            **dict.fromkeys(("staff_id", "before", "undone_at"), _INNER),
            "actor": "the person themselves, in every row",
        },
        # By their own number: the case that looks after it may be somebody else's.
        journal.join(contributors, contributors.c.id == journal.c.contributor_id).join(
            cases, cases.c.id == contributors.c.case_id
        ),
    ),
    Kept(
        Section.QUESTIONS,
        (asks,),
        asks.c.contributor_id.in_(_PARTS),
        {
            "case": cases.c.code,
            "kind": asks.c.kind,
            "asked_at": asks.c.asked_at,
            "question": asks.c.text,
            "answer": asks.c.answer,
            "answered_at": asks.c.answered_at,
        },
        dict.fromkeys(("id", "case_id", "contributor_id"), _NUMBER),
        asks.join(contributors, contributors.c.id == asks.c.contributor_id).join(
            cases, cases.c.id == contributors.c.case_id
        ),
    ),
    Kept(
        Section.MESSAGES,
        (lines,),
        lines.c.address_id.in_(_OWN_CHATS),
        {"at": lines.c.at, "by": lines.c.author, "text": lines.c.message},
        dict.fromkeys(("id", "address_id", "stamp", "outbox_id"), _NUMBER),
    ),
    Kept(
        Section.MESSAGES,
        (outbox,),
        outbox.c.address_id.in_(_OWN_CHATS) & outbox.c.message.is_not(None),
        {"at": outbox.c.created_at, "state": outbox.c.status, "text": outbox.c.message},
        {
            **dict.fromkeys(("id", "address_id", "case_id", "ask_id", "number", "dedup"), _NUMBER),
            **dict.fromkeys(("lane", "due_at", "attempt", "uncertain", "urgency", "wanted_by"), _SENDING),
            **dict.fromkeys(("sent_at", "error", "draws_case_id", "draws_batch_id", "board"), _SENDING),
        },
    ),
    Kept(
        Section.FILES,
        (media,),
        media.c.session_id.in_(_TALKS),
        {"file": media.c.id, "kind": media.c.kind, "seconds": media.c.seconds, "sent_at": media.c.at},
        {"session_id": _NUMBER, "content": "it lies beside the list, as a file"},
    ),
    Kept(
        Section.RECEIPTS,
        (receipts,),
        receipts.c.address_id.in_(_CHATS),
        {"made_at": receipts.c.created_at},
        {"code_sha256": "the code itself is not kept", "address_id": _NUMBER},
    ),
    Kept(
        Section.BROWSERS,
        (visits,),
        visits.c.address_id.in_(_CHATS) & visits.c.staff_id.is_(None),
        {"until": visits.c.expires_at},
        {"token_sha256": "the cookie itself is not kept", "address_id": _NUMBER, "staff_id": "of servants"},
    ),
)
# What came in and could not be read is looked through as a text (``storage/inbox.py``).
READ_AS_TEXT = {inbox.name: "the raw updates that were set aside; the other rows are numbers of updates"}
LEFT_OUT = {
    "staff": "of servants",
    "staff_accounts": "of servants",
    "staff_roles": "of servants",
    "invites": "of servants",
    "rooms": "where servants work",
    "unsigned": "what was written in rooms",
    "heard": "numbers of messages, so that the edit of one finds its case; the words are in the copy",
    "offers": "which cases of others somebody was offered to join; the chat said so",
    "imports": "which rows of another platform came in, so that none does twice; the words are in the copy",
    "desks": "how a queue is looked after",
    "drafts": "what servants are writing",
    "bulks": "which cases servants have chosen to do the same with",
    "weighings": "what servants think of who could deliver something",
    "delivery_choices": "who delivers what was promised; each contributor gets it as a message",
    "cards": "which message of a room shows a case",
    "announcements": "what is told to all contributors of a case; each gets it as a message",
    "timers": "when a case is looked at again",
    "case_words": "an index of the words that are in the copy",
    "case_counts": "numbers of cases",
    "flow_versions": "the texts of the conversations, the same for everybody",
    "alive": "when the program last looked at the clock",
    "secrets": "keys of the program",
}


def _answers(text: str) -> dict[str, Any]:
    """Read the answers of a conversation: the value of each, and the words beside it."""
    given = json.loads(text)[0]
    return {
        step: {"value": one[0], "note": one[2]} if len(one) > 2 else {"value": one[0]} for step, one in given.items()
    }


_Read = Callable[[Any], Any]
_READ: Mapping[sa.Column[Any], _Read] = {
    sessions.c.asked: str.split,
    sessions.c.answers: _answers,
    contributions.c.answers: json.loads,
    contributions.c.words: lambda text: [
        {"question": said.question, "answer": said.answer, "files": [one.id for one in said.attachments]}
        for said in unpack_words(text)
    ],
    cases.c.tags: str.split,
    lines.c.author: lambda author: "you" if author else "the team",
    lines.c.message: lambda text: unpack_message(text).plain(),
    outbox.c.message: lambda text: unpack_message(text).plain(),
}


def read_all(c: Connection, address: Address) -> dict[Section, Rows]:
    """Read all that is kept about the person of a chat."""
    found: dict[Section, Rows] = {section: [] for section in Section}
    for kept in KEPT:
        found[kept.section] += _read(c, kept, address.person)
    found[Section.CASES] = [{**row, **_as_told(c, CaseId(row.pop("id")))} for row in found[Section.CASES]]
    found[Section.SET_ASIDE] = [
        {"at": _plain(row.received_at), "raw": row.aside} for row in inbox_store.aside_of(c, address)
    ]
    return found


def files_of(c: Connection, rows: Rows) -> Iterator[Media]:
    """Give the photos and voice notes of a list, one after another."""
    for row in rows:
        if (found := media_store.load(c, MediaId(row["file"]))) is not None:
            yield found


def count_all(c: Connection, address: Address) -> About:
    """Count what is kept about the person of a chat."""
    return About({section: len(rows) for section, rows in read_all(c, address).items()})


def own_cards(c: Connection, person: PersonId) -> About:
    """Read the newest cases of a person as their cards show them, with this one contributor alone."""
    parts = (
        sa.select(contributors, contributions.c.words)
        .join(contributions, contributions.c.id == contributors.c.contribution_id)
        .where(contributors.c.person_id == person)
        .order_by(contributors.c.id.desc())
        .limit(MOST_CARDS)
    )
    rows = c.execute(parts).all()
    count = sa.select(sa.func.count()).select_from(contributors).where(contributors.c.person_id == person)
    return About(cards=tuple(_card(c, row) for row in reversed(rows)), cases=c.execute(count).scalar_one())


def _read(c: Connection, kept: Kept, person: PersonId | None) -> Rows:
    query = sa.select(*(column.label(name) for name, column in kept.shown.items())).where(kept.mine)
    query = query.select_from(kept.tables[0] if kept.via is None else kept.via)
    table = kept.tables[0]
    rows = c.execute(query.order_by(*table.primary_key.columns), {"person": person}).mappings()
    return [{name: _show(column, row[name]) for name, column in kept.shown.items()} for row in rows]


def _show(column: sa.Column[Any], value: Any) -> Any:
    read = _READ.get(column)
    return _plain(value if value is None or read is None else read(value))


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _known(c: Connection, case_id: CaseId) -> tuple[Case, bool]:
    """Give a case as its contributor knows it, and whether its newest act can still be taken back."""
    own = case_store.load(c, case_id)
    case = replace(merges.in_charge(c, own), code=own.code)
    latest = case_store.latest_act(c, case)
    return case, latest is not None and not latest.gone_out


def _as_told(c: Connection, case_id: CaseId) -> dict[str, Any]:
    """Say how a case stands: as what it is looked after as, and an outcome only once it was told."""
    case, undoable = _known(c, case_id)
    told = not (case.state in (State.DECIDED, State.OFFERED) and undoable)
    ended = not (case.state in (State.DELIVERED, State.NOT_DONE) and undoable)
    return {
        "state": case.state.value,
        "outcome": case.outcome.value if case.outcome and told else None,
        "reason": case.reason if told else None,
        "what_was_done": case.did if ended else None,
        "what_was_not_done": case.did_not if ended else None,
        "done_since": case.ended_at if ended else None,
        "promised_on": case.promised_on.isoformat(),
        "overdue": case.overdue,
    }


def _card(c: Connection, part: Any) -> CardView:
    case, undoable = _known(c, CaseId(part.case_id))
    entries = case_store.newest_entries(c, case.id, limit=_LINES)
    own = tuple(one for one in entries if one.contributor == ContributorId(part.id) and one.act != Deed.OPENED)
    holder = "" if case.holder is None else "somebody"
    return CardView(
        case, words_of(part), part.pseudonym, holder, own, {}, undoable, participant=participants.read(part.participant)
    )
