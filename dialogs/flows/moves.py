"""What an event does to a session: an answer put in, taken up, closed or left out; then the flow goes on."""

from dataclasses import replace

from dialogs.flows import prompt
from dialogs.flows.answers import options
from dialogs.flows.checking import Wrong, check_answer
from dialogs.flows.flow import OTHER, Ask, Kind, Repeat, Then
from dialogs.flows.position import items_of, next_item
from dialogs.flows.reading import has_other, most_media, read_answer, read_media
from dialogs.flows.session import Answer, Session, Value, key_in
from dialogs.flows.turn import At, Cancelled, Turn, go_on
from dialogs.ids import StepId
from dialogs.media import Media
from dialogs.message import say
from dialogs.texts import LONGEST_IN, cut


def put_typed(at: At, session: Session, step: Ask, text: str) -> Turn:
    """Take a typed text as the answer, if it fits."""
    pending = session.answers.get(at.spot.key)
    if pending is not None and prompt.wants_own_words(step, pending):
        # Of several choices, more can still be picked after the words.
        said = replace(pending, note=text, open=step.kind is Kind.CHOICES)
        return go_on(at, session.answered(at.spot.key, said))
    answer = read_answer(step, text, at.scene)
    return refuse(at, session, answer, text) if isinstance(answer, Wrong) else put(at, session, step, answer, text)


def put(at: At, session: Session, step: Ask, answer: Answer, text: str = "") -> Turn:
    """Take an answer, if the rules allow it."""
    wrong = None if answer.open else check_answer(step, answer, prompt.values_at(at.position, at.spot), at.scene)
    return refuse(at, session, wrong, text) if wrong else go_on(at, session.answered(at.spot.key, answer))


def refuse(at: At, session: Session, wrong: Wrong, text: str) -> Turn:
    """Say what would fit: at first a hint, then an example too, at last also a way on without it."""
    step, scene = at.spot.step, at.scene
    session = replace(session, tries=session.tries + 1, rejected=cut(text, LONGEST_IN) if text else session.rejected)
    if not isinstance(step, Ask):
        return go_on(at, session, lead=(wrong.hint,))
    own = step.after_wrong
    lead = [scene.voice.of(own.hint) if own.hint else wrong.hint]
    if session.tries > 1 and own.example:
        lead.append(scene.voice("wrong.example", example=scene.voice.of(own.example)))
    if session.tries >= prompt.STUCK_AFTER:
        lead.append(scene.voice("wrong.stuck"))
    return go_on(at, session, lead=tuple(lead))


def choose(at: At, session: Session, step: Ask, place: int) -> Turn:
    """Take the option at a place."""
    value = options(step, at.scene)[place][0]
    if step.kind in prompt.MANY and (step.high != 1 or step.kind is Kind.CHOICES):
        return _toggle(at, session, step, str(value))
    waits = step.kind is Kind.CHOICE and value == OTHER and has_other(step)
    answer = Answer((str(value),) if step.kind is Kind.SERVICES else value, open=waits)
    return put(at, session, step, answer)


def append(at: At, session: Session, step: Ask, text: str) -> Turn:
    """Add a message to a long text."""
    pending = session.answers.get(at.spot.key)
    so_far = pending.value if pending is not None and isinstance(pending.value, str) else ""
    media = pending.media if pending is not None and not pending.taken_up else ()
    if (pending is not None and pending.taken_up) or len(so_far) > step.max_length:
        # New words replace an answer that was taken up again, and one that was too long all along.
        so_far = ""
    whole = f"{so_far}\n{text}" if so_far else text
    if len(whole) > step.max_length:
        hint = at.scene.voice("wrong.long", length=len(whole), most=step.max_length)
        return go_on(at, session, lead=(hint,))
    return _more(at, session.answered(at.spot.key, Answer(whole, open=True, media=media)), step)


def receive(at: At, session: Session, step: Ask, media: Media, caption: str) -> Turn:
    """Take a photo or voice note, if the question takes one."""
    scene, pending = at.scene, session.answers.get(at.spot.key)
    if media.attachment.kind not in prompt.wanted_media(step, pending):
        return go_on(at, session, lead=(scene.voice("media.not_here"),))
    answer = read_media(step, pending, media.attachment, caption)
    if isinstance(answer.value, str) and len(answer.value) > step.max_length:
        answer = replace(answer, value=answer.value[: step.max_length])
    session = session.answered(at.spot.key, answer)
    writes = step.kind is Kind.LONG_TEXT or most_media(step) > 1
    turn = _more(at, session, step) if writes and answer.open else go_on(at, session)
    return replace(turn, kept=media)


def close(at: At, session: Session, step: Ask) -> Turn:
    """Take the open answer as it stands."""
    closed = replace(session.answers[at.spot.key], open=False, taken_up=False)
    return put(at, session, step, closed)


def skip(at: At, session: Session, step: Ask) -> Turn:
    """Go on without an answer, where that is offered."""
    offered = Then.SKIP in prompt.ways_on(step, session)
    if not step.optional and not offered:
        return go_on(at, session, lead=(at.scene.voice("skip.needed"),))
    pending = session.answers.get(at.spot.key)
    if pending is not None and pending.is_being_written and step.kind not in (*prompt.MANY, Kind.CHOICE):
        # They wrote something and want to go on: a word that is there is never thrown away.
        return close(at, session, step)
    return go_on(at, session.answered(at.spot.key, Answer(None, waived=not step.optional)))


def keep_as_written(at: At, session: Session, step: Ask) -> Turn | None:
    """Keep words that do not fit, for a person to read, where that is offered."""
    if Then.HUMAN not in prompt.ways_on(step, session) or not session.rejected:
        return None
    return go_on(at, session.answered(at.spot.key, Answer(None, note=session.rejected, waived=True)))


def back(at: At, session: Session) -> Turn:
    """Take up the answer before this question."""
    if not at.position.before:
        return go_on(at, session, lead=(at.scene.voice("back.first"),))
    return go_on(at, session.reopened(at.position.before[-1].key))


def edit(at: At, session: Session, number: str) -> Turn:
    """Take up the answer with a number, or list them all."""
    before = at.position.before
    if not before:
        return go_on(at, session, lead=(at.scene.voice("edit.nothing"),))
    if number and 1 <= int(number[:4]) <= len(before):
        return go_on(at, session.reopened(before[int(number[:4]) - 1].key))
    session = replace(session, turn=session.turn + 1, cancelling=False)
    return Turn(session, (prompt.edit_list(at.position, session, at.scene),))


def add_item(at: At, session: Session, repeat: Repeat) -> Turn:
    """Begin one more item of a repeat."""
    items = items_of(repeat, session.answers)
    return go_on(at, session.answered(repeat.id, Answer((*items, next_item(items)), open=True)))


def end_items(at: At, session: Session, repeat: Repeat) -> Turn:
    """Close a repeat: there is no further item."""
    return go_on(at, session.answered(repeat.id, Answer(items_of(repeat, session.answers))))


def remove_item(at: At, session: Session, repeat: Repeat) -> Turn:
    """Take the last item out, with all that was said in it."""
    items = items_of(repeat, session.answers)
    if len(items) <= repeat.least:
        return go_on(at, session)
    prefix = key_in(repeat.id, items[-1], StepId(""))
    session = session.without(frozenset(key for key in session.answers if key.startswith(prefix)))
    return go_on(at, session.answered(repeat.id, Answer(items[:-1], open=True)))


def ask_cancel(at: At, session: Session) -> Turn:
    """Ask whether the person means to stop."""
    session = replace(session, turn=session.turn + 1, cancelling=True)
    return Turn(session, (prompt.confirm_cancel(session, at.scene),))


def cancel(at: At, session: Session) -> Turn:
    """Stop, and keep nothing."""
    return Turn(session, (say(at.scene.voice("cancel.done")),), Cancelled())


def is_begun(at: At, session: Session) -> bool:
    """Tell whether the open question has an answer that is still open."""
    answer = session.answers.get(at.spot.key)
    return answer is not None and answer.open and answer.is_told


def _more(at: At, session: Session, step: Ask) -> Turn:
    lead = at.scene.voice("photo.more" if step.kind is Kind.PHOTO else "long.more")
    return go_on(at, session, lead=(lead,), writing=True)


def _toggle(at: At, session: Session, step: Ask, one: str) -> Turn:
    pending = session.answers.get(at.spot.key)
    chosen: tuple[str, ...] = pending.value if pending is not None and isinstance(pending.value, tuple) else ()
    note = pending.note if pending is not None else ""
    chosen = tuple(other for other in chosen if other != one) if one in chosen else (*chosen, one)
    if step.high is not None and len(chosen) > step.high:
        return go_on(at, session, lead=(at.scene.voice("wrong.too_many", most=int(step.high)),))
    value: Value | None = chosen or None
    return go_on(at, session.answered(at.spot.key, Answer(value, open=True, note=note if OTHER in chosen else "")))
