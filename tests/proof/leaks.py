"""Nobody reads what is not for them, in so many steps by chance: houses one after another, on both channels."""

import asyncio
from collections import Counter

from storage.database import Database
from tests.journeys.leaks_house import Name, play
from tests.proof.kill_points import Fresh

# A house has a life of so many; its case files grow with it, and so does each step.
_A_LIFE = 500


async def prove_no_leaks(fresh: Fresh, *, steps: int) -> str:
    """Play so many steps and tell what was looked at. Raises: AssertionError with the seed, for the first leak."""
    told: Counter[str] = Counter()
    shown = failed = broken = listed = 0
    for seed, begin in enumerate(range(0, steps, _A_LIFE)):
        name: Name = "web" if seed % 2 else "telegram"
        database = await Database.open((await asyncio.to_thread(fresh))[0])
        try:
            played = await play(database, seed, min(_A_LIFE, steps - begin), name=name)
        finally:
            await database.close()
        shown += played.oracle.judged
        failed, broken = failed + played.channel.failed, broken + played.troubles
        listed += played.oracle.notices.listed.total()
        told.update(kind for _, kind, _ in played.oracle.notices.heard.elements())
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(told.items()))
    return (
        f"{steps} steps, {shown} messages looked at, {failed} sends and {broken} turns failed, each notice delivered "
        f"once to each it is for ({kinds}) or on the list ({listed}), 0 leaks"
    )
