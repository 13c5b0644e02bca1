"""The town of this process and its flows: the newest versions, and the older ones that people are inside of."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.errors import BadConfiguration
from dialogs.flows.flow import Flow
from dialogs.flows.reader import read_flow
from dialogs.ids import FlowId, VersionId
from dialogs.town import Town
from storage import flow_versions, rooms
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Library:
    """What turns need to know of the configuration."""

    town: Town
    newest: dict[FlowId, VersionId]
    flows: dict[VersionId, Flow]

    def flow_of(self, version: VersionId) -> Flow:
        """Give the flow that a session is pinned to."""
        return self.flows[version]


def open_library(c: Connection, town: Town, *, now: datetime) -> Library:
    """Publish the flows of the configuration, and read again those that open conversations are pinned to."""
    newest = {flow.id: flow_versions.publish(c, flow, now=now) for flow in town.installation.flows.values()}
    flows = {newest[flow.id]: flow for flow in town.installation.flows.values()}
    for version, source in flow_versions.sources_in_use(c).items():
        if version not in flows:
            flows[version] = _read_again(source, town)
    rooms.ensure_web_rooms(c, town.installation.queues, now=now)
    return Library(town, newest, flows)


def _read_again(source: str, town: Town) -> Flow:
    # What was published once stays as it is, whatever services and languages the town has today.
    other = {language: voice("choice.other") for language, voice in town.voices.items()}
    flow = read_flow(source, file="(published)", languages=(), services=(), other_text=other)
    if isinstance(flow, list):
        raise BadConfiguration(flow)
    return flow
