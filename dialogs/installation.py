"""One town's set-up as values: what ``yousaid.yaml`` and ``flows/*.yaml`` say, checked and typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from dialogs.flows.flow import Flow
from dialogs.ids import CannedId, FlowId, Language, QueueId, ServiceId, TagId
from dialogs.texts import Text


class Approach(StrEnum):
    """How a service works with the people who use it (PRIMER: what it declares decides who may do what)."""

    PRODUCT_DOMINANT = "product_dominant"
    SERVICE_MANAGEMENT = "service_management"
    SERVICE_INTEGRATED = "service_integrated"


class Role(StrEnum):
    """What a servant is in one queue; each may do all that the one before may."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    ADMIN = "admin"


# Who looks after a queue itself: its rooms, its people, and what others hold.
LEADS = (Role.LEAD, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Service:
    """A public service of the town."""

    id: ServiceId
    name: Text
    approach: Approach
    queue: QueueId


@dataclass(frozen=True, slots=True)
class Queue:
    """The people who look after the matters of some services.

    ``replies``: questions that are often asked. ``reasons``: by outcome. ``second``: outcomes that a colleague must
    agree to.
    """

    id: QueueId
    name: Text
    replies: Mapping[CannedId, Text] = field(default_factory=dict)
    reasons: Mapping[str, Mapping[CannedId, Text]] = field(default_factory=dict)
    second: frozenset[str] = frozenset()
    # When its rooms are told of the day, by the town's clocks; None: when the working hours begin.
    digest_at: time | None = None
    # The queue that gets what nobody here takes.
    fallback: QueueId | None = None


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When the town works: hours per weekday (0 is Monday), and the days when it does not."""

    timezone: str
    hours: Mapping[int, tuple[time, time]]
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Loop:
    """How the loop is closed: the promises in working days, the delays of what goes outward, what people are asked.

    ``news_days``: within how many working days there is news of what was promised. ``hear_within`` and
    ``challenge_within``: how long contributors are waited for. ``reviews``: when they are asked again after the end.
    """

    promise_days: int
    ask_hold: timedelta
    decide_hold: timedelta
    ask_back_after: timedelta
    ask_back_window: timedelta
    news_days: int
    hear_within: timedelta
    challenge_within: timedelta
    reviews: tuple[timedelta, ...]
    # When it is looked at again who delivers.
    revisit_after: timedelta


@dataclass(frozen=True, slots=True)
class Claim:
    """How long, in working time, a claim lasts without an act: the holder is asked, then the case is free again."""

    ask_after: timedelta
    return_after: timedelta


class Turn(StrEnum):
    """How long somebody is on duty before it is the next one's turn."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told, in working time: of a case that nobody has for so long, and so long before a promised day ends."""

    unclaimed_duty: timedelta
    unclaimed_lead: timedelta
    unclaimed_fallback: timedelta
    near_holder: timedelta
    near_lead: timedelta


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything an admin configures. ``languages``: the first one is the town's own.

    ``quiet_hours``: from when until when, by the town's clocks, nobody is reminded; they may go past midnight.
    """

    organisation: Text
    languages: tuple[Language, ...]
    working_time: WorkingTime
    quiet_hours: tuple[time, time]
    loop: Loop
    claim: Claim
    turn: Turn
    escalation: Escalation
    tags: Mapping[TagId, Text]
    services: Mapping[ServiceId, Service]
    queues: Mapping[QueueId, Queue]
    roles: Mapping[Role, Text]
    flows: Mapping[FlowId, Flow]
