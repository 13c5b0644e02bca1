"""Run the double as a process of its own: ``python -m tests.botapi --port N``; it prints where it is."""

import argparse
import asyncio
import json

from tests.botapi.api import BotApi
from tests.botapi.control import Control


async def _serve(port: int, token: str, *, limited: bool) -> None:
    api = BotApi(port=port, token=token)
    Control(api)
    if not limited:
        api.limits.per_group = None
    async with api:
        print(json.dumps({"url": api.url, "token": api.token}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="A double of the Bot API.")
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--token", default="4242:the-bots-own-secret")
    asked.add_argument("--unlimited", action="store_true", help="let groups be written to at any rate")
    given = asked.parse_args()
    asyncio.run(_serve(given.port, given.token, limited=not given.unlimited))
