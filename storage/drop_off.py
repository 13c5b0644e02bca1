"""How far conversations went: which questions were put in each, and how it stands. No answer is read for it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.ids import FlowId, SessionId, StepId, VersionId
from storage.database import Connection
from storage.sessions import MOVED
from storage.tables import flow_versions, sessions


@dataclass(frozen=True, slots=True)
class Walk:
    """One conversation as far as it went. ``state``: see ``storage/sessions.py``; ``asked``: in the order put."""

    session: SessionId
    version: VersionId
    state: str
    asked: tuple[StepId, ...]
    touched_at: datetime


def list_walks(c: Connection, flow: FlowId) -> list[Walk]:
    """List every conversation in a flow, oldest first."""
    query = (
        sa.select(sessions.c.id, sessions.c.version_id, sessions.c.state, sessions.c.asked, sessions.c.touched_at)
        .join(flow_versions, flow_versions.c.id == sessions.c.version_id)
        .where(flow_versions.c.flow == flow, sessions.c.state != MOVED)
        .order_by(sessions.c.opened_at)
    )
    return [
        Walk(
            SessionId(row.id),
            VersionId(row.version_id),
            row.state,
            tuple(StepId(step) for step in row.asked.split()),
            row.touched_at,
        )
        for row in c.execute(query)
    ]


def list_flows(c: Connection) -> list[FlowId]:
    """Name every flow that was ever published."""
    return [FlowId(flow) for flow in c.execute(sa.select(flow_versions.c.flow).distinct()).scalars()]


def list_versions(c: Connection, flow: FlowId) -> list[VersionId]:
    """List the versions of a flow, the newest first."""
    query = sa.select(flow_versions.c.id).where(flow_versions.c.flow == flow)
    newest_first = query.order_by(flow_versions.c.published_at.desc(), flow_versions.c.id.desc())
    return [VersionId(version) for version in c.execute(newest_first).scalars()]
