"""Services whose approach the town has changed: their cases follow, a page to a transaction.

First those that came to their end, quietly; then the open ones, each with a line of its journal and a notice to its
people. The leads are told how many with the first page of these. What a kill leaves behind moves at the next start.
"""

from datetime import datetime

from dialogs.cases.approach import change, tell_leads
from dialogs.town import Town
from storage import approaches
from storage.approaches import Declared
from storage.database import Connection, Database
from storage.recorder import record_case

PAGE = 100


async def follow_approaches(database: Database, town: Town, *, now: datetime, page: int = PAGE) -> int:
    """Let every case go by the approach that its service declares now; give how many open ones moved.

    Raises: StorageError.
    """
    declared = {service.id: service.approach for service in town.installation.services.values()}
    if not await database.read(lambda c: approaches.is_behind(c, declared)):
        return 0
    while await database.write(lambda c: approaches.follow_ended(c, declared, limit=page)):
        pass
    moved = await database.write(lambda c: move_page(c, declared, town, now=now, limit=page, is_first=True))
    more = moved
    while more:
        more = await database.write(lambda c: move_page(c, declared, town, now=now, limit=page, is_first=False))
        moved += more
    return moved


def move_page(c: Connection, declared: Declared, town: Town, *, now: datetime, limit: int, is_first: bool) -> int:
    """Move a page of open cases and tell how many it had; with the first one the leads hear how many there are."""
    for service, queue, count in approaches.count_open(c, declared) if is_first else ():
        record_case(c, tell_leads(service, queue, count, town), now=now)
    held = approaches.hold_open(c, declared, limit=limit)
    for case in held:
        for effect in change(case, declared[case.service], town, now=now):
            record_case(c, effect, now=now)
        approaches.keep(c, case, declared[case.service])
    return len(held)
