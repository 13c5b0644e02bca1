"""Weighing who delivers what was promised: on the card in the room, or in a servant's own chat.

A view is given by a press for each number, or typed for a whole option at once: ``4 3 5 2 known to us``. It changes no
case, so two who weigh at the same moment both count. On the card nobody's numbers are seen before two have weighed all,
and then only where they stand together; whose numbers they are is seen by nobody but them (``delivery_choice.py``).
"""

from datetime import datetime

from dialogs.cases.case import Actor, Deed, Entry
from dialogs.cases.delivery_choice import (
    Criterion,
    Option,
    Score,
    View,
    can_weigh,
    next_open,
    read_scores,
    with_view,
)
from dialogs.cases.draft import WRITING, Desktop
from dialogs.desk.seat import Desk, Where, changed, how_it_stands
from dialogs.desk.sorting import Menu
from dialogs.desk.weighing_card import SCALE, WEIGH, draw_names, draw_option, draw_own
from dialogs.desk_effects import Draft, DropDraft, KeepView, SaveDraft, ShowMenu
from dialogs.effects import Effect, Reply, Tell, WriteEntry
from dialogs.flows.answers import bare_word, is_word
from dialogs.fresh import Fresh
from dialogs.ids import DraftId
from dialogs.message import Line, Message, say
from dialogs.presses import CardPress
from dialogs.texts import Voice
from dialogs.town import Town


def refuse(desk: Desk, town: Town) -> str:
    """Say why there is nothing to weigh; "": there is."""
    voice = town.voice(town.language)
    if not can_weigh(desk.case):
        return voice("weigh.nothing", state=how_it_stands(desk, voice))
    if desk.weighing.is_settled:
        return voice("weigh.settled")
    return ""


def show(press: CardPress, menu: str, desk: Desk, town: Town) -> Reply:
    """Show in the room where the servants stand, or ask about one option."""
    voice = town.voice(town.language)
    if refused := refuse(desk, town):
        return Reply(toast=refused)
    if press.version != desk.case.version:
        return Reply(toast=changed(desk, voice))
    return Reply((ShowMenu(desk.case, menu),)) if menu in set(Menu) else Reply(toast=voice("old_button"))


def begin(desk: Desk, town: Town, *, fresh: Fresh) -> Reply:
    """Ask a servant for their view in their own chat."""
    voice = town.voice(town.language)
    if refused := refuse(desk, town):
        return Reply(toast=refused)
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    me = desk.servant.id
    draft = Draft(DraftId(fresh.number), me, desk.own_chat, desk.case.id, WEIGH, WRITING)
    first = next_open(desk.weighing.views, me) or Option.IN_HOUSE
    asked = draw_option(desk.case, first, voice, how="weigh.how", own=desk.weighing.of(me, first))
    return Reply((SaveDraft(draft), Tell(asked, to=desk.own_chat)), voice("draft.look"))


def score(said: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a press on a number, or that an option does not come into question."""
    voice = town.voice(town.language)
    if refused := refuse(desk, town):
        return Reply(toast=refused)
    match said.split("."):
        case [option, "out"] if option in set(Option):
            new = View(desk.servant.id, Option(option), left_out=True)
            noted = voice("weigh.noted_out", option=voice(f"option.{option}"))
        case [option, criterion, value] if _is_score(option, criterion, value):
            before = desk.weighing.of(desk.servant.id, Option(option))
            scores = {**before.scores, Criterion(criterion): Score(int(value))}
            new = View(desk.servant.id, Option(option), scores)
            names = {"option": voice(f"option.{option}"), "criterion": voice(f"criterion.{criterion}")}
            noted = voice("weigh.noted", **names, value=value, word=voice(f"scale.{value}"))
        case _:
            return Reply(toast=voice("old_button"))
    open_ = draw_names(new.lacks(), voice)
    kept = _keep(new, desk, now=now)
    if desk.where is Where.OWN:
        kept += tuple(Tell(told) for told in _go_on(new, desk, voice))
    return Reply(kept, f"{noted} {voice('weigh.open', open=open_)}" if open_ else noted)


def write(desktop: Desktop, text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a text in a servant's own chat: the numbers of an option, named before them or the next one."""
    voice = town.voice(town.language)
    leave = DropDraft(desktop.draft.address)
    if not desktop.still_staff or (refused := refuse(desk, town)):
        refused = refuse(desk, town) or voice("desk.not_yours", queue=town.queue(desktop.case.queue, voice))
        return Reply((leave, Tell(say(refused))))
    if is_word(text, "word.cancel", town.heard) or is_word(text, "word.done", town.heard):
        return Reply((leave, Tell(say(voice("weigh.left")))))
    named, rest = _read_option(text, voice)
    option = named or next_open(desk.weighing.views, desk.servant.id) or Option.IN_HOUSE
    left_out = bare_word(rest) == bare_word(voice("button.weigh_out"))
    scores = {} if left_out else read_scores(rest)
    if scores is None:
        unread = voice("weigh.unread", option=voice(f"option.{option}"), out=voice("button.weigh_out"))
        return Reply((Tell(say(unread)),))
    new = View(desk.servant.id, option, scores, left_out=left_out)
    noted = Line(f"{voice(f'option.{option}')}: {draw_own(new, voice)}")
    more = _go_on(new, desk, voice) or (Message(()),)
    told = [Tell(Message((noted, *one.blocks), one.buttons)) for one in more]
    return Reply((*_keep(new, desk, now=now), *told))


def _keep(new: View, desk: Desk, *, now: datetime) -> tuple[Effect, ...]:
    """Keep a view; with the last of theirs the journal says that a servant has weighed it."""
    me, views = desk.servant.id, desk.weighing.views
    if desk.weighing.of(me, new.option) == new:
        return ()
    kept = KeepView(desk.case, new)
    if next_open(views, me) is None or next_open(with_view(views, new), me) is not None:
        return (kept,)
    return kept, WriteEntry(desk.case, Entry(Deed.WEIGHED, Actor.SERVANT, now, staff=me))


def _go_on(new: View, desk: Desk, voice: Voice) -> tuple[Message, ...]:
    """Ask about the next option once this one is weighed, or thank them when all are; nothing where neither is new."""
    me, views = desk.servant.id, desk.weighing.views
    was, after = next_open(views, me), next_open(with_view(views, new), me)
    if after is was:
        return ()
    if after is None:
        return (say(voice("weigh.done", code=desk.case.code)),)
    return (draw_option(desk.case, after, voice, own=desk.weighing.of(me, after)),)


def _is_score(option: str, criterion: str, value: str) -> bool:
    return option in set(Option) and criterion in set(Criterion) and value in map(str, SCALE)


def _read_option(text: str, voice: Voice) -> tuple[Option | None, str]:
    """Read the name of an option in front of a text, and what stands behind it."""
    for option in Option:
        name = voice(f"option.{option}")
        if text.strip().casefold().startswith(name.casefold()):
            return option, text.strip()[len(name) :].lstrip(" :,")
    return None, text
