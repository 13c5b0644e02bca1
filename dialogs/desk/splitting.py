"""Making a case of its own of one part of what somebody wrote: two matters in one message have two answers.

A servant names the part in the contributor's own words. The new case keeps to the same person, service and queue, has
a number and a promise of its own, and everything that is said of it afterwards repeats that part alone. The
contributor is told, after the moment in which it can be taken back; until then nobody but the desk knows of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialogs.cases.case import Actor, Case, Deed, Entry, State
from dialogs.cases.draft import draw_take_back
from dialogs.cases.lifecycle import Act
from dialogs.cases.masking import mask
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.cases.terms import terms
from dialogs.desk.escalation import first_alarms
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk, Latest, attempt
from dialogs.effects import ChangeCase, Effect, Reply, SplitCase, StartTelling, StopTelling, Tell, Telling, UndoAct
from dialogs.fresh import Fresh
from dialogs.ids import ContributorId
from dialogs.message import say
from dialogs.presses import CardPress
from dialogs.said import Words
from dialogs.texts import one_line
from dialogs.town import Town, write_date

_WORD = re.compile(r"\S+")
# What a card, a list and a notice can repeat.
_SHORTEST, _LONGEST, _ECHO = 2, 1000, 60


@dataclass(frozen=True, slots=True)
class Own:
    """What one contributor of a case wrote in their own words, and by which number they know it."""

    contributor: ContributorId
    code: str
    words: Words


def split(
    sentence: str, desk: Desk, owns: Sequence[Own], known: Sequence[str], town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    """Make a case of a sentence that a contributor wrote. ``known``: the parts that have one of their own already."""
    voice, case, loop = town.voice(town.language), desk.case, town.installation.loop
    pressed = CardPress(case.code, case.version, Act.SPLIT)
    moved = attempt(pressed, Act.SPLIT, desk, town, now=now)
    if isinstance(moved, str):
        return Reply(toast=moved)
    found = next(((own, part) for own in owns if (part := _part_in(own.words, sentence))), None)
    if found is None:
        return Reply(toast=voice("splitting.not_there" if sentence else "splitting.how", code=case.code))
    if wrong := _wrong(found, known):
        return Reply(toast=voice(f"splitting.{wrong}", code=case.code, most=_LONGEST))
    own, part = found
    day, starts_at = promised_day(now, loop.promise_days, town.installation.working_time), now + loop.ask_hold
    ends_at = end_of_day(day, town.installation.working_time)
    echo = f"{fresh.code}, “{one_line(mask(part, town).text, _ECHO)}”"
    entry = Entry(
        Act.SPLIT, Actor.SERVANT, now, staff=desk.servant.id, words=echo, before=case, contributor=own.contributor
    )
    child = SplitCase(
        parent=case,
        code=fresh.code,
        contributor=own.contributor,
        part=part,
        promised_on=day,
        promise_ends_at=ends_at,
        known_as=own.code,
        starts_at=starts_at,
        alarms=first_alarms(ends_at, town, now=now),
        entry=Entry(Deed.SPLIT_FROM, Actor.SERVANT, now, staff=desk.servant.id, words=case.code),
    )
    done: tuple[Effect, ...] = (ChangeCase(moved, entry), *watch(moved, town, now=now), child)
    if desk.own_chat is None:
        return Reply(done)
    seconds = int(loop.ask_hold.total_seconds())
    told = voice("splitting.done", code=fresh.code, day=write_date(day, voice), seconds=seconds)
    return Reply((*done, Tell(say(told, buttons=((draw_take_back(moved, voice),),)), to=desk.own_chat)))


def undo(latest: Latest, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Let a part point back to the whole before anybody was told of it."""
    voice, case, off = town.voice(town.language), desk.case, desk.split_off
    if off is None or off.telling is None or off.case.merged_into is not None:
        return Reply(toast=voice("desk.gone_out"))
    line = Entry(Deed.UNDO, Actor.SERVANT, now, staff=desk.servant.id, words=voice(f"act.{Act.SPLIT}"))
    # It changed nothing but that there is another case.
    back = replace(case, version=case.version + 1)
    effects: tuple[Effect, ...] = (
        StopTelling(off.telling),
        UndoAct(back, latest.entry, line),
        *watch(back, town, now=now),
        *point_back(off.case, back, replace(line, act=Act.MERGE)),
    )
    return Reply(effects, voice("desk.undone"))


def point_back(part: Case, whole: Case, line: Entry) -> tuple[Effect, ...]:
    """Let a part point to the whole, which is written already."""
    pointing = replace(
        part, version=part.version + 1, state=State.MERGED, merged_into=whole.id, wanted_by=None, snoozed_until=None
    )
    return (ChangeCase(pointing, replace(line, words=whole.code, before=part)),)


def tell_of_split(part: Case, known_as: str, town: Town, *, now: datetime) -> StartTelling:
    """Tell the contributor of a part that it has a number of its own; ``known_as``: the number of the whole."""
    return StartTelling(Telling.SPLIT, part, known_as, now + town.installation.loop.ask_hold)


def _wrong(found: tuple[Own, str], known: Sequence[str]) -> str:
    own, part = found
    asked = terms(part)
    if len(asked) < _SHORTEST or len(part) > _LONGEST:
        return "size"
    if any(terms(one) == asked for one in known):
        return "known"
    said = [term for one in own.words for term in terms(one.answer)]
    return "all" if len(said) == len(asked) else ""


def _part_in(words: Words, sentence: str) -> str:
    """Find a sentence in what was written, whatever its capitals, accents and marks, and give it as it was written."""
    asked = terms(sentence)
    for said in words:
        places = _places(said.answer)
        spoken = tuple(term for term, _, _ in places)
        for start in range(len(spoken) - len(asked) + 1) if asked else ():
            if spoken[start : start + len(asked)] == asked:
                return said.answer[places[start][1] : places[start + len(asked) - 1][2]]
    return ""


def _places(text: str) -> list[tuple[str, int, int]]:
    """List the words of a text as search compares them, each with where it begins and ends, marks included."""
    return [(term, word.start(), word.end()) for word in _WORD.finditer(text) for term in terms(word[0])]
