"""What a turn asks for. Pure functions give these; ``storage/recorder.py`` writes them, all or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from dialogs.cases.case import Case, Entry, InEach
from dialogs.cases.participant import Participant
from dialogs.desk_effects import (
    BindRoom,
    CloseMenus,
    DropBulk,
    DropDraft,
    OpenCard,
    SaveBulk,
    SaveDraft,
    SetDuty,
    ShowMenu,
    TellDuty,
    TellLeads,
    TellServant,
    Weighs,
)
from dialogs.flows.session import Session, Value
from dialogs.ids import (
    AddressId,
    AskId,
    CaseId,
    ContributorId,
    FlowId,
    Language,
    QueueId,
    ServiceId,
    SessionId,
    StepId,
    TagId,
)
from dialogs.installation import Approach
from dialogs.media import Media
from dialogs.message import Message
from dialogs.said import Words


class Lane(IntEnum):
    """What goes first: replies overtake cards, cards overtake announcements."""

    REPLY = 0
    CARD = 1
    ANNOUNCEMENT = 2


class Telling(StrEnum):
    """What every contributor of a case is told."""

    QUESTION = "question"
    DECISION = "decision"
    OVERDUE = "overdue"
    ASK_BACK = "ask_back"
    FORWARDED = "forwarded"
    SPLIT = "split"
    FINAL = "final"
    CHALLENGED = "challenged"
    PLAN = "plan"
    START = "start"
    DELIVERED = "delivered"
    NOT_DONE = "not_done"
    REVIEW = "review"
    VIEWS = "views"
    DELIVERY = "delivery"
    APPROACH = "approach"


class Timer(StrEnum):
    """What becomes due."""

    PROMISE = "promise"
    ASK_BACK = "ask_back"
    SILENCE = "silence"
    FINISH = "finish"
    REVIEW = "review"
    STILL_YOURS = "still_yours"
    CLAIM_END = "claim_end"
    TAKE_OVER = "take_over"
    WAKE = "wake"
    MENU_END = "menu_end"
    UNCLAIMED = "unclaimed"
    NEAR = "near"
    REVISIT = "revisit"


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something; ``to`` None: where the event came from. ``prompt``: the open session asks by this message."""

    message: Message
    to: AddressId | None = None
    prompt: bool = False
    about: CaseId | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Begin a conversation in a flow; ``wake_at``: when to look after the person, if they stay silent."""

    session: Session
    flow: FlowId
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Write a session that was at ``was_turn``. Raises LostRace where it is not there any more."""

    session: Session
    was_turn: int
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PurgeSession:
    """End a session and forget all that was said in it."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class KeepMedia:
    """Keep a photo or voice note with the conversation that it was sent in."""

    session: SessionId
    media: Media


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A contribution was sent: open its case, and post a card to every room of its queue."""

    session: SessionId
    code: str
    pseudonym: str
    approach: Approach
    contribution: str
    service: ServiceId
    queue: QueueId
    promised_on: date
    promise_ends_at: datetime
    # In file order, in the citizen's language.
    words: Words
    answers: Mapping[StepId, Value]
    language: Language
    # When to look whether somebody looks after it, beside the promise.
    alarms: tuple[tuple[Timer, datetime], ...] = ()
    # What its theme is by the words of who sent it.
    tags: tuple[TagId, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitCase:
    """Make a case of its own of a part of what a contributor wrote, and tell them from ``starts_at`` on.

    ``known_as``: the number by which they know the whole. ``entry``: the first line of its journal.
    """

    parent: Case
    code: str
    contributor: ContributorId
    part: str
    promised_on: date
    promise_ends_at: datetime
    known_as: str
    starts_at: datetime
    entry: Entry
    alarms: tuple[tuple[Timer, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class IssueReceipt:
    """Let this code reopen the chat on another device."""

    code: str


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """Write a case that was at the version before, with the line of its journal; its cards are drawn again."""

    case: Case
    entry: Entry


@dataclass(frozen=True, slots=True)
class WriteEntry:
    """Add a line to the journal of a case that stays where it is; its cards are drawn again."""

    case: Case
    entry: Entry


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Bring a case back to what it was before an act, whose line is ``entry``; ``left``: the queue that loses it so."""

    case: Case
    entry: int
    undo: Entry
    left: QueueId | None = None


@dataclass(frozen=True, slots=True)
class AnswerAsk:
    """Keep the answer to a question or an ask-back; ``at`` None: words are still to come."""

    ask: AskId
    answer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CloseAsks:
    """Wait for the answers to a case's questions of this kind no longer; a late one is still heard."""

    case: CaseId
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReopenAsks:
    """Wait again for the answers that ``CloseAsks`` gave up at this moment."""

    case: CaseId
    kind: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class StartTelling:
    """Tell every contributor of the case, from ``starts_at`` on; until then it can be stopped.

    ``words_in``: the words in other languages, where they are canned ones.
    """

    telling: Telling
    case: Case
    words: str
    starts_at: datetime
    words_in: InEach = ()


@dataclass(frozen=True, slots=True)
class StopTelling:
    """Take back what has not begun to go out."""

    announcement: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake the case at a moment; at another version than this one it does nothing, but for the promise."""

    timer: Timer
    case: Case
    due_at: datetime


@dataclass(frozen=True, slots=True)
class KeepOffers:
    """Note what the contributor of the case with this code was offered to join, in the order of their numbers."""

    code: str
    others: tuple[CaseId, ...]


@dataclass(frozen=True, slots=True)
class AwaitWords:
    """Ask a contributor for words about their case: the next ones that they write belong to it."""

    case: CaseId
    contributor: ContributorId
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Speak this language with the person from now on."""

    language: Language


@dataclass(frozen=True, slots=True)
class KeepParticipant:
    """Note what the person says they are, for all that they sent and will send; None: they would rather not say."""

    participant: Participant | None


@dataclass(frozen=True, slots=True)
class KeepLoose:
    """Keep words until the person says what they are for; None: they found their place."""

    words: str | None


@dataclass(frozen=True, slots=True)
class ForgetPerson:
    """Erase all that the person of this chat ever told us, and cut what ties them to it."""


Effect = (
    Tell
    | TellServant
    | TellDuty
    | TellLeads
    | SetDuty
    | ShowMenu
    | CloseMenus
    | OpenSession
    | SaveSession
    | PurgeSession
    | KeepMedia
    | OpenCase
    | SplitCase
    | IssueReceipt
    | ChangeCase
    | WriteEntry
    | UndoAct
    | AnswerAsk
    | StartTelling
    | StopTelling
    | SetTimer
    | SaveDraft
    | DropDraft
    | SaveBulk
    | DropBulk
    | KeepOffers
    | AwaitWords
    | SetLanguage
    | KeepParticipant
    | KeepLoose
    | BindRoom
    | OpenCard
    | ForgetPerson
    | CloseAsks
    | ReopenAsks
    | Weighs
)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one event: effects, and a short word for the one who pressed.

    ``receipt``: a message of theirs in a room that gets a sign, because it was taken and nobody says so.
    """

    effects: tuple[Effect, ...] = ()
    toast: str = ""
    leave_room: bool = False
    receipt: int | None = None
