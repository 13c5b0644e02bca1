"""A second servant: an outcome that goes out only when a colleague has agreed, where the queue wants it so.

Who decides proposes. Any other servant of the queue agrees, and the decision takes its ordinary way, with the
moment in which it can be taken back; or sends it back to who proposed it. A correction of what has gone out is
no way around this: sent back, the first decision stands.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import Actor, Case, Entry, InEach, Outcome, Proposal, State
from dialogs.cases.decision import await_next, send_out, tell
from dialogs.cases.lifecycle import Act
from dialogs.cases.masking import mask
from dialogs.cases.pointer import point
from dialogs.cases.promise import after_working
from dialogs.desk.holding import settle_wish, watch
from dialogs.desk.seat import Desk, Latest, attempt
from dialogs.desk_effects import TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Timer
from dialogs.ids import QueueId, StaffId
from dialogs.message import Block, Line, Quote
from dialogs.presses import CardPress
from dialogs.texts import cut
from dialogs.town import Town

_LONGEST = 300


def needs_second(case: Case, outcome: Outcome, town: Town) -> bool:
    """Tell whether an outcome needs the yes of a colleague in the queue of this case."""
    queue = town.installation.queues.get(QueueId(case.queue))
    return queue is not None and outcome in queue.second


def propose(
    before: Case, moved: Case, outcome: Outcome, words: str, *, words_in: InEach, by: StaffId, town: Town, now: datetime
) -> tuple[Effect, ...]:
    """Let an outcome wait for a colleague."""
    corrects = before.state if before.state in (State.DECIDED, State.OFFERED) else None
    proposed = replace(moved, proposal=Proposal(by, outcome, words, words_in, corrects=corrects))
    entry = Entry(Act.PROPOSE, Actor.SERVANT, now, staff=by, words=tell(outcome, words, town), before=before)
    return (ChangeCase(proposed, entry), *watch(proposed, town, now=now), *settle_wish(before, proposed, town))


def answer(press: CardPress, act: Act, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Let a colleague agree to what is proposed, or send it back."""
    voice, asked = town.voice(town.language), desk.case.proposal
    if asked is not None and asked.by == desk.servant.id:
        return Reply(toast=voice("proposal.own"))
    moved = attempt(press, act, desk, town, now=now)
    if isinstance(moved, str):
        return Reply(toast=moved)
    assert asked is not None
    return (_agree if act is Act.AGREE else _send_back)(asked, moved, desk, town, now=now)


def say_why(desk: Desk, text: str, town: Town) -> tuple[TellServant, ...]:
    """Tell who proposed an outcome why it was sent back, where the newest act is that and this note is its author's."""
    latest = desk.latest
    if latest is None or latest.act != Act.SEND_BACK or latest.staff != desk.servant.id:
        return ()
    asked = latest.before.proposal
    if asked is None:
        return ()
    lead = town.voice(town.language)("proposal.why", code=desk.case.code, name=desk.servant.name)
    return (TellServant(asked.by, point(desk.case, lead, town, Quote(cut(mask(text, town).text, _LONGEST)))),)


def tell_undone(latest: Latest, desk: Desk, town: Town) -> tuple[TellServant, ...]:
    """Tell who proposed an outcome that the yes of a colleague was taken back."""
    asked = latest.before.proposal
    if latest.act not in (Act.AGREE, Act.SEND_BACK) or asked is None or asked.by == desk.servant.id:
        return ()
    lead = town.voice(town.language)("proposal.undone", code=desk.case.code)
    return (TellServant(asked.by, point(desk.case, lead, town)),)


def remind(case: Case, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Tell who proposed an outcome that nobody has looked at it yet, and look again later."""
    if case.proposal is None:
        return ()
    claim, time = town.installation.claim, town.installation.working_time
    told = point(case, town.voice(town.language)("proposal.unseen", code=case.code), town)
    again = after_working(now, claim.return_after, time)
    return TellServant(case.proposal.by, told), SetTimer(Timer.STILL_YOURS, case, again)


def draw(proposal: Proposal, town: Town) -> tuple[Block, ...]:
    """Draw on the card what is proposed; personal data in it covered."""
    voice = town.voice(town.language)
    lead = f"{voice('card.proposed')} {voice(f'outcome.{proposal.outcome}')}"
    return Line(lead), Quote(cut(mask(proposal.words, town).text, _LONGEST))


def _agree(asked: Proposal, moved: Case, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """The decision takes its ordinary way, with the moment in which it can be taken back."""
    voice, me = town.voice(town.language), desk.servant
    out = send_out(
        desk.case,
        moved,
        Act.AGREE,
        asked.outcome,
        asked.words,
        words_in=asked.words_in,
        by=me.id,
        town=town,
        now=now,
    )
    seconds = int(town.installation.loop.decide_hold.total_seconds())
    told = point(desk.case, voice("proposal.agreed", code=desk.case.code, name=me.name, seconds=seconds), town)
    return Reply((*out, TellServant(asked.by, told)), voice("desk.did_agree", seconds=seconds))


def _send_back(asked: Proposal, moved: Case, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """It is with who made it again, with their words."""
    voice, me = town.voice(town.language), desk.servant
    waits = watch(moved, town, now=now)
    if moved.state in (State.DECIDED, State.OFFERED):
        moved, waits = await_next(moved, town, since=now)
    lead = voice("proposal.sent_back", code=desk.case.code, name=me.name)
    told = point(desk.case, lead, town, Line(voice("proposal.words")), Quote(asked.words))
    entry = Entry(Act.SEND_BACK, Actor.SERVANT, now, staff=me.id, before=desk.case)
    return Reply((ChangeCase(moved, entry), *waits, TellServant(asked.by, told)), voice("desk.did_send_back"))
