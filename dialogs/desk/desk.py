"""The desk: what an act on a card means, and who may do it.

The same in a Telegram group and in a web room. Acts that stay inside happen at once and can be
undone. What goes outward is written in the servant's own chat, shown as the citizen will read it,
and waits there for a moment in which it can be taken back (``drafting.py``).
"""

from datetime import datetime

from dialogs.cases.case import Actor, Deed, Entry
from dialogs.cases.lifecycle import Act, Impossible, advance
from dialogs.desk import (
    card,
    choosing,
    drafting,
    fitting,
    forwarding,
    holding,
    merging,
    proposal,
    public_line,
    sorting,
    undoing,
    unmasking,
    weighing_card,
)
from dialogs.desk.holding import settle_wish, watch
from dialogs.desk.policy import Verdict, judge, refusal_of
from dialogs.desk.seat import Desk, attempt, refusal, who
from dialogs.effects import ChangeCase, Effect, Reply, Tell, WriteEntry
from dialogs.flows.answers import label_of
from dialogs.fresh import Fresh
from dialogs.message import Message, Shown
from dialogs.presses import CardPress
from dialogs.texts import LONGEST_IN, Voice, cut
from dialogs.town import Town


def act(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press on a card, if the policy lets the servant do it here."""
    verdict = judge(press.act.partition(".")[0], desk.servant, desk.case.queue, desk.where)
    if verdict is Verdict.NOT_THIS_QUEUE:
        return undoing.press_elsewhere(press, desk, town, now=now)
    if verdict is not Verdict.YES:
        return Reply(toast=refusal_of(verdict, desk.case.queue, town))
    return _do(press, desk, town, now=now, fresh=fresh)


def _do(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    voice = town.voice(town.language)
    match press.act.split(".", 1):
        case [Act.CLAIM | Act.RELEASE | Act.WAKE as moves]:
            return _move(press, Act(moves), desk, town, now=now)
        case [Act.ASK | Act.DECIDE | Act.FORWARD | Act.PLAN | Act.START | Act.DELIVER | Act.GIVE_UP | Deed.PUBLIC_LINE]:
            return _write(press, desk, town, now=now, fresh=fresh)
        case [Act.AGREE | Act.SEND_BACK as answers]:
            return proposal.answer(press, Act(answers), desk, town, now=now)
        case [Deed.UNDO]:
            return undoing.press(press, desk, town, now=now)
        case [card.ATTACHMENTS]:
            return _show_attachments(desk, voice)
        case [Deed.UNMASK]:
            return unmasking.show_once(desk, town, now=now)
        case [Act.KEEP | Act.TAKE_OVER | Act.HAND_OVER] | [holding.TO, _]:
            return _hold(press, desk, town, now=now)
        case [Act.MERGE | Deed.UNMERGE] | [merging.INTO | merging.JOIN, _]:
            return merging.act(press, desk, town, now=now, fresh=fresh)
        case [weighing_card.WEIGH, said]:
            return choosing.act(press, said, desk, town, now=now, fresh=fresh)
        case [sorting.HOW_TO_NOTE]:
            return Reply(toast=voice("sorting.how_to_note"))
        case [Deed.URGENT | Deed.NORMAL | sorting.FITS] | [sorting.MENU | sorting.TAG | sorting.SNOOZE, _]:
            return _sort(press, desk, town, now=now)
        case _:
            return Reply(toast=voice("old_button"))


def _write(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    match press.act:
        case Act.FORWARD:
            return forwarding.begin(desk, town, now=now, fresh=fresh)
        case Deed.PUBLIC_LINE:
            return public_line.begin(desk, town, now=now, fresh=fresh)
        case writes:
            return _begin_draft(Act(writes), desk, town, now=now, fresh=fresh)


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
        case [sorting.FITS]:
            return fitting.show(desk, town)
        case [sorting.SNOOZE, span]:
            return sorting.snooze(press, span, desk, town, now=now)
        case _:
            return sorting.set_priority(press, desk, town, now=now)


def note(text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Keep a reply to a card as a note for colleagues; no citizen ever sees it."""
    voice = town.voice(town.language)
    if judge(Deed.NOTE, desk.servant, desk.case.queue, desk.where) is not Verdict.YES:
        return undoing.press_elsewhere(CardPress(desk.case.code, desk.case.version, Deed.NOTE), desk, town, now=now)
    entry = Entry(Deed.NOTE, Actor.SERVANT, now, staff=desk.servant.id, words=cut(text, LONGEST_IN))
    return Reply((WriteEntry(desk.case, entry), *proposal.say_why(desk, text, town)), voice("desk.noted"))


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
        return Reply(toast=refusal(possible, desk, town, voice, now=now, act=act_))
    if desk.latest is not None and desk.latest.act in undoing.PROMISES and not desk.latest.gone_out:
        # It can still be taken back whole; a second message is for what has gone out.
        return Reply(toast=voice("desk.take_back_first"))
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    return drafting.begin(act_, desk.case, desk.servant.id, desk.own_chat, town, fresh=fresh)


def _show_attachments(desk: Desk, voice: Voice) -> Reply:
    """Send them to the servant alone: a group keeps what was shown there, whoever joins it later."""
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    if not desk.attachments:
        return Reply(toast=voice("old_button"))
    labels = [(one, f"{desk.case.code} · {label_of(one, voice)}") for one in desk.attachments]
    tells = [Tell(Message((Shown(one, label),), protected=True), to=desk.own_chat) for one, label in labels]
    return Reply(tuple(tells), voice("desk.attachments"))
