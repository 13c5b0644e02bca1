"""A message that somebody edited: what it had become, and what is made of the change."""

from datetime import datetime

from bot.answering import desk_turn
from bot.answering.gate import servant_behind
from dialogs import edits
from dialogs.effects import Reply
from dialogs.events import Update
from dialogs.fresh import Fresh
from dialogs.ids import AddressId
from dialogs.town import Town
from storage import cases, contributors, drafts, heard
from storage.addresses import STAFF, Address
from storage.database import Connection
from storage.people import language_of


def answer_in_private(
    c: Connection, update: Update, address: Address, text: str, town: Town, *, number: int, now: datetime, fresh: Fresh
) -> Reply | None:
    """Answer an edit in somebody's own chat; None where the message reached no case and no draft."""
    draft = drafts.find(c, address.id) if address.kind == STAFF else None
    servant = servant_behind(c, update) if draft else None
    if draft is not None and servant is not None and draft.number == number:
        seen = desk_turn.desk_of(c, update, servant, cases.load(c, draft.case))
        desktop = desk_turn.desktop(c, draft, servant)
        return edits.change_draft(desktop, seen, text, town, number=number, now=now, fresh=fresh)
    became = heard.find(c, address.id, number)
    if became is None or became.contributor is None or address.person is None:
        return None
    own = contributors.own_case(c, became.contributor, address.person)
    voice = town.voice(language_of(c, address.person))
    return None if own is None else edits.change_words(own, text, town, voice, now=now)


def answer_in_room(
    c: Connection, update: Update, room: AddressId, text: str, town: Town, *, number: int, now: datetime
) -> Reply:
    """Answer an edit in a room: of a note, by who wrote it; anything else is the servants' own talk."""
    became = heard.find(c, room, number)
    servant = servant_behind(c, update) if became else None
    if became is None or servant is None or became.staff != servant.id:
        return Reply()
    return edits.change_note(text, desk_turn.desk_of(c, update, servant, cases.load(c, became.case)), town, now=now)
