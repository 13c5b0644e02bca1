"""The nasty manners in which people go through a flow, and whether a story comes to the same end in each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dialogs.flows.flow import Flow, Review, walk
from dialogs.ids import Language
from dialogs.stories.playing import Manner, Played, Scenes, Through, play
from dialogs.stories.story import Expected, Items, Story, Tellings, Told


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in one manner, in plain sentences, and all that was said up to there."""

    manner: str
    sentences: tuple[str, ...]
    transcript: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A story that was played in ``manners`` different manners."""

    story: Story
    manners: int
    failures: tuple[Failure, ...]


def manners(flow: Flow, language: Language) -> tuple[Manner, ...]:
    """List the manners in which a story is played after it came to its end once."""
    others = [one for one in flow.languages if one != language]
    has_review = any(isinstance(step, Review) for step in walk(flow.steps))
    return (
        Manner("typing only", language, typing=True),
        Manner("every input twice", language, twice=True),
        Manner("typing everything twice", language, typing=True, twice=True),
        Manner("a restart after every input", language, restarts=True),
        Manner("old buttons pressed in between", language, old_buttons=True),
        Manner("a message too early before each answer", language, too_early=True),
        Manner("back and forth at each question", language, back_and_forth=True),
        Manner("back and forth, typing, with restarts", language, back_and_forth=True, typing=True, restarts=True),
        *([Manner("each answer edited at review", language, edits=True)] if has_review else []),
        *(Manner(f"in {one}, typing", one, typing=True) for one in others),
        *(Manner(f"in {one}, with buttons", one) for one in others),
    )


def try_story(story: Story, flow: Flow, scenes: Scenes, *, today: date, through: Through) -> Tried:
    """Play a story as it is told, and then in every nasty manner."""
    first = play(story, flow, scenes, Manner("as told", story.language), today=today, through=through)
    if sentences := tuple(_unexpected(story.expected, first)):
        return Tried(story, 1, (Failure("as told", sentences, first.transcript),))
    nasty = manners(flow, story.language)
    failures = []
    for manner in nasty:
        played = play(story, flow, scenes, manner, today=today, through=through)
        if sentences := tuple(_differs(first, played)):
            failures.append(Failure(manner.name, sentences, played.transcript))
    return Tried(story, 1 + len(nasty), tuple(failures))


def _unexpected(expected: Expected, played: Played) -> Iterator[str]:
    if played.trouble:
        yield played.trouble
        return
    if expected.ends_at is not None and expected.ends_at != played.ends_at:
        yield f"It ended at `{played.ends_at}`, not at `{expected.ends_at}`."
    if expected.asked is not None and expected.asked != played.asked:
        yield f"It asked {', '.join(played.asked)}. Expected: {', '.join(expected.asked)}."
    if expected.all_used and played.unused:
        yield f"These answers were never asked for: {'; '.join(played.unused)}."
    said = "\n".join(played.transcript)
    for words in expected.says:
        if words not in said:
            yield f"It never said “{words}”."
    if expected.contribution and played.contribution is None:
        yield "Nothing was contributed."
    elif played.contribution is not None:
        yield from _missing(expected.contribution, played.contribution)


def _missing(expected: Tellings, contributed: Tellings) -> Iterator[str]:
    for id, wanted in expected.items():
        given = contributed.get(id)
        if isinstance(wanted, Told) or not isinstance(given, tuple):
            if given != wanted:
                yield f"`{id}` came to {_show(given)}, not to {_show(wanted)}."
            continue
        if len(given) != len(wanted):
            yield f"`{id}` came to {len(given)} items, not to {len(wanted)}."
        for number, (one, other) in enumerate(zip(wanted, given, strict=False), 1):
            yield from (sentence.replace("`", f"`{id} {number}, ", 1) for sentence in _missing(one, other))


def _differs(first: Played, played: Played) -> Iterator[str]:
    if played.trouble:
        yield played.trouble
        return
    if first.ends_at != played.ends_at:
        yield f"It ended at `{played.ends_at}`; as told, it ended at `{first.ends_at}`."
    elif first.contribution != played.contribution:
        told, now = first.contribution or {}, played.contribution or {}
        yield from _missing(told, now)
        yield from (f"`{id}` was contributed, too." for id in now if id not in told)


def _show(told: Told | Items | None) -> str:
    match told:
        case None:
            return "nothing"
        case tuple():
            return f"{len(told)} items"
        case Told(None, ""):
            return "nothing (skipped)"
        case Told(None, note):
            return f"“{note}” as it was written"
        case Told(value, note):
            shown = ", ".join(value) if isinstance(value, tuple) else "yes" if value is True else value
            return f"“{'no' if value is False else shown}”" + (f" (“{note}”)" if note else "")
