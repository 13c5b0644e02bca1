"""The one link from a person to their cases, and the questions that they were asked.

Only what a citizen is told, or tells us, goes through here. Nothing of the desk reads it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dialogs.cases.audience import NO, PARTLY, SUPPORTS
from dialogs.cases.case import ASK_BACK, REVIEW, SUPPORT, Ask, Case, OwnCase, State
from dialogs.cases.lifecycle import Act
from dialogs.cases.participant import Right, may
from dialogs.effects import Telling
from dialogs.ids import AddressId, AskId, CaseId, ContributorId, PersonId
from dialogs.installation import Approach
from dialogs.said import preview
from storage import merges, participants
from storage.case_tables import announcements, asks, cases, contributions, contributors, journal
from storage.cases import load, read_case
from storage.codec import words_of
from storage.database import Connection
from storage.tables import addresses, outbox, people


@dataclass(frozen=True, slots=True)
class Contributor:
    """One contributor as a notice needs them. ``id`` is of their part in the case, not of the person.

    ``case`` and ``code``: of the one they know, which may be merged into another. ``told``: they stand in it twice,
    and the first time counts.
    """

    id: ContributorId
    case: CaseId
    code: str
    told: bool
    address: AddressId
    reachable: bool
    language: str
    excerpt: str


# Built once: every text of somebody with a case runs the first.
_ASKS = (
    sa.select(
        asks,
        contributions.c.words,
        contributors.c.part,
        contributors.c.participant,
        contributors.c.case_id.label("own_case_id"),
    )
    .join(contributors, contributors.c.id == asks.c.contributor_id)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
)
_ASKS_OF = _ASKS.where(
    contributors.c.person_id == sa.bindparam("person"),
    asks.c.answered_at.is_(None) | (asks.c.answered_at > sa.bindparam("since")),
).order_by(asks.c.id)
# Who has answered a question has seen it, also where a kill left nobody who knows its message's number.
_ASKS_SEEN = _ASKS_OF.where(
    asks.c.answer.is_not(None)
    | sa.exists().where(outbox.c.ask_id == asks.c.id, outbox.c.number <= sa.bindparam("seen"))
)
_SAID = (
    sa.select(asks.c.answer, contributors.c.participant, cases.c.approach)
    .join(contributors, contributors.c.id == asks.c.contributor_id)
    .join(cases, cases.c.id == asks.c.case_id)
)
_OWN_CASES = (
    sa.select(
        cases,
        contributions.c.words,
        contributors.c.part,
        contributors.c.participant,
        contributors.c.id.label("contributor_id"),
    )
    .join(contributors, contributors.c.case_id == cases.c.id)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
    .where(contributors.c.person_id == sa.bindparam("person"), merges.IS_KNOWN)
    .order_by(contributors.c.id.desc())
    .limit(20)
)
_OTHER = contributors.alias("other")
_AFTER = (
    sa.select(
        contributors.c.id,
        contributors.c.case_id,
        cases.c.code,
        addresses.c.id.label("address_id"),
        addresses.c.unreachable_at.is_(None).label("reachable"),
        people.c.language,
        contributors.c.part,
        contributions.c.words,
        sa.exists()
        .where(
            _OTHER.c.person_id == contributors.c.person_id,
            _OTHER.c.id < contributors.c.id,
            _OTHER.c.case_id.in_(sa.select(merges.TREE.c.id)),
        )
        .label("told"),
    )
    .select_from(merges.PAGE)
    .join(contributors, contributors.c.id == merges.PAGE.c.id)
    .join(cases, cases.c.id == contributors.c.case_id)
    .join(addresses, addresses.c.person_id == contributors.c.person_id)
    .join(people, people.c.id == contributors.c.person_id)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
    .order_by(merges.PAGE.c.id)
    .limit(sa.bindparam("most"))
)


def own_cases(c: Connection, person: PersonId) -> tuple[OwnCase, ...]:
    """List the newest cases to which a person contributed, oldest first."""
    rows = c.execute(_OWN_CASES, {"person": person}).all()
    return tuple(_read_own(c, row) for row in reversed(rows))


def own_case(c: Connection, contributor: ContributorId, person: PersonId) -> OwnCase | None:
    """Find what this person contributed as this contributor."""
    mine = c.execute(_OWN_CASES.where(contributors.c.id == contributor), {"person": person}).one_or_none()
    return _read_own(c, mine) if mine else None


def asks_of(c: Connection, person: PersonId, *, since: datetime, seen: int | None) -> tuple[Ask, ...]:
    """List the questions to a person that wait for words or were answered after ``since``, oldest first.

    ``seen``: the newest message number that the person can have seen; None: any.
    """
    values = {"person": person, "since": since, "seen": seen}
    rows = c.execute(_ASKS_OF, values) if seen is None else c.execute(_ASKS_SEEN, values)
    return tuple(_read_ask(c, row) for row in rows.all())


def find_ask(c: Connection, ask_id: AskId, person: PersonId) -> Ask | None:
    """Find a question to this person, and to no other."""
    row = c.execute(_ASKS.where(asks.c.id == ask_id, contributors.c.person_id == person)).one_or_none()
    return _read_ask(c, row) if row else None


def replied_to(c: Connection, address: AddressId, number: int, person: PersonId) -> Ask | OwnCase | None:
    """Tell what one of our messages to this person was about."""
    query = sa.select(outbox.c.case_id, outbox.c.ask_id).where(
        outbox.c.address_id == address, outbox.c.number == number, outbox.c.case_id.is_not(None)
    )
    row = c.execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    if row.ask_id is not None:
        return find_ask(c, AskId(row.ask_id), person)
    mine = c.execute(_OWN_CASES.where(cases.c.id == row.case_id), {"person": person}).one_or_none()
    return _read_own(c, mine) if mine else None


def put_ask(c: Connection, contributor: int, case_id: CaseId, kind: str, text: str, *, now: datetime) -> AskId:
    """Keep a question to a contributor."""
    row = {"case_id": case_id, "contributor_id": contributor, "kind": kind, "text": text, "asked_at": now}
    return AskId(c.execute(asks.insert().values(row).returning(asks.c.id)).scalar_one())


def answer_ask(c: Connection, ask_id: AskId, answer: str, at: datetime | None) -> None:
    """Keep an answer; ``at`` None: words are still to come."""
    c.execute(asks.update().where(asks.c.id == ask_id).values(answer=answer, answered_at=at))


def close_asks(c: Connection, case_id: CaseId, kind: str, *, now: datetime) -> None:
    """Wait for the answers to these questions no longer; a late one is still heard when it replies to them."""
    mine = (asks.c.case_id == case_id) & (asks.c.kind == kind) & asks.c.answered_at.is_(None)
    c.execute(asks.update().where(mine).values(answered_at=now))


def reopen_asks(c: Connection, case_id: CaseId, kind: str, *, closed_at: datetime) -> None:
    """Wait again for the answers that were given up at a moment."""
    mine = (asks.c.case_id == case_id) & (asks.c.kind == kind) & (asks.c.answered_at == closed_at)
    c.execute(asks.update().where(mine, asks.c.answer.is_(None)).values(answered_at=None))


def all_support(c: Connection, case_id: CaseId) -> bool:
    """Tell whether everybody has supported what was offered to them, and everybody has been asked."""
    newest = _newest_round(c, case_id, Telling.DECISION)
    if newest is None or newest.done_at is None:
        return False
    everybody = _SAID.where(asks.c.case_id == case_id, asks.c.kind == SUPPORT, asks.c.asked_at >= newest.starts_at)
    return _answers(c, everybody, Right.SUPPORT) == {SUPPORTS}


def _others_say_no(c: Connection, case_id: CaseId, contributor: ContributorId) -> bool:
    """Tell whether somebody else, asked in the newest round whether it worked, says that it has not."""
    newest = _newest_round(c, case_id, Telling.ASK_BACK, Telling.REVIEW)
    if newest is None:
        return False
    others = _SAID.where(
        asks.c.case_id == case_id,
        asks.c.kind.in_((ASK_BACK, REVIEW)),
        asks.c.asked_at >= newest.starts_at,
        asks.c.contributor_id != contributor,
        asks.c.answer.in_((NO, PARTLY)),
    )
    return bool(_answers(c, others, Right.VERDICT))


def _newest_round(c: Connection, case_id: CaseId, *kinds: Telling) -> Any:
    """Find when everybody was last asked such a thing, and whether all have been."""
    query = sa.select(announcements.c.starts_at, announcements.c.done_at).where(
        announcements.c.case_id == case_id, announcements.c.kind.in_([kind.value for kind in kinds])
    )
    return c.execute(query.order_by(announcements.c.id.desc()).limit(1)).one_or_none()


def _answers(c: Connection, query: sa.Select[Any], right: Right) -> set[str | None]:
    """List the different answers of those whose voice has a weight here: the others hold nothing up."""
    return {
        row.answer
        for row in c.execute(query.distinct())
        if may(Approach(row.approach), participants.read(row.participant), right)
    }


def last_challenger(c: Connection, case_id: CaseId) -> ContributorId | None:
    """Tell who last challenged what was decided or planned."""
    last = sa.select(journal.c.contributor_id).where(journal.c.case_id == case_id, journal.c.act == Act.CHALLENGE.value)
    return c.execute(last.order_by(journal.c.id.desc()).limit(1)).scalar()


def contributors_after(c: Connection, case_id: CaseId, cursor: int, *, limit: int) -> list[Contributor]:
    """List a page of the contributors of a case and of all that is merged into it, with the address of each."""
    rows = c.execute(_AFTER, {"case": case_id, "cursor": cursor, "most": limit})
    return [
        Contributor(
            id=ContributorId(row.id),
            case=CaseId(row.case_id),
            code=row.code,
            told=row.told,
            address=AddressId(row.address_id),
            reachable=row.reachable,
            language=row.language,
            excerpt=preview(words_of(row)),
        )
        for row in rows
    ]


def part_of(c: Connection, case_id: CaseId, address: AddressId) -> ContributorId | None:
    """Tell which contributor of a case writes to us from an address."""
    query = sa.select(contributors.c.id).join(addresses, addresses.c.person_id == contributors.c.person_id)
    found = c.execute(query.where(contributors.c.case_id == case_id, addresses.c.id == address)).scalar()
    return None if found is None else ContributorId(found)


def _read_own(c: Connection, row: Any) -> OwnCase:
    own = read_case(row)
    case = _as_known(c, own)
    return OwnCase(
        case,
        preview(words_of(row)),
        ContributorId(row.contributor_id),
        together=case.id != own.id,
        participant=participants.read(row.participant),
    )


def _read_ask(c: Connection, row: Any) -> Ask:
    # Where they stand now: what was asked of several cases at once may belong to one of them alone again.
    case = _as_known(c, load(c, CaseId(row.own_case_id)))
    return Ask(
        id=AskId(row.id),
        kind=row.kind,
        case=case,
        text=row.text,
        asked_at=row.asked_at,
        excerpt=preview(words_of(row)),
        contributor=ContributorId(row.contributor_id),
        answer=row.answer,
        answered_at=row.answered_at,
        participant=participants.read(row.participant),
        others_say_no=case.state is State.REOPENED and _others_say_no(c, case.id, ContributorId(row.contributor_id)),
    )


def _as_known(c: Connection, own: Case) -> Case:
    """Give a case as its contributor knows it: whatever it is merged into, by their own number."""
    return own if own.merged_into is None else replace(merges.in_charge(c, own), code=own.code)
