"""Taking in a contribution: a flow from its first question to the receipt."""

from datetime import datetime

from dialogs import role
from dialogs.cases.approach import tell_open
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.citizen import Citizen
from dialogs.desk.escalation import first_alarms
from dialogs.effects import (
    Effect,
    IssueReceipt,
    KeepLoose,
    KeepMedia,
    OpenCase,
    OpenSession,
    PurgeSession,
    Reply,
    SaveSession,
    Tell,
)
from dialogs.events import Answering
from dialogs.flows import engine
from dialogs.flows.answers import Scene, show_answer
from dialogs.flows.flow import OFFER, Ask, Flow, Kind, once
from dialogs.flows.position import Spot
from dialogs.flows.prompt import question_at
from dialogs.flows.session import Answer, Session
from dialogs.flows.turn import Cancelled, Stopped, Submitted, Turn
from dialogs.fresh import Fresh
from dialogs.ids import Language, ServiceId, SessionId, StepId, TagId, VersionId
from dialogs.installation import Service
from dialogs.message import Line, Message, say
from dialogs.said import Said, Words
from dialogs.silence import next_wake
from dialogs.texts import cut
from dialogs.town import Town, write_date

# The pinned version of a session that is opened in this turn; storage knows the number.
NEWEST = VersionId(0)
# A question of this id may name tags of the town, for the case to begin with.
_THEME = StepId("theme")


def begin_flow(citizen: Citizen, flow: Flow, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Open a conversation; words that were kept become the answer to its first question in words."""
    if citizen.session is not None:
        return resume(citizen, town, now=now)
    scene = town.scene(citizen.language, now)
    session = Session(SessionId(fresh.number), NEWEST)
    lead = _open_at_once(flow, town, scene)
    effects: list[Effect] = []
    first = next((step for step in once(flow.steps) if isinstance(step, Ask) and step.kind is Kind.LONG_TEXT), None)
    if citizen.loose_words and first is not None:
        session = session.answered(first.id, Answer(citizen.loose_words, open=True))
        lead = (*lead, scene.voice("loose.used", words=cut(citizen.loose_words, 300)))
        effects.append(KeepLoose(None))
    turn = engine.begin(flow, session, scene, lead=lead)
    wake_at = next_wake(flow, town.installation, touched_at=now)
    return Reply((*effects, OpenSession(turn.session, flow.id, wake_at), *_tell(turn.messages)))


def resume(citizen: Citizen, town: Town, *, now: datetime) -> Reply:
    """Show the open question again."""
    assert citizen.session is not None
    assert citizen.flow is not None
    scene = town.scene(citizen.language, now)
    lead = (scene.voice("resume"),)
    turn = engine.begin(citizen.flow, citizen.session, scene, lead=lead, newer=citizen.newer)
    return _reply(citizen, citizen.session, turn, town, now=now)


def go_on(citizen: Citizen, event: Answering, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer an event with the engine; at the end of the flow, open the case."""
    assert citizen.session is not None
    assert citizen.flow is not None
    scene = town.scene(citizen.language, now)
    turn = engine.take_turn(citizen.flow, citizen.session, event, scene, early=citizen.early, newer=citizen.newer)
    match turn.end:
        case Submitted() as submitted:
            return _submit(citizen, citizen.flow, turn, submitted, town, now=now, fresh=fresh)
        case Stopped() | Cancelled():
            return Reply((PurgeSession(turn.session.id), *_tell(turn.messages, prompt=False)))
        case None:
            return _reply(citizen, citizen.session, turn, town, now=now)


def _reply(citizen: Citizen, before: Session, turn: Turn, town: Town, *, now: datetime) -> Reply:
    if turn.session == before:
        return Reply(_tell(turn.messages), turn.toast)
    kept = (KeepMedia(before.id, turn.kept),) if turn.kept else ()
    newer = citizen.newer
    flow = newer.flow if newer is not None and turn.session.version == newer.version else citizen.flow
    assert flow is not None
    wake_at = next_wake(flow, town.installation, touched_at=now)
    return Reply((SaveSession(turn.session, before.turn, wake_at), *kept, *_tell(turn.messages)), turn.toast)


def _tell(messages: tuple[Message, ...], *, prompt: bool = True) -> tuple[Tell, ...]:
    last = len(messages) - 1
    return tuple(Tell(message, prompt=prompt and index == last) for index, message in enumerate(messages))


def _submit(
    citizen: Citizen,
    flow: Flow,
    turn: Turn,
    submitted: Submitted,
    town: Town,
    *,
    now: datetime,
    fresh: Fresh,
) -> Reply:
    scene, time = town.scene(citizen.language, now), town.installation.working_time
    service = _service(flow, submitted, town)
    day = promised_day(now, town.installation.loop.promise_days, time)
    case = OpenCase(
        session=turn.session.id,
        code=fresh.code,
        pseudonym=pseudonym(town, fresh),
        approach=service.approach,
        contribution=flow.contribution,
        service=service.id,
        queue=service.queue,
        promised_on=day,
        promise_ends_at=end_of_day(day, time),
        words=_words(submitted, turn.session, service, scene),
        answers=submitted.position.given,
        language=Language(scene.voice.language),
        alarms=first_alarms(end_of_day(day, time), town, now=now),
        tags=_tags(submitted, town),
    )
    values = {"reference": fresh.code, "promise": write_date(day, scene.voice)}
    receipt = scene.voice.fill(scene.voice.of(submitted.step.text), values)
    next_ = scene.voice("receipt.next", queue=town.queue(service.queue, scene.voice))
    # The last question may have asked for a photo, with nothing to look over after it.
    kept = (KeepMedia(turn.session.id, turn.kept),) if turn.kept else ()
    told = Tell(_receipt((receipt, next_, *_open_at_last(flow, service, town, scene)), citizen, scene))
    effects: list[Effect] = [case, *kept, *_tell(turn.messages, prompt=False), told]
    if citizen.wants_receipt:
        effects += [IssueReceipt(fresh.receipt), Tell(_receipt_code(fresh.receipt, scene))]
    return Reply(tuple(effects), turn.toast)


def _receipt(lines: tuple[str, ...], citizen: Citizen, scene: Scene) -> Message:
    """Write the receipt; to the first of somebody's receipts belongs the one question about themselves."""
    if citizen.contributes or citizen.participant is not None:
        return say(*lines)
    return say(*lines, scene.voice("role.ask"), buttons=role.buttons(scene.voice))


def _open_at_once(flow: Flow, town: Town, scene: Scene) -> tuple[str, ...]:
    """Say what is open to change before the first question, where it is about one service whatever is answered."""
    service = _only_service(flow, town)
    return () if service is None or flow.contribution == OFFER else (tell_open(service.approach, scene.voice),)


def _open_at_last(flow: Flow, service: Service, town: Town, scene: Scene) -> tuple[str, ...]:
    """Say it in the receipt, where the service was not known before. Who offers help asks for no change."""
    if flow.contribution == OFFER or _only_service(flow, town) is not None:
        return ()
    return (tell_open(service.approach, scene.voice),)


def _only_service(flow: Flow, town: Town) -> Service | None:
    if any(isinstance(step, Ask) and step.kind is Kind.SERVICES for step in flow.by_id.values()):
        return None
    mine = [service for service in flow.services if service in town.installation.services]
    return town.installation.services[mine[0]] if len(mine) == 1 else None


def _receipt_code(code: str, scene: Scene) -> Message:
    # On a line of its own, where it can be found, copied and written down.
    voice = scene.voice
    return Message((Line(voice("receipt.code")), Line(code, strong=True), Line(voice("receipt.code.safe"))))


def _service(flow: Flow, submitted: Submitted, town: Town) -> Service:
    """Find the service a contribution is about: the flow's own, or the first that the person named."""
    services = town.installation.services
    for spot in submitted.position.before:
        named = submitted.position.given.get(spot.key)
        asked = isinstance(spot.step, Ask) and spot.step.kind is Kind.SERVICES
        if asked and isinstance(named, tuple) and named[0] in services:
            return services[ServiceId(named[0])]
    mine = [service for service in flow.services if service in services]
    return services[mine[0]] if mine else next(iter(services.values()))


def _tags(submitted: Submitted, town: Town) -> tuple[TagId, ...]:
    """List the tags of the town that somebody chose as a theme: the answers of that name which are the id of one."""
    given = submitted.position.given.get(_THEME)
    named = given if isinstance(given, tuple) else (given,)
    return tuple(TagId(one) for one in named if isinstance(one, str) and one in town.installation.tags)


def _words(submitted: Submitted, session: Session, service: Service, scene: Scene) -> Words:
    return tuple(
        _said(spot, submitted, session, scene)
        for spot in submitted.position.before
        if isinstance(spot.step, Ask) and _is_said(spot, session, service)
    )


def _said(spot: Spot, submitted: Submitted, session: Session, scene: Scene) -> Said:
    answer, step = session.answers[spot.key], spot.step
    assert isinstance(step, Ask)
    question = question_at(spot, submitted.position, session, scene)
    return Said(question, show_answer(step, answer, scene), step.sensitive, answer.media)


def _is_said(spot: Spot, session: Session, service: Service) -> bool:
    answer = session.answers[spot.key]
    if answer.value == (service.id,) and spot.item is None:
        # The card names the service of the case anyway; among several steps each says which one it touched.
        return False
    return answer.value is not None or bool(answer.note)


def pseudonym(town: Town, fresh: Fresh) -> str:
    """Make up how servants see a person, in one case only."""
    voice = town.voice(town.language)
    animals = voice("animals").split(", ")
    return voice("pseudonym", animal=animals[fresh.number % len(animals)])
