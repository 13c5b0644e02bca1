"""``yousaid diff``: what a change of flows means for the people who are inside of them."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.app import database_url
from bot.clock import WallClock
from bot.configuration import load_voices, read_configuration
from bot.library import Edition, read_again
from bot.reloading import Inside, count_inside
from bot.settings import Settings, read_settings
from bot.tools.choosing import refuse
from dialogs.errors import BadConfiguration, Mistake
from dialogs.flows.change import Difference, Grade, compare, grade
from dialogs.flows.flow import Flow, Part
from dialogs.flows.reader import Around, read_flow, read_part
from dialogs.ids import FlowId, StepId, VersionId
from dialogs.town import Town
from dialogs.yaml_tree import decode
from storage import flow_versions
from storage.database import Connection, Database
from storage.errors import StorageError

Flows = Mapping[FlowId, Flow]
# What the new flows are called while they have no number yet.
_COMING = VersionId(0)


@dataclass(frozen=True, slots=True)
class _Published:
    """What the database knows: the newest versions, and all that people are inside of."""

    newest: Mapping[FlowId, VersionId]
    flows: Mapping[VersionId, Flow]


def run(chosen: argparse.Namespace) -> int:
    """Compare ``chosen.old`` with ``chosen.new``, flow files or folders; without ``new``, what is published with it.

    Gives 1 where something is forbidden. Raises: BadConfiguration.
    """
    missing = next((path for path in (chosen.old, chosen.new) if path is not None and not path.exists()), None)
    if missing is not None:
        return refuse(f"There is no {missing}.")
    new = _read(chosen.new or chosen.old)
    old = _read(chosen.old) if chosen.new is not None else None
    return asyncio.run(_run(old, new, whole=chosen.old.is_dir()))


async def _run(old: Flows | None, new: Flows, *, whole: bool) -> int:
    settings = read_settings()
    database = await _open(settings)
    try:
        published = await database.read(lambda c: _published(c, _town(settings, {}))) if database else None
        if old is None and published is None:
            return refuse("Nothing is published yet: there is no database here. Name two: yousaid diff OLD NEW.")
        if database is None or published is None:
            print("There is no database here, so nobody knows how many people are inside.")
        inside = await _count(database, published, new, _town(settings, new)) if database and published else {}
        pinned = published.flows if published and old is None else {}
        if old is None and published is not None:
            # A whole folder says what is offered at all; who is inside of something else still finishes it.
            shown = {*new, *(inside if whole else ())}
            old = {id: published.flows[version] for id, version in published.newest.items() if id in shown}
        return _show(old or {}, new, list(pinned.values()), inside)
    finally:
        if database is not None:
            await database.close()


def _show(old: Flows, new: Flows, pinned: list[Flow], inside: Mapping[FlowId, Inside | int]) -> int:
    worst: list[Difference] = []
    for id in dict.fromkeys((*old, *new)):
        people = _people(inside.get(id))
        if id not in new:
            print(f"{id}: no longer offered. {people}".rstrip())
        elif id not in old:
            print(f"{id}: new. {people}".rstrip())
        else:
            found = compare(old[id], new[id])
            earlier = [one for flow in pinned if flow.id == id for one in compare(flow, new[id])]
            found += tuple(one for one in earlier if one.grade is Grade.FORBIDDEN and one not in found)
            worst += found
            print(f"{id}: {_count_of(found)}. {people}".rstrip())
            for one in dict.fromkeys(found):
                print(f"  {one.grade:<9}  {one.step}: {one.what}")
    if grade(worst) is not Grade.FORBIDDEN:
        return 0
    return refuse("What is forbidden is not published. Give what means something else now a new id.")


def _count_of(found: tuple[Difference, ...]) -> str:
    match len(set(found)):
        case 0:
            return "nothing differs"
        case 1:
            return "1 difference"
        case count:
            return f"{count} differences"


def _people(inside: Inside | int | None) -> str:
    match inside:
        case None:
            return ""
        case int(count):
            return f"People inside: {count}."
        case Inside(_, count, asked_again):
            return f"People inside: {count}. Of them, with something to answer again or anew: {asked_again}."


async def _count(database: Database, published: _Published, new: Flows, town: Town) -> Mapping[FlowId, Inside | int]:
    counted: dict[FlowId, Inside | int] = dict(await database.read(flow_versions.count_inside))
    for id, flow in new.items():
        if id in counted:
            coming = Edition(town, {id: _COMING}, {**published.flows, _COMING: flow})
            counted[id] = await count_inside(database, coming, id, now=WallClock().now())
    return {id: counted.get(id, 0) for id in {*counted, *new}}


def _published(c: Connection, town: Town) -> _Published:
    newest = flow_versions.list_newest(c)
    known = {one.id: one for one in (*newest, *flow_versions.list_in_use(c))}
    flows = {id: read_again(one, town) for id, one in known.items()}
    return _Published({one.flow: one.id for one in newest}, flows)


async def _open(settings: Settings) -> Database | None:
    url = database_url(settings)
    if url.startswith("sqlite:") and not (settings.data / "yousaid.sqlite").exists():
        return None
    try:
        return await Database.open(url)
    except StorageError as failed:
        print(f"{failed}", file=sys.stderr)
        return None


def _town(settings: Settings, flows: Flows) -> Town:
    installation = read_configuration(settings.config)
    return Town(replace(installation, flows={**installation.flows, **flows}), load_voices())


def _read(path: Path) -> Flows:
    """Read the flows of a folder, or of one file with the parts beside it. Raises: BadConfiguration."""
    if path.is_dir():
        return read_configuration(path).flows
    around = Around((), (), {language: voice("choice.other") for language, voice in load_voices().items()})
    parts: dict[StepId, Part] = {}
    for file in sorted((path.parent.parent / "parts").glob("*.yaml")):
        part = read_part(_text(file), file=file.name, around=around)
        parts |= {} if isinstance(part, list) else {part.id: part}
    flow = read_flow(_text(path), file=path.name, around=around, parts=parts)
    if isinstance(flow, list):
        raise BadConfiguration(flow)
    return {flow.id: flow}


def _text(path: Path) -> str:
    text = decode(path.read_bytes(), file=path.name)
    if isinstance(text, Mistake):
        raise BadConfiguration([text])
    return text
