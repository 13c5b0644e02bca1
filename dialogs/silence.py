"""When somebody stops in the middle of a flow: reminders, a notice before the draft is deleted, and the end.

All of it is counted from their last turn. What is due at the same time is one message, the last of them;
nobody is written to in the quiet hours; and a draft is deleted only after its person had the time that the
notice gives them, however late the notice was. A reminder changes nothing in the session: its buttons and
those of the question above it mean the same, and if it never arrives, nothing is lost.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.flows import prompt
from dialogs.flows.answers import Scene
from dialogs.flows.flow import Ask, Flow, Repeat, Review
from dialogs.flows.position import find_position
from dialogs.flows.session import Session
from dialogs.installation import Installation
from dialogs.message import Button, Line, Message, Tone, say
from dialogs.texts import LONGEST_OUT, units
from dialogs.town import Town, write_date

# How long before the end the notice comes; half of the time, where that is shorter.
_NOTICE = timedelta(days=3)
# What a channel may add to a text when it shows it.
_MARGIN = 200


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who is due to be looked after; ``reminded``: how many of the stages they have been through."""

    session: Session
    flow: Flow
    language: str
    touched_at: datetime
    reminded: int
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """The draft stays: what is said now, if anything, and when to look again, if ever."""

    message: Message | None
    reminded: int
    wake_at: datetime | None


@dataclass(frozen=True, slots=True)
class Expired:
    """The draft is deleted; the last word about it, for those who can be reached."""

    message: Message | None


def next_wake(flow: Flow, installation: Installation, *, touched_at: datetime, reminded: int = 0) -> datetime | None:
    """Tell when to look after somebody whose last turn was at ``touched_at``; None: never."""
    stages = _stages(flow)
    return _after_quiet(touched_at + stages[reminded], installation) if reminded < len(stages) else None


def wake_after_pause(flow: Flow, installation: Installation, *, now: datetime) -> datetime | None:
    """Tell when to look after somebody who asked for a pause: they are not reminded, but told before the end."""
    if flow.expire_after is None:
        return None
    return _after_quiet(now + _stages(flow)[-1], installation)


def wake(silent: Silent, town: Town, *, now: datetime) -> Waiting | Expired:
    """Do what is due for somebody who is silent: nothing yet, a reminder, the notice, or the end."""
    flow, reminded, installation = silent.flow, silent.reminded, town.installation
    if (morning := _after_quiet(now, installation)) > now:
        return Waiting(None, reminded, morning)
    stages = _stages(flow)
    if reminded >= len(stages):
        return _expire(silent, town) if flow.expire_after is not None else Waiting(None, reminded, None)
    passed = sum(silent.touched_at + stage <= now for stage in stages)
    if passed <= reminded:
        return Waiting(None, reminded, next_wake(flow, installation, touched_at=silent.touched_at, reminded=reminded))
    if passed < len(stages) or flow.expire_after is None:
        message = _remind(silent, town, now=now)
        later = next_wake(flow, installation, touched_at=silent.touched_at, reminded=passed)
        return _wait(silent, message, passed, later)
    ends_at = max(silent.touched_at + flow.expire_after, now + _notice(flow.expire_after))
    ends_at = _after_quiet(ends_at, installation)
    return _wait(silent, _announce_end(silent, town, ends_at), passed, ends_at)


def _stages(flow: Flow) -> tuple[timedelta, ...]:
    """List the silences after which something is said: the reminders, then the notice before the end."""
    if flow.expire_after is None:
        return flow.remind_after
    last = flow.expire_after - _notice(flow.expire_after)
    return (*(silence for silence in flow.remind_after if silence < last), last)


def _notice(expire_after: timedelta) -> timedelta:
    return min(_NOTICE, expire_after / 2)


def _wait(silent: Silent, message: Message, passed: int, wake_at: datetime | None) -> Waiting:
    return Waiting(message if silent.reachable else None, passed, wake_at)


def _remind(silent: Silent, town: Town, *, now: datetime) -> Message:
    """Show the open question once more."""
    scene, session = town.scene(silent.language, now), silent.session
    lead = (scene.voice("reminder"), scene.voice("reminder.how"))
    if session.cancelling:
        question = prompt.confirm_cancel(session, scene)
        return replace(question, blocks=(Line(lead[0]), *question.blocks))
    position = find_position(silent.flow, session, scene.today)
    if isinstance(position.spot.step, Ask | Review | Repeat):
        message = prompt.ask(position, session, scene, lead=lead)
        if units(message.plain()) <= LONGEST_OUT - _MARGIN:
            return message
    return say(*lead, buttons=_go_on(session, scene))


def _announce_end(silent: Silent, town: Town, ends_at: datetime) -> Message:
    scene = town.scene(silent.language, ends_at)
    text = scene.voice("expiring", day=write_date(scene.today, scene.voice))
    return say(text, buttons=_go_on(silent.session, scene))


def _expire(silent: Silent, town: Town) -> Expired:
    return Expired(say(town.voice(silent.language)("expired")) if silent.reachable else None)


def _go_on(session: Session, scene: Scene) -> tuple[tuple[Button, ...], ...]:
    return ((Button(scene.voice("button.go_on"), prompt.data_of(session, prompt.GO_ON), Tone.PRIMARY),),)


def _after_quiet(moment: datetime, installation: Installation) -> datetime:
    """Give the moment itself, or the end of the quiet hours that it falls into."""
    begins, ends = installation.quiet_hours
    zone = ZoneInfo(installation.working_time.timezone)
    local = moment.astimezone(zone)
    if not _is_quiet(local.time(), begins, ends):
        return moment
    past_midnight = ends < begins and local.time() >= begins
    day = local.date() + timedelta(days=past_midnight)
    # Where the clocks go back, that time of day comes twice, and the first may be over.
    both = (datetime.combine(day, ends, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return next((end for end in both if end > moment), moment)


def _is_quiet(at: time, begins: time, ends: time) -> bool:
    return begins <= at < ends if begins < ends else at >= begins or at < ends
