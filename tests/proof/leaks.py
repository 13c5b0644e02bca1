"""Nobody reads what is not for them, in so many steps by chance: houses one after another, on both channels."""

from collections import Counter

from storage.database import Database
from tests.journeys.leaks_house import Name, play
from tests.proof.kill_points import Fresh

# A house has a life of so many; its case files grow with it, and so does each step.
_A_LIFE = 500


async def prove_no_leaks(fresh: Fresh, *, steps: int) -> str:
    """Play so many steps and tell what was looked at. Raises: AssertionError with the seed, for the first leak."""
    told: Counter[str] = Counter()
    shown = 0
    for seed, begin in enumerate(range(0, steps, _A_LIFE)):
        name: Name = "web" if seed % 2 else "telegram"
        database = await Database.open(fresh()[0])
        try:
            played = await play(database, seed, min(_A_LIFE, steps - begin), name=name)
        except AssertionError as found:
            raise AssertionError(f"seed {seed} on {name}: {found}") from found
        finally:
            await database.close()
        shown += played.oracle.judged
        told.update(kind for _, kind, _ in played.oracle.heard.elements())
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(told.items()))
    return f"{steps} steps, {shown} messages looked at, each notice delivered once to each it is for ({kinds}), 0 leaks"
