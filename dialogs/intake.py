"""Taking in a contribution: a flow from its first question to the receipt."""

from datetime import datetime

from dialogs.cases.promise import end_of_day, promised_day
from dialogs.citizen import Citizen
from dialogs.effects import (
    Effect,
    IssueReceipt,
    KeepLoose,
    OpenCase,
    OpenSession,
    PurgeSession,
    Reply,
    SaveSession,
    Tell,
)
from dialogs.events import Pressed, TextSent, Unreadable
from dialogs.flows import engine
from dialogs.flows.answers import Scene, show_answer
from dialogs.flows.flow import Ask, Flow, Kind, walk
from dialogs.flows.session import Answer, Session
from dialogs.fresh import Fresh
from dialogs.ids import Language, ServiceId, SessionId, StepId, VersionId
from dialogs.installation import Service
from dialogs.message import Line, Message, say
from dialogs.texts import cut, fill
from dialogs.town import Town, write_date

# The pinned version of a session that is opened in this turn; storage knows the number.
NEWEST = VersionId(0)


def begin_flow(citizen: Citizen, flow: Flow, town: Town, *, fresh: Fresh) -> Reply:
    """Open a conversation; words that were kept become the answer to its first question in words."""
    if citizen.session is not None:
        return resume(citizen, town)
    scene = town.scene(citizen.language)
    session = Session(SessionId(fresh.number), NEWEST)
    lead: tuple[str, ...] = ()
    effects: list[Effect] = []
    first = next((s for s in walk(flow.steps) if isinstance(s, Ask) and s.kind is Kind.LONG_TEXT), None)
    if citizen.loose_words and first is not None:
        session = session.answered(first.id, Answer(citizen.loose_words, open=True))
        lead = (scene.voice("loose.used", words=cut(citizen.loose_words, 300)),)
        effects.append(KeepLoose(None))
    turn = engine.begin(flow, session, scene, lead=lead)
    return Reply((*effects, OpenSession(turn.session), *_tell(turn.messages)))


def resume(citizen: Citizen, town: Town) -> Reply:
    """Show the open question again."""
    assert citizen.session is not None
    assert citizen.flow is not None
    scene = town.scene(citizen.language)
    lead = (scene.voice("resume"),)
    turn = engine.begin(citizen.flow, citizen.session, scene, lead=lead)
    return _reply(citizen.session, turn)


def go_on(
    citizen: Citizen, event: TextSent | Pressed | Unreadable, town: Town, *, now: datetime, fresh: Fresh
) -> Reply:
    """Answer an event with the engine; at the end of the flow, open the case."""
    assert citizen.session is not None
    assert citizen.flow is not None
    scene = town.scene(citizen.language)
    turn = engine.take_turn(citizen.flow, citizen.session, event, scene, early=citizen.early)
    match turn.end:
        case engine.Submitted() as submitted:
            return _submit(citizen, citizen.flow, turn, submitted, town, now=now, fresh=fresh)
        case engine.Ended():
            return Reply((PurgeSession(turn.session.id), *_tell(turn.messages, prompt=False)))
        case None:
            return _reply(citizen.session, turn)


def _reply(before: Session, turn: engine.Turn) -> Reply:
    if turn.session == before:
        return Reply(_tell(turn.messages), turn.toast)
    return Reply((SaveSession(turn.session, before.turn), *_tell(turn.messages)), turn.toast)


def _tell(messages: tuple[Message, ...], *, prompt: bool = True) -> tuple[Tell, ...]:
    last = len(messages) - 1
    return tuple(Tell(message, prompt=prompt and index == last) for index, message in enumerate(messages))


def _submit(
    citizen: Citizen,
    flow: Flow,
    turn: engine.Turn,
    submitted: engine.Submitted,
    town: Town,
    *,
    now: datetime,
    fresh: Fresh,
) -> Reply:
    scene, time = town.scene(citizen.language), town.installation.working_time
    service = _service(flow, submitted, town)
    day = promised_day(now, town.installation.loop.promise_days, time)
    case = OpenCase(
        session=turn.session.id,
        code=fresh.code,
        pseudonym=_pseudonym(town, fresh),
        approach=service.approach,
        contribution=flow.contribution,
        service=service.id,
        queue=service.queue,
        promised_on=day,
        promise_ends_at=end_of_day(day, time),
        words=_words(submitted, turn.session, scene),
        answers=dict(submitted.position.given),
        language=Language(scene.voice.language),
    )
    values = {"reference": fresh.code, "promise": write_date(day, scene.voice)}
    receipt = fill(scene.voice.of(submitted.step.text), values)
    next_ = scene.voice("receipt.next", queue=town.queue(service.queue, scene.voice))
    effects: list[Effect] = [case, *_tell(turn.messages, prompt=False), Tell(say(receipt, next_))]
    if citizen.wants_receipt:
        effects += [IssueReceipt(fresh.receipt), Tell(_receipt_code(fresh.receipt, scene))]
    return Reply(tuple(effects), turn.toast)


def _receipt_code(code: str, scene: Scene) -> Message:
    # On a line of its own, where it can be found, copied and written down.
    voice = scene.voice
    return Message((Line(voice("receipt.code")), Line(code, strong=True), Line(voice("receipt.code.safe"))))


def _service(flow: Flow, submitted: engine.Submitted, town: Town) -> Service:
    """Find the service a contribution is about: the flow's own, or the first that the person named."""
    services = town.installation.services
    for step in walk(flow.steps):
        named = submitted.position.given.get(step.id)
        if isinstance(step, Ask) and step.kind is Kind.SERVICES and isinstance(named, tuple):
            return services[ServiceId(named[0])]
    mine = [service for service in flow.services if service in services]
    return services[mine[0]] if mine else next(iter(services.values()))


def _words(submitted: engine.Submitted, session: Session, scene: Scene) -> tuple[tuple[str, str], ...]:
    given: set[StepId] = set(submitted.position.given)
    return tuple(
        (scene.voice.of(step.text), show_answer(step, session.answers[step.id], scene))
        for step in submitted.position.before
        if step.id in given and not _is_one_service(step, submitted)
    )


def _is_one_service(step: Ask, submitted: engine.Submitted) -> bool:
    # The card names the service of the case anyway.
    named = submitted.position.given[step.id]
    return isinstance(named, tuple) and len(named) == 1


def _pseudonym(town: Town, fresh: Fresh) -> str:
    voice = town.voice(town.language)
    animals = voice("animals").split(", ")
    return voice("pseudonym", animal=animals[fresh.number % len(animals)])
