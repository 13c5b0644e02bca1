"""Weighing who delivers: what the desk has to look up for a press, and which of a servant's drafts are about it."""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import Deed
from dialogs.cases.draft import Desktop
from dialogs.desk import choosing, weighing
from dialogs.desk.seat import Desk, Servant, Where
from dialogs.desk.weighing_card import WEIGH
from dialogs.effects import Reply
from dialogs.town import Town
from storage import weighings
from storage.database import Connection

# What a servant writes about it.
DRAFTS = (WEIGH, Deed.DELIVERY)


def is_weighing(act: str) -> bool:
    """Tell whether a press on a card is about who delivers."""
    return act.partition(".")[0] == WEIGH


def look_up(c: Connection, seen: Desk) -> Desk:
    """Add what is known of who delivers."""
    return replace(seen, weighing=weighings.look(c, seen.case, whole=True))


def write(c: Connection, desktop: Desktop, seen: Desk, text: str, town: Town, *, now: datetime) -> Reply:
    """Take a text in a servant's own chat for such a draft."""
    asks = weighing.write if desktop.draft.act == WEIGH else choosing.write
    return asks(desktop, text, look_up(c, seen), town, now=now)


def press(c: Connection, desktop: Desktop, servant: Servant, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on a button of such a draft."""
    seen = Desk(servant, desktop.case, desktop.holder, None, desktop.draft.address, None, Where.OWN)
    return choosing.press(desktop, step, look_up(c, seen), town, now=now)
