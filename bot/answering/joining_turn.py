"""What else was said: offered when somebody sends a contribution, and answered by a press or by a word.

Close cases are looked for in the turn that sends, after which everything is safe, and in no other.
"""

from datetime import datetime

from dialogs import joining
from dialogs.cases.case import DIFFERENCE
from dialogs.citizen import Citizen
from dialogs.effects import OpenCase, Reply
from dialogs.events import Event, Pressed, TextSent
from dialogs.flows.flow import OFFER
from dialogs.ids import PersonId
from dialogs.presses import JoinPress, unpack
from dialogs.town import Town
from storage import offers
from storage.database import Connection


def answer(
    c: Connection, citizen: Citizen, person: PersonId, event: Event, town: Town, *, now: datetime
) -> Reply | None:
    """Answer what somebody chose; None for an event that says nothing about an offer."""
    voice = town.voice(citizen.language)
    match event:
        case Pressed(data) if isinstance(press := unpack(data), JoinPress):
            pressed = offers.find(c, person, press.code)
            return joining.choose(pressed, press.answer, town, voice, now=now) if pressed else None
        case TextSent(text) if _is_about_nothing_else(citizen):
            said = joining.read_answer(text, town)
            offered = offers.find(c, person, None) if said is not None else None
            return joining.choose(offered, said, town, voice, now=now) if offered and said else None
        case _:
            return None


def _is_about_nothing_else(citizen: Citizen) -> bool:
    """Tell whether a word can be meant for an offer: no question of a flow or of the team waits for it."""
    asked = any(ask.kind != DIFFERENCE and ask.answered_at is None for ask in citizen.asks)
    return citizen.session is None and citizen.replied_to is None and not asked


def with_offer(c: Connection, reply: Reply, citizen: Citizen, person: PersonId, town: Town) -> Reply:
    """Add to the receipt of a contribution what is close to it, if anything is."""
    opening = next((effect for effect in reply.effects if isinstance(effect, OpenCase)), None)
    if opening is None or opening.contribution == OFFER:
        return reply
    close = offers.find_close(c, opening, person)
    return Reply((*reply.effects, *joining.offer(opening, close, town.voice(citizen.language))), reply.toast)
