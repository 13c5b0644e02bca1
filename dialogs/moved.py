"""What becomes of a statement that moved here from another platform: its case, and who is told what of it.

Its author did not come to us, so their chat says what happened before they read any answer. The promised days go up in
steps: a team that gets nine hundred matters at once cannot answer them in one week, and shall not promise to. And no
ladder of the unclaimed begins, or who is on duty would be told nine hundred times; a day that comes near is told of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dialogs.cases.promise import end_of_day, next_working_day
from dialogs.desk.board import list_button
from dialogs.desk.escalation import first_alarms
from dialogs.effects import OpenCase, Timer
from dialogs.flows.flow import Ask, Flow, Kind, once
from dialogs.fresh import Fresh
from dialogs.ids import QueueId, SessionId
from dialogs.installation import WorkingTime
from dialogs.intake import pseudonym
from dialogs.message import Line, Message, Quote
from dialogs.said import Said, Words
from dialogs.statements import Statement
from dialogs.texts import Voice
from dialogs.town import Town, write_date


@dataclass(slots=True)
class Steps:
    """The promised days of one queue: so many on each working day, with those that were promised already."""

    day: date
    taken: dict[date, int]
    a_day: int
    time: WorkingTime

    def take(self) -> date:
        """Give the first day that has room, and take it."""
        self.day = next_working_day(self.day, self.time)
        while self.taken.get(self.day, 0) >= self.a_day:
            self.day = next_working_day(self.day + timedelta(days=1), self.time)
        self.taken[self.day] = self.taken.get(self.day, 0) + 1
        return self.day


@dataclass(frozen=True, slots=True)
class Came:
    """How many came to a queue, and the first and the last day that was promised for them."""

    count: int
    first: date
    last: date


def open_moved(statement: Statement, flow: Flow, town: Town, *, day: date, now: datetime, fresh: Fresh) -> OpenCase:
    """Open the case of a statement, promised for ``day``."""
    installation = town.installation
    service, ends_at = installation.services[statement.service], end_of_day(day, installation.working_time)
    question = next((one for one in once(flow.steps) if isinstance(one, Ask) and one.kind is Kind.LONG_TEXT), None)
    return OpenCase(
        session=SessionId(fresh.number),
        code=fresh.code,
        pseudonym=pseudonym(town, fresh),
        approach=service.approach,
        contribution=flow.contribution,
        service=service.id,
        queue=service.queue,
        promised_on=day,
        promise_ends_at=ends_at,
        words=words_of(statement, town.voice(statement.language)),
        answers={question.id: statement.words} if question else {},
        language=statement.language,
        alarms=tuple(alarm for alarm in first_alarms(ends_at, town, now=now) if alarm[0] is Timer.NEAR),
    )


def words_of(statement: Statement, voice: Voice) -> Words:
    """Give the words of a statement, and where they come from."""
    day = statement.said_on
    origin = voice("moved.from") if day is None else voice("moved.from_day", day=write_date(day, voice))
    return Said("", statement.words), Said(origin, "")


def greet(opening: OpenCase, town: Town) -> Message:
    """Tell the author, for the day on which they open their chat, what has become of their words so far."""
    voice = town.voice(opening.language)
    queue, day = town.queue(opening.queue, voice), write_date(opening.promised_on, voice)
    return Message(
        (
            Line(voice("moved.told", code=opening.code)),
            Quote(opening.words[0].answer),
            Line(opening.words[1].question),
            Line(voice("moved.next", queue=queue, day=day)),
        )
    )


def tell_rooms(came: Mapping[QueueId, Came], town: Town) -> dict[QueueId, Message]:
    """Tell the rooms of each queue what came, once and not card by card."""
    voice = town.voice(town.language)
    return {queue: _tell_room(one, voice) for queue, one in came.items()}


def _tell_room(came: Came, voice: Voice) -> Message:
    first, last = write_date(came.first, voice), write_date(came.last, voice)
    told = Line(voice("moved.room", count=came.count), strong=True)
    days = Line(voice("moved.room_days", first=first, last=last))
    return Message((told, days, Line(voice("moved.room_next"))), (list_button(voice),))
