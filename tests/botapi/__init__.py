"""The Bot API on the wire, for tests: a double that behaves as TELEGRAM.md says Telegram does.

The product talks to it over HTTP with the real library. The tests act as people through it::

    async with BotApi() as api:
        ana = api.user("Ana")
        await ana.send("/start")
        question = await ana.wait_for("What would you like to improve?")
        press = await ana.press(question, "A bench")
        assert await press.toast() == ""

It can also run as a process of its own: ``python -m tests.botapi --port N`` (see ``control.py``).
"""

from tests.botapi.api import BotApi
from tests.botapi.faults import How
from tests.botapi.people import Group, Press, Talk, User
from tests.botapi.world import ApiError, BotMessage, Call

__all__ = ["ApiError", "BotApi", "BotMessage", "Call", "Group", "How", "Press", "Talk", "User"]
