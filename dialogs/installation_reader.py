"""Reading a town's set-up: the text of its files in, an ``Installation`` or every mistake in all of them out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain, islice

from dialogs.authoring import MOST_LANGUAGES, admit, suggest
from dialogs.canned_reader import check_canned, read_queue
from dialogs.errors import Mistake
from dialogs.flows.flow import Flow, Part
from dialogs.flows.reader import Around, read_flow, read_part
from dialogs.ids import FlowId, Language, QueueId, ServiceId, StepId, TagId
from dialogs.installation import Approach, Claim, Escalation, Installation, Loop, Role, Service, Turn, WorkingTime
from dialogs.installation_shapes import DAYS, TownShape
from dialogs.texts import Text
from dialogs.wording import LONGEST_BUTTON, check_wording, refuse_every
from dialogs.yaml_tree import MOST_MISTAKES, Path, Row, Scalar, Table, Tree, decode, read_tree

TOWN_FILE = "yousaid.yaml"
# Where the files of parts stand.
PARTS = "parts/"
_MOST_FILES = 200
# What fits under one card as buttons.
_MOST_TAGS = 30


@dataclass(frozen=True, slots=True)
class Known:
    """What the program knows before it reads: the languages it speaks, time zones, its word for "something else"."""

    languages: tuple[Language, ...]
    timezones: Collection[str]
    other_text: Text


def read_installation(files: Mapping[str, bytes], *, known: Known) -> Installation | list[Mistake]:
    """Read ``yousaid.yaml``, ``flows/*.yaml`` and ``parts/*.yaml``, given by their names in the folder."""
    if TOWN_FILE not in files:
        cause, remedy = f"There is no {TOWN_FILE} in this folder.", "Make a folder to start from with `yousaid init`."
        return [Mistake(TOWN_FILE, 1, 1, cause, remedy)]
    town, tree, mistakes = _read_town(files[TOWN_FILE], known)
    mistakes = sorted(set(mistakes))[:MOST_MISTAKES]
    languages = tuple(Language(text) for text in _listed(tree, "languages")[:MOST_LANGUAGES])
    services = tuple(ServiceId(text) for text in _listed(tree, "services"))
    around = Around(languages, services, known.other_text)
    parts, found = _read_parts({file: files[file] for file in sorted(files) if file.startswith(PARTS)}, around)
    mistakes += found
    sources = {file: files[file] for file in sorted(files) if file != TOWN_FILE and not file.startswith(PARTS)}
    around = replace(around, parts_are_whole=not found)
    flows, found = _read_flows(sources, around, parts, room=MOST_MISTAKES - len(mistakes))
    mistakes += found
    if mistakes or town is None:
        return sorted(set(mistakes))[:MOST_MISTAKES]
    return _build(town, flows)


def _read_parts(files: Mapping[str, bytes], around: Around) -> tuple[Mapping[StepId, Part], list[Mistake]]:
    parts: dict[StepId, Part] = {}
    mistakes = _check_number(files, "parts")
    for file, data in files.items() if not mistakes else ():
        if len(mistakes) >= MOST_MISTAKES:
            break
        text = decode(data, file=file)
        part = [text] if isinstance(text, Mistake) else read_part(text, file=file, around=around)
        if isinstance(part, list):
            mistakes += part
        elif part.id in parts:
            cause = f"The part `{part.id}` is there twice."
            mistakes.append(Mistake(file, 1, 1, cause, "Give it another id."))
        else:
            parts[part.id] = part
    return parts, mistakes


def _read_flows(
    files: Mapping[str, bytes], around: Around, parts: Mapping[StepId, Part], *, room: int
) -> tuple[Mapping[FlowId, Flow], list[Mistake]]:
    """Read flows until there is no ``room`` for more mistakes: what has too many is not read on for more of them."""
    if not files:
        cause, remedy = "There is no flow: nobody could say anything.", "Add a file such as flows/idea.yaml."
        return {}, [Mistake(TOWN_FILE, 1, 1, cause, remedy)]
    flows: dict[FlowId, Flow] = {}
    first: dict[FlowId, str] = {}
    mistakes = _check_number(files, "flows")
    for file, data in files.items() if not mistakes else ():
        if len(mistakes) >= room:
            break
        text = decode(data, file=file)
        flow = [text] if isinstance(text, Mistake) else read_flow(text, file=file, around=around, parts=parts)
        if isinstance(flow, list):
            mistakes += flow
        elif flow.id in flows:
            cause = f"The flow `{flow.id}` is there twice."
            mistakes.append(Mistake(file, 1, 1, cause, f"It is in {first[flow.id]} already: give it another id."))
        else:
            flows[flow.id], first[flow.id] = flow, file
    return flows, mistakes


def _check_number(files: Mapping[str, bytes], what: str) -> list[Mistake]:
    if len(files) <= _MOST_FILES:
        return []
    return [Mistake(TOWN_FILE, 1, 1, f"There are more than {_MOST_FILES} {what}.", "Take some away.")]


def _read_town(data: bytes, known: Known) -> tuple[TownShape | None, Tree | None, list[Mistake]]:
    text = decode(data, file=TOWN_FILE)
    if isinstance(text, Mistake):
        return None, None, [text]
    tree, mistakes = read_tree(text, file=TOWN_FILE)
    if tree is None:
        return None, None, mistakes
    town, found = admit(TownShape, tree, ())
    told = {(mistake.line, mistake.column) for mistake in found}
    checked = [*_check_languages(tree, known.languages), *_check_services(tree), *_check_names(tree, known.languages)]
    mistakes += [*found, *(mistake for mistake in checked if (mistake.line, mistake.column) not in told)]
    if town is not None and town.timezone not in known.timezones:
        cause = f"There is no time zone `{town.timezone[:60]}`."
        mistakes.append(tree.mistake(("timezone",), cause, _suggest_timezone(town.timezone, known.timezones)))
    if town is not None and town.claim.return_after <= town.claim.ask_after:
        cause, remedy = "A case would be free again before its holder is asked.", "Make `return_after` the longer one."
        mistakes.append(tree.mistake(("claim",), cause, remedy))
    if town is not None:
        mistakes += _check_escalation(tree, town)
    if town is not None and len(town.tags) > _MOST_TAGS:
        mistakes.append(tree.mistake(("tags",), f"There are more than {_MOST_TAGS} tags.", "Take some out."))
    return town, tree, mistakes


def _check_escalation(tree: Tree, town: TownShape) -> list[Mistake]:
    mistakes, unclaimed, near = [], town.escalation.unclaimed, town.escalation.promised
    if unclaimed.lead <= unclaimed.duty:
        cause, remedy = "The leads would be told before who is on duty.", "Make `lead` the longer one."
        mistakes.append(tree.mistake(("escalation", "unclaimed"), cause, remedy))
    if unclaimed.fallback <= unclaimed.lead:
        cause, remedy = "A case would go to another queue before the leads are told.", "Make `fallback` the longer one."
        mistakes.append(tree.mistake(("escalation", "unclaimed"), cause, remedy))
    if near.lead >= near.holder:
        cause, remedy = "The leads would be told before who has the case.", "Make `holder` the longer one."
        mistakes.append(tree.mistake(("escalation", "promised"), cause, remedy))
    return mistakes


def _suggest_timezone(given: str, known: Collection[str]) -> str:
    near = get_close_matches(given[:60], sorted(known), 1)
    return f"Did you mean `{near[0]}`?" if near else "Write one as Europe/Madrid."


def _check_languages(tree: Tree, spoken: tuple[Language, ...]) -> list[Mistake]:
    mistakes, seen = [], set()
    for place, language in enumerate(_listed(tree, "languages")[:MOST_LANGUAGES]):
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
        if queue is not None and queues and queue not in queues and len(mistakes) < MOST_MISTAKES:
            cause = f"There is no queue `{queue[:60]}`."
            mistakes.append(tree.mistake(("services", id, "queue"), cause, suggest(queue, queues)))
    for queue in queues:
        fallback = tree.texts(("queues", queue)).get("fallback")
        if fallback == queue:
            cause, remedy = "A queue cannot be its own fallback.", "Name another one, or leave it out."
            mistakes.append(tree.mistake(("queues", queue, "fallback"), cause, remedy))
        elif fallback is not None and fallback not in queues and len(mistakes) < MOST_MISTAKES:
            cause = f"There is no queue `{fallback[:60]}`."
            mistakes.append(tree.mistake(("queues", queue, "fallback"), cause, suggest(fallback, queues)))
    used = set(chosen.values())
    for queue in queues:
        if queue not in used and None not in used and len(mistakes) < MOST_MISTAKES:
            cause = f"No service belongs to the queue `{queue[:60]}`."
            mistakes.append(tree.mistake(("queues", queue), cause, "Give it one, or take it out.", at_key=True))
    return mistakes


def _check_names(tree: Tree, spoken: tuple[Language, ...]) -> list[Mistake]:
    paths: list[Path] = [("organisation",)]
    paths += [(key, id, "name") for key in ("queues", "services") for id in _listed(tree, key)]
    paths += [("roles", role) for role in Role]
    paths += [("tags", id) for id in _listed(tree, "tags")]
    languages = tuple(Language(language) for language in _listed(tree, "languages")[:MOST_LANGUAGES])
    if not set(languages) <= set(spoken):
        # While the languages are not sure, no name is told to lack one.
        languages = ()
    mistakes = (
        mistake
        for path in paths
        if (words := tree.texts(path))
        for mistake in check_wording(tree, path, words, languages, refuse=refuse_every, longest=LONGEST_BUTTON)
    )
    canned = (mistake for queue in _listed(tree, "queues") for mistake in check_canned(tree, queue, languages))
    return list(islice(chain(mistakes, canned), MOST_MISTAKES))


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


def _build(town: TownShape, flows: Mapping[FlowId, Flow]) -> Installation:
    languages = tuple(Language(language) for language in town.languages)

    def text(words: dict[str, str]) -> Text:
        return {language: words[language] for language in languages}

    return Installation(
        organisation=text(town.organisation),
        languages=languages,
        working_time=WorkingTime(
            timezone=town.timezone,
            hours={DAYS.index(day): hours for day, hours in town.working_hours.items()},
            holidays=frozenset(town.holidays),
        ),
        quiet_hours=town.quiet_hours,
        loop=_build_loop(town),
        claim=Claim(ask_after=town.claim.ask_after, return_after=town.claim.return_after),
        turn=Turn(town.duty.turn),
        escalation=Escalation(
            unclaimed_duty=town.escalation.unclaimed.duty,
            unclaimed_lead=town.escalation.unclaimed.lead,
            unclaimed_fallback=town.escalation.unclaimed.fallback,
            near_holder=town.escalation.promised.holder,
            near_lead=town.escalation.promised.lead,
        ),
        tags={TagId(id): text(words) for id, words in town.tags.items()},
        services={
            ServiceId(id): Service(ServiceId(id), text(shape.name), Approach(shape.approach), QueueId(shape.queue))
            for id, shape in town.services.items()
        },
        queues={QueueId(id): read_queue(QueueId(id), shape, text) for id, shape in town.queues.items()},
        roles={role: text(getattr(town.roles, role)) for role in Role},
        flows=dict(flows),
    )


def _build_loop(town: TownShape) -> Loop:
    return Loop(
        promise_days=town.promise.working_days,
        ask_hold=town.holds.ask,
        decide_hold=town.holds.decide,
        ask_back_after=town.ask_back.after,
        ask_back_window=town.ask_back.window,
        news_days=town.delivery.news,
        hear_within=town.design.hear_within,
        challenge_within=town.design.challenge_within,
        reviews=tuple(sorted(town.delivery.reviews)),
        revisit_after=town.delivery.revisit,
    )
