"""When the program was last alive, so that the next one knows for how long there was none."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Connection
from storage.tables import alive


def touch(c: Connection, *, now: datetime) -> datetime | None:
    """Note that the program is alive; give when it last was, if it ever was."""
    before: datetime | None = c.execute(sa.select(alive.c.at)).scalar()
    if before is None:
        c.execute(alive.insert().values(id=1, at=now))
    else:
        c.execute(alive.update().values(at=now))
    return before
