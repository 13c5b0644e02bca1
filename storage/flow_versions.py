"""Published flows: immutable versions, told apart by the hash of their source.

The newest of a flow is the one that was published last. To publish what was published once before makes
that version the newest again: an admin takes a change back by putting the old file there. A version that a
conversation or a contribution refers to cannot be deleted, which the database holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dialogs.flows.flow import Flow
from dialogs.flows.session import Session
from dialogs.ids import FlowId, SessionId, StepId, VersionId
from storage.codec import unpack_session
from storage.database import Connection
from storage.sessions import IS_OPEN
from storage.tables import flow_versions, sessions


@dataclass(frozen=True, slots=True)
class Published:
    """A version as it was published: its source, and those of the parts that it uses, by their ids."""

    id: VersionId
    flow: FlowId
    sha256: str
    source: str
    parts: Mapping[StepId, str]
    published_at: datetime


def publish(c: Connection, flow: Flow, *, now: datetime) -> VersionId:
    """Make a flow the newest version of its id, adding it where this source was never published."""
    newest = newest_of(c, flow.id)
    if newest is not None and newest.sha256 == flow.sha256:
        return newest.id
    # Later than the one before, also where the clock stands still or was put back.
    at = now if newest is None else max(now, newest.published_at + timedelta(milliseconds=1))
    again = flow_versions.update().where(flow_versions.c.sha256 == flow.sha256).values(published_at=at)
    known = c.execute(again.returning(flow_versions.c.id)).scalar()
    if known is not None:
        return VersionId(known)
    values = {
        "flow": flow.id,
        "sha256": flow.sha256,
        "source": flow.source,
        "parts": json.dumps(dict(flow.parts)),
        "published_at": at,
    }
    return VersionId(c.execute(flow_versions.insert().values(values).returning(flow_versions.c.id)).scalar_one())


def current(c: Connection, flow: Flow, *, now: datetime) -> VersionId:
    """Give the newest version of a flow; where none was ever published, this one is."""
    newest = newest_of(c, flow.id)
    return publish(c, flow, now=now) if newest is None else newest.id


def newest_of(c: Connection, flow: FlowId) -> Published | None:
    """Give the newest version of a flow."""
    query = sa.select(flow_versions).where(flow_versions.c.flow == flow)
    latest = query.order_by(flow_versions.c.published_at.desc(), flow_versions.c.id.desc()).limit(1)
    row = c.execute(latest).one_or_none()
    return _read(row) if row else None


def list_newest(c: Connection) -> list[Published]:
    """List the newest version of every flow that was ever published."""
    ids = c.execute(sa.select(flow_versions.c.flow).distinct().order_by(flow_versions.c.flow)).scalars().all()
    return [newest for id in ids if (newest := newest_of(c, FlowId(id))) is not None]


def load(c: Connection, version: VersionId) -> Published:
    """Give a version by its number."""
    return _read(c.execute(sa.select(flow_versions).where(flow_versions.c.id == version)).one())


def list_in_use(c: Connection) -> list[Published]:
    """List the versions that open conversations are pinned to."""
    pinned = sa.select(sessions.c.version_id).where(IS_OPEN)
    rows = c.execute(sa.select(flow_versions).where(flow_versions.c.id.in_(pinned)).order_by(flow_versions.c.id))
    return [_read(row) for row in rows]


def count_inside(c: Connection) -> Mapping[FlowId, int]:
    """Count the people who are inside of each flow, whatever its version."""
    query = sa.select(flow_versions.c.flow, sa.func.count()).select_from(sessions).join(flow_versions)
    return {FlowId(flow): count for flow, count in c.execute(query.where(IS_OPEN).group_by(flow_versions.c.flow))}


def list_inside(c: Connection, flow: FlowId, *, after: SessionId, limit: int) -> list[Session]:
    """List a page of the open conversations in a flow, in the order of their ids."""
    query = (
        sa.select(sessions.c.id, sessions.c.version_id, sessions.c.answers)
        .join(flow_versions)
        .where(flow_versions.c.flow == flow, IS_OPEN, sessions.c.id > after)
        .order_by(sessions.c.id)
        .limit(limit)
    )
    rows = c.execute(query).all()
    return [unpack_session(row.answers, Session(SessionId(row.id), VersionId(row.version_id))) for row in rows]


def _read(row: Any) -> Published:
    parts = {StepId(part): source for part, source in json.loads(row.parts).items()}
    return Published(VersionId(row.id), FlowId(row.flow), row.sha256, row.source, parts, row.published_at)
