"""A matter as everybody may read it: a servant's line for what was said, and what the service told its contributors.

Nothing is said here that has not gone out before: each part comes from an announcement that has begun, so what waits,
or was taken back in time, is not on the board. What citizens wrote never is. Personal data is covered once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import NEEDS_DELIVERY, Case, InEach, Outcome, State
from dialogs.cases.delivery_choice import Option
from dialogs.cases.masking import mask
from dialogs.effects import Telling
from dialogs.ids import CaseId, Language, QueueId, ServiceId
from dialogs.town import Town

# What tells how a matter stands.
STANDING = (
    Telling.DECISION,
    Telling.FINAL,
    Telling.PLAN,
    Telling.START,
    Telling.DELIVERED,
    Telling.NOT_DONE,
)
TOLD = (*STANDING, Telling.DELIVERY)
_DECIDED = (Telling.DECISION, Telling.FINAL)
_ENDS = (Telling.DELIVERED, Telling.NOT_DONE)
# Stages of which a reader should know that there is more to come.
OPEN = (State.OFFERED, State.DECIDED, State.PLANNED, State.IN_DELIVERY)


@dataclass(frozen=True, slots=True)
class Told:
    """One announcement that has begun: what was told, of the case as it was then."""

    telling: Telling
    case: Case
    words: str
    words_in: InEach
    at: datetime


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter. ``stage``: only while there is more to come; ``reason_in``: in the languages that it was told in."""

    id: CaseId
    service: ServiceId
    queue: QueueId
    line: str
    outcome: Outcome
    stage: State | None
    reason: str
    reason_in: InEach
    did: str
    did_not: str
    option: Option | None
    option_reason: str
    told_at: datetime

    def reason_for(self, language: Language) -> str:
        """Give the reason in a language, or as it was written."""
        return dict(self.reason_in).get(language, self.reason)


def tell_matter(line: str, service: ServiceId, told: Iterable[Told], town: Town) -> Matter | None:
    """Put together what was told of a matter, the oldest first; None where no decision has gone out."""
    known = list(told)
    decided = next((one for one in reversed(known) if one.telling in _DECIDED), None)
    if decided is None or decided.case.outcome is None:
        return None
    last = next(one for one in reversed(known) if one.telling in STANDING)
    ended = last.case if last.telling in _ENDS else None
    option, option_reason = _choice(known, decided.case.outcome)
    return Matter(
        id=decided.case.id,
        service=service,
        queue=decided.case.queue,
        line=_safe(line, town),
        outcome=decided.case.outcome,
        stage=_stage(last.case),
        reason=_safe(decided.words, town),
        reason_in=tuple((language, _safe(text, town)) for language, text in decided.words_in),
        did=_safe(ended.did or "", town) if ended else "",
        did_not=_safe(ended.did_not or "", town) if ended else "",
        option=option,
        option_reason=_safe(option_reason, town),
        told_at=last.at,
    )


def _stage(case: Case) -> State | None:
    more = case.state is State.OFFERED or case.outcome in NEEDS_DELIVERY
    return case.state if more and case.state in OPEN else None


def _choice(told: list[Told], outcome: Outcome) -> tuple[Option | None, str]:
    """Read who delivers from what was told of it (``judging.pack_choice``)."""
    chosen = next((one for one in reversed(told) if one.telling is Telling.DELIVERY), None)
    if chosen is None or outcome not in NEEDS_DELIVERY:
        return None, ""
    option, _, reason = chosen.words.partition("\n")
    return (Option(option), reason) if option in set(Option) else (None, "")


def _safe(text: str, town: Town) -> str:
    return mask(text, town).text
