"""What goes out about a case and what is waited for next: a decision, and what is done after one.

An outcome by which something was promised is no end. Until it is kept or given up, the contributors hear from us by a
day that they are told, even when there is no news. Only an end is asked back.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import QUESTION, Actor, Case, Entry, InEach, Outcome, State
from dialogs.cases.lifecycle import Act, owes_delivery
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.effects import ChangeCase, CloseAsks, Effect, SetTimer, StartTelling, Telling, Timer
from dialogs.ids import StaffId
from dialogs.town import Town


def send_out(
    before: Case,
    moved: Case,
    act: Act,
    outcome: Outcome,
    words: str,
    *,
    words_in: InEach,
    by: StaffId,
    town: Town,
    now: datetime,
) -> tuple[Effect, ...]:
    """Let a decision go out by an act of a servant that moved the case."""
    starts_at = now + town.installation.loop.decide_hold
    decided, waits = await_next(
        replace(moved, outcome=outcome, reason=words, reason_in=words_in), town, since=starts_at
    )
    entry = Entry(act, Actor.SERVANT, now, staff=by, words=tell(outcome, words, town), before=before)
    return (
        ChangeCase(decided, entry),
        StartTelling(Telling.DECISION, decided, words, starts_at, words_in),
        *waits,
        CloseAsks(decided.id, QUESTION, now),
    )


def await_next(case: Case, town: Town, *, since: datetime) -> tuple[Case, tuple[SetTimer, ...]]:
    """Give a case that something goes out about with the day it promises, and what is waited for from ``since`` on."""
    loop = town.installation.loop
    if case.state is State.OFFERED:
        offered = replace(case, hear_until=since + loop.challenge_within)
        return offered, (SetTimer(Timer.FINISH, offered, since + loop.challenge_within),)
    if owes_delivery(case):
        promised = replace(case, promised_on=promised_day(since, loop.news_days, town.installation.working_time))
        promised = replace(promised, overdue=False)
        return promised, watch_news(promised, town, now=since)
    return case, (SetTimer(Timer.ASK_BACK, case, since + loop.ask_back_after),)


def watch_news(case: Case, town: Town, *, now: datetime) -> tuple[SetTimer, ...]:
    """Look after the day by which the contributors of a case hear from us."""
    ends_at = end_of_day(case.promised_on, town.installation.working_time)
    return SetTimer(Timer.PROMISE, case, ends_at), SetTimer(Timer.NEAR, case, now)


def tell(outcome: Outcome, words: str, town: Town) -> str:
    """Write an outcome and its reason on one line of the journal."""
    return f"{town.voice(town.language)(f'outcome.{outcome}')}. {words}"
