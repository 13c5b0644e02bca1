"""The desk: what an act on a card means, and who may do it.

The same in a Telegram group and in a web room. Acts that stay inside happen at once and can be
undone. What goes outward is written in the servant's own chat, shown as the citizen will read it,
and waits there for a moment in which it can be taken back (``drafting.py``).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.cases import card, drafting, holding, sorting, unmasking
from dialogs.cases.case import QUESTION, Actor, Case, Deed, Entry, State
from dialogs.cases.holding import settle_wish, watch
from dialogs.cases.lifecycle import Act, Impossible, advance
from dialogs.cases.seat import Desk, attempt, refusal, who
from dialogs.effects import ChangeCase, Effect, ReopenAsks, Reply, StopTelling, Tell, TellServant, UndoAct, WriteEntry
from dialogs.flows.answers import label_of
from dialogs.fresh import Fresh
from dialogs.installation import Role
from dialogs.message import Message, Shown, say
from dialogs.presses import CardPress
from dialogs.texts import LONGEST_IN, Voice, cut
from dialogs.town import Town

_UNDO_WITHIN = timedelta(hours=24)


def act(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press on a card."""
    voice = town.voice(town.language)
    if desk.servant.role_in(desk.case.queue) is None:
        return Reply(toast=voice("desk.not_yours", queue=town.queue(desk.case.queue, voice)))
    match press.act.split(".", 1):
        case [Act.CLAIM | Act.RELEASE | Act.WAKE as moves]:
            return _move(press, Act(moves), desk, town, now=now)
        case [Act.ASK | Act.DECIDE as writes]:
            return _begin_draft(Act(writes), desk, town, now=now, fresh=fresh)
        case [Deed.UNDO]:
            return _undo(press, desk, town, now=now)
        case [card.ATTACHMENTS]:
            return _show_attachments(desk, voice)
        case [Deed.UNMASK]:
            return unmasking.show_once(desk, town, now=now)
        case [Act.KEEP | Act.TAKE_OVER | Act.HAND_OVER] | [holding.TO, _]:
            return _hold(press, desk, town, now=now)
        case [sorting.HOW_TO_NOTE]:
            return Reply(toast=voice("sorting.how_to_note"))
        case [Deed.URGENT | Deed.NORMAL] | [sorting.MENU | sorting.TAG | sorting.SNOOZE, _]:
            return _sort(press, desk, town, now=now)
        case _:
            return Reply(toast=voice("old_button"))


def _hold(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    match press.act.split(".", 1):
        case [Act.KEEP]:
            return holding.keep(desk, town, now=now)
        case [Act.TAKE_OVER]:
            return holding.take_over(press, desk, town, now=now)
        case [_, to]:
            return holding.hand_over(press, to, desk, town, now=now)
        case _:
            return holding.choose_colleague(press, desk, town, now=now)


def _sort(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    match press.act.split(".", 1):
        case [sorting.MENU, menu]:
            return sorting.show_menu(press, menu, desk, town, now=now)
        case [sorting.TAG, tag]:
            return sorting.mark(press, tag, desk, town, now=now)
        case [sorting.SNOOZE, span]:
            return sorting.snooze(press, span, desk, town, now=now)
        case _:
            return sorting.set_priority(press, desk, town, now=now)


def note(text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Keep a reply to a card as a note for colleagues; no citizen ever sees it."""
    voice = town.voice(town.language)
    if desk.servant.role_in(desk.case.queue) is None:
        return Reply(toast=voice("desk.not_yours", queue=town.queue(desk.case.queue, voice)))
    entry = Entry(Deed.NOTE, Actor.SERVANT, now, staff=desk.servant.id, words=cut(text, LONGEST_IN))
    return Reply((WriteEntry(desk.case, entry),), voice("desk.noted"))


def _move(press: CardPress, act_: Act, desk: Desk, town: Town, *, now: datetime) -> Reply:
    moved = attempt(press, act_, desk, town, now=now, holder=desk.servant.id)
    if isinstance(moved, str):
        return Reply(toast=moved)
    entry = Entry(act_, Actor.SERVANT, now, staff=desk.servant.id, before=desk.case)
    voice = town.voice(town.language)
    effects: tuple[Effect, ...] = (
        ChangeCase(moved, entry),
        *watch(moved, town, now=now),
        *settle_wish(desk.case, moved, town),
    )
    return Reply(effects, voice(f"desk.did_{act_}"))


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
    effects: list[Effect] = [UndoAct(back, latest.entry, undo), *watch(back, town, now=now)]
    if latest.telling is not None:
        effects.append(StopTelling(latest.telling))
    if latest.act == Act.DECIDE:
        effects.append(ReopenAsks(desk.case.id, QUESTION, latest.at))
    effects += _tell_holders(desk, back, voice)
    if desk.own_chat is not None and latest.telling is not None:
        effects.append(Tell(say(voice("draft.taken_back", code=desk.case.code)), to=desk.own_chat))
    return Reply(tuple(effects), voice("desk.undone"))


def _tell_holders(desk: Desk, back: Case, voice: Voice) -> list[Effect]:
    """Tell who gets or loses a case because somebody else took an act back."""
    before, after, me = desk.case.holder, back.holder, desk.servant.id
    if before == after:
        return []
    words = ((before, "holding.now_theirs"), (after, "holding.now_yours"))
    return [TellServant(one, say(voice(key, code=back.code))) for one, key in words if one is not None and one != me]


def _as_before(case: Case, before: Case) -> Case:
    """Give the case as it was, one version on: what was undone happened, and its buttons are old."""
    back = replace(before, version=case.version + 1, promised_on=case.promised_on, overdue=case.overdue)
    # Who wanted it then has to ask again.
    return replace(back, wanted_by=None)
