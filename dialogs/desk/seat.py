"""A seat at the desk: who the servant is, what they see of a case, and as whom they may act on it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dialogs.cases.case import Case, State
from dialogs.cases.delivery_choice import Weighing
from dialogs.cases.lifecycle import Act, By, Impossible, advance, what_comes_first
from dialogs.cases.participant import Participant
from dialogs.desk.standing import tell_state
from dialogs.ids import AddressId, QueueId, ServiceId, StaffId
from dialogs.installation import LEADS, Role
from dialogs.media import Attachment
from dialogs.presses import CardPress
from dialogs.said import Words
from dialogs.texts import Voice
from dialogs.town import Town


class Where(StrEnum):
    """Where something is done: before all colleagues, or in the servant's own chat with the bot."""

    ROOM = "room"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Servant:
    """A public servant of our own register; ``roles`` by queue."""

    id: StaffId
    name: str
    roles: dict[QueueId, Role]

    def role_in(self, queue: str) -> Role | None:
        """Give the role in a queue; an admin of any queue is one everywhere."""
        if Role.ADMIN in self.roles.values():
            return Role.ADMIN
        return self.roles.get(QueueId(queue))


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest act of a case that changed it, as undo needs it."""

    entry: int
    act: str
    staff: StaffId | None
    at: datetime
    before: Case
    # The announcement that the act started, and whether it has begun to go out.
    telling: int | None = None
    gone_out: bool = False
    # A citizen has answered a question since, which moved nothing.
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What taking a merge back needs to know: its line in the journal, by whom, and how both cases were before.

    ``root_day``: what the case in charge had promised until then; None where that is not known any more. ``untold``:
    it is a part that was split off, and whose contributor has not been told of that.
    """

    entry: int
    by: StaffId | None
    before: Case
    root: Case
    root_day: date | None = None
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that another could be merged into, and what its first contributor said."""

    case: Case
    words: Words


@dataclass(frozen=True, slots=True)
class Given:
    """An open offer: for which services beside its own, its terms, and what its author says they are."""

    case: Case
    words: Words
    terms: frozenset[str]
    services: frozenset[ServiceId] = frozenset()
    by: Participant | None = None


@dataclass(frozen=True, slots=True)
class SplitOff:
    """The case that the newest act made of a part, and the announcement of it, if it can still be stopped."""

    case: Case
    telling: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that an act on a card can depend on. ``own_chat``: where the servant writes."""

    servant: Servant
    case: Case
    holder: str
    holder_role: Role | None
    own_chat: AddressId | None
    latest: Latest | None
    where: Where = Where.ROOM
    # The photos and voice notes of the case, where they are asked for.
    attachments: tuple[Attachment, ...] = ()
    # Who else could have the case, where that is asked for.
    colleagues: tuple[Servant, ...] = ()
    # The texts in which the card covers something, and how often such were shown to the servant lately, if asked for.
    hidden: tuple[str, ...] = ()
    unmasked: int = 0
    # The queues that the case was forwarded from, where the servant has no role in its present one.
    been_in: tuple[QueueId, ...] = ()
    # What it is merged into, and what was split off by its newest act.
    merged: Merged | None = None
    split_off: SplitOff | None = None
    # What it could be merged into, the one that was chosen, and its own first words, where that is asked for.
    candidates: tuple[Candidate, ...] = ()
    target: Candidate | None = None
    words: Words = ()
    # The offers that fit it, where that is asked for.
    offers: tuple[Given, ...] = ()
    # What is known of who delivers it, where that is asked for.
    weighing: Weighing = field(default_factory=Weighing)


# Of these one comes before the next.
_IN_ORDER = (Act.DECIDE, Act.PLAN, Act.START, Act.DELIVER)


def who(desk: Desk) -> frozenset[By]:
    """Tell as whom a servant acts on this case."""
    as_whom = {By.SERVANT}
    if desk.servant.role_in(desk.case.queue) in LEADS:
        as_whom |= {By.LEAD, By.HOLDER}
    if desk.case.holder == desk.servant.id:
        as_whom.add(By.HOLDER)
    if desk.case.holder is None:
        as_whom.add(By.FINDER)
    if desk.case.proposal is not None and desk.case.proposal.by != desk.servant.id:
        as_whom.add(By.COLLEAGUE)
    return frozenset(as_whom)


def refusal(why: Impossible, desk: Desk, town: Town, voice: Voice, *, now: datetime, act: Act | None = None) -> str:
    """Say who has the case and how it stands, or what comes before ``act``, to who is late, early or may not."""
    if desk.case.holder is not None and desk.case.holder != desk.servant.id:
        minutes = int((now - (desk.case.held_at or now)).total_seconds() // 60)
        role = town.role(desk.holder_role, voice) if desk.holder_role else voice("desk.former")
        state = tell_state(desk.case, voice, into=_in_charge(desk))
        return voice("desk.held", name=desk.holder, role=role, minutes=minutes, state=state)
    if why not in (Impossible.STATE, Impossible.ROLE):
        until = desk.case.hear_until
        waits = voice("first.until", until=town.write_moment(until, voice)) if until is not None else ""
        return f"{voice(f'first.{why}')} {waits}".strip()
    if why is Impossible.STATE and act in _IN_ORDER:
        first = what_comes_first(desk.case.approach, desk.case.state, act)
        if first is not None and first is not Act.CLAIM:
            return voice("first.act", act=voice(f"button.{first}"), state=how_it_stands(desk, voice))
    is_free = why is Impossible.ROLE and desk.case.holder is None
    return voice("desk.claim_first" if is_free else "desk.not_now", state=how_it_stands(desk, voice))


def how_it_stands(desk: Desk, voice: Voice) -> str:
    """Tell a servant how a case stands now."""
    mine = desk.case.holder == desk.servant.id
    return tell_state(desk.case, voice, holder=desk.holder, mine=mine, into=_in_charge(desk))


def _in_charge(desk: Desk) -> str:
    return desk.merged.root.code if desk.case.state is State.MERGED and desk.merged is not None else ""


def attempt(
    press: CardPress, act: Act, desk: Desk, town: Town, *, now: datetime, holder: StaffId | None = None
) -> Case | str:
    """Do an act that was pressed on a card: the moved case, or why it is refused."""
    voice = town.voice(town.language)
    moved = advance(desk.case, act, who(desk), now=now, holder=holder)
    if isinstance(moved, Impossible):
        return refusal(moved, desk, town, voice, now=now, act=act)
    if press.version != desk.case.version:
        # They acted on what they saw, and that is not how it stands.
        return changed(desk, voice)
    return moved


def changed(desk: Desk, voice: Voice) -> str:
    """Say how a case stands now, to who pressed on an older version of it."""
    return voice("desk.changed", state=how_it_stands(desk, voice))
