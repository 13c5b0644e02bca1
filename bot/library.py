"""The configuration in force: the town, the newest version of each flow, and those that people are inside of.

It can be replaced while people talk. So it is an ``Edition``, a value all of one piece, and the ``Library``
is the one place that says which edition counts. Whoever works takes the edition once and stays with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dialogs.errors import BadConfiguration
from dialogs.flows.change import Difference, Grade, compare
from dialogs.flows.flow import Flow, Part
from dialogs.flows.moving import Newer
from dialogs.flows.reader import Around, read_flow, read_part
from dialogs.ids import FlowId, StepId, VersionId
from dialogs.town import Town
from storage import flow_versions, rooms
from storage.database import Connection
from storage.flow_versions import Published


@dataclass(frozen=True, slots=True)
class Refusal:
    """A flow that was not published, because people inside of the one before could not go on in it."""

    flow: Flow
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What turns need to know of the configuration. ``flows`` are the versions known when it was made."""

    town: Town
    newest: Mapping[FlowId, VersionId]
    flows: Mapping[VersionId, Flow]
    refused: tuple[Refusal, ...] = ()
    # Versions that another process published since, as far as somebody inside of them came along.
    _met: dict[VersionId, Flow] = field(default_factory=dict, compare=False)

    def flow_of(self, c: Connection, version: VersionId) -> Flow:
        """Give the flow that a session is pinned to."""
        known = self.flows.get(version) or self._met.get(version)
        if known is None:
            known = self._met[version] = read_again(flow_versions.load(c, version), self.town)
        return known

    def newer_than(self, version: VersionId) -> Newer | None:
        """Give the newest version of a flow, where this one is not it; None too where the flow is no longer offered.

        A version that came after this edition is newer than all that is known here.
        """
        flow = self.flows.get(version)
        newest = self.newest.get(flow.id) if flow else None
        return None if newest is None or newest == version else Newer(newest, self.flows[newest])


class Library:
    """Holds the edition in force."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    @property
    def edition(self) -> Edition:
        """Give the edition in force."""
        return self._edition

    @property
    def town(self) -> Town:
        """Give the town as it is now."""
        return self._edition.town

    def replace(self, edition: Edition) -> None:
        """Put another edition into force, for every turn that begins from now on."""
        self._edition = edition


def open_library(c: Connection, town: Town, *, now: datetime) -> Library:
    """Publish the configuration that the program starts with."""
    return Library(publish(c, town, now=now))


def publish(c: Connection, town: Town, *, now: datetime, before: Edition | None = None) -> Edition:
    """Publish every flow that people can go on in; of the others the version before goes on.

    ``before``: the edition in force, which spares reading again what it knows.
    """
    known = before.flows if before else {}
    flows = {one.id: known.get(one.id) or read_again(one, town) for one in flow_versions.list_in_use(c)}
    newest: dict[FlowId, VersionId] = {}
    refused: list[Refusal] = []
    for flow in town.installation.flows.values():
        replaced = _replaced_by(c, flow, {**known, **flows}, town)
        inside = [one for one in flows.values() if one.id == flow.id]
        forbidden = _forbidden([replaced[1], *inside], flow) if replaced else ()
        if replaced and forbidden:
            refused.append(Refusal(flow, forbidden))
            version, goes_on = replaced
        else:
            version, goes_on = flow_versions.publish(c, flow, now=now), flow
        newest[flow.id], flows[version] = version, goes_on
    rooms.ensure_web_rooms(c, town.installation.queues, now=now)
    offered = {id: flows[version] for id, version in newest.items()}
    town = Town(replace(town.installation, flows=offered), town.voices)
    return Edition(town, newest, flows, tuple(refused))


def read_again(published: Published, town: Town) -> Flow:
    """Read a version as it was published. Raises: BadConfiguration, where this program is too new for it."""
    # What was published once stays as it is, whatever services and languages the town has today.
    around = Around((), (), {language: voice("choice.other") for language, voice in town.voices.items()})
    parts: dict[StepId, Part] = {}
    for source in published.parts.values():
        part = read_part(source, file="(published)", around=around)
        if isinstance(part, list):
            raise BadConfiguration(part)
        parts[part.id] = part
    flow = read_flow(published.source, file="(published)", around=around, parts=parts)
    if isinstance(flow, list):
        raise BadConfiguration(flow)
    return flow


def _replaced_by(
    c: Connection, flow: Flow, known: Mapping[VersionId, Flow], town: Town
) -> tuple[VersionId, Flow] | None:
    """Give the version that a flow would replace; None where it is the same, or where there is none to go on in."""
    current = flow_versions.newest_of(c, flow.id)
    if current is None or current.sha256 == flow.sha256:
        return None
    if current.id in known:
        return current.id, known[current.id]
    try:
        return current.id, read_again(current, town)
    except BadConfiguration:
        # An older program published it, and nobody is inside.
        return None


def _forbidden(olds: Iterable[Flow], new: Flow) -> tuple[Difference, ...]:
    found = [one for old in olds for one in compare(old, new) if one.grade is Grade.FORBIDDEN]
    # Several versions may forbid the same.
    return tuple(dict.fromkeys(found))
