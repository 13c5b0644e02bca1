"""Published flows: immutable versions, told apart by the hash of their source."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from dialogs.flows.flow import Flow
from dialogs.ids import VersionId
from storage.database import Connection
from storage.sessions import IS_OPEN
from storage.tables import flow_versions, sessions


def publish(c: Connection, flow: Flow, *, now: datetime) -> VersionId:
    """Give the version of a flow, adding it where this source was never published."""
    known = c.execute(sa.select(flow_versions.c.id).where(flow_versions.c.sha256 == flow.sha256)).scalar()
    if known is not None:
        return VersionId(known)
    values = {"flow": flow.id, "sha256": flow.sha256, "source": flow.source, "published_at": now}
    return VersionId(c.execute(flow_versions.insert().values(values).returning(flow_versions.c.id)).scalar_one())


def sources_in_use(c: Connection) -> Mapping[VersionId, str]:
    """Give the sources of the versions that open conversations are pinned to."""
    pinned = sa.select(sessions.c.version_id).where(IS_OPEN)
    rows = c.execute(sa.select(flow_versions.c.id, flow_versions.c.source).where(flow_versions.c.id.in_(pinned)))
    return {VersionId(row.id): row.source for row in rows}
