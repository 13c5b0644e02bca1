"""A case: a matter under co-design, from the first word to "did it work?"."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dialogs.cases.participant import Participant
from dialogs.ids import AskId, CaseId, ContributorId, Language, QueueId, ServiceId, StaffId, TagId
from dialogs.installation import Approach


class State(StrEnum):
    """Where a case stands; one word, as it is shown on its card."""

    NEW = "new"
    TAKEN = "taken"
    ASKED = "asked"
    ANSWERED = "answered"
    PROPOSED = "proposed"
    SNOOZED = "snoozed"
    MERGED = "merged"
    OFFERED = "offered"
    DECIDED = "decided"
    PLANNED = "planned"
    IN_DELIVERY = "in_delivery"
    DELIVERED = "delivered"
    NOT_DONE = "not_done"
    CHECKING = "checking"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    REOPENED = "reopened"


# States in which the service still owes a decision.
UNDECIDED = frozenset(
    {State.NEW, State.TAKEN, State.ASKED, State.ANSWERED, State.PROPOSED, State.SNOOZED, State.REOPENED}
)


class Outcome(StrEnum):
    """What the service decided; which of them there are follows from the approach."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    NOT_NOW = "not_now"
    NOT_OURS = "not_ours"
    ALREADY_EXISTS = "already_exists"
    DECLINED = "declined"


# Outcomes by which the service promised to do something; all others are an end by themselves.
NEEDS_DELIVERY = frozenset({Outcome.ACCEPTED, Outcome.PARTLY})
# States in which something that was promised is still to be done, after such an outcome.
UNDELIVERED = frozenset({State.DECIDED, State.PLANNED, State.IN_DELIVERY})

# A text that was chosen and not typed, in every language of the town: each citizen reads their own.
InEach = tuple[tuple[Language, str], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outcome that waits for the yes of a colleague. ``corrects``: how what has gone out already stands."""

    by: StaffId
    outcome: Outcome
    words: str
    words_in: InEach = ()
    corrects: State | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. ``version`` goes up by one with every act: who saw an older one lost the race."""

    id: CaseId
    code: str
    version: int
    approach: Approach
    state: State
    contribution: str
    service: ServiceId
    queue: QueueId
    promised_on: date
    opened_at: datetime
    holder: StaffId | None = None
    held_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    # The reason in other languages, where it is a canned one.
    reason_in: InEach = ()
    proposal: Proposal | None = None
    # The promised day passed without a decision, and the citizen was told so.
    overdue: bool = False
    # A colleague who asked to take it over, while the holder can still keep it.
    wanted_by: StaffId | None = None
    urgent: bool = False
    tags: tuple[TagId, ...] = ()
    # The day on which a snoozed case wakes; without one it sleeps until the citizen writes.
    snoozed_until: date | None = None
    # One sentence by a servant that says to other citizens what it is about.
    public_line: str | None = None
    # The case that it is looked after together with, and the one that it is a part of.
    merged_into: CaseId | None = None
    split_from: CaseId | None = None
    # In this phase (design, challenge or delivery) a contributor was heard; or this is how long we wait for one.
    heard: bool = False
    hear_until: datetime | None = None
    # What was done and what was not, as the contributors read it, and when the service said so.
    did: str | None = None
    did_not: str | None = None
    ended_at: datetime | None = None
    # How often the contributors were asked since whether it still works.
    reviews: int = 0


class Actor(StrEnum):
    """Who did something to a case."""

    CITIZEN = "citizen"
    SERVANT = "servant"
    CLOCK = "clock"


class Deed(StrEnum):
    """What stands in the journal of a case, beside the acts of its lifecycle."""

    OPENED = "opened"
    NOTE = "note"
    EDIT = "edit"
    WORDS = "words"
    UNDO = "undo"
    OVERDUE = "overdue"
    REVIEW = "review"
    UNREACHABLE = "unreachable"
    FORGET = "forget"
    UNMASK = "unmask"
    URGENT = "urgent"
    NORMAL = "normal"
    TAG = "tag"
    TOOK_IN = "took_in"
    UNMERGE = "unmerge"
    LET_GO = "let_go"
    SPLIT_FROM = "split_from"
    PUBLIC_LINE = "public_line"
    NO_PUBLIC_LINE = "no_public_line"
    WEIGHED = "weighed"
    ASK_VIEWS = "ask_views"
    DELIVERY = "delivery"
    WEIGH_AGAIN = "weigh_again"
    KEEP_DELIVERY = "keep_delivery"
    REVISIT = "revisit"
    APPROACH = "approach"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's journal. ``before`` is the case as it was, where the act changed it.

    ``contributor``: whose line it is, where a citizen wrote it or it is about one of them.
    """

    act: str
    actor: Actor
    at: datetime
    staff: StaffId | None = None
    words: str | None = None
    before: Case | None = None
    contributor: ContributorId | None = None


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case to which the person contributed, and the beginning of their words in it.

    ``case``: as they know it: by their own number, and otherwise as the case that it is merged into, if it is.
    """

    case: Case
    excerpt: str
    contributor: ContributorId
    # The team looks after it together with others like it.
    together: bool = False
    participant: Participant | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to one contributor about their case: a servant's, or the ask-back after an outcome.

    ``case``: as the contributor knows it (``OwnCase``).
    """

    id: AskId
    kind: str
    case: Case
    text: str
    asked_at: datetime
    # The contributor's own words, to say which matter this is.
    excerpt: str
    contributor: ContributorId
    answer: str | None = None
    # When the answer was whole; an answer without it, such as a bare "no", still waits for words.
    answered_at: datetime | None = None
    participant: Participant | None = None
    # In the same round of asking whether it worked, of a case that came back because of it.
    others_say_no: bool = False


QUESTION, ASK_BACK = "question", "ask_back"
# To somebody who joined others: what is different for them?
DIFFERENCE = "difference"
# Whether they support what was decided with them, and months later, whether it still works.
SUPPORT, REVIEW = "support", "review"
