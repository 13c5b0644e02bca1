"""The engine: one event answered, as a pure function of the flow, the session and the event.

Invariants it holds by construction (FLOWS, I1-I15; the rest are storage's):

- The position is the first visible step without a closed answer; nothing else remembers it (I8).
- Every prompt carries the turn it was made in. A tap of another turn changes nothing (I5).
- A text that was sent before the prompt was shown answers nothing, except that it is appended to a
  long text that is being written (I5).
- Submitting asks every visible answer again whether it is valid (I10).
- Whatever comes in, something is said (I12), and every flow ends (I9).
"""

from dataclasses import dataclass, replace

from dialogs.events import Pressed, TextSent, Unreadable
from dialogs.flows import prompt
from dialogs.flows.answers import Scene, Wrong, check_value, is_word, options, read_answer
from dialogs.flows.flow import Ask, Flow, Kind, Review, Say, Stop, Submit
from dialogs.flows.position import Position, find_position
from dialogs.flows.session import Answer, Session, Value
from dialogs.message import Message, say
from dialogs.presses import OptionPress, unpack
from dialogs.texts import LONGEST_OUT, units

# What a channel may add to a text when it shows it.
_MARGIN = 200


@dataclass(frozen=True, slots=True)
class Submitted:
    """The person sent their answers; ``step`` holds the words of the receipt."""

    step: Submit
    position: Position


@dataclass(frozen=True, slots=True)
class Ended:
    """The flow ended without a contribution, and nothing of it is kept."""


End = Submitted | Ended


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event came to. The last message is the prompt, where the flow goes on."""

    session: Session
    messages: tuple[Message, ...] = ()
    end: End | None = None
    toast: str = ""


def begin(flow: Flow, session: Session, scene: Scene, *, lead: tuple[str, ...] = ()) -> Turn:
    """Show the prompt of a session, as a new turn: the first one, or the open question once more.

    A session that is begun may hold answers that are known already.
    """
    return _go_on(flow, session, scene, lead=lead)


def take_turn(
    flow: Flow, session: Session, event: TextSent | Pressed | Unreadable, scene: Scene, *, early: bool
) -> Turn:
    """Answer one event. ``early``: it was sent before the newest prompt was shown."""
    match event:
        case Pressed(data):
            press = unpack(data)
            if not isinstance(press, OptionPress) or (press.session, press.turn) != (session.id, session.turn):
                return Turn(session, toast=scene.voice("old_button"))
            return _tap(flow, session, press.option, scene)
        case Unreadable():
            return _go_on(flow, session, scene, lead=(scene.voice("unreadable"),))
        case TextSent(text):
            return _text(flow, session, text, scene, early=early)


def _text(flow: Flow, session: Session, text: str, scene: Scene, *, early: bool) -> Turn:
    position = find_position(flow, session.answers)
    step = position.step
    if session.cancelling:
        return _text_while_cancelling(flow, session, text, scene, early=early)
    if (turn := _engine_word(flow, session, position, text, scene, early=early)) is not None:
        return turn
    # Several messages make one answer, so there even an early one is welcome once it is begun.
    if isinstance(step, Ask) and step.kind is Kind.LONG_TEXT and (not early or _is_begun(step, session)):
        return _append(flow, session, step, text, scene)
    if early:
        return _too_early(flow, session, scene)
    if isinstance(step, Review):
        if is_word(text, "word.send", scene.voices):
            return _tap(flow, session, prompt.DONE, scene)
        return _go_on(flow, session, scene, lead=(scene.voice("review.how"),))
    assert isinstance(step, Ask)
    return _typed_answer(flow, session, step, text, scene)


def _typed_answer(flow: Flow, session: Session, step: Ask, text: str, scene: Scene) -> Turn:
    pending = session.answers.get(step.id)
    other = {choice.id for choice in step.choices if choice.other}
    if pending is not None and pending.open and not pending.note and pending.value in other:
        return _go_on(flow, session.answered(step.id, Answer(pending.value, note=text)), scene)
    if pending is not None and pending.open and is_word(text, "word.keep", scene.voices):
        return _close(flow, session, step, scene)
    answer = read_answer(step, text, scene)
    if isinstance(answer, Wrong):
        return _go_on(flow, session, scene, lead=(answer.hint,))
    return _go_on(flow, session.answered(step.id, answer), scene)


def _too_early(flow: Flow, session: Session, scene: Scene) -> Turn:
    return _go_on(flow, session, scene, lead=(scene.voice("early"),))


def _text_while_cancelling(flow: Flow, session: Session, text: str, scene: Scene, *, early: bool) -> Turn:
    if not early and (is_word(text, "word.yes", scene.voices) or is_word(text, "word.cancel", scene.voices)):
        return _cancelled(session, scene)
    session = replace(session, cancelling=False)
    if is_word(text, "word.no", scene.voices):
        return _go_on(flow, session, scene)
    return _text(flow, session, text, scene, early=early)


def _engine_word(
    flow: Flow, session: Session, position: Position, text: str, scene: Scene, *, early: bool
) -> Turn | None:
    """Answer a text that is nothing but one of the engine's words; they come before any validation."""
    step, voices = position.step, scene.voices
    if is_word(text, "word.back", voices):
        return _back(flow, session, position, scene)
    if is_word(text, "word.cancel", voices):
        return _ask_cancel(session, scene)
    if is_word(text, "word.help", voices):
        own = scene.voice.of(step.help) if isinstance(step, Ask) and step.help else ""
        return _go_on(flow, session, scene, lead=tuple(filter(None, (own, scene.voice("help.flow")))))
    if is_word(text, "word.why", voices) and isinstance(step, Ask):
        why = scene.voice.of(step.why) if step.why else scene.voice("why.default")
        return _go_on(flow, session, scene, lead=(why,))
    if is_word(text, "word.skip", voices) and isinstance(step, Ask):
        # To skip is to answer, and nobody answers what they have not seen.
        return _too_early(flow, session, scene) if early else _skip(flow, session, step, scene)
    if is_word(text, "word.done", voices) and isinstance(step, Ask) and _is_begun(step, session):
        return _close(flow, session, step, scene)
    first, _, rest = text.strip().partition(" ")
    if is_word(first, "word.edit", voices) and (not rest or rest.strip().isdecimal()):
        return _edit(flow, session, position, rest.strip(), scene)
    return None


def _tap(flow: Flow, session: Session, option: str, scene: Scene) -> Turn:
    position = find_position(flow, session.answers)
    step = position.step
    kind, rest = option[:1], option[1:]
    if option == prompt.CANCEL and session.cancelling:
        return _cancelled(session, scene)
    if session.cancelling and option != prompt.GO_ON:
        # The only prompt of this turn offered two options, and this is neither.
        return Turn(session, toast=scene.voice("old_button"))
    if option == prompt.GO_ON:
        return _go_on(flow, session, scene)
    if option == prompt.BACK:
        return _back(flow, session, position, scene)
    if kind == prompt.EDIT and rest.isdecimal():
        return _edit(flow, session, position, rest, scene)
    if option == prompt.DONE and isinstance(step, Review):
        return _go_on(flow, session.answered(step.id, Answer(value=True)), scene)
    if isinstance(step, Ask):
        if option == prompt.SKIP:
            return _skip(flow, session, step, scene)
        if option == prompt.DONE and _is_begun(step, session):
            return _close(flow, session, step, scene)
        if kind == prompt.PAGE and rest.isdecimal():
            return _go_on(flow, session, scene, page=int(rest[:3]))
        offered = options(step, scene)
        if option.isdecimal() and len(option) <= 4 and int(option) < len(offered):
            return _choose(flow, session, step, offered[int(option)][0], scene)
    return Turn(session, toast=scene.voice("old_button"))


def _choose(flow: Flow, session: Session, step: Ask, value: Value, scene: Scene) -> Turn:
    if step.kind is Kind.SERVICES and step.high != 1:
        return _toggle(flow, session, step, str(value), scene)
    if step.kind is Kind.SERVICES:
        value = (str(value),)
    waits = any(choice.other and choice.id == value for choice in step.choices)
    return _go_on(flow, session.answered(step.id, Answer(value, open=waits)), scene)


def _toggle(flow: Flow, session: Session, step: Ask, service: str, scene: Scene) -> Turn:
    pending = session.answers.get(step.id)
    chosen = pending.value if pending is not None and isinstance(pending.value, tuple) else ()
    chosen = tuple(s for s in chosen if s != service) if service in chosen else (*chosen, service)
    if step.high is not None and len(chosen) > step.high:
        return _go_on(flow, session, scene, lead=(scene.voice("wrong.too_many", most=f"{step.high:g}"),))
    return _go_on(flow, session.answered(step.id, Answer(chosen or None, open=True)), scene)


def _append(flow: Flow, session: Session, step: Ask, text: str, scene: Scene) -> Turn:
    pending = session.answers.get(step.id)
    so_far = pending.value if pending is not None and isinstance(pending.value, str) else ""
    if (pending is not None and pending.taken_up) or len(so_far) > step.max_length:
        # New words replace an answer that was taken up again, and one that was too long all along.
        so_far = ""
    whole = f"{so_far}\n{text}" if so_far else text
    if len(whole) > step.max_length:
        hint = scene.voice("wrong.long", length=len(whole), most=step.max_length)
        return _go_on(flow, session, scene, lead=(hint,))
    lead = (scene.voice("long.more"),)
    return _go_on(flow, session.answered(step.id, Answer(whole, open=True)), scene, lead=lead, writing=True)


def _close(flow: Flow, session: Session, step: Ask, scene: Scene) -> Turn:
    closed = replace(session.answers[step.id], open=False, taken_up=False)
    if (wrong := check_value(step, closed, scene)) is not None:
        return _go_on(flow, session, scene, lead=(wrong.hint,))
    return _go_on(flow, session.answered(step.id, closed), scene)


def _skip(flow: Flow, session: Session, step: Ask, scene: Scene) -> Turn:
    if not step.optional:
        return _go_on(flow, session, scene, lead=(scene.voice("skip.needed"),))
    pending = session.answers.get(step.id)
    if step.kind is Kind.LONG_TEXT and pending is not None and pending.is_being_written:
        # They wrote something and want to go on: a word that is there is never thrown away.
        return _close(flow, session, step, scene)
    return _go_on(flow, session.answered(step.id, Answer(None)), scene)


def _back(flow: Flow, session: Session, position: Position, scene: Scene) -> Turn:
    if not position.before:
        return _go_on(flow, session, scene, lead=(scene.voice("back.first"),))
    return _go_on(flow, session.reopened(position.before[-1].id), scene)


def _edit(flow: Flow, session: Session, position: Position, number: str, scene: Scene) -> Turn:
    if not position.before:
        return _go_on(flow, session, scene, lead=(scene.voice("edit.nothing"),))
    if number and 1 <= int(number[:4]) <= len(position.before):
        return _go_on(flow, session.reopened(position.before[int(number[:4]) - 1].id), scene)
    session = replace(session, turn=session.turn + 1, cancelling=False)
    return Turn(session, (prompt.edit_list(position, session, scene),))


def _ask_cancel(session: Session, scene: Scene) -> Turn:
    session = replace(session, turn=session.turn + 1, cancelling=True)
    return Turn(session, (prompt.confirm_cancel(session, scene),))


def _cancelled(session: Session, scene: Scene) -> Turn:
    return Turn(replace(session, answers={}), (say(scene.voice("cancel.done")),), Ended())


def _go_on(
    flow: Flow,
    session: Session,
    scene: Scene,
    *,
    lead: tuple[str, ...] = (),
    page: int = 0,
    writing: bool = False,
) -> Turn:
    """Tell what is to be told, up to the next question or the end."""
    session = replace(session, turn=session.turn + 1, cancelling=False)
    told: list[Message] = []
    while True:
        position = find_position(flow, session.answers)
        match position.step:
            case Say(id, text):
                told.append(say(*lead, prompt.fill_in(text, position, session, scene)))
                lead, session = (), session.answered(id, Answer(value=True))
            case Stop(_, text):
                told.append(say(*lead, prompt.fill_in(text, position, session, scene)))
                return Turn(replace(session, answers={}), _joined(told), Ended())
            case Submit() as step:
                if (bad := _first_bad(position, session, scene)) is None:
                    return Turn(session, tuple(told), Submitted(step, position))
                session, lead = session.reopened(bad[0].id), (scene.voice("submit.again"), bad[1].hint)
            case Ask() | Review():
                told.append(prompt.ask(position, session, scene, lead=lead, page=page, writing=writing))
                return Turn(session, _joined(told))


def _joined(told: list[Message]) -> tuple[Message, ...]:
    """Say in one message what fits into one: a phone that rings twice for one question is a nuisance."""
    whole = Message(tuple(block for message in told for block in message.blocks), told[-1].buttons)
    return (whole,) if units(whole.plain()) <= LONGEST_OUT - _MARGIN else tuple(told)


def _first_bad(position: Position, session: Session, scene: Scene) -> tuple[Ask, Wrong] | None:
    for step in position.before:
        if (wrong := check_value(step, session.answers[step.id], scene)) is not None:
            return step, wrong
    return None


def _is_begun(step: Ask, session: Session) -> bool:
    answer = session.answers.get(step.id)
    return answer is not None and answer.open and answer.value is not None
