"""A question as a message: its text, its options as buttons or a numbered list, and the ways out."""

from collections.abc import Mapping

from dialogs.flows.answers import Scene, options, show_answer
from dialogs.flows.flow import OTHER, Ask, Kind, Repeat, Review, Then
from dialogs.flows.position import Position, Spot, items_of
from dialogs.flows.reading import has_other, most_media
from dialogs.flows.session import Answer, Session, Value
from dialogs.ids import StepId
from dialogs.media import MediaKind
from dialogs.message import Block, Button, Line, Message, Quote, Tone, rows_of, say
from dialogs.presses import OptionPress, PersonPress, PersonWord, pack
from dialogs.texts import Text, cut, placeholders

# Up to eight short choices are buttons; more are a numbered list, a page at a time (FLOWS).
MOST_BUTTONS = 8
LONGEST_BUTTON = 40
_MOST_EDITS = 60
# After so many answers that do not fit, there is a way on without one (FLOWS, after_wrong).
STUCK_AFTER = 3
# The letters of the options that are not a choice.
DONE, SKIP, BACK, CANCEL, GO_ON = "d", "k", "b", "x", "g"
PAGE, EDIT = "p", "e"
HELP, WHY, ASK_CANCEL, AS_WRITTEN, REMOVE = "h", "y", "c", "w", "r"
ADD, ENOUGH = "0", "1"
# Kinds that are put together from several taps or messages, and then closed.
MANY = (Kind.CHOICES, Kind.SERVICES)


def ask(
    position: Position,
    session: Session,
    scene: Scene,
    *,
    lead: tuple[str, ...] = (),
    page: int = 0,
    writing: bool = False,
) -> Message:
    """Show the step where somebody is; ``lead`` are lines to say first.

    ``writing``: they are in the middle of a long answer, where its question would only be in the way.
    """
    spot, step = position.spot, position.spot.step
    if isinstance(step, Review):
        return _review(step, position, session, scene, lead)
    if isinstance(step, Repeat):
        return _another(step, position, session, scene, lead)
    assert isinstance(step, Ask)
    answer = session.answers.get(spot.key)
    blocks: list[Block] = [Line(text) for text in lead]
    if not writing:
        blocks.append(Line(fill_in(step.text, spot, position, session, scene), strong=True))
    if wants_own_words(step, answer):
        blocks.append(Line(scene.voice("ask.own_words")))
        return Message(tuple(blocks), _controls(step, position, session, answer, scene))
    blocks += _so_far(step, answer, scene)
    listed, rows = _choices(step, session, answer, scene, page)
    blocks += [Line(line) for line in listed]
    return Message(
        tuple(blocks), rows + _controls(step, position, session, answer, scene), wants=wanted_media(step, answer)
    )


def wanted_media(step: Ask, answer: Answer | None) -> tuple[MediaKind, ...]:
    """Tell what can be sent as the answer beside words."""
    kinds = {Kind.PHOTO: (MediaKind.PHOTO,), Kind.VOICE: (MediaKind.VOICE,)}.get(step.kind, step.accept)
    full = answer is not None and answer.is_being_written and len(answer.media) >= most_media(step)
    return () if full else kinds


def edit_list(position: Position, session: Session, scene: Scene) -> Message:
    """List the answers so far, each with a button to change it."""
    blocks = [Line(scene.voice("edit.which"), strong=True), *_answer_lines(position, session, scene)]
    back = Button(scene.voice("button.go_on"), data_of(session, GO_ON), Tone.PRIMARY)
    return Message(tuple(blocks), (*_edit_buttons(position, session, scene), (back,)))


def fill_in(text: Text, spot: Spot, position: Position, session: Session, scene: Scene) -> str:
    """Put earlier answers into the {placeholders} of a step's text, and the number of the item for {n}."""
    template = scene.voice.of(text)
    names = placeholders(template)
    if not names:
        return template
    # A question that was skipped or hidden leaves a gap that reads as one.
    values: dict[str, object] = dict.fromkeys(names, "…")
    if spot.item is not None and "n" in names:
        values["n"] = spot.item.number
    keys = position.scope(spot)
    asked = {earlier.key: earlier.step for earlier in position.before}
    for name in names & keys.keys():
        step = asked.get(keys[StepId(name)])
        if isinstance(step, Ask):
            values[name] = cut(show_answer(step, session.answers[keys[StepId(name)]], scene), 200)
    return scene.voice.fill(template, values)


def confirm_cancel(session: Session, scene: Scene) -> Message:
    """Ask whether somebody means it, before what they wrote is deleted."""
    voice = scene.voice
    yes = Button(voice("button.delete"), data_of(session, CANCEL), Tone.DANGER)
    no = Button(voice("button.go_on"), data_of(session, GO_ON), Tone.PRIMARY)
    return Message((Line(voice("cancel.sure")),), ((yes, no),))


def wants_own_words(step: Ask, answer: Answer | None) -> bool:
    """Tell whether "something else" was chosen and its words are still to come."""
    if answer is None or not answer.open or answer.note or not has_other(step):
        return False
    return answer.value == OTHER or (isinstance(answer.value, tuple) and OTHER in answer.value)


def data_of(session: Session, option: str) -> str:
    """Write what a button of the newest prompt carries."""
    return pack(OptionPress(session.id, session.turn, option))


def menu(position: Position, session: Session, scene: Scene) -> Message:
    """Say what can be done at a question, with a button for each word that works there."""
    voice, step = scene.voice, position.spot.step
    own = voice.of(step.help) if isinstance(step, Ask) and step.help else ""
    words = [("button.why", WHY)] if isinstance(step, Ask) else []
    words += [("button.edit_one", EDIT)] if position.before else []
    buttons = [Button(voice(key), data_of(session, option)) for key, option in words]
    buttons += [Button(voice(f"button.{word}"), pack(PersonPress(word))) for word in PersonWord]
    buttons.append(Button(voice("button.cancel_talk"), data_of(session, ASK_CANCEL)))
    go_on = Button(voice("button.go_on"), data_of(session, GO_ON), Tone.PRIMARY)
    return say(own, voice("help.flow"), buttons=((go_on,), *rows_of(buttons, width=2)))


def _so_far(step: Ask, answer: Answer | None, scene: Scene) -> list[Block]:
    if answer is None or not answer.is_told or step.kind in MANY:
        return []
    return [Line(scene.voice("ask.so_far")), Quote(cut(show_answer(step, answer, scene), 600))]


def _choices(
    step: Ask, session: Session, answer: Answer | None, scene: Scene, page: int
) -> tuple[list[str], tuple[tuple[Button, ...], ...]]:
    offered = options(step, scene)
    chosen = answer.value if answer is not None and isinstance(answer.value, tuple) else ()
    labels = [f"✓ {label}" if value in chosen else label for value, label in offered]
    if len(labels) <= MOST_BUTTONS and all(len(label) <= LONGEST_BUTTON for label in labels):
        width = 5 if step.kind is Kind.SCALE else 2 if max(map(len, labels), default=0) <= 16 else 1
        buttons = [Button(label, data_of(session, str(index))) for index, label in enumerate(labels)]
        return [], rows_of(buttons, width=width)
    if step.kind is Kind.SCALE:
        return [scene.voice("ask.number_between", low=labels[0], high=labels[-1])], ()
    pages = -(-len(labels) // MOST_BUTTONS)
    start = page % pages * MOST_BUTTONS
    shown = range(start, min(start + MOST_BUTTONS, len(labels)))
    numbers = [Button(str(index + 1), data_of(session, str(index))) for index in shown]
    rows = rows_of(numbers, width=4)
    if pages > 1:
        more = Button(scene.voice("button.more"), data_of(session, f"{PAGE}{(page + 1) % pages}"))
        rows = (*rows, (more,))
    return [f"{index + 1}. {labels[index]}" for index in shown], rows


def _controls(
    step: Ask, position: Position, session: Session, answer: Answer | None, scene: Scene
) -> tuple[tuple[Button, ...], ...]:
    voice, row = scene.voice, []
    if answer is not None and answer.is_told and not wants_own_words(step, answer):
        several = answer.is_being_written
        row.append(Button(voice("button.done" if several else "button.keep"), data_of(session, DONE), Tone.PRIMARY))
    if step.optional and not (answer is not None and answer.is_being_written and step.kind not in MANY):
        row.append(Button(voice("button.skip"), data_of(session, SKIP), Tone.QUIET))
    rows = [_ways_on(step, session, scene)] if session.tries >= STUCK_AFTER else []
    row += _ways_round(position, session, scene)
    return tuple(filter(None, (*rows, tuple(row))))


def ways_on(step: Ask, session: Session) -> frozenset[Then]:
    """Tell what is offered to somebody who is stuck at a question."""
    if session.tries < STUCK_AFTER:
        return frozenset()
    return frozenset(Then) if step.after_wrong.then is None else frozenset({step.after_wrong.then})


def _ways_on(step: Ask, session: Session, scene: Scene) -> tuple[Button, ...]:
    voice, ways = scene.voice, ways_on(step, session)
    written = Button(voice("button.as_written"), data_of(session, AS_WRITTEN), Tone.PRIMARY)
    skipped = Button(voice("button.skip_this"), data_of(session, SKIP))
    # Where the question is optional, its own Skip is there already.
    return tuple(
        button
        for button, offered in ((written, Then.HUMAN in ways), (skipped, Then.SKIP in ways and not step.optional))
        if offered
    )


def _ways_round(position: Position, session: Session, scene: Scene) -> list[Button]:
    voice = scene.voice
    back = [Button(voice("button.back"), data_of(session, BACK), Tone.QUIET)] if position.before else []
    return [*back, Button(voice("button.help"), data_of(session, HELP), Tone.QUIET)]


def _another(step: Repeat, position: Position, session: Session, scene: Scene, lead: tuple[str, ...]) -> Message:
    voice, items = scene.voice, items_of(step, session.answers)
    question = step.first if not items and step.first is not None else step.another
    blocks = (*map(Line, lead), Line(fill_in(question, position.spot, position, session, scene), strong=True))
    add = Button(voice("button.another" if items else "yes"), data_of(session, ADD), Tone.PRIMARY)
    enough = Button(voice("button.enough" if items else "no"), data_of(session, ENOUGH))
    rows: list[tuple[Button, ...]] = [(add, enough)]
    if len(items) > step.least:
        last = voice.fill(voice.of(step.item), {"n": len(items)})
        rows.append((Button(voice("button.remove", item=last), data_of(session, REMOVE), Tone.DANGER),))
    return Message(blocks, (*rows, tuple(_ways_round(position, session, scene))))


def _review(step: Review, position: Position, session: Session, scene: Scene, lead: tuple[str, ...]) -> Message:
    title = fill_in(step.text, position.spot, position, session, scene) if step.text else scene.voice("review.title")
    blocks: list[Block] = [Line(text) for text in lead]
    blocks += [Line(title, strong=True), *_answer_lines(position, session, scene)]
    send = Button(scene.voice("button.send"), data_of(session, DONE), Tone.SUCCESS)
    ways = tuple(_ways_round(position, session, scene))
    return Message(tuple(blocks), ((send,), *_edit_buttons(position, session, scene), ways))


def _answer_lines(position: Position, session: Session, scene: Scene) -> list[Block]:
    # Many answers, or long ones, must still fit one message: the room is shared out.
    room = max(60, 2400 // max(1, len(position.before)))
    lines: list[Block] = []
    for number, spot in enumerate(position.before, 1):
        question = cut(question_at(spot, position, session, scene), 90)
        lines.append(Line(f"{number}. {question}"))
        answer = session.answers[spot.key]
        assert isinstance(spot.step, Ask | Repeat)
        lines.append(Quote(cut(show_answer(spot.step, answer, scene), room)))
    return lines


def question_at(spot: Spot, position: Position, session: Session, scene: Scene) -> str:
    """Write the question of a spot; where its text does not say which item it is about, the item's name before it."""
    step = spot.step
    assert isinstance(step, Ask | Repeat)
    text = step.another if isinstance(step, Repeat) else step.text
    question = fill_in(text, spot, position, session, scene)
    if spot.item is None or "n" in placeholders(scene.voice.of(text)):
        return question
    name = scene.voice.fill(scene.voice.of(spot.item.repeat.item), {"n": spot.item.number})
    return f"{name}: {question}"


def _edit_buttons(position: Position, session: Session, scene: Scene) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(scene.voice("button.edit", n=number), data_of(session, f"{EDIT}{number}"))
        # More would not fit under one message; "edit 70" can always be written.
        for number in range(1, min(len(position.before), _MOST_EDITS) + 1)
    ]
    return rows_of(buttons, width=3)


def values_at(position: Position, spot: Spot) -> Mapping[StepId, Value]:
    """Give the answers that a rule at a spot may look at, by the names that it has for them."""
    return {name: position.given[key] for name, key in position.scope(spot).items()}
