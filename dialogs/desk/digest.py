"""The digest: what the day brings, once on each working day, in each room of a queue.

A queue where nothing is new, due or back gets none: who reads nothing in vain goes on reading.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dialogs.cases.case import Case
from dialogs.cases.promise import is_working_day, next_working_day, start_of_day
from dialogs.desk.board import list_button, write_age
from dialogs.ids import QueueId
from dialogs.installation import Queue, WorkingTime
from dialogs.message import Block, Line, Message
from dialogs.texts import Voice
from dialogs.town import Town, write_date

# So many cases are named under each heading.
MOST = 5


@dataclass(frozen=True, slots=True)
class DigestView:
    """What a digest tells of; each list has one case more than ``MOST`` where there are more.

    ``fresh``: how many came in since the last one. ``due``: promised for today or the next working day.
    """

    queue: QueueId
    fresh: int = 0
    due: tuple[Case, ...] = ()
    back: tuple[Case, ...] = ()
    waiting: tuple[Case, ...] = ()
    on_duty: str = ""


def next_digest(queue: Queue, time: WorkingTime, *, after: datetime) -> datetime:
    """Tell when the next digest of a queue goes out, after a moment (aware)."""
    zone = ZoneInfo(time.timezone)
    day = after.astimezone(zone).date()
    while True:
        if is_working_day(day, time):
            begins = start_of_day(day, time)
            at = begins if queue.digest_at is None else datetime.combine(day, queue.digest_at, zone)
            # By what the clocks show: two moments of one zone would be compared without their offsets.
            if at.timestamp() > after.timestamp():
                return at
        day += timedelta(days=1)


def draw_digest(view: DigestView, town: Town, *, now: datetime) -> Message | None:
    """Draw a digest in the town's language; None where there is nothing to tell."""
    if not (view.fresh or view.due or view.back):
        return None
    voice, today = town.voice(town.language), town.today(now)
    tomorrow = next_working_day(today + timedelta(days=1), town.installation.working_time)
    blocks: list[Block] = [Line(voice("digest.title", queue=town.queue(view.queue, voice)), strong=True)]
    if view.fresh:
        blocks.append(Line(voice("digest.fresh", count=view.fresh)))
    due_today = tuple(case for case in view.due if case.promised_on <= today)
    due_next = tuple(case for case in view.due if case.promised_on > today)
    blocks += _named(voice("digest.today"), due_today, town, voice)
    blocks += _named(voice("digest.tomorrow", day=write_date(tomorrow, voice)), due_next, town, voice)
    blocks += _named(voice("digest.back"), view.back, town, voice)
    blocks += _named(voice("digest.waiting"), view.waiting, town, voice, now=now)
    if view.on_duty:
        blocks.append(Line(voice("board.duty", name=view.on_duty)))
    return Message(tuple(blocks), (list_button(voice),))


def _named(
    heading: str, cases: tuple[Case, ...], town: Town, voice: Voice, *, now: datetime | None = None
) -> list[Block]:
    """Name cases by number and service under a heading, with how long they have waited where ``now`` is given."""
    if not cases:
        return []
    lines = [
        " · ".join(
            (
                f"{'❗ ' if case.urgent else ''}{case.code}",
                town.service(case.service, voice),
                *(() if now is None else (write_age(now - case.opened_at, voice),)),
            )
        )
        for case in cases[:MOST]
    ]
    more = [voice("digest.more")] if len(cases) > MOST else []
    return [Line(heading, strong=True), *map(Line, [*lines, *more])]
