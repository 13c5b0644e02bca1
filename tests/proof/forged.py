"""50,000 forged presses and payloads: none changes anything, and each is answered."""

from random import Random

from storage.database import Database
from tests.bot.forging import send_forgeries
from tests.bot.full_house import full_house


async def prove_forged(url: str, *, times: int, seed: int) -> str:
    """Send so many forgeries into a full house. Raises: AssertionError."""
    database = await Database.open(url)
    try:
        async with full_house(database) as house:
            count = await send_forgeries(house, times=times, dice=Random(seed))
    finally:
        await database.close()
    assert count.complaints == [], count.complaints[:20]
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(count.sent.items()))
    silent = sum(count.silent.values())
    return f"{count.sent.total()} sent ({kinds}), 0 changes, {silent} that have nobody to answer to, by rule"
