"""The acts of a bulk: to each case what one press would do, by the same rules, or a word for why it is left alone.

Each case has its own line in its journal, its own version to be at, and its own undo. So nothing here decides what may
be done: it asks the single act, case by case, and keeps count. What two of the cases have in common (the one that
others are merged into) is passed on from one act to the next, because nothing is written until all of them are done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialogs.cases.case import Case, Deed
from dialogs.cases.draft import PREVIEW, Desktop
from dialogs.cases.lifecycle import Act
from dialogs.desk import bulk as bulks
from dialogs.desk import forwarding, merging, sorting, undoing
from dialogs.desk.forwarding import Way
from dialogs.desk.policy import Verdict, judge, refusal_of
from dialogs.desk.seat import Candidate, Desk, Where, attempt, who
from dialogs.desk_effects import Bulk, Chosen, Draft, DropBulk, SaveBulk, ShowMenu, TellLeads, TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, StartTelling, Tell, Timer, UndoAct
from dialogs.ids import CaseId, QueueId, TagId
from dialogs.message import Block, Button, Line, Message, Tone
from dialogs.presses import CardPress, DraftPress, pack
from dialogs.texts import Voice
from dialogs.town import Town

# The stage of one that is done, and can be taken back.
DONE = "done"


@dataclass(frozen=True, slots=True)
class Matter:
    """A chosen case as the servant sees it now; ``path``: the queues it was in; ``done``: all that was done to it."""

    desk: Desk
    path: tuple[QueueId, ...] = ()
    done: tuple[undoing.Done, ...] = ()


@dataclass(frozen=True, slots=True)
class _Tally:
    """What has been done so far, at which versions, what was left and why, and the cases as they are by now."""

    done: tuple[Chosen, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effect, ...] = ()
    as_now: tuple[tuple[CaseId, Case], ...] = ()

    def now(self, case: Case) -> Case:
        """Give a case as the acts before have left it."""
        return dict(self.as_now).get(case.id, case)

    def add(self, code: str, came: tuple[Effect, ...] | str) -> "_Tally":
        """Count an act: its effects, or why the case was left alone."""
        if isinstance(came, str):
            return replace(self, left=(*self.left, (code, came)))
        changed = [effect.case for effect in came if isinstance(effect, ChangeCase | UndoAct)]
        version = next((case.version for case in changed if case.code == code), 0)
        return replace(
            self,
            done=(*self.done, Chosen(code, version)),
            effects=(*self.effects, *came),
            as_now=(*self.as_now, *((case.id, case) for case in changed)),
        )


def do(bulk: Bulk, matters: Sequence[Matter], town: Town, *, now: datetime) -> Reply:
    """Do what was chosen to each case that it can be done to, and say what came of it."""
    voice, tally = town.voice(town.language), _Tally()
    by_code = {matter.desk.case.code: matter for matter in matters}
    for one in bulk.chosen:
        if bulk.act == Act.MERGE and one.code == bulk.to:
            continue
        matter = by_code.get(one.code)
        came = voice("merging.no_case") if matter is None else _do_one(bulk, one, matter, by_code, tally, town, now=now)
        tally = tally.add(one.code, came)
    is_told = any(isinstance(effect, StartTelling) for effect in tally.effects)
    blocks = _told(tally, voice("bulk.done", what=bulks.describe(bulk, tally.done, town)), voice)
    rows: tuple[tuple[Button, ...], ...] = ()
    effects: tuple[Effect, ...] = (DropBulk(bulk.id),)
    if tally.done:
        seconds = int(town.installation.loop.decide_hold.total_seconds())
        blocks.append(Line(voice("bulk.next_told", seconds=seconds) if is_told else voice("bulk.next")))
        back = Button(voice("button.undo_all"), pack(DraftPress(bulk.id, bulks.UNDO)), Tone.DANGER)
        rows = ((back,),)
        kept = replace(bulk, stage=DONE, chosen=tally.done, shown=(), words=None, done_at=now)
        effects = (*gather(tally.effects), SaveBulk(kept))
    return Reply((*effects, Tell(Message(tuple(blocks), rows))))


def _do_one(
    bulk: Bulk, one: Chosen, matter: Matter, by_code: dict[str, Matter], tally: _Tally, town: Town, *, now: datetime
) -> tuple[Effect, ...] | str:
    desk = replace(matter.desk, own_chat=None, where=Where.OWN)
    verdict = judge(bulk.act, desk.servant, desk.case.queue, desk.where)
    if verdict is not Verdict.YES:
        return _why_not(verdict, desk, matter.path, town)
    pressed = CardPress(one.code, one.version, bulk.act)
    match bulk.act:
        case sorting.TAG:
            return _tag(pressed, TagId(bulk.to), desk, town, now=now)
        case sorting.SNOOZE:
            return _came(sorting.snooze(pressed, bulk.to, desk, town, now=now))
        case Act.FORWARD:
            return _forward(bulk, pressed, replace(matter, desk=desk), town, now=now)
        case _:
            target = by_code.get(bulk.to)
            into = None if target is None else Candidate(tally.now(target.desk.case), ())
            joined = merging.join(pressed, replace(desk, target=into), town, now=now)
            return joined if isinstance(joined, str) else joined[2]


def _why_not(verdict: Verdict, desk: Desk, path: tuple[QueueId, ...], town: Town) -> str:
    """Say that a case has left the queues of the servant, or why else they may do nothing to it."""
    voice, queue = town.voice(town.language), desk.case.queue
    if verdict is Verdict.NOT_THIS_QUEUE and any(desk.servant.role_in(one) for one in path):
        return voice("forward.there", code=desk.case.code, queue=town.queue(queue, voice))
    return refusal_of(verdict, queue, town)


def _tag(pressed: CardPress, tag: TagId, desk: Desk, town: Town, *, now: datetime) -> tuple[Effect, ...] | str:
    """Put a tag on a case: the single act would take off what is there already."""
    if tag in desk.case.tags:
        return town.voice(town.language)("bulk.has_tag")
    came = _came(sorting.mark(pressed, tag, desk, town, now=now))
    # No menu is open here that would have to stay.
    return came if isinstance(came, str) else tuple(one for one in came if not _is_of_menu(one))


def _is_of_menu(effect: Effect) -> bool:
    return isinstance(effect, ShowMenu) or (isinstance(effect, SetTimer) and effect.timer is Timer.MENU_END)


def _forward(bulk: Bulk, pressed: CardPress, matter: Matter, town: Town, *, now: datetime) -> tuple[Effect, ...] | str:
    possible = attempt(pressed, Act.FORWARD, matter.desk, town, now=now)
    if isinstance(possible, str):
        return possible
    forwarded = forwarding.forward(way_of(bulk, matter), town, now=now)
    return forwarded if isinstance(forwarded, str) else forwarded[1]


def way_of(bulk: Bulk, matter: Matter, *, excerpt: str = "", language: str = "") -> Way:
    """Give the way of one case of a forwarding; ``excerpt`` and ``language``: of its citizen, for showing it."""
    desk, case = matter.desk, matter.desk.case
    draft = Draft(
        bulk.id, bulk.staff, bulk.address, case.id, Act.FORWARD, PREVIEW, bulk.to, bulk.words, quiet=bulk.quiet
    )
    return Way(Desktop(draft, case, excerpt, language, who(desk), still_staff=True), matter.path, desk.servant.name)


def take_back_all(bulk: Bulk, matters: Sequence[Matter], town: Town, *, now: datetime) -> Reply:
    """Take back what was done to each case, the last one first, by the rules of the single undo."""
    voice, tally = town.voice(town.language), _Tally()
    by_code = {matter.desk.case.code: matter for matter in matters}
    for one in reversed(bulk.chosen):
        matter = by_code.get(one.code)
        came = voice("merging.no_case") if matter is None else _undo_one(one, matter, tally, town, now=now)
        tally = tally.add(one.code, came)
    tally = replace(tally, done=tally.done[::-1], left=tally.left[::-1])
    codes = ", ".join(one.code for one in tally.done)
    blocks = _told(tally, voice("bulk.undone", count=len(tally.done), codes=codes), voice)
    return Reply((*gather(tally.effects), DropBulk(bulk.id), Tell(Message(tuple(blocks)))))


def _undo_one(one: Chosen, matter: Matter, tally: _Tally, town: Town, *, now: datetime) -> tuple[Effect, ...] | str:
    desk, me = replace(matter.desk, own_chat=None, where=Where.OWN), matter.desk.servant.id
    act = next((line for line in matter.done if line.version == one.version and line.staff == me and line.before), None)
    if act is None or act.undone_at is not None:
        return town.voice(town.language)("bulk.gone")
    verdict = judge(Deed.UNDO, desk.servant, desk.case.queue, desk.where)
    # Of what has left their queue, that it left can still be taken back.
    if verdict is not Verdict.YES and act.act != Act.FORWARD:
        return refusal_of(verdict, desk.case.queue, town)
    if desk.merged is not None:
        desk = replace(desk, merged=replace(desk.merged, root=tally.now(desk.merged.root)))
    return _came(undoing.take_back(act, desk, matter.done, town, now=now))


def _came(reply: Reply) -> tuple[Effect, ...] | str:
    return reply.effects or reply.toast


def _told(tally: _Tally, done: str, voice: Voice) -> list[Block]:
    first = done if tally.done else voice("bulk.nothing_done")
    blocks: list[Block] = [Line(first, strong=True)]
    if tally.left:
        blocks.append(Line(voice("bulk.left", count=len(tally.left))))
        # Some of the words name the case themselves.
        blocks += [Line(why if code in why else voice("bulk.left_one", code=code, why=why)) for code, why in tally.left]
    return blocks


def gather(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Say to each colleague in one message what would be several, where nothing in them is to be pressed."""
    words: dict[object, list[Block]] = {}
    for effect in effects:
        if (to := _addressee(effect)) is not None and isinstance(effect, TellServant | TellLeads):
            words.setdefault(to, []).extend(effect.message.blocks)
    gathered: list[Effect] = []
    for effect in effects:
        to = _addressee(effect)
        if to is None or not isinstance(effect, TellServant | TellLeads):
            gathered.append(effect)
        elif to in words:
            gathered.append(replace(effect, message=Message(tuple(words.pop(to)))))
    return tuple(gathered)


def _addressee(effect: Effect) -> object | None:
    match effect:
        case TellServant(staff, message, unless_here) if not message.buttons:
            return staff, unless_here
        case TellLeads(queue, message) if not message.buttons:
            return queue
        case _:
            return None
