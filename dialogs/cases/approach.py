"""What the approach of a service means to people: what is open to change, and what a change of the approach moves.

The bot says at the start what is open and what is not: under *product_dominant* the team decides, under
*service_management* people share in the planning, under *service_integrated* nothing counts against them (PRIMER).

When a town changes the approach of a service, its cases follow by one rule. An open case stands where it stands, and
from there the new approach counts: who was heard stays heard, what was promised stays promised. Only what the new
approach does not know is settled: a decision that was offered is final where nobody can challenge one. Everybody who
contributed is told once. What has come to its end keeps still, and goes by the new approach if it is opened again.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import SUPPORT, UNDECIDED, Actor, Case, Deed, Entry, State
from dialogs.cases.decision import await_next
from dialogs.cases.delivery_choice import VIEWS
from dialogs.cases.lifecycle import TABLES, owes_delivery
from dialogs.desk_effects import CarryTimers, TellLeads
from dialogs.effects import ChangeCase, CloseAsks, Effect, StartTelling, Telling
from dialogs.ids import QueueId, ServiceId
from dialogs.installation import Approach
from dialogs.message import Block, Line, Message, say
from dialogs.texts import Voice
from dialogs.town import Town, write_date

# Open, whatever its outcome; the others are open while something that was promised is still to be done.
UNSETTLED = UNDECIDED | {State.OFFERED}


def tell_open(approach: Approach, voice: Voice) -> str:
    """Say what is open to change under an approach, and what is not."""
    return voice(f"open.{approach}")


def is_open(case: Case) -> bool:
    """Tell whether something is still to be done in a case, so that a change of approach matters to its people."""
    return case.state in UNSETTLED or owes_delivery(case)


def move(case: Case, to: Approach) -> Case:
    """Give an open case under another approach, one version on."""
    moved = replace(case, approach=to, version=case.version + 1, state=_known(case.state, to))
    if moved.state is not case.state:
        # The time in which it could be challenged is over.
        moved = replace(moved, hear_until=None)
    if case.proposal is not None and case.proposal.corrects is not None:
        moved = replace(moved, proposal=replace(case.proposal, corrects=_known(case.proposal.corrects, to)))
    return moved


def change(case: Case, to: Approach, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Move an open case to another approach, and let its contributors know."""
    if case.approach is to:
        return ()
    moved = move(case, to)
    # After a decision that may be on its way just now.
    starts_at = now + town.installation.loop.decide_hold
    settled: tuple[Effect, ...] = ()
    if moved.state is not case.state:
        moved, settled = await_next(moved, town, since=starts_at)
    stood = (case.state, case.proposal) == (moved.state, moved.proposal)
    name = town.voice(town.language)(f"approach.{to}")
    # Where it stands as before, nothing that was done earlier builds on this.
    entry = Entry(Deed.APPROACH, Actor.CLOCK, now, words=name, before=None if stood else case)
    integrated = case.approach is Approach.SERVICE_INTEGRATED
    closed = tuple(CloseAsks(case.id, kind, now) for kind in (SUPPORT, VIEWS)) if integrated else ()
    told = StartTelling(Telling.APPROACH, moved, "", starts_at)
    return ChangeCase(moved, entry), CarryTimers(moved), told, *settled, *closed


def tell_leads(service: ServiceId, queue: QueueId, count: int, town: Town) -> TellLeads:
    """Tell the leads of a queue how many of its open cases go by another approach from now on."""
    voice, to = town.voice(town.language), town.installation.services[service].approach
    values = {"service": town.service(service, voice), "approach": voice(f"approach.{to}"), "count": count}
    return TellLeads(queue, say(voice("approach.leads", **values)))


def draw_notice(first: tuple[Block, ...], case: Case, voice: Voice, *, queue: str) -> Message:
    """Tell a contributor how it is done from now on, and that nothing of theirs is lost."""
    day = write_date(case.promised_on, voice)
    how = (Line(voice("notice.approach.who", queue=queue)), Line(tell_open(case.approach, voice), strong=True))
    if case.state in UNSETTLED:
        return Message((*first, *how, Line(voice("notice.approach.open", day=day))))
    news = (Line(voice("notice.news", day=day)),) if owes_delivery(case) else ()
    return Message((*first, *how, Line(voice("notice.approach.decided")), *news))


def _known(state: State, approach: Approach) -> State:
    """Give a state as an approach knows it."""
    if state is State.OFFERED and all(row.source is not State.OFFERED for row in TABLES[approach]):
        return State.DECIDED
    return state
