"""What time does to a case: a promise that passes, a claim that runs out, the ask-back, and silence after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.cases.case import ASK_BACK, SUPPORT, Actor, Case, Deed, Entry, State
from dialogs.cases.decision import await_next
from dialogs.cases.lifecycle import Act, By, Impossible, advance, owes_decision, owes_news
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.desk import escalation, holding, proposal
from dialogs.desk.holding import Held
from dialogs.desk_effects import CloseMenus
from dialogs.effects import ChangeCase, CloseAsks, Effect, SetTimer, StartTelling, Telling, Timer
from dialogs.town import Town

_CLOCK = frozenset({By.CLOCK})
_NOBODY = Held()
# Where what was done is behind us, and where it has just been asked about.
_REVIEWED = (State.CONFIRMED, State.UNCONFIRMED)
_ENDED = (*_REVIEWED, State.DELIVERED, State.CHECKING)
_LATER = timedelta(days=1)


def ring(
    timer: Timer,
    case: Case,
    version: int,
    town: Town,
    *,
    now: datetime,
    held: Held = _NOBODY,
    entries: Sequence[Entry] = (),
) -> tuple[Effect, ...]:
    """Answer a timer that was set at ``version`` of the case; a stale one does nothing.

    ``entries``: the newest of the journal, oldest first, for the timers that look at it.
    """
    match timer:
        case Timer.PROMISE:
            return _promise_passed(case, town, now=now)
        case Timer.ASK_BACK if case.version == version:
            return _ask_back(case, town, now=now)
        case Timer.SILENCE if case.version == version:
            return _silence(case, now=now)
        case Timer.FINISH if case.version == version:
            return _finish(case, town, now=now, supported=held.supported)
        case Timer.REVIEW:
            return _review(case, town, now=now)
        case Timer.STILL_YOURS if case.version == version and case.state is State.PROPOSED:
            return proposal.remind(case, town, now=now)
        case Timer.STILL_YOURS if case.version == version:
            return holding.ask_holder(case, town, held, now=now)
        case Timer.CLAIM_END if case.version == version:
            return holding.end_claim(case, town, held, now=now)
        case Timer.TAKE_OVER if case.version == version:
            return holding.finish_take_over(case, town, held, now=now)
        case Timer.WAKE if case.version == version:
            return holding.wake(case, town, now=now)
        case Timer.UNCLAIMED | Timer.NEAR:
            return escalation.climb(timer, case, entries, town, now=now)
        case Timer.MENU_END if case.version == version:
            return (CloseMenus(case),)
    return ()


def _promise_passed(case: Case, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Tell the contributors on the promised day, even when there is no news, and give another date."""
    time = town.installation.working_time
    if not owes_news(case) or end_of_day(case.promised_on, time) > now:
        return ()
    loop = town.installation.loop
    day = promised_day(now, loop.promise_days if owes_decision(case) else loop.news_days, time)
    late = replace(case, version=case.version + 1, promised_on=day, overdue=True)
    return (
        ChangeCase(late, Entry(Deed.OVERDUE, Actor.CLOCK, now)),
        StartTelling(Telling.OVERDUE, late, "", now),
        SetTimer(Timer.PROMISE, late, end_of_day(day, time)),
        *escalation.watch_promise(late, town, now=now),
        escalation.tell_overdue(late, town),
        *holding.watch(late, town, now=now),
    )


def _ask_back(case: Case, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    asked = advance(case, Act.ASK_BACK, _CLOCK, now=now)
    if isinstance(asked, Impossible):
        return ()
    return (
        ChangeCase(asked, Entry(Act.ASK_BACK, Actor.CLOCK, now)),
        StartTelling(Telling.ASK_BACK, asked, case.reason or "", now, case.reason_in),
        SetTimer(Timer.SILENCE, asked, now + town.installation.loop.ask_back_window),
    )


def _finish(case: Case, town: Town, *, now: datetime, supported: bool) -> tuple[Effect, ...]:
    """Make a decision final that all have supported, or that nobody has challenged in time."""
    if not supported and case.hear_until is not None and case.hear_until > now:
        return ()
    final = advance(case, Act.FINISH, _CLOCK, now=now)
    if isinstance(final, Impossible):
        return ()
    final, waits = await_next(final, town, since=now)
    return (
        ChangeCase(final, Entry(Act.FINISH, Actor.CLOCK, now)),
        StartTelling(Telling.FINAL, final, case.reason or "", now, case.reason_in),
        CloseAsks(case.id, SUPPORT, now),
        *waits,
    )


def _review(case: Case, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Ask the contributors months later whether it still works. Where it is open again there is nothing to ask."""
    reviews = town.installation.loop.reviews
    if case.ended_at is None or case.did is None or case.reviews >= len(reviews):
        return ()
    due_at = case.ended_at + reviews[case.reviews]
    if case.state not in _REVIEWED or due_at > now:
        # Of an end before this one, or it is asked back just now.
        return (SetTimer(Timer.REVIEW, case, max(due_at, now + _LATER)),) if case.state in _ENDED else ()
    asked = replace(case, version=case.version + 1, reviews=case.reviews + 1)
    more = reviews[asked.reviews : asked.reviews + 1]
    return (
        ChangeCase(asked, Entry(Deed.REVIEW, Actor.CLOCK, now)),
        StartTelling(Telling.REVIEW, asked, case.did, now),
        *(SetTimer(Timer.REVIEW, asked, case.ended_at + after) for after in more),
    )


def _silence(case: Case, *, now: datetime) -> tuple[Effect, ...]:
    ended = advance(case, Act.SILENCE, _CLOCK, now=now)
    if isinstance(ended, Impossible):
        return ()
    return (ChangeCase(ended, Entry(Act.SILENCE, Actor.CLOCK, now)), CloseAsks(case.id, ASK_BACK, now))
