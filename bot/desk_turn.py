"""A servant's act on a card: who they are, what they see, and what the desk makes of it."""

from dataclasses import replace
from datetime import datetime

from dialogs.cases import desk, drafting, unmasking
from dialogs.cases.batch import OPEN
from dialogs.cases.card import ATTACHMENTS
from dialogs.cases.case import Case, Deed
from dialogs.cases.holding import TO
from dialogs.cases.lifecycle import Act
from dialogs.cases.seat import Desk, Servant, who
from dialogs.effects import Draft, OpenCard, Reply
from dialogs.events import Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, StaffId
from dialogs.media import Attachment
from dialogs.presses import CardPress
from dialogs.said import attachments, preview
from dialogs.town import Town
from storage import addresses, cases, contributors, media, rooms, staff, unmaskings
from storage.database import Connection

# A case is spoken of less often than that.
_MOST_ENTRIES = 500


def press(c: Connection, update: Update, pressed: CardPress, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press on a card, wherever it was made."""
    voice = town.voice(town.language)
    servant = staff.find(c, update.channel, update.sender) if update.sender else None
    if servant is None:
        return Reply(toast=voice("desk.stranger"))
    case = cases.find_by_code(c, pressed.code)
    if case is None:
        return Reply(toast=voice("desk.no_card"))
    seen = _desk(c, update, servant, case)
    if pressed.act == OPEN:
        return _open_card(c, update, servant, case, town)
    if pressed.act == ATTACHMENTS:
        seen = replace(seen, attachments=_attachments(c, case))
    if pressed.act == Deed.UNMASK:
        seen = _with_hidden(c, seen, town, now=now)
    if pressed.act == Act.HAND_OVER or pressed.act.startswith(f"{TO}."):
        others = tuple(one for one in staff.list_servants(c) if one.role_in(case.queue) is not None)
        seen = replace(seen, colleagues=others)
    return desk.act(pressed, seen, town, now=now, fresh=fresh)


def note(c: Connection, update: Update, room: AddressId, text: str, town: Town, *, now: datetime) -> Reply:
    """Keep a reply to a card as a note; a reply to anything else is the servants' own talk."""
    case_id = rooms.case_of_card(c, room, update.reply_to) if update.reply_to is not None else None
    servant = staff.find(c, update.channel, update.sender) if update.sender else None
    if case_id is None or servant is None:
        return Reply()
    return desk.note(text, _desk(c, update, servant, cases.load(c, case_id)), town, now=now)


def desktop(c: Connection, draft: Draft, servant: Servant) -> drafting.Desktop:
    """Load what a servant's draft depends on."""
    case = cases.load(c, draft.case)
    first = contributors.contributors_after(c, case.id, 0, limit=1)
    words, _ = cases.first_words(c, case.id)
    language = first[0].language if first else ""
    as_whom = who(Desk(servant, case, "", None, None, None))
    still = servant.role_in(case.queue) is not None
    return drafting.Desktop(draft, case, preview(words), language, as_whom, still)


def _open_card(c: Connection, update: Update, servant: Servant, case: Case, town: Town) -> Reply:
    """Post the card of a case that a batch lists, in the room where its number was pressed."""
    voice = town.voice(town.language)
    if servant.role_in(case.queue) is None:
        return Reply(toast=voice("desk.not_yours", queue=town.queue(case.queue, voice)))
    here = addresses.find(c, update.channel, update.place)
    match [seen for seen in rooms.rooms_of(c, case.queue, case.id) if seen.room == here]:
        case [seen] if seen.number is not None:
            return Reply(toast=voice("desk.open_already"))
        case [seen] if seen.batch is not None:
            return Reply((OpenCard(case),), voice("desk.opened"))
        case _:
            return Reply(toast=voice("old_button"))


def _attachments(c: Connection, case: Case) -> tuple[Attachment, ...]:
    """List what came with a case and is still there."""
    words, _ = cases.first_words(c, case.id)
    kept = media.list_of_case(c, case.id)
    return tuple(attachment for attachment in attachments(words) if attachment.id in kept)


def _with_hidden(c: Connection, seen: Desk, town: Town, *, now: datetime) -> Desk:
    words, _ = cases.first_words(c, seen.case.id)
    hidden = unmasking.hidden_in(words, cases.newest_entries(c, seen.case.id, limit=_MOST_ENTRIES), town)
    return replace(
        seen, hidden=hidden, unmasked=unmaskings.count_unmaskings(c, seen.servant.id, since=now - unmasking.WITHIN)
    )


def _desk(c: Connection, update: Update, servant: Servant, case: Case) -> Desk:
    holder = staff.servant_of(c, StaffId(case.holder)) if case.holder is not None else None
    return Desk(
        servant=servant,
        case=case,
        # Who has been removed since is still named as the one who has it.
        holder=staff.names(c, {case.holder}).get(case.holder, "") if case.holder is not None else "",
        holder_role=holder.role_in(case.queue) if holder else None,
        own_chat=staff.own_chat(c, servant.id, update.channel),
        latest=cases.latest_act(c, case),
    )
