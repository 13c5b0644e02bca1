"""From effect to table: one match, in the one transaction of the turn."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.lifecycle import Act
from dialogs.cases.urgency import Urgency, urgency_of
from dialogs.desk.sorting import Menu
from dialogs.desk_effects import (
    BindRoom,
    BringBack,
    CarryTimers,
    CloseMenus,
    DrawAgain,
    DropBulk,
    DropDraft,
    KeepChoice,
    KeepView,
    OpenCard,
    ReviseChoice,
    SaveBulk,
    SaveDraft,
    SetDuty,
    ShowMenu,
    TellDuty,
    TellLeads,
    TellServant,
    Weighs,
)
from dialogs.effects import (
    AnswerAsk,
    AwaitWords,
    ChangeCase,
    CloseAsks,
    Effect,
    ForgetPerson,
    IssueReceipt,
    KeepLoose,
    KeepMedia,
    KeepOffers,
    KeepParticipant,
    OpenCase,
    OpenSession,
    PurgeSession,
    ReopenAsks,
    SaveSession,
    SetLanguage,
    SetTimer,
    SplitCase,
    StartTelling,
    StopTelling,
    Tell,
    Telling,
    Timer,
    UndoAct,
    WriteEntry,
)
from dialogs.ids import AddressId, CaseId, ContributorId, OutboxId, PersonId, VersionId
from dialogs.said import attachments
from storage import (
    announcements,
    bulks,
    cases,
    colleagues,
    contributors,
    drafts,
    forgetting,
    forwarding,
    heard,
    media,
    merges,
    offers,
    outbox,
    participants,
    people,
    rooms,
    sessions,
    splits,
    staff,
    timers,
    visits,
    weighings,
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
    # The message that the event is, where the channel lets people edit theirs.
    number: int | None = None


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
            note_forgotten(c, forgetting.forget_person(c, _address(place), now=now), Actor.CITIZEN, now=now)
        case OpenCase():
            _open_case(c, effect, place, now=now)
        case IssueReceipt() | SetLanguage() | KeepParticipant() | KeepLoose() | KeepOffers():
            _record_citizen(c, effect, place, now=now)
        case SaveDraft(draft):
            drafts.save(c, draft, now=now)
        case DropDraft(address):
            drafts.drop(c, address)
        case SaveBulk() | DropBulk():
            bulks.record_bulk(c, effect, now=now)
        case BindRoom() | ShowMenu() | OpenCard():
            _record_room(c, effect, _address(place).id, now=now)
        case _:
            _record_here(c, effect, place, now=now)


def _record_here(c: Connection, effect: Effect, place: Place, *, now: datetime) -> None:
    """Write an effect on a case where it matters where it came from: who knows it already, which message it was."""
    match effect:
        case TellServant(servant, message, True):
            for chat in staff.own_chats(c, servant):
                if place.address is None or chat != place.address.id:
                    outbox.put(c, chat, message, now=now)
        case ChangeCase(case, entry) | WriteEntry(case, entry) if place.address is not None and heard.is_said(entry):
            record_case(c, effect, now=now)
            heard.keep(c, place.address.id, place.number, case, entry)
        case _:
            record_case(c, effect, now=now)


def _record_citizen(
    c: Connection,
    effect: IssueReceipt | SetLanguage | KeepParticipant | KeepLoose | KeepOffers,
    place: Place,
    *,
    now: datetime,
) -> None:
    match effect:
        case IssueReceipt(code):
            visits.keep_receipt(c, _address(place).id, code, at=now)
        case SetLanguage(language):
            people.set_language(c, _person(place), language)
        case KeepParticipant(participant):
            for seen_in in participants.keep(c, _person(place), participant):
                draw_cards(c, merges.in_charge(c, cases.load(c, seen_in)), now=now)
        case KeepLoose(words):
            people.keep_loose_words(c, _person(place), words, now=now)
            heard.keep_loose(c, _address(place).id, place.number if words else None)
        case KeepOffers():
            offers.keep(c, effect)


def note_forgotten(c: Connection, parts: list[tuple[CaseId, ContributorId]], actor: Actor, *, now: datetime) -> None:
    """Write down that the words of some contributors are deleted, and have them leave every card."""
    for case_id, contributor in parts:
        taken_back = Entry(Deed.FORGET, actor, now, contributor=contributor)
        # Also in what it is merged into, where the words stood too.
        for seen_in in merges.above(c, case_id):
            record_case(c, WriteEntry(cases.load(c, seen_in), taken_back), now=now)


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
        case UndoAct(case, undone, entry, left):
            cases.mark_undone(c, undone, now=now)
            cases.change(c, case, entry)
            if left is not None:
                forwarding.move_cards(c, case, left, anew=False, now=now)
            _draw_after(c, case, entry, now=now)
        case AnswerAsk() | AwaitWords() | CloseAsks() | ReopenAsks():
            _record_ask(c, effect, now=now)
        case CloseMenus(case):
            for room in rooms.close_menus(c, case):
                outbox.put_card(c, room, case.id, now=now, urgency=Urgency.PRESSED)
        case TellServant() | TellDuty() | TellLeads() | SetDuty():
            colleagues.record_staff(c, effect, now=now)
        case SplitCase():
            _split(c, effect, now=now)
        case KeepView() | KeepChoice() | ReviseChoice() | CarryTimers() | DrawAgain() | BringBack():
            _record_weighing(c, effect, now=now)
        case StartTelling() | StopTelling() | SetTimer():
            _record_later(c, effect)
        case _:
            raise TypeError(f"nobody writes a {type(effect).__name__}")


def _record_weighing(c: Connection, effect: Weighs, *, now: datetime) -> None:
    drawn = weighings.record(c, effect, now=now)
    if drawn is not None:
        draw_cards(c, drawn, now=now, urgency=Urgency.PRESSED)


def _record_later(c: Connection, effect: StartTelling | StopTelling | SetTimer) -> None:
    match effect:
        case SetTimer():
            timers.set_timer(c, effect)
        case StartTelling():
            announcements.start(c, effect)
        case StopTelling(announcement):
            announcements.stop(c, announcement)


def _record_ask(c: Connection, effect: AnswerAsk | AwaitWords | CloseAsks | ReopenAsks, *, now: datetime) -> None:
    match effect:
        case AwaitWords(case_id, contributor, kind, text):
            asked = contributors.put_ask(c, contributor, case_id, kind, text, now=now)
            # It stands in the chat of who asked for it, and so they have seen it.
            contributors.answer_ask(c, asked, "", None)
        case AnswerAsk(ask, answer, at):
            contributors.answer_ask(c, ask, answer, at)
        case CloseAsks(case_id, kind, at):
            contributors.close_asks(c, case_id, kind, now=at)
        case ReopenAsks(case_id, kind, closed_at):
            contributors.reopen_asks(c, case_id, kind, closed_at=closed_at)


def note_unreachable(c: Connection, case_id: CaseId, contributor: ContributorId | None, *, now: datetime) -> None:
    """Let the desk know that a contributor cannot be reached, and no more than that."""
    case = merges.in_charge(c, cases.load(c, case_id))
    entry = Entry(Deed.UNREACHABLE, Actor.CLOCK, now, contributor=contributor)
    record_case(c, WriteEntry(case, entry), now=now)


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
        if not seen.has_left:
            outbox.put_card(c, seen.room, case.id, now=now, urgency=urgency)
        elif seen.number is not None:
            outbox.put_card(c, seen.room, case.id, now=now, urgency=Urgency.PRESSED)
        else:
            # The line of a batch says it once; a card says it until nothing can be taken back any more.
            rooms.settle(c, seen.room, case.id)
        if seen.batch is not None:
            outbox.put_batch(c, seen.room, seen.batch, now=now, urgency=Urgency.BOARD)


def _draw_after(c: Connection, case: Case, entry: Entry, *, now: datetime) -> None:
    if entry.act == Deed.FORGET:
        _draw_forgotten(c, case, now=now)
    elif entry.act == Act.FORWARD and entry.before is not None:
        forwarding.move_cards(c, case, entry.before.queue, anew=True, now=now)
        draw_cards(c, case, now=now, urgency=Urgency.NEW_URGENT if case.urgent else Urgency.NEW)
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
    for timer, due_at in opening.alarms:
        timers.set_timer(c, SetTimer(timer, case, due_at))
    draw_cards(c, case, now=now, urgency=Urgency.NEW)


def _split(c: Connection, split: SplitCase, *, now: datetime) -> None:
    part = splits.open_part(c, split, now=now)
    cases.write_entry(c, part, split.entry)
    announcements.start(c, StartTelling(Telling.SPLIT, part, split.known_as, split.starts_at))
    for timer, due_at in ((Timer.PROMISE, split.promise_ends_at), *split.alarms):
        timers.set_timer(c, SetTimer(timer, part, due_at))
    draw_cards(c, part, now=now, urgency=Urgency.NEW)


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
