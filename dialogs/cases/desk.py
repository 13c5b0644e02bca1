"""The desk: what an act on a card means, and who may do it.

The same in a Telegram group and in a web room. Acts that stay inside happen at once and can be
undone. What goes outward is written in the servant's own chat, shown as the citizen will read it,
and waits there for a moment in which it can be taken back (``drafting.py``).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialogs.cases import card, drafting
from dialogs.cases.case import QUESTION, Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.effects import ChangeCase, Effect, ReopenAsks, Reply, StopTelling, Tell, UndoAct, WriteEntry
from dialogs.flows.answers import label_of
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, QueueId, StaffId
from dialogs.installation import Role
from dialogs.media import Attachment
from dialogs.message import Message, Shown, say
from dialogs.presses import CardPress
from dialogs.texts import LONGEST_IN, Voice, cut
from dialogs.town import Town

_UNDO_WITHIN = timedelta(hours=24)


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


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that an act on a card can depend on. ``own_chat``: where the servant writes."""

    servant: Servant
    case: Case
    holder: str
    holder_role: Role | None
    own_chat: AddressId | None
    latest: Latest | None
    # The photos and voice notes of the case, where they are asked for.
    attachments: tuple[Attachment, ...] = ()


def act(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press on a card."""
    voice = town.voice(town.language)
    if desk.servant.role_in(desk.case.queue) is None:
        return Reply(toast=voice("desk.not_yours", queue=town.queue(desk.case.queue, voice)))
    match press.act:
        case Act.CLAIM | Act.RELEASE:
            return _move(press, Act(press.act), desk, town, now=now)
        case Act.ASK | Act.DECIDE:
            return _begin_draft(Act(press.act), desk, town, now=now, fresh=fresh)
        case Deed.UNDO:
            return _undo(press, desk, town, now=now)
        case card.ATTACHMENTS:
            return _show_attachments(desk, voice)
        case _:
            return Reply(toast=voice("old_button"))


def note(text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Keep a reply to a card as a note for colleagues; no citizen ever sees it."""
    voice = town.voice(town.language)
    if desk.servant.role_in(desk.case.queue) is None:
        return Reply(toast=voice("desk.not_yours", queue=town.queue(desk.case.queue, voice)))
    entry = Entry(Deed.NOTE, Actor.SERVANT, now, staff=desk.servant.id, words=cut(text, LONGEST_IN))
    return Reply((WriteEntry(desk.case, entry),), voice("desk.noted"))


def who(desk: Desk) -> frozenset[By]:
    """Tell as whom a servant acts on this case."""
    holds = desk.case.holder == desk.servant.id or desk.servant.role_in(desk.case.queue) in (Role.LEAD, Role.ADMIN)
    return frozenset({By.SERVANT, By.HOLDER}) if holds else frozenset({By.SERVANT})


def refusal(why: Impossible, desk: Desk, town: Town, voice: Voice, *, now: datetime) -> str:
    """Say who has the case and how it stands, to the one who came too late or may not."""
    state = voice(f"state.{desk.case.state}")
    if desk.case.holder is not None and desk.case.holder != desk.servant.id:
        minutes = int((now - (desk.case.held_at or now)).total_seconds() // 60)
        role = town.role(desk.holder_role, voice) if desk.holder_role else voice("desk.former")
        return voice("desk.held", name=desk.holder, role=role, minutes=minutes, state=state)
    return voice("desk.claim_first" if why is Impossible.ROLE else "desk.not_now", state=state)


def _move(press: CardPress, act_: Act, desk: Desk, town: Town, *, now: datetime) -> Reply:
    voice = town.voice(town.language)
    moved = advance(desk.case, act_, who(desk), now=now, holder=desk.servant.id)
    if isinstance(moved, Impossible):
        return Reply(toast=refusal(moved, desk, town, voice, now=now))
    if press.version != desk.case.version:
        # They acted on what they saw, and that is not how it stands.
        return Reply(toast=voice("desk.changed", state=voice(f"state.{desk.case.state}")))
    entry = Entry(act_, Actor.SERVANT, now, staff=desk.servant.id, before=desk.case)
    return Reply((ChangeCase(moved, entry),), voice(f"desk.did_{act_}"))


def _begin_draft(act_: Act, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    voice = town.voice(town.language)
    possible = advance(desk.case, act_, who(desk), now=now)
    if isinstance(possible, Impossible):
        return Reply(toast=refusal(possible, desk, town, voice, now=now))
    if desk.case.state is State.DECIDED and desk.latest is not None and not desk.latest.gone_out:
        # It can still be taken back whole; a second message is for what has gone out.
        return Reply(toast=voice("desk.take_back_first"))
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    return drafting.begin(act_, desk.case, desk.servant.id, desk.own_chat, voice, fresh=fresh)


def _show_attachments(desk: Desk, voice: Voice) -> Reply:
    """Send them to the servant alone: a group keeps what was shown there, whoever joins it later."""
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    if not desk.attachments:
        return Reply(toast=voice("old_button"))
    labels = [(one, f"{desk.case.code} · {label_of(one, voice)}") for one in desk.attachments]
    tells = [Tell(Message((Shown(one, label),), protected=True), to=desk.own_chat) for one, label in labels]
    return Reply(tuple(tells), voice("desk.attachments"))


def _undo(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    voice, latest = town.voice(town.language), desk.latest
    if latest is None or press.version != desk.case.version:
        return Reply(toast=voice("desk.nothing_to_undo"))
    is_lead = desk.servant.role_in(desk.case.queue) in (Role.LEAD, Role.ADMIN)
    if latest.staff != desk.servant.id and not is_lead:
        return Reply(toast=voice("desk.undo_not_yours"))
    if latest.gone_out or (now - latest.at > _UNDO_WITHIN and not is_lead):
        return Reply(toast=voice("desk.gone_out"))
    back = _as_before(desk.case, latest.before)
    undo = Entry(Deed.UNDO, Actor.SERVANT, now, staff=desk.servant.id, words=voice(f"act.{latest.act}"))
    effects: list[Effect] = [UndoAct(back, latest.entry, undo)]
    if latest.telling is not None:
        effects.append(StopTelling(latest.telling))
    if latest.act == Act.DECIDE:
        effects.append(ReopenAsks(desk.case.id, QUESTION, latest.at))
    if desk.own_chat is not None and latest.telling is not None:
        effects.append(Tell(say(voice("draft.taken_back", code=desk.case.code)), to=desk.own_chat))
    return Reply(tuple(effects), voice("desk.undone"))


def _as_before(case: Case, before: Case) -> Case:
    """Give the case as it was, one version on: what was undone happened, and its buttons are old."""
    return replace(before, version=case.version + 1, promised_on=case.promised_on, overdue=case.overdue)
