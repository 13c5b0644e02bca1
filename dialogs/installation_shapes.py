"""The keys of ``yousaid.yaml``, as an author writes them.

The descriptions are what the JSON Schema says of them, so that editors can show it.
"""

import re
from datetime import date, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from dialogs.authoring import MOST_LANGUAGES, Id, LanguageCode, Shape, Timespan, Word, Words, one_of, word, wrong
from dialogs.cases.case import Outcome
from dialogs.installation import Approach, Turn

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?([01]\d|2[0-3]):([0-5]\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _hours(value: object) -> tuple[time, time]:
    opens, closes = _from_to(value, such_as="09:00-17:00")
    if opens >= closes:
        raise wrong("ends before it begins.", 'Write such as "09:00-17:00".')
    return opens, closes


def _quiet_hours(value: object) -> tuple[time, time]:
    begins, ends = _from_to(value, such_as="21:00-08:00")
    if begins == ends:
        raise wrong("would be the whole day, or none of it.", 'Write such as "21:00-08:00".')
    return begins, ends


def _from_to(value: object, *, such_as: str) -> tuple[time, time]:
    given = word(value)
    found = _HOURS.fullmatch(given)
    if not found:
        raise wrong(f"cannot be `{given[:60]}`.", f'Write such as "{such_as}".')
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def _clock(value: object) -> time:
    given = word(value)
    found = _CLOCK.fullmatch(given)
    if not found:
        raise wrong(f"cannot be `{given[:60]}`, which is no time of day.", 'Write such as "09:00".')
    return time(int(found[1]), int(found[2]))


def _day(value: object) -> date:
    given = word(value)
    try:
        # The standard library also reads week dates and dates without dashes.
        return date.fromisoformat(given if _DAY.fullmatch(given) else "")
    except ValueError:
        raise wrong(f"holds no date `{given[:60]}`.", "Write year-month-day, such as 2026-12-25.") from None


def _working_days(value: object) -> int:
    given = word(value)
    if not re.fullmatch(r"\d{1,3}", given) or not 1 <= int(given) <= 260:
        raise wrong(f"cannot be `{given[:60]}`.", "Write a whole number from 1 to 260.")
    return int(given)


_Hours = Annotated[
    tuple[time, time],
    BeforeValidator(_hours),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOURS.pattern}$", "examples": ["09:00-17:00"]}),
]
_QuietHours = Annotated[
    tuple[time, time],
    BeforeValidator(_quiet_hours),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOURS.pattern}$", "examples": ["21:00-08:00"]}),
]
_Clock = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK.pattern}$", "examples": ["09:00"]}),
]
_Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": f"^{_DAY.pattern}$"})]
_WorkingDays = Annotated[
    int,
    BeforeValidator(_working_days),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "maximum": 260, "pattern": "^[0-9]{1,3}$"}),
]


class PromiseShape(Shape):
    """What is promised to everyone who sends something."""

    working_days: _WorkingDays = Field(description="Within how many working days people get an answer.")


class DesignShape(Shape):
    """How long the people who wrote are waited for, where the approach wants them heard."""

    hear_within: Timespan = Field(timedelta(days=10), description="How long an answer to a question counts; 10 days.")
    challenge_within: Timespan = Field(
        timedelta(days=14), description="How long a decision can be challenged where it is offered first; 14 days."
    )


class DeliveryShape(Shape):
    """What happens after a yes."""

    revisit: Timespan = Field(timedelta(days=180), description="When you look again at who does it; 180 days.")
    news: _WorkingDays = Field(20, description="Within how many working days people hear how it goes; 20.")
    reviews: list[Timespan] = Field(
        default=[timedelta(days=30), timedelta(days=90), timedelta(days=180)],
        max_length=12,
        description="When people are asked again whether it still works; 30, 90 and 180 days after it was done.",
    )


class HoldsShape(Shape):
    """How long a message of a servant waits, so that it can be taken back."""

    ask: Timespan = Field(timedelta(seconds=15), description="How long a question can be taken back; 15 seconds.")
    decide: Timespan = Field(timedelta(seconds=60), description="How long a decision can be taken back; 60 seconds.")


class AskBackShape(Shape):
    """The question whether it worked."""

    after: Timespan = Field(description="How long after a decision people are asked whether it worked.")
    window: Timespan = Field(description="How long their answer is waited for.")


class ClaimShape(Shape):
    """How long a claim lasts without an act, in working time."""

    ask_after: Timespan = Field(timedelta(hours=2), description="When the holder is asked; 2 hours.")
    return_after: Timespan = Field(timedelta(hours=4), description="When the case is free again; 4 hours.")


class DutyShape(Shape):
    """Who is on duty."""

    turn: Annotated[str, one_of(*Turn)] = Field(Turn.DAY.value, description="How long it is somebody's turn; a day.")


class UnclaimedShape(Shape):
    """Who is told of a case that nobody has, in working time."""

    duty: Timespan = Field(timedelta(hours=4), description="When who is on duty is told; 4 hours.")
    lead: Timespan = Field(timedelta(hours=8), description="When the leads are told; 8 hours.")
    fallback: Timespan = Field(
        timedelta(hours=16), description="When it goes to the `fallback` of its queue, where that is named; 16 hours."
    )


class NearShape(Shape):
    """Who is told before a promised day ends, in working time."""

    holder: Timespan = Field(timedelta(hours=8), description="How long before it who has the case is told; 8 hours.")
    lead: Timespan = Field(timedelta(hours=4), description="How long before it the leads are told; 4 hours.")


class EscalationShape(Shape):
    """Who is told when nothing happens, in working time."""

    unclaimed: UnclaimedShape = Field(UnclaimedShape(), description="When a case has waited for somebody to claim it.")
    promised: NearShape = Field(NearShape(), description="When the promised day of a case comes near.")


class QueueShape(Shape):
    """The people who look after the matters of some services."""

    name: Words = Field(description="What it is called.")
    digest: _Clock | None = Field(
        None, description='When its rooms are told of the day, such as "09:00"; left out, when the working hours begin.'
    )
    fallback: Word | None = Field(None, description="The id of the queue that gets what nobody here takes.")
    replies: dict[Id, Words] = Field(
        default_factory=dict,
        description="Questions that you often ask, by id; each citizen reads their own language. {code}, {service} and "
        "{date}, the day by which they were promised news, can stand in them.",
    )
    reasons: dict[Annotated[str, one_of(*Outcome)], dict[Id, Words]] = Field(
        default_factory=dict, description="Reasons that you often give, by outcome and id, written like the replies."
    )
    second: list[Annotated[str, one_of(*Outcome)]] = Field(
        default_factory=list, description="Outcomes that go out only when a colleague has agreed, such as declined."
    )


class ServiceShape(Shape):
    """A public service."""

    name: Words = Field(description="What it is called towards citizens.")
    approach: Annotated[str, one_of(*Approach)] = Field(description="How it works with the people who use it.")
    queue: Word = Field(description="The id of the queue that looks after it.")


class RolesShape(Shape):
    """What your team is called towards citizens."""

    reviewer: Words = Field(description="Who looks at what people say.")
    lead: Words = Field(description="Who leads a queue.")
    admin: Words = Field(description="Who configures the town.")


class TownShape(Shape):
    """A town: its languages, its working time and promise, its queues and services."""

    organisation: Words = Field(description="What the town calls itself.")
    languages: list[LanguageCode] = Field(
        min_length=1, max_length=MOST_LANGUAGES, description="The first one is the town's own."
    )
    timezone: Word = Field(description="Such as Europe/Madrid.")
    working_hours: dict[Annotated[str, one_of(*DAYS)], _Hours] = Field(
        description='When you work, such as mon: "09:00-17:00". A day that is not here is free.'
    )
    holidays: list[_Day] = Field(default_factory=list, description="Days that are free, such as 2026-12-25.")
    quiet_hours: _QuietHours = Field(
        (time(21), time(8)), description='When people are not reminded; "21:00-08:00" unless you say otherwise.'
    )
    promise: PromiseShape = Field(description="By when people hear from you.")
    holds: HoldsShape = Field(HoldsShape(), description="How long a question or a decision can be taken back.")
    ask_back: AskBackShape = Field(description="When people are asked whether it worked.")
    design: DesignShape = Field(DesignShape(), description="How long the people who wrote are waited for.")
    delivery: DeliveryShape = Field(DeliveryShape(), description="When people hear and are asked again after a yes.")
    claim: ClaimShape = Field(ClaimShape(), description="How long a claim lasts without an act, in working hours.")
    duty: DutyShape = Field(DutyShape(), description="Who is on duty in a queue, and for how long.")
    escalation: EscalationShape = Field(
        EscalationShape(), description="Who is told when nothing happens with a case, in working hours."
    )
    tags: dict[Id, Words] = Field(default_factory=dict, description="What servants can mark cases with, by id.")
    queues: dict[Id, QueueShape] = Field(description="The people who look after the matters of some services, by id.")
    services: dict[Id, ServiceShape] = Field(description="The public services, by id.")
    roles: RolesShape = Field(description="What your team is called. Names of people never leave the desk.")
