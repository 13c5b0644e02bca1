"""Deleting what somebody said: one conversation of theirs, or all that they ever told us.

Rows of the outbox are emptied and not deleted: one of them may be under way, and on SQLite its number
would be given to the next message, which would then be taken for sent. Who is forgotten keeps their chat,
as a new person: nothing leads from what is left of the old one (a case without their words, under a made-up
name) back to it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import Actor
from dialogs.cases.lifecycle import Act
from dialogs.desk.card import TAKEN_BACK
from dialogs.effects import Lane
from dialogs.ids import AddressId, CaseId, ContributorId, PersonId, SessionId
from storage import heard, imports, lines, media, merges, offers, outbox, search, sessions
from storage import inbox as inbox_store
from storage.addresses import PRIVATE, ROOM, STAFF, Address
from storage.case_tables import announcements, asks, cards, contributions, contributors, journal
from storage.case_tables import cases as cases_table
from storage.codec import pack_values, pack_words
from storage.database import Connection
from storage.tables import addresses, inbox, people, receipts
from storage.tables import lines as lines_table
from storage.tables import outbox as outbox_table
from storage.tables import sessions as sessions_table

# What is left of a message, and of a contribution.
BLANK = {"message": None, "case_id": None, "ask_id": None, "dedup": None, "error": None}
NO_WORDS = pack_words(TAKEN_BACK)
# What the line of a split begins with; after it, the part is quoted.
_CODE = len("K7F3-9QWD")
_IS_SENDING = outbox_table.c.status == outbox.SENDING


def reminder_key(session: SessionId, turn: int, stage: int) -> str:
    """Name the message of a stage of silence after a turn, so that it is said once."""
    return f"silence:{session}:{turn}:{stage}"


def forget_session(c: Connection, session: SessionId, address: AddressId | None, *, state: str, now: datetime) -> None:
    """End a conversation with all that was said in it: answers, media, what was still to be said, what the web shows.

    Raises: LostRace where it had ended already.
    """
    turn = sessions.turn_of(c, session)
    sessions.end(c, session, state, now=now)
    media.drop(c, session)
    if address is None:
        return
    lines.forget(c, address, since=sessions.opened_at(c, session))
    # Questions and notices about a case go on. Reminders repeat what was answered so far; one may be under way.
    reminders = (outbox_table.c.lane == Lane.ANNOUNCEMENT.value) & outbox_table.c.case_id.is_(None)
    replies = (outbox_table.c.lane == Lane.REPLY.value) & outbox_table.c.ask_id.is_(None)
    _withdraw(c, (outbox_table.c.address_id == address) & (replies | reminders))
    keys = [reminder_key(session, turn, stage) for stage in range(sessions.MOST_STAGES)]
    flying = outbox_table.c.dedup.in_(keys) & _IS_SENDING
    c.execute(outbox_table.update().where(flying).values(BLANK | {"status": outbox.WITHDRAWN}))


def forget_person(c: Connection, address: Address, *, now: datetime) -> list[tuple[CaseId, ContributorId]]:
    """Delete all that the person of a chat ever told us, and give the chat to a new person.

    Gives the cases that stand without their words now, with the part that they had in each.
    """
    person = address.person
    assert person is not None
    # What is being written about them at this moment must be there to be found (PostgreSQL).
    c.execute(sa.select(people.c.id).where(people.c.id == person).with_for_update())
    parts = c.execute(sa.select(contributors).where(contributors.c.person_id == person)).all()
    cases, left = _spoken_of_in(c, parts), _seen_in(c, parts)
    open_one = sa.select(sessions_table.c.id).where(sessions_table.c.person_id == person, sessions.IS_OPEN)
    if (session := c.execute(open_one).scalar()) is not None:
        forget_session(c, SessionId(session), address.id, state=sessions.ENDED, now=now)
    telling = announcements.c.case_id.in_(cases) & announcements.c.done_at.is_(None)
    c.execute(sa.select(announcements.c.id).where(telling).with_for_update())
    _forget_quotes(c, cases)
    _forget_contributions(c, [part.contribution_id for part in parts])
    _forget_answers(c, [part.id for part in parts], now=now)
    search.forget(c, cases)
    _forget_chat(c, address)
    _begin_anew(c, person, now=now)
    return left


def forget_contribution(
    c: Connection, contribution: int, *, before: datetime, now: datetime
) -> list[tuple[CaseId, ContributorId]]:
    """Delete what was said in one contribution and in the cases that came of it; its person stays who they are.

    Gives the cases that stand without their words now, as ``forget_person`` does. ``before``: until when what their
    web chat shows belongs to it.
    """
    parts = c.execute(sa.select(contributors).where(contributors.c.contribution_id == contribution)).all()
    cases, left = _spoken_of_in(c, parts), _seen_in(c, parts)
    _forget_quotes(c, cases)
    _forget_contributions(c, [contribution])
    _forget_answers(c, [part.id for part in parts], now=now)
    search.forget(c, cases)
    people_of = {part.person_id for part in parts}
    chats = sa.select(addresses.c.id).where(addresses.c.person_id.in_(people_of), addresses.c.kind == PRIVATE)
    for table, at in ((lines_table, lines_table.c.at), (receipts, receipts.c.created_at)):
        c.execute(table.delete().where(table.c.address_id.in_(chats), at < before))
    return left


def _spoken_of_in(c: Connection, parts: Sequence[Any]) -> list[CaseId]:
    """List every case that shows words of these parts: their own, what those are merged into, or were when it came."""
    wrote = sa.select(journal.c.case_id).where(journal.c.contributor_id.in_([part.id for part in parts])).distinct()
    own = [above for part in parts for above in merges.above(c, CaseId(part.case_id))]
    return sorted({*own, *(CaseId(id) for id in c.execute(wrote).scalars())})


def _seen_in(c: Connection, parts: Sequence[Any]) -> list[tuple[CaseId, ContributorId]]:
    """List the parts with their cases, and with those that they were merged into once and still have a line in."""
    ids = [part.id for part in parts]
    lines = sa.select(journal.c.case_id, journal.c.contributor_id).where(journal.c.contributor_id.in_(ids)).distinct()
    own = {(CaseId(part.case_id), ContributorId(part.id)) for part in parts}
    # Whatever its own case points to now is drawn with it.
    now = {(above, part.id) for part in parts for above in merges.above(c, CaseId(part.case_id))}
    once = {(CaseId(row.case_id), ContributorId(row.contributor_id)) for row in c.execute(lines)} - now
    return sorted(own | once)


def _forget_contributions(c: Connection, ids: Sequence[int]) -> None:
    mine = contributions.c.id.in_(ids)
    for row in c.execute(sa.select(contributions.c.session_id).where(mine)).all():
        media.drop(c, SessionId(row.session_id))
    offers.forget(c, ids)
    imports.forget(c, ids)
    c.execute(contributions.update().where(mine).values(words=NO_WORDS, answers=pack_values({})))


def _forget_answers(c: Connection, parts: Sequence[int], *, now: datetime) -> None:
    closed_at = sa.func.coalesce(asks.c.answered_at, sa.literal(now, asks.c.answered_at.type))
    c.execute(asks.update().where(asks.c.contributor_id.in_(parts)).values(answer=None, answered_at=closed_at))
    c.execute(contributors.update().where(contributors.c.id.in_(parts)).values(part=None, participant=None))
    own = sa.select(contributors.c.case_id).where(contributors.c.id.in_(parts))
    # Whoever asks us to forget must be sure of it, also of a line that does not say whose it is.
    nobodys = journal.c.case_id.in_(own) & journal.c.contributor_id.is_(None)
    for mine in (journal.c.contributor_id.in_(parts), nobodys):
        c.execute(journal.update().where(mine, journal.c.actor == Actor.CITIZEN.value).values(words=None))
    quoted = journal.c.contributor_id.in_(parts) & (journal.c.act == Act.SPLIT.value)
    c.execute(journal.update().where(quoted).values(words=sa.func.substr(journal.c.words, 1, _CODE)))


def _forget_chat(c: Connection, address: Address) -> None:
    """Empty what the chat shows, what was to be said in it, and what leads from it to a case."""
    here = outbox_table.c.address_id == address.id
    about_a_case = here & outbox_table.c.case_id.is_not(None)
    _withdraw(c, here)
    c.execute(outbox_table.update().where(about_a_case, _IS_SENDING).values(BLANK | {"status": outbox.WITHDRAWN}))
    c.execute(outbox_table.update().where(about_a_case).values(BLANK))
    c.execute(lines_table.delete().where(lines_table.c.address_id == address.id))
    heard.forget(c, address.id)
    c.execute(receipts.delete().where(receipts.c.address_id == address.id))
    _forget_aside(c, address)


def _forget_aside(c: Connection, address: Address) -> None:
    # The key stays: delivered again, the update must still be known.
    for row in inbox_store.aside_of(c, address):
        same = (inbox.c.channel == row.channel) & (inbox.c.bot == row.bot) & (inbox.c.key == row.key)
        c.execute(inbox.update().where(same).values(aside=None))


def _forget_quotes(c: Connection, ids: Sequence[CaseId]) -> None:
    """Take away what servants were shown of these cases beside their cards: previews, lists, words they asked for.

    Each names its case; how much of the words in it is covered, nobody here can know. Cards are drawn again, and
    what servants wrote themselves is theirs.
    """
    staff = sa.select(addresses.c.id).where(addresses.c.kind == STAFF)
    desks = sa.select(addresses.c.id).where(addresses.c.kind.in_((STAFF, ROOM)))
    rooms = sa.select(addresses.c.id).where(addresses.c.kind == ROOM)
    is_card = (cards.c.address_id == lines_table.c.address_id) & (cards.c.number == lines_table.c.id)
    is_ours = lines_table.c.address_id.in_(rooms) & (lines_table.c.author == "") & ~sa.exists().where(is_card)
    for code in c.execute(sa.select(cases_table.c.code).where(cases_table.c.id.in_(ids))).scalars().all():
        told = lines_table.c.message.contains(code, autoescape=True)
        c.execute(lines_table.delete().where(told, lines_table.c.address_id.in_(staff) | is_ours))
        _withdraw(c, outbox_table.c.message.contains(code, autoescape=True) & outbox_table.c.address_id.in_(desks))


def _withdraw(c: Connection, mine: sa.ColumnElement[bool]) -> None:
    # One statement for each index.
    for unsaid in (outbox.IS_DUE, outbox.IS_ENDED):
        c.execute(outbox_table.update().where(mine, unsaid).values(BLANK | {"status": outbox.WITHDRAWN}))


def _begin_anew(c: Connection, person: PersonId, *, now: datetime) -> None:
    old = people.c.id == person
    c.execute(people.update().where(old).values(loose_words=None, loose_at=None, participant=None))
    language = c.execute(sa.select(people.c.language).where(old)).scalar_one()
    fresh = people.insert().values(language=language, created_at=now).returning(people.c.id)
    anew = addresses.update().where(addresses.c.person_id == person)
    c.execute(anew.values(person_id=c.execute(fresh).scalar_one()))
