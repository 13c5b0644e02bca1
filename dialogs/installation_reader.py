"""Reading a town's set-up: the text of its files in, an ``Installation`` or every mistake in all of them out."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from difflib import get_close_matches
from itertools import islice
from typing import Annotated

from pydantic import BeforeValidator, Field

from dialogs.authoring import Id, LanguageCode, Shape, Word, Words, admit, one_of, suggest, word, wrong
from dialogs.errors import Mistake
from dialogs.flows.flow import Flow
from dialogs.flows.reader import read_flow
from dialogs.ids import FlowId, Language, QueueId, ServiceId
from dialogs.installation import Approach, Installation, Loop, Queue, Role, Service, WorkingTime
from dialogs.texts import Text
from dialogs.wording import LONGEST_BUTTON, check_wording
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table, Tree, decode, read_tree

TOWN_FILE = "yousaid.yaml"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_MOST_FLOWS = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the program knows before it reads: the languages it speaks, time zones, its word for "something else"."""

    languages: tuple[Language, ...]
    timezones: Collection[str]
    other_text: Text


def read_installation(files: Mapping[str, bytes], *, known: Known) -> Installation | list[Mistake]:
    """Read ``yousaid.yaml`` and ``flows/*.yaml``, given by their names in the folder."""
    if TOWN_FILE not in files:
        cause, remedy = f"There is no {TOWN_FILE} in this folder.", "Make a folder to start from with `yousaid init`."
        return [Mistake(TOWN_FILE, 1, 1, cause, remedy)]
    town, tree, mistakes = _read_town(files[TOWN_FILE], known)
    mistakes = sorted(set(mistakes))[:MOST_MISTAKES]
    languages = tuple(Language(text) for text in _listed(tree, "languages"))
    services = tuple(ServiceId(text) for text in _listed(tree, "services"))
    flows: list[tuple[str, Flow]] = []
    for file in sorted(set(files) - {TOWN_FILE})[:_MOST_FLOWS]:
        text = decode(files[file], file=file)
        if isinstance(text, Mistake):
            mistakes.append(text)
            continue
        flow = read_flow(text, file=file, languages=languages, services=services, other_text=known.other_text)
        if isinstance(flow, Flow):
            flows.append((file, flow))
        else:
            mistakes += flow
    mistakes += _check_files(files, flows)
    if mistakes or town is None:
        return sorted(set(mistakes))
    return _build(town, {flow.id: flow for _, flow in flows})


def _check_files(files: Mapping[str, bytes], flows: list[tuple[str, Flow]]) -> list[Mistake]:
    if len(files) == 1:
        cause, remedy = "There is no flow: nobody could say anything.", "Add a file such as flows/idea.yaml."
        return [Mistake(TOWN_FILE, 1, 1, cause, remedy)]
    if len(files) - 1 > _MOST_FLOWS:
        return [Mistake(TOWN_FILE, 1, 1, f"There are more than {_MOST_FLOWS} flows.", "Take some away.")]
    mistakes = []
    first: dict[FlowId, str] = {}
    for file, flow in flows:
        if flow.id in first:
            cause = f"The flow `{flow.id}` is there twice."
            mistakes.append(Mistake(file, 1, 1, cause, f"It is in {first[flow.id]} already: give it another id."))
        first.setdefault(flow.id, file)
    return mistakes


def _timespan(value: object) -> timedelta:
    given = word(value)
    found = re.fullmatch(r"(\d{1,6}) (second|minute|hour|day)s?", given)
    span = int(found[1]) * _UNITS[found[2]] if found else 0
    if not found or span > 366 * 86400:
        raise wrong(f"cannot be `{given[:60]}`.", "Write such as 15 seconds, 2 hours or 14 days, a year at most.")
    return timedelta(seconds=span)


def _hours(value: object) -> tuple[time, time]:
    given = word(value)
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?([01]\d|2[0-3]):([0-5]\d)", given)
    if not found:
        raise wrong(f"cannot be `{given[:60]}`.", 'Write such as "09:00-17:00".')
    opens, closes = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if opens >= closes:
        raise wrong("ends before it begins.", 'Write such as "09:00-17:00".')
    return opens, closes


def _day(value: object) -> date:
    given = word(value)
    try:
        # The standard library also reads week dates and dates without dashes.
        return date.fromisoformat(given if re.fullmatch(r"\d{4}-\d\d-\d\d", given) else "")
    except ValueError:
        raise wrong(f"holds no date `{given[:60]}`.", "Write year-month-day, such as 2026-12-25.") from None


def _working_days(value: object) -> int:
    given = word(value)
    if not re.fullmatch(r"\d{1,3}", given) or not 1 <= int(given) <= 260:
        raise wrong(f"cannot be `{given[:60]}`.", "Write a whole number from 1 to 260.")
    return int(given)


_Span = Annotated[timedelta, BeforeValidator(_timespan)]


class _PromiseShape(Shape):
    working_days: Annotated[int, BeforeValidator(_working_days)]


class _HoldsShape(Shape):
    ask: _Span = timedelta(seconds=15)
    decide: _Span = timedelta(seconds=60)


class _AskBackShape(Shape):
    after: _Span
    window: _Span


class _QueueShape(Shape):
    name: Words


class _ServiceShape(Shape):
    name: Words
    approach: Annotated[str, one_of(*Approach)]
    queue: Word


class _RolesShape(Shape):
    reviewer: Words
    lead: Words
    admin: Words


class _TownShape(Shape):
    organisation: Words
    languages: list[LanguageCode] = Field(min_length=1)
    timezone: Word
    working_hours: dict[Annotated[str, one_of(*_DAYS)], Annotated[tuple[time, time], BeforeValidator(_hours)]]
    holidays: list[Annotated[date, BeforeValidator(_day)]] = Field(default_factory=list)
    promise: _PromiseShape
    holds: _HoldsShape = _HoldsShape()
    ask_back: _AskBackShape
    queues: dict[Id, _QueueShape]
    services: dict[Id, _ServiceShape]
    roles: _RolesShape


def _read_town(data: bytes, known: Known) -> tuple[_TownShape | None, Tree | None, list[Mistake]]:
    text = decode(data, file=TOWN_FILE)
    if isinstance(text, Mistake):
        return None, None, [text]
    tree, mistakes = read_tree(text, file=TOWN_FILE)
    if tree is None:
        return None, None, mistakes
    town, found = admit(_TownShape, tree, ())
    mistakes += [*found, *_check_languages(tree, known.languages), *_check_services(tree), *_check_names(tree)]
    if town is not None and town.timezone not in known.timezones:
        cause = f"There is no time zone `{town.timezone[:60]}`."
        mistakes.append(tree.mistake(("timezone",), cause, _suggest_timezone(town.timezone, known.timezones)))
    return town, tree, mistakes


def _suggest_timezone(given: str, known: Collection[str]) -> str:
    near = get_close_matches(given[:60], sorted(known), 1)
    return f"Did you mean `{near[0]}`?" if near else "Write one as Europe/Madrid."


def _check_languages(tree: Tree, spoken: tuple[Language, ...]) -> list[Mistake]:
    mistakes, seen = [], set()
    for place, language in enumerate(_listed(tree, "languages")[:MOST_MISTAKES]):
        path = ("languages", place)
        if language in seen:
            mistakes.append(tree.mistake(path, f"The language `{language[:60]}` is here twice.", "Take one out."))
        elif language not in spoken:
            cause = f"The bot has no words of its own in `{language[:60]}` yet."
            mistakes.append(tree.mistake(path, cause, f"It speaks {', '.join(spoken)}."))
        seen.add(language)
    return mistakes


def _check_services(tree: Tree) -> list[Mistake]:
    mistakes = []
    for key in ("working_hours", "queues", "services"):
        written = tree.at((key,))
        if isinstance(written, Table) and not written.entries:
            mistakes.append(tree.mistake((key,), f"`{key}` is empty.", "At least one is needed."))
    queues = _listed(tree, "queues")
    chosen = {id: tree.texts(("services", id)).get("queue") for id in _listed(tree, "services")}
    for id, queue in chosen.items():
        if queue is not None and queue not in queues and len(mistakes) < MOST_MISTAKES:
            cause = f"There is no queue `{queue[:60]}`."
            mistakes.append(tree.mistake(("services", id, "queue"), cause, suggest(queue, queues)))
    used = set(chosen.values())
    for queue in queues:
        if queue not in used and None not in used and len(mistakes) < MOST_MISTAKES:
            cause = f"No service belongs to the queue `{queue[:60]}`."
            mistakes.append(tree.mistake(("queues", queue), cause, "Give it one, or take it out.", at_key=True))
    return mistakes


def _check_names(tree: Tree) -> list[Mistake]:
    paths: list[Path] = [("organisation",)]
    paths += [(key, id, "name") for key in ("queues", "services") for id in _listed(tree, key)]
    paths += [("roles", role) for role in Role]
    languages = tuple(Language(language) for language in _listed(tree, "languages")[:MOST_MISTAKES])
    mistakes = (
        mistake
        for path in paths
        if (words := tree.texts(path))
        for mistake in check_wording(tree, path, words, languages, longest=LONGEST_BUTTON)
    )
    return list(islice(mistakes, MOST_MISTAKES))


def _listed(tree: Tree | None, key: str) -> list[str]:
    """Name what stands under a key, also where parts of it are wrong, so that one mistake makes no others."""
    root = tree.root if tree else None
    match root.get(key) if isinstance(root, Table) else None:
        case Table(entries):
            return list(entries)
        case Row(items):
            return [item.text for item in items if isinstance(item, Scalar)]
        case _:
            return []


def _build(town: _TownShape, flows: Mapping[FlowId, Flow]) -> Installation:
    languages = tuple(Language(language) for language in town.languages)

    def text(words: dict[str, str]) -> Text:
        return {language: words[language] for language in languages}

    return Installation(
        organisation=text(town.organisation),
        languages=languages,
        working_time=WorkingTime(
            timezone=town.timezone,
            hours={_DAYS.index(day): hours for day, hours in town.working_hours.items()},
            holidays=frozenset(town.holidays),
        ),
        loop=Loop(
            promise_days=town.promise.working_days,
            ask_hold=town.holds.ask,
            decide_hold=town.holds.decide,
            ask_back_after=town.ask_back.after,
            ask_back_window=town.ask_back.window,
        ),
        services={
            ServiceId(id): Service(ServiceId(id), text(shape.name), Approach(shape.approach), QueueId(shape.queue))
            for id, shape in town.services.items()
        },
        queues={QueueId(id): Queue(QueueId(id), text(shape.name)) for id, shape in town.queues.items()},
        roles={role: text(getattr(town.roles, role)) for role in Role},
        flows=dict(flows),
    )
