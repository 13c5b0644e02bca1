"""The public board for programs: RSS, JSON and the rows of sheets, with the same words and numbers as the page.

No number of a case is in them, and nothing by which they could be put in an order in which people wrote.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

from dialogs.public.figures import Board, Figures, Promise, Share
from dialogs.public.matter import Matter
from dialogs.sheet import guard
from dialogs.texts import Voice
from dialogs.town import Town

# Characters that XML cannot write. Source: XML 1.0, 2.2 Characters, 2026.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Gives the lasting name of a matter, which tells nothing else about it.
Name = Callable[[Matter], str]


@dataclass(frozen=True, slots=True)
class Published:
    """All that is on the board."""

    matters: Sequence[Matter]
    board: Board


def write_rss(published: Published, town: Town, voice: Voice, *, link: str, name: Name) -> str:
    """Write the matters for feed readers. ``link``: the address of the page."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", f"{voice('web.public.title')} · {town.organisation(voice)}")
    _add(channel, "link", link)
    _add(channel, "description", voice("web.public.lead"))
    _add(channel, "language", voice.language)
    for matter in published.matters:
        item = ET.SubElement(channel, "item")
        _add(item, "title", matter.line)
        _add(item, "description", "\n".join(tell(matter, town, voice)))
        _add(item, "category", town.service(matter.service, voice))
        _add(item, "pubDate", format_datetime(matter.told_at))
        _add(item, "guid", name(matter)).set("isPermaLink", "false")
    return ET.tostring(rss, encoding="unicode", xml_declaration=True)


def write_json(published: Published, town: Town, voice: Voice, *, name: Name) -> str:
    """Write matters and figures for programs; what is not told is null."""
    services = {
        service: {"name": town.service(service, voice), **_figures(figures)}
        for service, figures in published.board.services.items()
    }
    matters = [_plain(matter, published.board, voice, name) for matter in published.matters]
    return json.dumps(
        {"counts_are": "at least, in tens; null: not told", "services": services, "matters": matters},
        ensure_ascii=False,
        indent=1,
    )


def list_matters(published: Published, voice: Voice, *, name: Name) -> list[list[str]]:
    """List the matters for a sheet, below the names of the columns."""
    rows = [_plain(matter, published.board, voice, name) for matter in published.matters]
    return _sheet(rows, _MATTER)


def list_figures(published: Published, town: Town, voice: Voice) -> list[list[str]]:
    """List the figures for a sheet, a service on each row; people by who they are stand in the JSON."""
    rows = [
        {"service": service, "name": town.service(service, voice), **_flat(figures)}
        for service, figures in published.board.services.items()
    ]
    return _sheet(rows, tuple(rows[0]) if rows else ("service",))


def tell(matter: Matter, town: Town, voice: Voice) -> Iterator[str]:
    """Say what was told of a matter, a line each."""
    queue = town.queue(matter.queue, voice)
    yield voice(f"told.{matter.outcome}", queue=queue)
    yield matter.reason_for(voice.language)
    if matter.stage is not None:
        yield voice(f"web.public.stage.{matter.stage}")
    if matter.option is not None:
        yield voice(f"told_delivery.{matter.option}", queue=queue)
        yield matter.option_reason
    if matter.did:
        yield f"{voice('notice.did')} {matter.did}"
    if matter.did_not:
        yield f"{voice('notice.did_not')} {matter.did_not}"


_MATTER = (
    "id",
    "told_at",
    "service",
    "said",
    "outcome",
    "stage",
    "reason",
    "did",
    "did_not",
    "delivered_by",
    "delivered_by_reason",
    "worked",
    "not_worked",
)


def _plain(matter: Matter, board: Board, voice: Voice, name: Name) -> dict[str, Any]:
    worked, not_worked = board.matters.get(matter.id, (None, None))
    values = (
        name(matter),
        matter.told_at.isoformat(timespec="seconds"),
        matter.service,
        matter.line,
        matter.outcome,
        matter.stage,
        matter.reason_for(voice.language),
        matter.did or None,
        matter.did_not or None,
        matter.option,
        matter.option_reason or None,
        worked,
        not_worked,
    )
    return dict(zip(_MATTER, values, strict=True))


def _figures(figures: Figures) -> dict[str, Any]:
    people = figures.people
    heads = (*people.results, "everybody")
    by = {
        row or "unsaid": dict(zip(heads, (*cells, total), strict=True))
        for row, cells, total in zip(people.rows, people.cells, people.sums, strict=True)
    }
    return {
        **_flat(figures),
        "people": {
            "by": by,
            "all": dict(zip(heads, (*people.totals, people.everybody), strict=True)),
            "missing": list(people.missing),
        },
    }


def _flat(figures: Figures) -> dict[str, Any]:
    promises = {f"promise_{promise}": figures.promises.get(promise) for promise in Promise}
    return {
        "answered": _share(figures.answered),
        "days_to_first_answer_median": figures.days,
        "kept": _share(figures.kept),
        **promises,
        "worked": _share(figures.worked),
        "not_worked": _share(figures.not_worked),
    }


def _share(share: Share | None) -> str | None:
    return None if share is None else f"at least {share.at_least} in {share.of}"


def _sheet(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[list[str]]:
    return [list(names), *([guard("" if row[name] is None else str(row[name])) for name in names] for row in rows)]


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NOT_IN_XML.sub(" ", text)
    return child
