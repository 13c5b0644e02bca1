"""Who has a case: keeping it, taking it over, handing it over, and a claim that runs out.

A claim is a promise to colleagues, so it lasts only while something happens. After some working time
without an act of the holder they are asked; after more of it the case is free again. While the citizen is
asked, or the case sleeps, no such clock runs. Every act that makes the case one version newer sets the
timers anew (``watch``), so those of an older version mean nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogs.cases.case import Actor, Case, Entry, State
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.cases.promise import after_working, start_of_day
from dialogs.desk import escalation
from dialogs.desk.seat import Desk, attempt, refusal
from dialogs.desk_effects import TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Tell, Timer
from dialogs.ids import StaffId
from dialogs.message import Button, Line, Message, Moment, Tone, rows_of, say
from dialogs.presses import CardPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town

# How long the holder can object when a colleague wants to take over.
OBJECT_WITHIN = timedelta(seconds=30)
# What is in front of the number of the colleague who is to have the case.
TO = "to"
_CLOCK = frozenset({By.CLOCK})
_RUNNING = (State.TAKEN, State.ANSWERED, State.PROPOSED)
_LONGEST_NAME = 40
_MOST_NAMES = 60


@dataclass(frozen=True, slots=True)
class Held:
    """What the clock needs to know of a holder: when they last did something, and whether who wants it still may.

    ``supported``: of a decision that is offered, everybody who was asked supports it.
    """

    touched_at: datetime | None = None
    wanter_may: bool = True
    supported: bool = False


def watch(case: Case, town: Town, *, now: datetime) -> tuple[SetTimer, ...]:
    """Set what a case waits for at its present version: from who has it, or for somebody to claim it."""
    if case.holder is None:
        return escalation.watch_free(case, town, now=now)
    time, timers = town.installation.working_time, [*escalation.resume(case, town, now=now)]
    if case.wanted_by is not None:
        timers.append(SetTimer(Timer.TAKE_OVER, case, now + OBJECT_WITHIN))
    if case.state in _RUNNING:
        due_at = after_working(now, town.installation.claim.ask_after, time)
        timers.append(SetTimer(Timer.STILL_YOURS, case, due_at))
    if case.snoozed_until is not None:
        timers.append(SetTimer(Timer.WAKE, case, start_of_day(case.snoozed_until, time)))
    return tuple(timers)


def settle_wish(before: Case, after: Case, town: Town) -> tuple[TellServant, ...]:
    """Tell who wanted a case what came of it, where the holder did something else with it meanwhile."""
    if before.wanted_by is None or after.wanted_by is not None or after.holder == before.wanted_by:
        return ()
    key = "holding.freed" if after.holder is None else "holding.busy"
    return (TellServant(before.wanted_by, say(town.voice(town.language)(key, code=after.code))),)


def keep(desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Let the holder say that it is still theirs, whatever else has changed since they were asked."""
    voice, case = town.voice(town.language), desk.case
    kept = advance(case, Act.KEEP, frozenset({By.HOLDER}), now=now)
    if isinstance(kept, Impossible) or case.holder != desk.servant.id:
        return Reply(toast=refusal(Impossible.ROLE, desk, town, voice, now=now))
    told = voice("holding.kept", code=case.code, name=desk.servant.name)
    tells = () if case.wanted_by is None else (TellServant(case.wanted_by, say(told)),)
    entry = Entry(Act.KEEP, Actor.SERVANT, now, staff=desk.servant.id)
    return Reply((ChangeCase(kept, entry), *watch(kept, town, now=now), *tells), voice("desk.did_keep"))


def take_over(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a case over: a lead at once, a colleague unless the holder objects in time."""
    voice, case, me = town.voice(town.language), desk.case, desk.servant
    if case.holder is None:
        return Reply(toast=voice("desk.claim_first", state=voice(f"state.{case.state}")))
    if case.holder == me.id:
        return Reply(toast=voice("holding.yours_already"))
    as_lead = not isinstance(attempt(press, Act.TAKE_OVER, desk, town, now=now), str)
    if case.wanted_by is not None and not as_lead:
        return Reply(toast=voice("holding.wanted_already"))
    act = Act.TAKE_OVER if as_lead else Act.WANT
    moved = attempt(press, act, desk, town, now=now, holder=me.id)
    if isinstance(moved, str):
        return Reply(toast=moved)
    values = {"code": case.code, "name": me.name, "seconds": int(OBJECT_WITHIN.total_seconds())}
    told = say(voice("holding.taken_over", **values))
    if not as_lead:
        told = say(voice("holding.want", **values), buttons=((_button(moved, Act.KEEP, voice, word="keep_it"),),))
    entry = Entry(act, Actor.SERVANT, now, staff=me.id, before=case)
    tells = TellServant(case.holder, told)
    return Reply((ChangeCase(moved, entry), *watch(moved, town, now=now), tells), voice(f"desk.did_{act}", **values))


def choose_colleague(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Ask the holder, in their own chat, who is to have the case."""
    voice, case = town.voice(town.language), desk.case
    possible = attempt(press, Act.HAND_OVER, desk, town, now=now)
    if isinstance(possible, str):
        return Reply(toast=possible)
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    others = [servant for servant in desk.colleagues if servant.id != case.holder][:_MOST_NAMES]
    if not others:
        return Reply(toast=voice("holding.nobody_else"))
    buttons = [
        Button(cut(other.name, _LONGEST_NAME), pack(CardPress(case.code, case.version, f"{TO}.{other.id}")))
        for other in others
    ]
    question = say(voice("holding.to_whom", code=case.code), buttons=rows_of(buttons, width=2))
    return Reply((Tell(question, to=desk.own_chat),), voice("draft.look"))


def hand_over(press: CardPress, to: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Give a case to a colleague, who is told and can give it back."""
    voice, case = town.voice(town.language), desk.case
    colleague = next((one for one in desk.colleagues if str(one.id) == to), None)
    if colleague is None:
        return Reply(toast=voice("holding.no_colleague"))
    if colleague.id == case.holder:
        return Reply(toast=voice("holding.has_it", name=colleague.name))
    moved = attempt(press, Act.HAND_OVER, desk, town, now=now, holder=colleague.id)
    if isinstance(moved, str):
        return Reply(toast=moved)
    told = _about(
        moved,
        voice("holding.handed", code=case.code, name=desk.servant.name),
        town,
        buttons=(_button(moved, Act.RELEASE, voice),),
    )
    entry = Entry(Act.HAND_OVER, Actor.SERVANT, now, staff=desk.servant.id, words=colleague.name, before=case)
    toast = voice("desk.did_hand_over", name=colleague.name)
    return Reply((ChangeCase(moved, entry), *watch(moved, town, now=now), TellServant(colleague.id, told)), toast)


def ask_holder(case: Case, town: Town, held: Held, *, now: datetime) -> tuple[Effect, ...]:
    """Ask the holder whether a case is still theirs, if they have done nothing with it for long enough."""
    claim, time = town.installation.claim, town.installation.working_time
    if case.holder is None:
        return ()
    due_at = after_working(_touched(case, held, now), claim.ask_after, time)
    if due_at > now:
        return (SetTimer(Timer.STILL_YOURS, case, due_at),)
    ends_at = after_working(now, claim.return_after - claim.ask_after, time)
    voice = town.voice(town.language)
    buttons = (_button(case, Act.KEEP, voice, word="mine", tone=Tone.PRIMARY), _button(case, Act.RELEASE, voice))
    asked = _about(case, voice("holding.still_yours", code=case.code), town, ends_at=ends_at, buttons=buttons)
    return TellServant(case.holder, asked), SetTimer(Timer.CLAIM_END, case, ends_at)


def end_claim(case: Case, town: Town, held: Held, *, now: datetime) -> tuple[Effect, ...]:
    """Give a case back to its queue, if its holder has still done nothing with it."""
    claim, time = town.installation.claim, town.installation.working_time
    touched_at = _touched(case, held, now)
    free = advance(case, Act.EXPIRE, _CLOCK, now=now)
    if isinstance(free, Impossible) or case.holder is None:
        return ()
    if after_working(touched_at, claim.return_after, time) > now:
        return (SetTimer(Timer.STILL_YOURS, case, max(now, after_working(touched_at, claim.ask_after, time))),)
    told = say(town.voice(town.language)("holding.returned", code=case.code))
    freed = ChangeCase(free, Entry(Act.EXPIRE, Actor.CLOCK, now, before=case))
    return freed, TellServant(case.holder, told), *watch(free, town, now=now)


def finish_take_over(case: Case, town: Town, held: Held, *, now: datetime) -> tuple[Effect, ...]:
    """Give a case to the colleague who wanted it, because its holder did not object."""
    if case.wanted_by is None or case.holder is None or not held.wanter_may:
        return ()
    taken = advance(case, Act.TAKE_OVER, _CLOCK, now=now, holder=case.wanted_by)
    if isinstance(taken, Impossible):
        return ()
    voice = town.voice(town.language)
    # As an act of who wanted it, so that they can take it back.
    entry = Entry(Act.TAKE_OVER, Actor.SERVANT, now, staff=case.wanted_by, before=case)
    return (
        ChangeCase(taken, entry),
        *watch(taken, town, now=now),
        TellServant(case.wanted_by, say(voice("holding.now_yours", code=case.code))),
        TellServant(case.holder, say(voice("holding.now_theirs", code=case.code))),
    )


def wake(case: Case, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Wake a case that was snoozed until today."""
    awake = advance(case, Act.WAKE, _CLOCK, now=now)
    if isinstance(awake, Impossible):
        return ()
    entry = Entry(f"{Act.WAKE}_itself", Actor.CLOCK, now)
    told = say(town.voice(town.language)("holding.awake", code=case.code))
    tells = () if case.holder is None else (TellServant(StaffId(case.holder), told),)
    return (ChangeCase(awake, entry), *watch(awake, town, now=now), *tells)


def _touched(case: Case, held: Held, now: datetime) -> datetime:
    return max((at for at in (held.touched_at, case.held_at) if at is not None), default=now)


def _button(case: Case, act: Act, voice: Voice, *, word: str = "", tone: Tone = Tone.PLAIN) -> Button:
    return Button(voice(f"button.{word or act}"), pack(CardPress(case.code, case.version, act)), tone)


def _about(
    case: Case, first: str, town: Town, *, buttons: tuple[Button, ...], ends_at: datetime | None = None
) -> Message:
    """Say something about a case with no more of it than its number and service: a phone shows it locked."""
    voice = town.voice(town.language)
    blocks: list[Line | Moment] = [Line(first), Line(town.service(case.service, voice))]
    if ends_at is not None:
        blocks.append(Moment(voice("holding.returns"), ends_at, town.write_moment(ends_at, voice)))
    return Message(tuple(blocks), (buttons,))
