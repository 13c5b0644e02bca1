"""People inside of a flow and its newer versions: what becomes of what they said, and what they are told."""

from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dialogs.flows import engine
from dialogs.flows.change import Grade, places_of
from dialogs.flows.checking import check_answer
from dialogs.flows.conditions import Shape
from dialogs.flows.flow import Ask, Flow, Group, Kind, Repeat, Review, Say, Step, Stop
from dialogs.flows.moving import Moved, Newer, move
from dialogs.flows.position import find_position, items_of, next_item
from dialogs.flows.prompt import values_at
from dialogs.flows.session import Answer, Session, question_of
from dialogs.flows.turn import Submitted
from dialogs.ids import StepId, VersionId
from tests.dialogs.flow_changes import (
    AGE,
    COLOUR,
    DIFFERENCES,
    FLOW,
    JOURNEY,
    NAME,
    REVIEW,
    SEND,
    ask,
    changed,
    over,
)
from tests.dialogs.flow_strategies import (
    INPUTS,
    PHOTO,
    SCENE,
    Input,
    both,
    event_of,
    flow_of,
    flows,
    new_session,
    written_and_read,
)

NEWEST = VersionId(2)

ANSWERS = {
    "name": Answer("Ana"),
    "age": Answer(17.0),
    "colour": Answer("red"),
    "touched": Answer(("s1", "s2")),
    "when": Answer("2026-05-03"),
    "journey.1.what": Answer("I called"),
    "journey.1.mood": Answer(5.0),
}


def inside(until: str = "journey.1.mood") -> Session:
    """Give somebody who has answered everything up to a question."""
    keys = list(ANSWERS)
    given = {StepId(key): ANSWERS[key] for key in keys[: keys.index(until) + 1]}
    return replace(new_session(), answers=given, asked=tuple(question_of(key) for key in given))


def moved(new: Flow, session: Session | None = None) -> Moved:
    """Move somebody, who is not at an end there."""
    done = move(session or inside(), FLOW, Newer(NEWEST, new), SCENE)
    assert done is not None
    assert done.session.version == NEWEST
    return done


SAFE = {name: new for name, (new, expected) in DIFFERENCES.items() if expected is Grade.SAFE}


@pytest.mark.parametrize("new", SAFE.values(), ids=SAFE)
def test_safe_changes_ask_nothing(new: Flow) -> None:
    """After a safe change all answers to questions that are still there stay as they are, and nothing is said."""
    done = moved(new)
    assert (done.touched, done.new) == ((), ())
    kept = {key: given for key, given in inside().answers.items() if question_of(key) in places_of(new)}
    assert kept.items() <= done.session.answers.items()
    now = find_position(new, done.session, SCENE.today).spot.key
    assert now in (JOURNEY.id, REVIEW.id)


TOUCHING: dict[str, tuple[str, str, Answer | None]] = {
    "a choice less": ("colour", "colour", None),
    "fewer services": ("touched", "touched", Answer(("s1",), open=True, taken_up=True)),
    "a higher least": ("age", "age", Answer(17.0, open=True, taken_up=True)),
    "a shorter scale": ("journey.1.mood", "journey.1.mood", Answer(5.0, open=True, taken_up=True)),
    "longer words": ("name", "name", Answer("Ana", open=True, taken_up=True)),
    "a pattern": ("name", "name", Answer("Ana", open=True, taken_up=True)),
    "a rule": ("age", "age", Answer(17.0, open=True, taken_up=True)),
}


@pytest.mark.parametrize(("name", "key", "left"), [(name, key, left) for name, (key, _, left) in TOUCHING.items()])
def test_an_answer_that_fits_no_longer_is_asked_again(name: str, key: str, left: Answer | None) -> None:
    """It is open with what was said, where that can be shown; all others stay, and the person is told."""
    new = DIFFERENCES[name][0]
    done = moved(new)
    assert done.touched == (key,)
    assert done.session.answers.get(StepId(key)) == left
    others = {other: given for other, given in inside().answers.items() if other != key}
    assert others.items() <= done.session.answers.items()
    assert find_position(new, done.session, SCENE.today).spot.key == key
    said = engine.begin(FLOW, inside(), SCENE, newer=Newer(NEWEST, new)).messages[-1].plain()
    assert SCENE.voice("changed.lead") in said
    assert SCENE.voice("changed.again", count=1) in said


@pytest.mark.parametrize("name", ["a new question", "a new repeat"])
def test_a_new_question_is_asked_and_told(name: str) -> None:
    """Who has passed the place of a question that must be answered is led there, and goes on where they were."""
    new = DIFFERENCES[name][0]
    turn = engine.begin(FLOW, inside(), SCENE, newer=Newer(NEWEST, new))
    said = turn.messages[-1].plain()
    assert SCENE.voice("changed.lead") in said
    assert SCENE.voice("changed.new") in said
    assert inside().answers.items() <= turn.session.answers.items()


def test_the_event_is_answered_in_the_version_that_was_seen() -> None:
    """A tap means what stood on the button, also when the choices have changed since."""
    new = DIFFERENCES["a choice less"][0]
    session = inside("age")
    shown = engine.begin(FLOW, session, SCENE)
    blue = next(button for row in shown.messages[-1].buttons for button in row if button.text == "Blue")
    event = event_of(Input(forged=blue.data.rpartition(":")[2]), shown.session, [])
    assert blue.data == getattr(event, "data", "")
    turn = engine.take_turn(FLOW, shown.session, event, SCENE, early=False, newer=Newer(NEWEST, new))
    assert turn.session.answers[COLOUR.id] == Answer("blue")
    assert turn.session.version == NEWEST
    assert SCENE.voice("changed.lead") not in turn.messages[-1].plain()


def test_no_change_ends_a_conversation() -> None:
    """Who would find themselves at a stop, or at the end, stays in the version that they know."""
    early = Stop(StepId("young"), both("Bye"), only_if=over("age < 18", age=Shape.NUMBER))
    for new in (flow_of(NAME, AGE, early, COLOUR, SEND), flow_of(NAME, SEND)):
        turn = engine.begin(FLOW, inside("age"), SCENE, newer=Newer(NEWEST, new))
        assert turn.end is None
        assert turn.session.version == inside().version
        assert turn.session.answers == inside("age").answers


def test_what_is_new_to_skip_or_say_stays_behind() -> None:
    """Before the person's place a question that can be skipped counts as skipped, and what is new to say as said."""
    extra = Group(StepId("extra"), (replace(ask("new"), optional=True), Say(StepId("hello"), both("Hello"))))
    done = moved(changed(start=extra))
    assert done.session.answers[StepId("new")] == Answer(None)
    assert done.session.answers[StepId("hello")] == Answer(value=True)
    ahead = flow_of(*FLOW.steps[:-2], replace(ask("new"), optional=True), *FLOW.steps[-2:])
    assert StepId("new") not in moved(ahead).session.answers


def test_items_stay_when_fewer_are_needed() -> None:
    """Steps that somebody told because two were asked for are still theirs when one is enough."""
    two, one = changed((JOURNEY, replace(JOURNEY, least=2))), FLOW
    told = {**inside().answers, StepId("journey.2.what"): Answer("I waited"), StepId("journey.2.mood"): Answer(1.0)}
    done = move(replace(inside(), answers=told), two, Newer(NEWEST, one), SCENE)
    assert done is not None
    before = find_position(one, done.session, SCENE.today).before
    assert [spot.key for spot in before][-2:] == ["journey.2.what", "journey.2.mood"]
    # Who had said that it was all is not asked again whether there is another.
    closed = replace(inside(), answers={**told, JOURNEY.id: Answer(())})
    done = move(closed, two, Newer(NEWEST, one), SCENE)
    assert done is not None
    assert done.session.answers[JOURNEY.id] == Answer(("1", "2"))


def test_more_items_are_needed() -> None:
    """Who told one step where two are needed now is asked for the second."""
    new = DIFFERENCES["must be answered now"][0]
    turn = engine.begin(FLOW, inside(), SCENE, newer=Newer(NEWEST, new))
    assert find_position(new, turn.session, SCENE.today).spot.key == "journey.2.what"


def test_nobody_is_interrupted_while_they_write() -> None:
    """Between two messages of one answer nothing else is asked; the change comes when it is done."""
    story = ask("story", Kind.LONG_TEXT)
    old, new = flow_of(story, SEND), flow_of(ask("new"), story, SEND)
    newer = Newer(NEWEST, new)
    turn = engine.begin(old, new_session(), SCENE)
    for text in ("One.", "Two."):
        event = event_of(Input(text=text), turn.session, [])
        turn = engine.take_turn(old, turn.session, event, SCENE, early=False, newer=newer)
        assert turn.session.version == new_session().version
    assert turn.session.answers[story.id] == Answer("One.\nTwo.", open=True)


def test_what_was_sent_is_what_was_seen() -> None:
    """Who presses "send" sends what they saw, whatever has changed since."""
    everything = replace(inside(), answers={**inside().answers, JOURNEY.id: Answer(("1",))})
    shown = engine.begin(FLOW, everything, SCENE)
    newer = Newer(NEWEST, DIFFERENCES["a new question"][0])
    turn = engine.take_turn(FLOW, shown.session, event_of(Input(forged="d"), shown.session, []), SCENE, early=False)
    late = engine.take_turn(
        FLOW, shown.session, event_of(Input(forged="d"), shown.session, []), SCENE, early=False, newer=newer
    )
    assert isinstance(late.end, Submitted)
    assert late == turn


@st.composite
def versions(draw: st.DrawFn) -> tuple[Flow, Flow]:
    """Make a flow and what an author might make of it: steps taken out, added, moved, and made stricter."""
    old = draw(flows())
    steps: list[Step] = [draw(_edited(step)) for step in old.steps[:-1] if draw(st.integers(0, 5))]
    steps = draw(st.one_of(st.just(steps), st.permutations(steps)))
    for number in range(draw(st.integers(0, 2))):
        new = replace(ask(f"new{number}"), optional=draw(st.booleans()))
        say = Say(StepId(f"new{number}"), both("News."))
        steps.insert(draw(st.integers(0, len(steps))), new if draw(st.integers(0, 2)) else say)
    return old, replace(flow_of(*steps, old.steps[-1]), splits=old.splits)


@st.composite
def _edited(draw: st.DrawFn, step: Step) -> Step:
    stricter = draw(st.booleans())
    match step:
        case Ask() if stricter:
            bounds = (step.low, step.low, 1.0 if step.kind is Kind.NUMBER else 2.0 if step.high else None)
            fewer = {"choices": step.choices[1:], "optional": False, "min_length": 3, "max_length": 4}
            return replace(step, **fewer, high=draw(st.sampled_from(bounds[1:])))  # type: ignore[arg-type]
        case Group():
            return replace(step, steps=tuple(draw(_edited(inner)) for inner in step.steps))
        case Repeat():
            least, most = draw(st.integers(0, 2)), draw(st.integers(2, 3))
            return replace(step, steps=tuple(draw(_edited(inner)) for inner in step.steps), least=least, most=most)
        case _:
            return step


def _someone(flow: Flow, answered: int) -> Session:
    """Give somebody who has answered so many questions."""
    session = engine.begin(flow, new_session(), SCENE).session
    for _ in range(answered):
        spot = find_position(flow, session, SCENE.today).spot
        match spot.step:
            case Ask() as step:
                session = session.answered(spot.key, _fitting(step))
            case Repeat() as repeat:
                items = items_of(repeat, session.answers)
                more = len(items) < 2
                session = session.answered(spot.key, Answer((*items, next_item(items)) if more else items, open=more))
            case Say() | Review():
                session = session.answered(spot.key, Answer(value=True))
            case _:
                return session
    return session


def _fitting(step: Ask) -> Answer:
    match step.kind:
        case Kind.TEXT | Kind.LONG_TEXT | Kind.LOCATION:
            return Answer("abcde")
        case Kind.NUMBER | Kind.SCALE:
            return Answer(4.0)
        case Kind.YES_NO:
            return Answer(value=True)
        case Kind.DATE:
            return Answer("2026-05-03")
        case Kind.CHOICE:
            return Answer(step.choices[0].id)
        case Kind.CHOICES:
            return Answer(tuple(choice.id for choice in step.choices[:2]))
        case Kind.SERVICES:
            return Answer(("s1",))
        case Kind.PHOTO | Kind.VOICE:
            return Answer(("a_photo",), media=(PHOTO.attachment,))


@settings(max_examples=150)
@given(st.one_of(versions(), st.tuples(flows(), flows())), st.integers(0, 7), st.lists(INPUTS, max_size=6))
def test_anybody_can_be_moved(pair: tuple[Flow, Flow], answered: int, inputs: list[Input]) -> None:
    """Whatever the two versions are, and wherever somebody is, they move, what is kept fits, and they go on."""
    old, new = pair
    session, ended = _play(old, _someone(old, answered), inputs[:3])
    done = None if ended else move(session, old, Newer(NEWEST, new), SCENE)
    if done is None:
        return
    event(f"touched: {bool(done.touched)}, new: {bool(done.new)}")
    _check_kept(session, old, new, done)
    turn = engine.begin(old, session, SCENE, newer=Newer(NEWEST, new))
    told = any(SCENE.voice("changed.lead") in message.plain() for message in turn.messages)
    if turn.session.version == NEWEST:
        assert told is bool(done.touched or done.new)
        _play(new, turn.session, inputs)


def _check_kept(session: Session, old: Flow, new: Flow, done: Moved) -> None:
    before, after = places_of(old), places_of(new)
    position = find_position(new, done.session, SCENE.today)
    for spot in position.before:
        if isinstance(spot.step, Ask):
            kept = done.session.answers[spot.key]
            assert check_answer(spot.step, kept, values_at(position, spot), SCENE) is None
    for key, answer in session.answers.items():
        name = question_of(key)
        same = name in before and name in after and before[name].means(after[name])
        if not same or done.session.answers.get(key) == answer:
            continue
        # Whoever can see what was touched is told; a review and the end of a repeat are made anew.
        seen = any(spot.key == key for spot in position.before) or position.spot.key == key
        assert isinstance(after[name].step, Review | Repeat) or key in done.touched or not seen


def _play(flow: Flow, session: Session, inputs: list[Input]) -> tuple[Session, bool]:
    first = engine.begin(flow, session, SCENE)
    session, shown = first.session, list(first.messages)
    if first.end is not None:
        return session, True
    for done in inputs:
        session = written_and_read(session)
        turn = engine.take_turn(flow, session, event_of(done, session, shown), SCENE, early=done.early)
        shown += turn.messages
        session = turn.session
        if turn.end is not None:
            return session, True
    return session, False
