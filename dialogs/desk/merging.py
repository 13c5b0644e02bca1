"""Looking after several cases as one: a pointer from one to another, set by a person and taken away by one.

Nothing is copied and nobody is told, so it can be taken back at any time. Each contributor keeps their own number,
made-up name and words, and hears what comes of the case in charge (``storage/merges.py``). Every one of them was
promised a day, so the case in charge takes over the earliest. Both cases go one version on by it: two servants who
merge them into each other at the same moment would make a circle, and so one of them comes too late.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.draft import draw_cancel
from dialogs.cases.lifecycle import Act, By, Impossible, owes_decision
from dialogs.cases.masking import mask
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.desk.holding import settle_wish, watch
from dialogs.desk.seat import Candidate, Desk, Merged, attempt, changed, refusal, who
from dialogs.desk.splitting import tell_of_split
from dialogs.desk_effects import Draft, DropDraft, SaveDraft, TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Tell, Timer, UndoAct, WriteEntry
from dialogs.flows.flow import OFFER
from dialogs.fresh import Fresh
from dialogs.ids import DraftId, StaffId
from dialogs.message import Block, Button, Line, Message, Quote, Tone, rows_of, say
from dialogs.presses import CardPress, pack
from dialogs.said import Words, preview
from dialogs.texts import Voice, one_line
from dialogs.town import Town, write_date

# What is in front of the number of the case to merge into: to look at both, and to do it.
INTO, JOIN = "into", "join"
MOST = 5
# The only stage of such a draft: a number may be typed instead of pressed.
_TYPING = "typing"
_EXCERPT = 120


def act(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press that is about merging."""
    match press.act.split(".", 1):
        case [Act.MERGE]:
            return _choose(press, desk, town, now=now, fresh=fresh)
        case ["into", _]:
            return _show_both(press, desk, town, now=now)
        case ["join", _]:
            return _merge(press, desk, town, now=now)
        case _:
            return _press_unmerge(press, desk, town, now=now)


def _choose(press: CardPress, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Ask a servant, in their own chat, which case another one is to be merged into."""
    voice, case, candidates = town.voice(town.language), desk.case, desk.candidates
    possible = attempt(press, Act.MERGE, desk, town, now=now)
    if isinstance(possible, str):
        return Reply(toast=possible)
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    draft = Draft(DraftId(fresh.number), desk.servant.id, desk.own_chat, case.id, Act.MERGE, _TYPING)
    blocks: list[Block] = [Line(voice("merging.which" if candidates else "merging.none", code=case.code), strong=True)]
    for number, one in enumerate(candidates[:MOST], 1):
        age = voice("merging.since", day=write_date(town.today(one.case.opened_at), voice))
        blocks.append(Line(" · ".join((f"{number}. {one.case.code}", town.service(one.case.service, voice), age))))
        blocks.append(Quote(_excerpt(one.words, town)))
    blocks.append(Line(voice("merging.type")))
    numbers = [
        Button(str(number), pack(CardPress(case.code, case.version, f"{INTO}.{one.case.code}")))
        for number, one in enumerate(candidates[:MOST], 1)
    ]
    asked = Message(tuple(blocks), (*rows_of(numbers, width=3), (draw_cancel(draft, voice),)), protected=True)
    return Reply((SaveDraft(draft), Tell(asked, to=desk.own_chat)), voice("draft.look"))


def _show_both(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Show both cases side by side and ask whether they are one matter."""
    voice, case, target = town.voice(town.language), desk.case, desk.target
    possible = attempt(press, Act.MERGE, desk, town, now=now)
    if isinstance(possible, str):
        return Reply(toast=possible)
    if (wrong := _wrong_target(case, target, town, voice)) is not None or target is None:
        return Reply(toast=wrong or "")
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    blocks = (
        Line(voice(_word(case, "sure"), code=case.code, into=target.case.code), strong=True),
        *(Line(case.code), Quote(_excerpt(desk.words, town))),
        *(Line(target.case.code), Quote(_excerpt(target.words, town))),
        Line(voice(_word(case, "what_next"))),
    )
    doing = CardPress(case.code, case.version, f"{JOIN}.{target.case.code}")
    verb = voice("button.connect" if case.contribution == OFFER else "button.merge")
    join = Button(verb, pack(doing), Tone.SUCCESS)
    return Reply((Tell(Message(blocks, ((join,),), protected=True), to=desk.own_chat),), voice("draft.look"))


def _merge(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    voice, case = town.voice(town.language), desk.case
    joined = join(press, desk, town, now=now)
    if isinstance(joined, str):
        return Reply(toast=joined)
    pointing, root, followed = joined
    effects = [*followed]
    if desk.own_chat is not None:
        apart = Button(voice("button.unmerge"), pack(CardPress(case.code, pointing.version, Deed.UNMERGE)))
        done = say(voice(_word(case, "done"), code=case.code, into=root.code), buttons=((apart,),))
        effects += [DropDraft(desk.own_chat), Tell(done, to=desk.own_chat)]
    did = "fitting.did" if case.contribution == OFFER else "desk.did_merge"
    return Reply(tuple(effects), voice(did, into=root.code))


def join(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> tuple[Case, Case, tuple[Effect, ...]] | str:
    """Let a case point to its target, which is in charge of both from then on: both, and what follows; or why not."""
    voice, case, me, target = town.voice(town.language), desk.case, desk.servant, desk.target
    moved = attempt(press, Act.MERGE, desk, town, now=now)
    if isinstance(moved, str):
        return moved
    if (wrong := _wrong_target(case, target, town, voice)) is not None or target is None:
        return wrong or ""
    root = target.case
    pointing = replace(moved, merged_into=root.id)
    effects = point(case, pointing, root, Entry(Act.MERGE, Actor.SERVANT, now, staff=me.id), town)
    told = say(voice(_word(case, "told"), code=case.code, into=root.code, name=me.name))
    return pointing, root, (*effects, *_tell_others((case.holder, root.holder), me.id, told))


def point(case: Case, pointing: Case, root: Case, line: Entry, town: Town) -> tuple[Effect, ...]:
    """Write a pointer and what follows from it; ``line``: who set it and when."""
    day = min(root.promised_on, case.promised_on)
    in_charge = replace(root, version=root.version + 1, promised_on=day)
    took_in = replace(line, act=Deed.TOOK_IN, words=case.code, before=root)
    ends_at = end_of_day(day, town.installation.working_time)
    promise = (SetTimer(Timer.PROMISE, in_charge, ends_at),) if day != root.promised_on else ()
    return (
        ChangeCase(pointing, replace(line, words=root.code, before=case)),
        ChangeCase(in_charge, took_in),
        *watch(in_charge, town, now=line.at),
        *settle_wish(case, pointing, town),
        *promise,
    )


def _press_unmerge(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a pointer away by the button on the line that is left of the card."""
    voice, case = town.voice(town.language), desk.case
    if press.version != case.version:
        return Reply(toast=changed(desk, voice))
    return unmerge(desk, town, now=now)


def unmerge(desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a pointer away: the case is what it was before."""
    voice, case, me, merged = town.voice(town.language), desk.case, desk.servant, desk.merged
    if merged is None:
        return Reply(toast=voice("merging.is_apart"))
    if not who(desk) & {By.HOLDER, By.FINDER} and me.id not in (merged.by, merged.root.holder):
        return Reply(toast=refusal(Impossible.ROLE, desk, town, voice, now=now))
    back, effects = part(case, merged, Entry(Deed.UNMERGE, Actor.SERVANT, now, staff=me.id), town)
    told = say(voice("merging.told_apart", code=case.code, into=merged.root.code, name=me.name))
    tells = _tell_others((back.holder, merged.root.holder), me.id, told)
    return Reply((*effects, *tells), voice("desk.did_unmerge"))


def _tell_others(holders: tuple[StaffId | None, ...], me: StaffId, told: Message) -> list[TellServant]:
    return [TellServant(one, told) for one in dict.fromkeys(holders) if one is not None and one != me]


def part(case: Case, merged: Merged, line: Entry, town: Town) -> tuple[Case, tuple[Effect, ...]]:
    """Give a case as it is without its pointer, with what follows from that; ``line``: who takes it away and when."""
    back = _as_before(case, merged, town, now=line.at)
    return back, (
        UndoAct(back, merged.entry, replace(line, words=merged.root.code)),
        SetTimer(Timer.PROMISE, back, end_of_day(back.promised_on, town.installation.working_time)),
        *watch(back, town, now=line.at),
        *_let_go(case, merged, line, town),
        *((tell_of_split(back, merged.root.code, town, now=line.at),) if merged.untold else ()),
    )


def _let_go(case: Case, merged: Merged, line: Entry, town: Town) -> tuple[Effect, ...]:
    """Note it at the case that was in charge, and give it back the day that it had promised."""
    root = merged.root
    entry = replace(line, act=Deed.LET_GO, words=case.code)
    # Timers of a decided case belong to its version, and it has no promise left.
    if not owes_decision(root):
        return (WriteEntry(root, entry),)
    is_theirs = merged.root_day is not None and root.promised_on == merged.before.promised_on and not root.overdue
    day = merged.root_day if is_theirs and merged.root_day is not None else root.promised_on
    alone = replace(root, version=root.version + 1, promised_on=day)
    ends_at = end_of_day(day, town.installation.working_time)
    return (ChangeCase(alone, entry), SetTimer(Timer.PROMISE, alone, ends_at), *watch(alone, town, now=line.at))


def _as_before(case: Case, merged: Merged, town: Town, *, now: datetime) -> Case:
    """Give the case as it was, with the day that its contributors know of."""
    time, root = town.installation.working_time, merged.root
    back = replace(merged.before, version=case.version + 1, wanted_by=None)
    if end_of_day(back.promised_on, time) > now:
        return back
    # While the other was in charge they were told of its day; where that is past too, of a new one.
    if owes_decision(root) and end_of_day(root.promised_on, time) > now:
        return replace(back, promised_on=root.promised_on, overdue=root.overdue)
    return replace(back, promised_on=promised_day(now, town.installation.loop.promise_days, time))


def _wrong_target(case: Case, target: Candidate | None, town: Town, voice: Voice) -> str | None:
    """Say why a case cannot be merged into another, and what helps."""
    if target is None:
        return voice("merging.no_case")
    if target.case.id == case.id:
        return voice("merging.itself")
    if target.case.queue != case.queue:
        return voice("merging.other_queue", queue=town.queue(target.case.queue, voice))
    if target.case.state not in UNDECIDED:
        return voice("merging.decided", code=target.case.code, state=voice(f"state.{target.case.state}"))
    return None


def _word(case: Case, key: str) -> str:
    """Choose the words for it: an offer is connected with a case, where others are one matter with it."""
    return f"fitting.{key}" if case.contribution == OFFER else f"merging.{key}"


def _excerpt(words: Words, town: Town) -> str:
    return one_line(mask(preview(words), town).text, _EXCERPT)
