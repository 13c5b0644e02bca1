"""Stories by chance through flows by chance: what somebody means arrives, in whatever manner they say it."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialogs.flows.answers import options
from dialogs.flows.flow import OTHER, Ask, Flow, Kind, walk
from dialogs.flows.reading import read_place
from dialogs.ids import FlowId, StepId
from dialogs.media import MediaKind
from dialogs.stories.nasty import try_story
from dialogs.stories.story import Items, Place, Story, Told, questions
from tests.dialogs.flow_strategies import EN, ES, SCENE, TODAY, VOICES, flows, written_and_read

SCENES = {EN: SCENE, ES: replace(SCENE, voice=VOICES[ES])}
WORDS = st.sampled_from(["words", "more words of mine", "a\nb: c", "Grün, 2"])


@st.composite
def stories(draw: st.DrawFn) -> tuple[Flow, Story]:
    """Make a flow, and an answer to each of its questions that fits its kind."""
    flow = draw(flows())
    answers: dict[StepId, Told | Items] = {}
    for step in questions(flow.steps):
        if isinstance(step, Ask):
            answers[step.id] = draw(tellings(step))
            continue
        asks = [one for one in walk(step.steps) if isinstance(one, Ask)]
        count = draw(st.integers(step.least, step.most))
        answers[step.id] = tuple({ask.id: draw(tellings(ask)) for ask in asks} for _ in range(count))
    return flow, Story("by_chance", FlowId("f"), EN, answers)


@st.composite
def tellings(draw: st.DrawFn, ask: Ask) -> Told:
    """Answer a question."""
    if ask.optional and draw(st.booleans()):
        return Told(None)
    match ask.kind:
        case Kind.CHOICES | Kind.SERVICES:
            known = [str(value) for value, _ in options(ask, SCENE) if value != OTHER]
            least, most = int(ask.low or 1), min(int(ask.high or len(known)), len(known))
            return Told(tuple(draw(st.lists(st.sampled_from(known), min_size=least, max_size=most, unique=True))))
        case Kind.CHOICE | Kind.YES_NO | Kind.SCALE:
            value = draw(st.sampled_from([value for value, _ in options(ask, SCENE)]))
            return Told(value, draw(WORDS) if value == OTHER else "")
        case Kind.NUMBER:
            return Told(float(draw(st.integers(int(ask.low or 0), int(ask.high or 9)))))
        case Kind.DATE:
            return Told(draw(st.sampled_from(["2027-05-03", "2027-05-02", "2020-02-29"])))
        case Kind.LOCATION:
            place = Place(draw(st.floats(-89, 89)), draw(st.floats(-179, 179)))
            return Told(read_place(ask, place.latitude, place.longitude).value, parts=(place,))
        case Kind.PHOTO | Kind.VOICE:
            sent = (MediaKind(ask.kind),) * draw(st.integers(1, int(ask.high or 1)))
            return Told(sent, parts=sent)
        case Kind.TEXT | Kind.LONG_TEXT:
            return Told(draw(WORDS)[: ask.max_length].strip())


@settings(max_examples=150)
@given(stories())
def test_what_is_meant_arrives_in_every_manner(told: tuple[Flow, Story]) -> None:
    """A story that comes to its end as it is told comes to the same one in every nasty manner."""
    flow, story = told
    found = try_story(story, flow, SCENES, today=TODAY, through=written_and_read)
    # A rule of the flow may not like what chance answers.
    assume([failure.manner for failure in found.failures] != ["as told"])
    assert [(one.manner, one.sentences, one.transcript[-6:]) for one in found.failures] == []
