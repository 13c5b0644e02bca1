"""A decision that goes out: the case with its outcome, the announcement after a moment, and what is waited for next."""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import QUESTION, Actor, Case, Entry, InEach, Outcome
from dialogs.cases.lifecycle import Act
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
    decided = replace(moved, outcome=outcome, reason=words, reason_in=words_in)
    entry = Entry(act, Actor.SERVANT, now, staff=by, words=tell(outcome, words, town), before=before)
    return (
        ChangeCase(decided, entry),
        StartTelling(Telling.DECISION, decided, words, starts_at, words_in),
        watch_outcome(decided, town, since=starts_at),
        CloseAsks(decided.id, QUESTION, now),
    )


def watch_outcome(decided: Case, town: Town, *, since: datetime) -> SetTimer:
    """Have it asked whether the decision worked, counted from when people know it."""
    return SetTimer(Timer.ASK_BACK, decided, since + town.installation.loop.ask_back_after)


def tell(outcome: Outcome, words: str, town: Town) -> str:
    """Write an outcome and its reason on one line of the journal."""
    return f"{town.voice(town.language)(f'outcome.{outcome}')}. {words}"
