"""Forwarding: a case goes to another queue, with a reason for the colleagues there, and the citizen is told who has it.

A draft of it goes choosing (the queue) → writing (the reason) → preview → sent, in the servant's own chat. It stays
the same case, with its number, its history and its promise; it is only new to the team that gets it. What goes back and
forth between two queues for the third time is urgent, and from then on only a lead may send it between them.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from dialogs.cases import audience
from dialogs.cases.case import Actor, Case, Entry
from dialogs.cases.draft import (
    CHOOSING,
    LONGEST,
    PREVIEW,
    WRITING,
    Desktop,
    draw_answers,
    draw_cancel,
    draw_take_back,
)
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.cases.masking import mask
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk, refusal, who
from dialogs.desk.standing import tell_moved_on
from dialogs.desk_effects import Draft, DropDraft, SaveDraft, TellLeads, TellServant
from dialogs.effects import ChangeCase, Effect, Reply, StartTelling, Tell, Telling
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import DraftId, QueueId
from dialogs.message import Block, Button, Line, Message, Quote, rows_of, say
from dialogs.presses import DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town

# What a button of the draft asks for: whether the citizen is told, and, in front of its id, the queue.
TELL, TO = "tell", "to"
# So often a case goes between two queues before their leads are asked.
MOST_BOUNCES = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A draft that forwards a case; ``path``: the queues that the case was in, oldest first, the present one last.

    ``name``: of the servant.
    """

    desktop: Desktop
    path: tuple[QueueId, ...]
    name: str

    def bounces(self, to: QueueId) -> int:
        """Count how often the case went between its queue and another, either way."""
        return sum({one, other} == {self.desktop.case.queue, to} for one, other in pairwise(self.path))


def begin(desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Open a draft and ask where the case belongs."""
    voice, case = town.voice(town.language), desk.case
    possible = advance(case, Act.FORWARD, who(desk), now=now)
    if isinstance(possible, Impossible):
        return Reply(toast=refusal(possible, desk, town, voice, now=now))
    if not _others(case, town):
        return Reply(toast=voice("forward.nowhere"))
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    draft = Draft(DraftId(fresh.number), desk.servant.id, desk.own_chat, case.id, Act.FORWARD, CHOOSING)
    return Reply((SaveDraft(draft), Tell(_invite(draft, case, town, voice), to=desk.own_chat)), voice("draft.look"))


def write(way: Way, text: str, town: Town, *, now: datetime) -> Reply:
    """Take a text as the queue or the reason of the draft."""
    voice, draft, case = town.voice(town.language), way.desktop.draft, way.desktop.case
    if not way.desktop.still_staff:
        return _lost(way, town, voice)
    if is_word(text, "word.cancel", town.heard):
        return _drop(draft, voice)
    if draft.stage == CHOOSING:
        typed = text.strip().casefold()
        chosen = next((one for one in _others(case, town) if typed in (one, town.queue(one, voice).casefold())), None)
        return _choose(way, chosen, town, voice)
    if draft.stage == PREVIEW and is_word(text, "word.send", town.heard):
        return _send(way, town, now=now)
    if len(text) > LONGEST:
        return Reply((Tell(say(voice("draft.long", length=len(text), most=LONGEST))),))
    return _preview(way, replace(draft, stage=PREVIEW, words=text), town)


def press(way: Way, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on one of the draft's buttons."""
    voice, draft = town.voice(town.language), way.desktop.draft
    if not way.desktop.still_staff:
        return _lost(way, town, voice)
    match step.split(".", 1):
        case ["cancel"]:
            return _drop(draft, voice)
        case ["to", to] if draft.stage == CHOOSING:
            return _choose(way, QueueId(to), town, voice)
        case ["edit"] if draft.stage == PREVIEW:
            again = replace(draft, stage=WRITING)
            return Reply((SaveDraft(again), Tell(_invite(again, way.desktop.case, town, voice))))
        case ["tell"] if draft.stage == PREVIEW:
            return _preview(way, replace(draft, quiet=not draft.quiet), town)
        case ["send"] if draft.stage == PREVIEW:
            return _send(way, town, now=now)
    return Reply(toast=voice("old_button"))


def _others(case: Case, town: Town) -> list[QueueId]:
    return [queue for queue in town.installation.queues if queue != case.queue]


def _choose(way: Way, to: QueueId | None, town: Town, voice: Voice) -> Reply:
    draft, case = way.desktop.draft, way.desktop.case
    if to is None or to not in _others(case, town):
        return Reply((Tell(_invite(draft, case, town, voice)),))
    if refused := _refused(way, to, town, voice):
        return Reply((Tell(say(refused)),))
    chosen = replace(draft, stage=WRITING, outcome=to)
    return Reply((SaveDraft(chosen), Tell(_invite(chosen, case, town, voice))))


def _refused(way: Way, to: QueueId, town: Town, voice: Voice) -> str:
    """Say why a case cannot go to a queue; "": it can."""
    case = way.desktop.case
    if to == case.queue:
        return voice("forward.there", code=case.code, queue=town.queue(to, voice))
    if way.bounces(to) >= MOST_BOUNCES and By.LEAD not in way.desktop.who:
        return voice("forward.only_lead", code=case.code, **_both(case, to, town, voice))
    return ""


def _send(way: Way, town: Town, *, now: datetime) -> Reply:
    """Forward the case, unless it has moved away under the draft; then the words stay where they are."""
    voice, draft = town.voice(town.language), way.desktop.draft
    forwarded = forward(way, town, now=now)
    if isinstance(forwarded, str):
        return Reply((Tell(say(forwarded)),))
    moved, effects = forwarded
    key = "forward.sent_quietly" if draft.quiet else "forward.sent"
    seconds = int(town.installation.loop.decide_hold.total_seconds())
    values = {"code": moved.code, "queue": town.queue(moved.queue, voice), "seconds": seconds}
    told = Tell(say(voice(key, **values), buttons=((draw_take_back(moved, voice),),)))
    return Reply((*effects, DropDraft(draft.address), told))


def forward(way: Way, town: Town, *, now: datetime) -> tuple[Case, tuple[Effect, ...]] | str:
    """Send a case to the queue of its draft: the case there, with what follows from it, or why it stays."""
    voice, draft, case = town.voice(town.language), way.desktop.draft, way.desktop.case
    to = QueueId(draft.outcome or "")
    moved = advance(case, Act.FORWARD, way.desktop.who, now=now)
    if isinstance(moved, Impossible) or way.desktop.overtaken:
        return tell_moved_on(way.desktop, voice)
    if refused := _refused(way, to, town, voice):
        return refused
    is_third = way.bounces(to) + 1 == MOST_BOUNCES
    moved = replace(moved, queue=to, urgent=case.urgent or is_third)
    names = {"old": town.queue(case.queue, voice), "new": town.queue(to, voice)}
    words = voice("forward.words", **names, reason=draft.words or "")
    entry = Entry(Act.FORWARD, Actor.SERVANT, now, staff=draft.staff, words=words, before=case)
    starts_at = now + town.installation.loop.decide_hold
    effects: list[Effect] = [ChangeCase(moved, entry), *watch(moved, town, now=now)]
    effects += _tell_team(way, moved, town, voice)
    if not draft.quiet:
        effects.append(StartTelling(Telling.FORWARDED, moved, "", starts_at))
    if is_third:
        asked = say(voice("forward.bounced", code=case.code, **_both(case, to, town, voice)))
        effects += [TellLeads(case.queue, asked), TellLeads(to, asked)]
    return moved, tuple(effects)


def _tell_team(way: Way, moved: Case, town: Town, voice: Voice) -> list[Effect]:
    """Tell who had the case, or wanted it, that it is not with their team any more."""
    case, me = way.desktop.case, way.desktop.draft.staff
    told = say(voice("forward.gone", name=way.name, code=case.code, queue=town.queue(moved.queue, voice)))
    return [TellServant(one, told) for one in (case.holder, case.wanted_by) if one is not None and one != me]


def _lost(way: Way, town: Town, voice: Voice) -> Reply:
    case = way.desktop.case
    # A colleague was faster, or they are on the list of this queue no longer.
    key = "left.word" if len(way.path) > 1 else "desk.not_yours"
    refused = voice(key, code=case.code, queue=town.queue(case.queue, voice))
    return Reply((DropDraft(way.desktop.draft.address), Tell(say(refused))))


def _drop(draft: Draft, voice: Voice) -> Reply:
    return Reply((DropDraft(draft.address), Tell(say(voice("forward.dropped")))))


def _both(case: Case, to: QueueId, town: Town, voice: Voice) -> dict[str, str]:
    return {"one": town.queue(case.queue, voice), "other": town.queue(to, voice)}


def _invite(draft: Draft, case: Case, town: Town, voice: Voice) -> Message:
    """Ask for what the draft lacks."""
    cancel = draw_cancel(draft, voice)
    if draft.stage == CHOOSING:
        buttons = [
            Button(town.queue(one, voice), pack(DraftPress(draft.id, f"{TO}.{one}"))) for one in _others(case, town)
        ]
        return say(voice("forward.choose", code=case.code), buttons=(*rows_of(buttons, width=2), (cancel,)))
    queue = town.queue(draft.outcome or "", voice)
    return say(voice("forward.write", code=case.code, queue=queue), buttons=((cancel,),))


def _preview(way: Way, draft: Draft, town: Town) -> Reply:
    """Show what the citizen will read, if they are told, and what the colleagues will; ask whether it may go."""
    voice, case = town.voice(town.language), way.desktop.case
    to = QueueId(draft.outcome or "")
    heading = voice("forward.to", code=case.code, queue=town.queue(to, voice))
    blocks: list[Block] = [Line(heading, strong=True), Quote(mask(draft.words or "", town).text)]
    if way.bounces(to) + 1 == MOST_BOUNCES:
        blocks.append(Line(voice("forward.bounce", **_both(case, to, town, voice))))
    if draft.quiet:
        blocks.append(Line(voice("forward.untold")))
    blocks.append(Line(voice("draft.preview_ok")))
    toggle = Button(voice("button.tell_no" if draft.quiet else "button.tell_yes"), pack(DraftPress(draft.id, TELL)))
    asked = Tell(Message(tuple(blocks), (draw_answers(draft, voice), (toggle,))))
    shown = () if draft.quiet else (Tell(draw_as_read(way, to, town)),)
    return Reply((SaveDraft(draft), *shown, asked))


def draw_as_read(way: Way, to: QueueId, town: Town) -> Message:
    """Show what the citizen of a case reads when it goes to a queue."""
    voice = town.voice(town.language)
    listener = audience.Listener(way.desktop.language, mask(way.desktop.excerpt, town).text)
    notice = audience.draw_notice(Telling.FORWARDED, replace(way.desktop.case, queue=to), "", listener, town)
    return replace(notice, blocks=(Line(voice("draft.preview"), strong=True), *notice.blocks))
