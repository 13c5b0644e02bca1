"""A question as a message: its text, its options as buttons or a numbered list, and the ways out."""

from dialogs.flows.answers import Scene, options, show_answer
from dialogs.flows.flow import Ask, Kind, Review
from dialogs.flows.position import Position
from dialogs.flows.session import Answer, Session
from dialogs.message import Block, Button, Line, Message, Quote, Tone, rows_of
from dialogs.presses import OptionPress, pack
from dialogs.texts import Text, cut, fill, placeholders

# Up to eight short choices are buttons; more are a numbered list, a page at a time (FLOWS).
MOST_BUTTONS = 8
LONGEST_BUTTON = 40
_MOST_EDITS = 60
# The letters of the options that are not a choice.
DONE, SKIP, BACK, CANCEL, GO_ON = "d", "k", "b", "x", "g"
PAGE, EDIT = "p", "e"


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
    step = position.step
    if isinstance(step, Review):
        return _review(step, position, session, scene, lead)
    assert isinstance(step, Ask)
    answer = session.answers.get(step.id)
    blocks: list[Block] = [Line(text) for text in lead]
    if not writing:
        blocks.append(Line(fill_in(step.text, position, session, scene), strong=True))
    if _wants_own_words(step, answer):
        blocks.append(Line(scene.voice("ask.own_words")))
        return Message(tuple(blocks), _controls(step, position, session, answer, scene))
    if answer is not None and answer.value is not None and step.kind is not Kind.SERVICES:
        blocks.append(Line(scene.voice("ask.so_far")))
        blocks.append(Quote(cut(show_answer(step, answer, scene), 600)))
    listed, rows = _choices(step, session, answer, scene, page)
    blocks += [Line(line) for line in listed]
    return Message(tuple(blocks), rows + _controls(step, position, session, answer, scene))


def edit_list(position: Position, session: Session, scene: Scene) -> Message:
    """List the answers so far, each with a button to change it."""
    blocks = [Line(scene.voice("edit.which"), strong=True), *_answer_lines(position, session, scene)]
    back = Button(scene.voice("button.go_on"), _data(session, GO_ON), Tone.PRIMARY)
    return Message(tuple(blocks), (*_edit_buttons(position, session, scene), (back,)))


def fill_in(text: Text, position: Position, session: Session, scene: Scene) -> str:
    """Put earlier answers into the {placeholders} of a step's text."""
    template = scene.voice.of(text)
    # A question that was skipped or hidden leaves a gap that reads as one.
    values: dict[str, object] = dict.fromkeys(placeholders(template), "…")
    for step in position.before:
        if step.id in values and step.id in position.given:
            values[step.id] = cut(show_answer(step, session.answers[step.id], scene), 200)
    return fill(template, values)


def confirm_cancel(session: Session, scene: Scene) -> Message:
    """Ask whether somebody means it, before what they wrote is deleted."""
    voice = scene.voice
    yes = Button(voice("button.delete"), _data(session, CANCEL), Tone.DANGER)
    no = Button(voice("button.go_on"), _data(session, GO_ON), Tone.PRIMARY)
    return Message((Line(voice("cancel.sure")),), ((yes, no),))


def _choices(
    step: Ask, session: Session, answer: Answer | None, scene: Scene, page: int
) -> tuple[list[str], tuple[tuple[Button, ...], ...]]:
    offered = options(step, scene)
    chosen = answer.value if answer is not None and isinstance(answer.value, tuple) else ()
    labels = [f"✓ {label}" if value in chosen else label for value, label in offered]
    if len(labels) <= MOST_BUTTONS and all(len(label) <= LONGEST_BUTTON for label in labels):
        width = 5 if step.kind is Kind.SCALE else 2 if max(map(len, labels), default=0) <= 16 else 1
        buttons = [Button(label, _data(session, str(index))) for index, label in enumerate(labels)]
        return [], rows_of(buttons, width=width)
    if step.kind is Kind.SCALE:
        return [scene.voice("ask.number_between", low=labels[0], high=labels[-1])], ()
    pages = -(-len(labels) // MOST_BUTTONS)
    start = page % pages * MOST_BUTTONS
    shown = range(start, min(start + MOST_BUTTONS, len(labels)))
    numbers = [Button(str(index + 1), _data(session, str(index))) for index in shown]
    rows = rows_of(numbers, width=4)
    if pages > 1:
        more = Button(scene.voice("button.more"), _data(session, f"{PAGE}{(page + 1) % pages}"))
        rows = (*rows, (more,))
    return [f"{index + 1}. {labels[index]}" for index in shown], rows


def _controls(
    step: Ask, position: Position, session: Session, answer: Answer | None, scene: Scene
) -> tuple[tuple[Button, ...], ...]:
    voice, row = scene.voice, []
    if answer is not None and answer.value is not None and not _wants_own_words(step, answer):
        several = step.kind in (Kind.LONG_TEXT, Kind.SERVICES) and not answer.taken_up
        row.append(Button(voice("button.done" if several else "button.keep"), _data(session, DONE), Tone.PRIMARY))
    if step.optional and not (step.kind is Kind.LONG_TEXT and answer is not None and answer.is_being_written):
        row.append(Button(voice("button.skip"), _data(session, SKIP), Tone.QUIET))
    if position.before:
        row.append(Button(voice("button.back"), _data(session, BACK), Tone.QUIET))
    return (tuple(row),) if row else ()


def _review(step: Review, position: Position, session: Session, scene: Scene, lead: tuple[str, ...]) -> Message:
    title = fill_in(step.text, position, session, scene) if step.text else scene.voice("review.title")
    blocks: list[Block] = [Line(text) for text in lead]
    blocks += [Line(title, strong=True), *_answer_lines(position, session, scene)]
    send = Button(scene.voice("button.send"), _data(session, DONE), Tone.SUCCESS)
    return Message(tuple(blocks), ((send,), *_edit_buttons(position, session, scene)))


def _answer_lines(position: Position, session: Session, scene: Scene) -> list[Block]:
    # Many answers, or long ones, must still fit one message: the room is shared out.
    room = max(60, 2400 // max(1, len(position.before)))
    lines: list[Block] = []
    for number, step in enumerate(position.before, 1):
        question = cut(fill_in(step.text, position, session, scene), 90)
        lines.append(Line(f"{number}. {question}"))
        lines.append(Quote(cut(show_answer(step, session.answers[step.id], scene), room)))
    return lines


def _edit_buttons(position: Position, session: Session, scene: Scene) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(scene.voice("button.edit", n=number), _data(session, f"{EDIT}{number}"))
        # More would not fit under one message; "edit 70" can always be written.
        for number in range(1, min(len(position.before), _MOST_EDITS) + 1)
    ]
    return rows_of(buttons, width=3)


def _wants_own_words(step: Ask, answer: Answer | None) -> bool:
    if step.kind is not Kind.CHOICE or answer is None or not answer.open or answer.note:
        return False
    return any(choice.other and choice.id == answer.value for choice in step.choices)


def _data(session: Session, option: str) -> str:
    return pack(OptionPress(session.id, session.turn, option))
