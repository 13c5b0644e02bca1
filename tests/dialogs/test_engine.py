"""The engine's invariants (FLOWS, I1-I15), over flows and people made by chance."""

from collections.abc import Iterator

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialogs.events import Answering, MediaSent, TextSent
from dialogs.flows import engine, prompt
from dialogs.flows.answers import options
from dialogs.flows.checking import check_answer, check_value
from dialogs.flows.conditions import holds
from dialogs.flows.flow import Ask, Flow, Group, Kind, Repeat, Review, Step, Submit, walk
from dialogs.flows.position import find_position, items_of, take_way
from dialogs.flows.session import Answer, Session, Value, key_in
from dialogs.flows.turn import Stopped, Submitted, Turn
from dialogs.ids import StepId
from dialogs.presses import PersonPress, unpack
from tests.dialogs.flow_strategies import (
    INPUTS,
    PHOTO,
    SCENE,
    TODAY,
    VOICE,
    Input,
    both,
    event_of,
    flow_of,
    flows,
    new_session,
    tap,
    write,
    written_and_read,
)

FEW, MANY = settings(max_examples=60), settings(max_examples=150)


def play(flow: Flow, inputs: list[Input]) -> Iterator[tuple[Session, Answering, Input, Turn]]:
    """Play inputs until the flow ends; between two turns the session is written out and read back."""
    turn = engine.begin(flow, new_session(), SCENE)
    shown = [turn.messages[-1]]
    for done in inputs:
        session = written_and_read(turn.session)
        event = event_of(done, session, shown)
        turn = engine.take_turn(flow, session, event, SCENE, early=done.early)
        yield session, event, done, turn
        if turn.end is not None:
            return
        shown += turn.messages[-1:]


@MANY
@given(flows(), st.lists(INPUTS, max_size=20))
def test_whatever_comes_is_answered(flow: Flow, inputs: list[Input]) -> None:
    """Nothing raises, something is always said, and the turn goes up exactly when something changed."""
    for before, _, _, turn in play(flow, inputs):
        # I12; the receipt of what was sent is not the engine's to write.
        assert turn.messages or turn.toast or isinstance(turn.end, Submitted)
        if turn.end is None:
            # The menu of words changes nothing, so that the question above it can still be answered.
            assert turn.session == before or (turn.messages and turn.session.turn == before.turn + 1)
        for message in turn.messages:
            assert message.plain()


@MANY
@given(flows(), st.lists(INPUTS, max_size=15))
def test_the_prompt_follows_from_the_answers(flow: Flow, inputs: list[Input]) -> None:
    """The same answers lead to the same prompt, whatever the way there; each button names its turn in 24 bytes."""
    for _, _, _, turn in play(flow, inputs):
        if turn.end is not None or not turn.messages:
            continue
        # I8
        again = engine.begin(flow, turn.session, SCENE)
        assert engine.begin(flow, written_and_read(turn.session), SCENE) == again
        assert find_position(flow, turn.session, TODAY) == find_position(flow, again.session, TODAY)
        for row in turn.messages[-1].buttons:
            for button in row:
                press = unpack(button.data)
                assert isinstance(press, PersonPress) or getattr(press, "turn", None) == turn.session.turn
                assert len(button.data.encode()) <= 24


@MANY
@given(flows(), st.lists(INPUTS, max_size=20))
def test_an_old_tap_changes_nothing(flow: Flow, inputs: list[Input]) -> None:
    """A tap on a button of an earlier turn, and the second of two taps, get a kind word and change nothing."""
    for before, event, _, turn in play(flow, inputs):
        if isinstance(event, TextSent) or turn.end is not None:
            continue
        press = unpack(getattr(event, "data", ""))
        if press is not None and getattr(press, "turn", None) != before.turn:
            assert turn == Turn(before, toast=SCENE.voice("old_button"))
        elif press is not None and turn.session.turn > before.turn:
            # I5
            assert engine.take_turn(flow, turn.session, event, SCENE, early=False) == Turn(
                turn.session, toast=SCENE.voice("old_button")
            )


@MANY
@given(flows(), st.lists(INPUTS, max_size=12), st.sampled_from(["yes", "1", "red", "s1", "skip", "hello", "send", "3"]))
def test_an_early_text_answers_nothing(flow: Flow, inputs: list[Input], text: str) -> None:
    """What was written before a prompt was shown does not answer it, but for a long text that is begun."""
    session = new_session()
    for _, _, _, turn in play(flow, inputs):
        if turn.end is not None:
            return
        session = turn.session
    spot = find_position(flow, session, TODAY).spot
    step, pending = spot.step, session.answers.get(spot.key)
    is_begun = isinstance(step, Ask) and step.kind is Kind.LONG_TEXT and pending is not None
    assume(session.turn > 0 and not is_begun and not session.cancelling)
    turn = write(flow, session, text, early=True)
    assert turn.session.answers == session.answers
    assert turn.end is None
    assert SCENE.voice("early") in turn.messages[0].plain()


@MANY
@given(flows(), st.lists(INPUTS, max_size=25))
def test_only_what_is_valid_is_sent(flow: Flow, inputs: list[Input]) -> None:
    """What is submitted holds exactly the visible answers, each of them valid."""
    for _, _, _, turn in play(flow, inputs):
        if not isinstance(turn.end, Submitted):
            continue
        # I10
        answers, position = turn.session.answers, turn.end.position
        for spot in position.before:
            if isinstance(spot.step, Ask):
                seen = prompt.values_at(position, spot)
                assert check_answer(spot.step, answers[spot.key], seen, SCENE) is None
        assert position.given == visible_answers(flow, turn.session)


def visible_answers(flow: Flow, session: Session) -> dict[StepId, Value]:
    """Collect the answers that count in a second way: step after step, each condition over what is collected."""
    answers = session.answers
    found: dict[StepId, Value] = {name: take_way(session.id, name, ways) for name, ways in flow.splits.items()}

    def collect(steps: tuple[Step, ...], seen: dict[StepId, Value], prefix: str) -> None:
        for step in steps:
            if step.only_if is not None and not holds(step.only_if, seen, today=TODAY):
                continue
            key = StepId(f"{prefix}{step.id}")
            if isinstance(step, Group):
                collect(step.steps, seen, prefix)
            elif isinstance(step, Repeat):
                items = items_of(step, answers)
                for item in items:
                    collect(step.steps, dict(seen), key_in(step.id, item, StepId("")))
                if items:
                    found[key] = seen[step.id] = items
            elif isinstance(step, Ask) and (value := answers[key].value) is not None:
                found[key] = seen[step.id] = value

    collect(flow.steps, dict(found), "")
    return found


@MANY
@given(flows(), st.lists(INPUTS, max_size=12))
def test_every_flow_ends(flow: Flow, inputs: list[Input]) -> None:
    """From wherever somebody is, answering the questions leads to an end within a few turns a step."""
    session = engine.begin(flow, new_session(), SCENE).session
    for _, _, _, turn in play(flow, inputs):
        if turn.end is not None:
            return
        session = turn.session
    # I9
    for _ in range(8 * len(list(walk(flow.steps))) + 1):
        turn = answer(flow, session)
        if turn.end is not None:
            return
        session = turn.session
    raise AssertionError("it goes on and on")


def answer(flow: Flow, session: Session) -> Turn:
    """Give a good answer to the open question."""
    if session.cancelling:
        return tap(flow, session, prompt.GO_ON)
    spot = find_position(flow, session, TODAY).spot
    step, pending = spot.step, session.answers.get(spot.key)
    if isinstance(step, Review):
        return tap(flow, session, prompt.DONE)
    if isinstance(step, Repeat):
        return tap(flow, session, prompt.ENOUGH)
    assert isinstance(step, Ask)
    if prompt.wants_own_words(step, pending):
        return write(flow, session, "my own words")
    if pending is not None and pending.value is not None and check_value(step, pending, SCENE) is None:
        return tap(flow, session, prompt.DONE)
    match step.kind:
        case Kind.LONG_TEXT if pending is not None and pending.value:
            return write(flow, session, "abcd"[: step.max_length - len(str(pending.value)) - 1] or "done")
        case Kind.TEXT | Kind.LONG_TEXT | Kind.LOCATION:
            return write(flow, session, "abcde")
        case Kind.NUMBER:
            return write(flow, session, "4")
        case Kind.PHOTO:
            return engine.take_turn(flow, session, MediaSent(PHOTO), SCENE, early=False)
        case Kind.VOICE:
            return engine.take_turn(flow, session, MediaSent(VOICE), SCENE, early=False)
        case _:
            assert options(step, SCENE)
            return tap(flow, session, "0")


@FEW
@given(flows(), st.data())
def test_an_edit_replaces_one_answer(flow: Flow, data: st.DataObject) -> None:
    """Whoever changes one answer keeps all the others as they are, and a look back that keeps it changes nothing."""
    session = engine.begin(flow, new_session(), SCENE).session
    for _ in range(data.draw(st.integers(1, 8))):
        turn = answer(flow, session)
        if turn.end is not None:
            return
        session = turn.session
    before = find_position(flow, session, TODAY).before
    if not before or any(given_.open for given_ in session.answers.values()):
        return
    number = data.draw(st.integers(1, len(before)))
    edited = before[number - 1]
    if isinstance(edited.step, Repeat):
        return
    opened = tap(flow, session, f"{prompt.EDIT}{number}").session
    was = session.answers[edited.key]
    kept = tap(flow, opened, prompt.SKIP if was.value is None else prompt.DONE)
    assert {id: kept.session.answers[id] for id in session.answers} == session.answers
    changed = write(flow, opened, "2")
    if isinstance(changed.end, Stopped):
        return
    assert {
        id: given_ for id, given_ in changed.session.answers.items() if id in session.answers and id != edited.key
    } == {id: given_ for id, given_ in session.answers.items() if id != edited.key}


def test_back_and_keep_change_nothing() -> None:
    """One question back, and the answer there kept: all is as it was."""
    flow = flow_of(_text("a"), _text("b"), Submit(StepId("send"), both("Thanks")))
    session = write(flow, engine.begin(flow, new_session(), SCENE).session, "first").session
    back = write(flow, session, "back")
    assert "first" in back.messages[-1].plain()
    assert write(flow, back.session, "keep").session.answers == session.answers


def test_two_early_skips_skip_one_question() -> None:
    """Whoever writes "skip" twice, because nothing seemed to happen, skips one question and not the next."""
    flow = flow_of(_text("a"), _text("b"), Submit(StepId("send"), both("Thanks")))
    first = write(flow, engine.begin(flow, new_session(), SCENE).session, "skip")
    second = write(flow, first.session, "skip", early=True)
    assert second.session.answers == {StepId("a"): Answer(None)}
    assert SCENE.voice("early") in second.messages[0].plain()


def test_a_burst_is_one_long_text() -> None:
    """Several messages, and even the word that ends them, count although no answer to the first was seen yet."""
    story = Ask(StepId("story"), Kind.LONG_TEXT, both("Tell us."))
    flow = flow_of(story, Review(StepId("review")), Submit(StepId("send"), both("Thanks")))
    turn = write(flow, engine.begin(flow, new_session(), SCENE).session, "One.")
    for text in ("Two.", "done"):
        turn = write(flow, turn.session, text, early=True)
    assert turn.session.answers[story.id] == Answer("One.\nTwo.")


def test_kept_words_that_are_too_long_can_be_shortened() -> None:
    """Words that were kept from before and do not fit the question are replaced by a shorter text."""
    story = Ask(StepId("story"), Kind.LONG_TEXT, both("Tell us."), max_length=20)
    flow = flow_of(story, Submit(StepId("send"), both("Thanks")))
    turn = engine.begin(flow, new_session().answered(story.id, Answer("x" * 50, open=True)), SCENE)
    turn = write(flow, turn.session, "done")
    assert turn.end is None
    turn = write(flow, write(flow, turn.session, "Short enough.").session, "done")
    assert isinstance(turn.end, Submitted)
    assert turn.session.answers[story.id].value == "Short enough."


def test_a_forged_option_does_not_answer_for_somebody_about_to_cancel() -> None:
    """Between "cancel" and "yes" only the two buttons of that prompt mean anything."""
    flow = flow_of(_text("a"), Submit(StepId("send"), both("Thanks")))
    session = write(flow, engine.begin(flow, new_session(), SCENE).session, "cancel").session
    assert tap(flow, session, prompt.SKIP) == Turn(session, toast=SCENE.voice("old_button"))
    assert tap(flow, session, prompt.GO_ON).session.cancelling is False
    assert tap(flow, session, prompt.CANCEL).end is not None


def _text(id: str) -> Ask:
    return Ask(StepId(id), Kind.TEXT, both(f"{id}?"), optional=True)
