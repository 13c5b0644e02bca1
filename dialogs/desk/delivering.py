"""What was promised, being done: the plan, the beginning, the end; each told to every contributor once.

The words are a draft like all that goes outward (``drafting.py``). Who says that it is done says also what was not
done, because that is what people notice. Which of these there are, and in which order, follows from the approach
(``lifecycle.py``); a refusal says what comes first.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from dialogs.cases.case import Actor, Case, Entry, State
from dialogs.cases.decision import await_next
from dialogs.cases.lifecycle import TABLES, Act, By
from dialogs.desk_effects import Draft
from dialogs.effects import ChangeCase, Effect, SetTimer, StartTelling, Telling, Timer
from dialogs.town import Town

# What tells the contributors how it goes, and as what.
TELLINGS: Mapping[Act, Telling] = MappingProxyType(
    {
        Act.PLAN: Telling.PLAN,
        Act.START: Telling.START,
        Act.DELIVER: Telling.DELIVERED,
        Act.GIVE_UP: Telling.NOT_DONE,
    }
)


def acts_from(case: Case) -> tuple[Act, ...]:
    """List what can be said next of what was promised, in the order of the table."""
    rows = [row for row in TABLES[case.approach] if row.source is case.state and row.by is By.HOLDER]
    return tuple(act for act in TELLINGS if any(row.act is act for row in rows))


def report(before: Case, moved: Case, act: Act, draft: Draft, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Let it go out how far it is, by an act that moved the case."""
    starts_at = now + town.installation.loop.decide_hold
    told, waits = await_next(as_told(moved, draft, ended_at=starts_at), town, since=starts_at)
    if told.state is State.DELIVERED and town.installation.loop.reviews:
        waits = (*waits, SetTimer(Timer.REVIEW, told, starts_at + town.installation.loop.reviews[0]))
    words = draft.words or ""
    entry = Entry(act, Actor.SERVANT, now, staff=draft.staff, words=words, before=before)
    return ChangeCase(told, entry), StartTelling(TELLINGS[act], told, words, starts_at), *waits


def as_told(case: Case, draft: Draft, *, ended_at: datetime | None = None) -> Case:
    """Give a case as it is told with the words of a draft."""
    if draft.act == Act.DELIVER:
        return replace(case, did=draft.words, did_not=draft.left_out, ended_at=ended_at, reviews=0)
    if draft.act == Act.GIVE_UP:
        return replace(case, did=None, did_not=draft.words, ended_at=ended_at, reviews=0)
    return case
