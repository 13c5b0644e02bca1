"""What the house must know of a person after each turn, told a second time by the pure part alone.

A twin lives beside the person whom the database knows. It is answered by the same pure functions, keeps what
their effects say in plain values, and knows nothing of transactions, rows, races or restarts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from dialogs.cases.case import OwnCase
from dialogs.cases.participant import Participant
from dialogs.citizen import Citizen
from dialogs.conversation import converse
from dialogs.effects import (
    Effect,
    ForgetPerson,
    KeepLoose,
    KeepMedia,
    KeepParticipant,
    OpenCase,
    OpenSession,
    PurgeSession,
    SaveSession,
    SetLanguage,
    Tell,
)
from dialogs.events import LocationSent, MediaSent, Pressed, TextSent, Update
from dialogs.flows.flow import Flow
from dialogs.flows.session import Session
from dialogs.fresh import Fresh
from dialogs.ids import MediaId, SessionId, VersionId
from dialogs.message import Line, Message
from dialogs.my_data import About
from dialogs.presses import CasePress, unpack
from dialogs.said import attachments
from dialogs.town import Town
from storage.codec import pack_message, pack_values, pack_words
from storage.columns import from_ms, to_ms
from tests.dialogs.flow_strategies import written_and_read

_CODE = re.compile(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b")


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a person. ``sent``: the words and the answers of each contribution."""

    language: str = "en"
    session: Session | None = None
    wake_at: datetime | None = None
    loose: str | None = None
    media: frozenset[tuple[SessionId, MediaId]] = frozenset()
    sent: tuple[tuple[str, str], ...] = ()
    participant: Participant | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message; ``withdrawn``: its person took back their words before it had to be shown."""

    message: Message
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """A person as the pure part knows them. ``prompt``: the number of the newest one; infinite where it is unseen."""

    life: Life
    prompt: float = 0
    said: tuple[Said, ...] = ()
    toasts: tuple[tuple[str, str], ...] = ()
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Around:
    """What a turn depends on beside the person: the town, the pinned version, the time, and what chance gave."""

    town: Town
    flow: Flow
    version: VersionId
    now: datetime
    # The id that the house gave to a conversation that began, and the cases that it opened.
    number: int = 0
    cases: tuple[tuple[OwnCase, ...], ...] = ()
    # Their cards, as they were before and after what happens, in an order of which one is right.
    about: tuple[About, ...] = ()

    def own_cases(self, count: int) -> tuple[OwnCase, ...]:
        """Give the first so many cases of the person, who may just have sent one, or been forgotten."""
        return next((known[:count] for known in self.cases if len(known) >= count), ())

    def own_cards(self, count: int) -> About:
        """Give the cards of the person, where they have so many cases."""
        return next((known for known in self.about if known.cases == count), About())


def live(twin: Twin, updates: Iterable[Update], around: Around) -> Twin:
    """Let updates happen to a twin, one after another."""
    for update in updates:
        twin = _live_on(twin, update, around)
    return twin


def same(message: Message) -> str:
    """Write a message so that codes drawn by chance make no difference, nor how many things of a kind are kept."""
    blocks = tuple(one for one in message.blocks if not (isinstance(one, Line) and one.text.startswith("• ")))
    return _CODE.sub("CODE", pack_message(replace(message, blocks=blocks)))


def _live_on(twin: Twin, update: Update, around: Around) -> Twin:
    life = twin.life
    citizen = Citizen(
        language=life.language,
        session=life.session,
        flow=around.flow if life.session else None,
        early=_is_early(twin, update),
        cases=around.own_cases(len(life.sent)) if _may_be_about_a_case(life, update) else (),
        loose_words=life.loose,
        wants_receipt=update.channel == "web",
        about=around.own_cards(len(life.sent)),
        participant=life.participant,
        contributes=bool(life.sent),
    )
    fresh = Fresh(around.number, "0000-0000", "0000-0000-0000")
    reply = converse(citizen, update.event, around.town, now=around.now, fresh=fresh)
    asked_at = twin.prompt
    for effect in reply.effects:
        twin = _take_effect(twin, effect, around.version)
    if not any(isinstance(effect, SaveSession | OpenSession) for effect in reply.effects):
        # What only told something leaves the question where it was.
        twin = replace(twin, prompt=asked_at)
    told = any(isinstance(effect, Tell) for effect in reply.effects)
    toasts = (*twin.toasts, (update.key, reply.toast))
    return replace(twin, toasts=toasts, answered=twin.answered and (told or bool(reply.toast)))


def _is_early(twin: Twin, update: Update) -> bool:
    if twin.life.session is None or update.position is None:
        return False
    return isinstance(update.event, TextSent | MediaSent | LocationSent) and twin.prompt > update.position


def _may_be_about_a_case(life: Life, update: Update) -> bool:
    match update.event:
        case Pressed(data):
            return life.session is None and isinstance(unpack(data), CasePress)
        case TextSent(text):
            return life.session is None or len(text) <= 40
        case _:
            return False


def _take_effect(twin: Twin, effect: Effect, version: VersionId) -> Twin:
    life = twin.life
    match effect:
        case Tell(message, prompt=prompt):
            return replace(twin, said=(*twin.said, Said(message)), prompt=inf if prompt else twin.prompt)
        case OpenSession(session, _, wake_at):
            session = written_and_read(replace(session, version=version))
            return replace(twin, life=replace(life, session=session, wake_at=_kept(wake_at)))
        case SaveSession(session, wake_at=wake_at):
            life = replace(life, session=written_and_read(session), wake_at=_kept(wake_at))
            return replace(twin, life=life)
        case PurgeSession(id):
            kept = frozenset(one for one in life.media if one[0] != id)
            return _taken_back(twin, replace(life, session=None, wake_at=None, media=kept))
        case ForgetPerson():
            return _taken_back(twin, Life(life.language))
        case OpenCase():
            return replace(twin, life=_sent(life, effect))
        case KeepMedia(id, media):
            return replace(twin, life=replace(life, media=life.media | {(id, media.attachment.id)}))
        case KeepLoose(words):
            return replace(twin, life=replace(life, loose=words))
        case KeepParticipant(participant):
            return replace(twin, life=replace(life, participant=participant))
        case SetLanguage(language):
            return replace(twin, life=replace(life, language=language))
        case _:
            # It is about a case, and the desk's.
            return twin


def _taken_back(twin: Twin, life: Life) -> Twin:
    return replace(twin, life=life, said=tuple(replace(said, withdrawn=True) for said in twin.said))


def _sent(life: Life, opening: OpenCase) -> Life:
    told = {attachment.id for attachment in attachments(opening.words)}
    kept = frozenset(one for one in life.media if one[0] != opening.session or one[1] in told)
    sent = (*life.sent, (pack_words(opening.words), pack_values(opening.answers)))
    return replace(life, session=None, wake_at=None, media=kept, sent=sent)


def _kept(moment: datetime | None) -> datetime | None:
    # The databases keep thousandths of a second.
    return None if moment is None else from_ms(to_ms(moment))
