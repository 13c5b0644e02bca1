"""What a turn asks for at the desk: words to servants, their drafts, their rooms and cards, and their duty list."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import Case
from dialogs.cases.delivery_choice import Choice, View
from dialogs.ids import AddressId, CannedId, CaseId, DraftId, QueueId, StaffId
from dialogs.message import Message


@dataclass(frozen=True, slots=True)
class TellServant:
    """Say something to a servant, in their own chat on every channel where they have one.

    ``unless_here``: not in the chat where the event came from, which they caused themselves.
    """

    staff: StaffId
    message: Message
    unless_here: bool = False


@dataclass(frozen=True, slots=True)
class ShowMenu:
    """Show a menu under the card of a case in the room of this event, until the case changes; "": the plain card."""

    case: Case
    menu: str


@dataclass(frozen=True, slots=True)
class CloseMenus:
    """Show the plain card of a case again wherever a menu is open under it."""

    case: Case


@dataclass(frozen=True, slots=True)
class Draft:
    """What a servant is writing for a case, in their own chat."""

    id: DraftId
    staff: StaffId
    address: AddressId
    case: CaseId
    act: str
    stage: str
    outcome: str | None = None
    words: str | None = None
    # The canned text that the words are, and the message that they were typed in; at most one of the two.
    canned: CannedId | None = None
    number: int | None = None
    # The citizen is told nothing of it.
    quiet: bool = False
    # Of what was delivered: what was not done; "" is nothing.
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep a draft; there is one at a time in a chat."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget the draft of a chat."""

    address: AddressId


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that something is to be done to, or was, as it stood at ``version``."""

    code: str
    version: int


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a servant does to several cases at once, in their own chat; ``to``: the tag, span, queue or case chosen.

    ``queue``: of the room where it was asked for, otherwise all of theirs. ``after``: where the page before the shown
    one ended. ``chosen``: once it is done, what was done, with the versions that it made.
    """

    id: DraftId
    staff: StaffId
    address: AddressId
    queue: QueueId | None = None
    stage: str = ""
    after: str = ""
    # The codes of the page, as numbers that are typed mean them.
    shown: tuple[str, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    act: str = ""
    to: str = ""
    words: str | None = None
    # The citizens are told nothing of it.
    quiet: bool = False
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SaveBulk:
    """Keep a bulk; while it is not done it is the one draft of its chat."""

    bulk: Bulk


@dataclass(frozen=True, slots=True)
class DropBulk:
    """Forget a bulk."""

    bulk: DraftId


@dataclass(frozen=True, slots=True)
class OpenCard:
    """Post the card of a case in the room of this event, where so far a batch lists it."""

    case: Case


@dataclass(frozen=True, slots=True)
class BindRoom:
    """Make the place of this event a review room of a queue, and post its open cards there."""

    queue: QueueId


@dataclass(frozen=True, slots=True)
class TellDuty:
    """Say something to who is on duty in a queue, in their own chat, unless it is ``but`` them."""

    queue: QueueId
    message: Message
    but: StaffId | None = None


@dataclass(frozen=True, slots=True)
class TellLeads:
    """Say something to the leads of a queue, each in their own chat; to the admins where it has none."""

    queue: QueueId
    message: Message


@dataclass(frozen=True, slots=True)
class KeepView:
    """Keep what a servant thinks of one option in place of what they thought before; its cards are drawn again."""

    case: Case
    view: View


@dataclass(frozen=True, slots=True)
class KeepChoice:
    """Keep who delivers what a case promised, as chosen at its present version."""

    case: Case
    choice: Choice


@dataclass(frozen=True, slots=True)
class ReviseChoice:
    """Write a choice that stands: when it is looked at again, and whether it is just now."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class CarryTimers:
    """Let what waited for the version before wait for this one: where the case stands has not changed."""

    case: Case


@dataclass(frozen=True, slots=True)
class DrawAgain:
    """Draw the cards of a case again: something that they show is not in its journal."""

    case: Case


@dataclass(frozen=True, slots=True)
class BringBack:
    """Post the card of a case anew in every room of its queue: nobody looks as far up as where it stands."""

    case: Case


# What a turn asks for when it is weighed and chosen who delivers.
Weighs = KeepView | KeepChoice | ReviseChoice | CarryTimers | DrawAgain | BringBack


@dataclass(frozen=True, slots=True)
class SetDuty:
    """Write the duty list of a queue, in its order, and whose turn it is until when."""

    queue: QueueId
    staff: tuple[StaffId, ...]
    on_duty: StaffId | None
    ends_at: datetime | None
