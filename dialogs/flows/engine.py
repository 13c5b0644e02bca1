"""The engine: one event answered, as a pure function of the flow, the session and the event.

Invariants it holds by construction (FLOWS, I1-I15; the rest are storage's):

- The position is the first visible step without a closed answer; nothing else remembers it (I8).
- Every prompt carries the turn it was made in. A tap of another turn changes nothing (I5).
- A text that was sent before the prompt was shown answers nothing, except that it is appended to a
  long text that is being written (I5).
- Submitting asks every visible answer again whether it is valid (I10).
- Whatever comes in, something is said (I12), and every flow ends (I9).
"""

from dataclasses import replace
from datetime import date

from dialogs.events import Answering, LocationSent, MediaSent, Pressed, TextSent, Unreadable
from dialogs.flows import moves, prompt
from dialogs.flows.answers import Scene, bare_word, is_word, options
from dialogs.flows.checking import Wrong
from dialogs.flows.flow import Ask, Flow, Kind, Repeat, Review
from dialogs.flows.moving import Newer
from dialogs.flows.position import find_position
from dialogs.flows.reading import read_place
from dialogs.flows.session import Answer, Session
from dialogs.flows.turn import At, Turn, go_on
from dialogs.media import MediaKind
from dialogs.presses import OptionPress, unpack

# What is said of a file that should have been readable.
_UNREADABLE = {"failed": "media.failed", "too_large": "media.too_large", "too_long": "media.too_long"}


def begin(
    flow: Flow, session: Session, scene: Scene, *, lead: tuple[str, ...] = (), newer: Newer | None = None
) -> Turn:
    """Show the prompt of a session, as a new turn: the first one, or the open question once more.

    A session that is begun may hold answers that are known already.
    """
    return go_on(_at(flow, session, scene, newer), session, lead=lead)


def take_turn(
    flow: Flow, session: Session, event: Answering, scene: Scene, *, early: bool, newer: Newer | None = None
) -> Turn:
    """Answer one event. ``early``: it was sent before the newest prompt was shown.

    It is answered in ``flow``, the version that the person saw; then they move to the ``newer`` one.
    """
    at = _at(flow, session, scene, newer)
    match event:
        case Pressed(data):
            press = unpack(data)
            if not isinstance(press, OptionPress) or (press.session, press.turn) != (session.id, session.turn):
                return Turn(session, toast=scene.voice("old_button"))
            return _tap(at, session, press.option)
        case Unreadable(kind):
            return go_on(at, session, lead=(scene.voice(_UNREADABLE.get(kind, "unreadable")),))
        case MediaSent() | LocationSent() if early and not _is_being_written(at, session):
            return _too_early(at, session)
        case MediaSent(media, caption):
            if isinstance(at.spot.step, Ask):
                return moves.receive(at, session, at.spot.step, media, caption)
            return go_on(at, session, lead=(scene.voice("media.not_here"),))
        case LocationSent(latitude, longitude):
            if isinstance(at.spot.step, Ask) and at.spot.step.kind is Kind.LOCATION:
                return moves.put(at, session, at.spot.step, read_place(at.spot.step, latitude, longitude))
            return go_on(at, session, lead=(scene.voice("media.not_here"),))
        case TextSent(text):
            return _text(at, session, text, early=early)


def wanted(flow: Flow, session: Session, today: date) -> frozenset[MediaKind]:
    """Tell what the open question takes beside words, so that nothing else need be fetched."""
    spot = find_position(flow, session, today).spot
    return frozenset(
        prompt.wanted_media(spot.step, session.answers.get(spot.key)) if isinstance(spot.step, Ask) else ()
    )


def _at(flow: Flow, session: Session, scene: Scene, newer: Newer | None) -> At:
    return At(flow, scene, find_position(flow, session, scene.today), newer)


def _text(at: At, session: Session, text: str, *, early: bool) -> Turn:
    step, voices = at.spot.step, at.scene.voices
    if session.cancelling:
        return _text_while_cancelling(at, session, text, early=early)
    if (turn := _engine_word(at, session, text, early=early)) is not None:
        return turn
    # Several messages make one answer, so there even an early one is welcome once it is begun.
    if isinstance(step, Ask) and step.kind is Kind.LONG_TEXT and (not early or _is_being_written(at, session)):
        return moves.append(at, session, step, text)
    if early:
        return _too_early(at, session)
    if isinstance(step, Review):
        if is_word(text, "word.send", voices):
            return _tap(at, session, prompt.DONE)
        return go_on(at, session, lead=(at.scene.voice("review.how"),))
    if isinstance(step, Repeat):
        return _typed_another(at, session, step, text)
    assert isinstance(step, Ask)
    return moves.put_typed(at, session, step, text)


def _is_being_written(at: At, session: Session) -> bool:
    answer = session.answers.get(at.spot.key)
    return answer is not None and answer.is_being_written


def _typed_another(at: At, session: Session, step: Repeat, text: str) -> Turn:
    voices, bare = at.scene.voices, bare_word(text)
    if is_word(text, "word.yes", voices) or bare in {bare_word(voice("button.another")) for voice in voices}:
        return moves.add_item(at, session, step)
    if is_word(text, "word.no", voices) or bare in {bare_word(voice("button.enough")) for voice in voices}:
        return moves.end_items(at, session, step)
    return moves.refuse(at, session, Wrong(at.scene.voice("wrong.yes_no")), text)


def _too_early(at: At, session: Session) -> Turn:
    return go_on(at, session, lead=(at.scene.voice("early"),))


def _text_while_cancelling(at: At, session: Session, text: str, *, early: bool) -> Turn:
    voices = at.scene.voices
    if not early and (is_word(text, "word.yes", voices) or is_word(text, "word.cancel", voices)):
        return moves.cancel(at, session)
    session = replace(session, cancelling=False)
    if is_word(text, "word.help", voices):
        # What can be done at the question, which is open again; the two buttons are over.
        return _help(at, replace(session, turn=session.turn + 1))
    if is_word(text, "word.no", voices):
        return go_on(at, session)
    return _text(at, session, text, early=early)


def _engine_word(at: At, session: Session, text: str, *, early: bool) -> Turn | None:
    """Answer a text that is nothing but one of the engine's words; they come before any validation."""
    step, voices = at.spot.step, at.scene.voices
    if is_word(text, "word.back", voices):
        return moves.back(at, session)
    if is_word(text, "word.cancel", voices):
        return moves.ask_cancel(at, session)
    if is_word(text, "word.help", voices):
        return _help(at, session)
    first, _, rest = text.strip().partition(" ")
    if is_word(text, "word.edit", voices):
        return moves.edit(at, session, "")
    if is_word(first, "word.edit", voices) and rest.strip().isdecimal():
        return moves.edit(at, session, rest.strip())
    if is_word(text, "word.continue", voices):
        return go_on(at, session)
    return _word_of_question(at, session, step, text, early=early) if isinstance(step, Ask) else None


def _word_of_question(at: At, session: Session, step: Ask, text: str, *, early: bool) -> Turn | None:
    voices = at.scene.voices
    if is_word(text, "word.why", voices):
        return _why(at, session, step)
    if is_word(text, "word.skip", voices):
        # To skip is to answer, and nobody answers what they have not seen.
        return _too_early(at, session) if early else moves.skip(at, session, step)
    if is_word(text, "word.human", voices) or is_word(text, "word.as_written", voices):
        return moves.keep_as_written(at, session, step)
    if moves.is_begun(at, session):
        taken_up = session.answers[at.spot.key].taken_up
        # What was proposed, or taken up again, is closed only by who saw it.
        ends = is_word(text, "word.done", voices) or (taken_up and is_word(text, "word.keep", voices))
        if ends and not (taken_up and early):
            return moves.close(at, session, step)
    return None


def _tap(at: At, session: Session, option: str) -> Turn:
    step, kind, rest = at.spot.step, option[:1], option[1:]
    old = Turn(session, toast=at.scene.voice("old_button"))
    if session.cancelling:
        # The only prompt of this turn offered two options.
        match option:
            case prompt.CANCEL:
                return moves.cancel(at, session)
            case prompt.GO_ON:
                return go_on(at, session)
            case _:
                return old
    match option:
        case prompt.GO_ON:
            return go_on(at, session)
        case prompt.BACK:
            return moves.back(at, session)
        case prompt.HELP:
            return _help(at, session)
        case prompt.ASK_CANCEL:
            return moves.ask_cancel(at, session)
        case prompt.EDIT:
            return moves.edit(at, session, "")
        case prompt.DONE if isinstance(step, Review):
            return go_on(at, session.answered(at.spot.key, Answer(value=True)))
    if kind == prompt.EDIT and rest.isdecimal():
        return moves.edit(at, session, rest)
    if isinstance(step, Repeat):
        return _tap_another(at, session, step, option) or old
    return (isinstance(step, Ask) and _tap_question(at, session, step, option)) or old


def _tap_another(at: At, session: Session, step: Repeat, option: str) -> Turn | None:
    match option:
        case prompt.ADD:
            return moves.add_item(at, session, step)
        case prompt.ENOUGH:
            return moves.end_items(at, session, step)
        case prompt.REMOVE:
            return moves.remove_item(at, session, step)
        case _:
            return None


def _tap_question(at: At, session: Session, step: Ask, option: str) -> Turn | None:
    kind, rest = option[:1], option[1:]
    match option:
        case prompt.SKIP:
            return moves.skip(at, session, step)
        case prompt.WHY:
            return _why(at, session, step)
        case prompt.AS_WRITTEN:
            return moves.keep_as_written(at, session, step)
        case prompt.DONE if moves.is_begun(at, session):
            return moves.close(at, session, step)
    if kind == prompt.PAGE and rest.isdecimal():
        return go_on(at, session, page=int(rest[:3]))
    if option.isdecimal() and len(option) <= 4 and int(option) < len(options(step, at.scene)):
        return moves.choose(at, session, step, int(option))
    return None


def _why(at: At, session: Session, step: Ask) -> Turn:
    why = at.scene.voice.of(step.why) if step.why else at.scene.voice("why.default")
    return go_on(at, session, lead=(why,))


def _help(at: At, session: Session) -> Turn:
    """Say how to go on, with a button for every word that works here; the question above stays open as it is."""
    return Turn(session, (prompt.menu(at.position, session, at.scene),))
