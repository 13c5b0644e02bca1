"""From effect to table: one match, in the one transaction of the turn."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.sorting import Menu
from dialogs.cases.urgency import Urgency, urgency_of
from dialogs.effects import (
    AnswerAsk,
    BindRoom,
    ChangeCase,
    CloseAsks,
    CloseMenus,
    DropDraft,
    Effect,
    ForgetPerson,
    IssueReceipt,
    KeepLoose,
    KeepMedia,
    OpenCard,
    OpenCase,
    OpenSession,
    PurgeSession,
    ReopenAsks,
    SaveDraft,
    SaveSession,
    SetLanguage,
    SetTimer,
    ShowMenu,
    StartTelling,
    StopTelling,
    Tell,
    TellServant,
    Timer,
    UndoAct,
    WriteEntry,
)
from dialogs.ids import AddressId, OutboxId, PersonId, VersionId
from dialogs.said import attachments
from storage import (
    announcements,
    cases,
    contributors,
    drafts,
    forgetting,
    media,
    outbox,
    people,
    rooms,
    sessions,
    staff,
    timers,
    visits,
)
from storage.addresses import Address
from storage.database import Connection
from storage.outbox import Parcel

# How many open cards a new room gets at once; older ones come when somebody acts on them.
_CARDS_AT_FIRST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where the effects belong: the address the event came from, and the newest version of the flow it may open."""

    address: Address | None
    newest: VersionId


@dataclass(frozen=True, slots=True)
class Written:
    """What a turn did to the outbox.

    ``here``: messages for the place it came from. ``more``: there are others. ``withdrawn``: some are there no more.
    """

    here: tuple[Parcel, ...] = ()
    more: bool = False
    withdrawn: bool = False


def record(c: Connection, effects: tuple[Effect, ...], place: Place, *, now: datetime) -> Written:
    """Write all effects of one turn. Raises: LostRace where somebody else changed what they build on."""
    here: list[Parcel] = []
    session: SaveSession | OpenSession | None = None
    prompt: OutboxId | None = None
    sent: list[KeepMedia] = []
    more = False
    for effect in effects:
        match effect:
            case KeepMedia():
                sent.append(effect)
            case SaveSession() | OpenSession():
                session = effect
            case Tell(message, None, asks, about):
                here.append(outbox.put_reply(c, _address(place), message, now=now, about=about))
                prompt = here[-1].id if asks else prompt
            case _:
                more = True
                _record_other(c, effect, place, now=now)
    # Last, so that one statement also says which message asks the open question.
    match session:
        case SaveSession():
            sessions.save(c, session, prompt=prompt, now=now)
        case OpenSession():
            sessions.open_session(c, session, _person(place), place.newest, prompt=prompt, now=now)
        case None:
            pass
    # After the conversation that they belong to.
    for kept in sent:
        media.keep(c, kept.session, kept.media, now=now)
    withdrawn = any(isinstance(effect, PurgeSession | ForgetPerson) for effect in effects)
    return Written(tuple(here), more, withdrawn)


def _record_other(c: Connection, effect: Effect, place: Place, *, now: datetime) -> None:
    match effect:
        case Tell(message, int() as to, _, about):
            outbox.put(c, AddressId(to), message, now=now, about=about)
        case PurgeSession(session):
            forgetting.forget_session(c, session, _address(place).id, state=sessions.ENDED, now=now)
        case ForgetPerson():
            for case_id in forgetting.forget_person(c, _address(place), now=now):
                taken_back = Entry(Deed.FORGET, Actor.CITIZEN, now)
                record_case(c, WriteEntry(cases.load(c, case_id), taken_back), now=now)
        case OpenCase():
            _open_case(c, effect, place, now=now)
        case IssueReceipt(code):
            visits.keep_receipt(c, _address(place).id, code, at=now)
        case SetLanguage(language):
            people.set_language(c, _person(place), language)
        case KeepLoose(words):
            people.keep_loose_words(c, _person(place), words)
        case SaveDraft(draft):
            drafts.save(c, draft, now=now)
        case DropDraft(address):
            drafts.drop(c, address)
        case BindRoom() | ShowMenu() | OpenCard():
            _record_room(c, effect, _address(place).id, now=now)
        case _:
            record_case(c, effect, now=now)


def _record_room(c: Connection, effect: BindRoom | ShowMenu | OpenCard, room: AddressId, *, now: datetime) -> None:
    match effect:
        case BindRoom(queue):
            rooms.bind(c, room, queue, now=now)
            _post_open_cards(c, room, queue, now=now)
        case ShowMenu(case, menu):
            if rooms.show_menu(c, room, case, Menu(menu)):
                outbox.put_card(c, room, case.id, now=now, urgency=Urgency.PRESSED)
        case OpenCard(case):
            draw_cards(c, case, now=now, urgency=Urgency.PRESSED, only_in=room)


def record_case(c: Connection, effect: Effect, *, now: datetime) -> None:
    """Write an effect on a case."""
    match effect:
        case ChangeCase(case, entry):
            cases.change(c, case, entry)
            _draw_after(c, case, entry, now=now)
        case WriteEntry(case, entry):
            cases.write_entry(c, case, entry)
            _draw_after(c, case, entry, now=now)
        case UndoAct(case, undone, entry):
            cases.mark_undone(c, undone, now=now)
            cases.change(c, case, entry)
            _draw_after(c, case, entry, now=now)
        case AnswerAsk() | CloseAsks() | ReopenAsks():
            _record_ask(c, effect)
        case CloseMenus(case):
            for room in rooms.close_menus(c, case):
                outbox.put_card(c, room, case.id, now=now, urgency=Urgency.PRESSED)
        case TellServant(servant, message):
            for chat in staff.own_chats(c, servant):
                outbox.put(c, chat, message, now=now)
        case StartTelling():
            announcements.start(c, effect)
        case StopTelling(announcement):
            announcements.stop(c, announcement)
        case SetTimer():
            timers.set_timer(c, effect)
        case _:
            raise TypeError(f"nobody writes a {type(effect).__name__}")


def _record_ask(c: Connection, effect: AnswerAsk | CloseAsks | ReopenAsks) -> None:
    match effect:
        case AnswerAsk(ask, answer, at):
            contributors.answer_ask(c, ask, answer, at)
        case CloseAsks(case_id, kind, at):
            contributors.close_asks(c, case_id, kind, now=at)
        case ReopenAsks(case_id, kind, closed_at):
            contributors.reopen_asks(c, case_id, kind, closed_at=closed_at)


def note_unreachable(c: Connection, case: Case, *, now: datetime) -> None:
    """Let the desk know that a contributor cannot be reached, and no more than that."""
    record_case(c, WriteEntry(case, Entry(Deed.UNREACHABLE, Actor.CLOCK, now)), now=now)


def draw_cards(
    c: Connection,
    case: Case,
    *,
    now: datetime,
    urgency: Urgency = Urgency.EDIT,
    only_in: AddressId | None = None,
) -> None:
    """Have a case drawn in every room of its queue, or in one: its card, and the batch that lists it."""
    for seen in rooms.rooms_of(c, case.queue, case.id):
        if only_in is not None and seen.room != only_in:
            continue
        outbox.put_card(c, seen.room, case.id, now=now, urgency=urgency)
        if seen.batch is not None:
            outbox.put_batch(c, seen.room, seen.batch, now=now, urgency=Urgency.BOARD)


def _draw_after(c: Connection, case: Case, entry: Entry, *, now: datetime) -> None:
    if entry.act == Deed.FORGET:
        _draw_forgotten(c, case, now=now)
    else:
        draw_cards(c, case, now=now, urgency=urgency_of(entry))


def _draw_forgotten(c: Connection, case: Case, *, now: datetime) -> None:
    """Have the words of a case leave every room; where only a batch shows them, no card of its own is posted."""
    for seen in rooms.rooms_of(c, case.queue, case.id):
        if seen.batch is not None:
            outbox.put_batch(c, seen.room, seen.batch, now=now, urgency=Urgency.PRESSED)
        if seen.batch is None or seen.number is not None:
            outbox.put_card(c, seen.room, case.id, now=now, urgency=Urgency.PRESSED)


def _open_case(c: Connection, opening: OpenCase, place: Place, *, now: datetime) -> None:
    sessions.end(c, opening.session, sessions.SUBMITTED, now=now)
    case = cases.open_case(c, opening, _person(place), now=now)
    # A photo that was replaced by another on the way is no part of what was sent.
    media.drop(c, opening.session, but={attachment.id for attachment in attachments(opening.words)})
    cases.write_entry(c, case, Entry(Deed.OPENED, Actor.CITIZEN, now))
    timers.set_timer(c, SetTimer(Timer.PROMISE, case, opening.promise_ends_at))
    draw_cards(c, case, now=now, urgency=Urgency.NEW)


def _post_open_cards(c: Connection, room: AddressId, queue: str, *, now: datetime) -> None:
    for case_id in cases.list_undone(c, queue, sorted(UNDECIDED), limit=_CARDS_AT_FIRST):
        urgency = Urgency.NEW_URGENT if cases.load(c, case_id).urgent else Urgency.NEW
        outbox.put_card(c, room, case_id, now=now, urgency=urgency)


def _address(place: Place) -> Address:
    if place.address is None:
        raise ValueError("an effect without its place")
    return place.address


def _person(place: Place) -> PersonId:
    person = _address(place).person
    if person is None:
        raise ValueError("an effect on a person where there is none")
    return person
