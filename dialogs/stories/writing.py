"""Writing a story down, so that its file reads as somebody would have written it by hand."""

import json
import re
from collections.abc import Iterator, Mapping

from dialogs.flows.answers import show_number
from dialogs.flows.flow import OTHER, Ask, Flow, Kind, Repeat, walk
from dialogs.ids import StepId
from dialogs.media import MediaKind
from dialogs.stories.story import Place, Story, Tellings, Told
from dialogs.stories.told_reader import AS_WRITTEN, SAMPLE, SKIP

# In quotes, YAML takes these for something else, or does not take them at all.
_UNFIT = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


def write_story(story: Story, flow: Flow) -> str:
    """Write a story as ``reader.read_story`` reads it."""
    return "\n".join(_lines(story, flow)) + "\n"


def _lines(story: Story, flow: Flow) -> Iterator[str]:
    expected = story.expected
    yield from (f"test: {story.id}", f"flow: {story.flow}", f"language: {story.language}")
    if story.today is not None:
        yield f"today: {story.today.isoformat()}"
    if story.split:
        yield f"split: {_table(dict(story.split))}"
    asks = {step.id: step for step in walk(flow.steps) if isinstance(step, Ask | Repeat)}
    yield from _tellings("answers", story.answers, asks)
    yield "expect:"
    if expected.asked is not None:
        yield f"  asked: [{', '.join(expected.asked)}]"
    if expected.ends_at is not None:
        yield f"  ends_at: {expected.ends_at}"
    yield f"  unused_answers: {'none' if expected.all_used else 'any'}"
    if expected.contribution:
        yield from (f"  {line}" for line in _tellings("contribution", expected.contribution, asks))
    if expected.says:
        yield f"  says: [{', '.join(map(_text, expected.says))}]"


def _tellings(key: str, told: Tellings, asks: Mapping[StepId, Ask | Repeat]) -> Iterator[str]:
    yield f"{key}:" if told else f"{key}: {{}}"
    for id, one in told.items():
        step = asks[id]
        if isinstance(one, Told):
            assert isinstance(step, Ask)
            yield f"  {id}: {_told(step, one)}"
        elif one:
            yield f"  {id}:"
            yield from (f"    - {_item(item, asks)}" for item in one)
        else:
            yield f"  {id}: []"


def _item(item: Mapping[StepId, Told], asks: Mapping[StepId, Ask | Repeat]) -> str:
    told = {}
    for id, one in item.items():
        ask = asks[id]
        assert isinstance(ask, Ask)
        told[id] = _told(ask, one)
    return _table(told)


def _told(ask: Ask, told: Told) -> str:
    match told.value:
        case None:
            return _table({AS_WRITTEN: _text(told.note)}) if told.note else SKIP
        case _ if ask.kind in (Kind.PHOTO, Kind.VOICE, Kind.LONG_TEXT, Kind.LOCATION) and told.parts:
            parts = [_part(part) for part in told.parts]
            return parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"
        case bool(yes):
            return "yes" if yes else "no"
        case float(number):
            return show_number(number)
        case (one,):
            return _choice(one, told)
        case tuple(several):
            return f"[{', '.join(_choice(one, told) for one in several)}]"
        case str(text):
            return text if ask.kind is Kind.DATE else _choice(text, told) if ask.kind is Kind.CHOICE else _text(text)


def _part(part: str | MediaKind | Place) -> str:
    match part:
        case Place(latitude, longitude):
            return f"{latitude} {longitude}"
        case MediaKind():
            return _table({str(part): SAMPLE})
        case str():
            return _text(part)


def _choice(id: str, told: Told) -> str:
    return _table({OTHER: _text(told.note)}) if id == OTHER and told.note else id


def _table(entries: Mapping[StepId, str] | Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"


def _text(text: str) -> str:
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
