"""Putting cases in order for the team: menus under a card, priority, tags, and sleep.

None of it reaches a citizen, and none of it moves the promise. A menu is only a way to draw the card: it
belongs to the version at which it was opened, so the next act shows the plain card again, and so does a moment
of silence: colleagues who look at the same card want to claim it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.lifecycle import Act
from dialogs.cases.promise import next_working_day
from dialogs.desk.escalation import tell_urgent
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk, attempt, changed, how_it_stands
from dialogs.desk_effects import ShowMenu
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Timer
from dialogs.ids import TagId
from dialogs.presses import CardPress
from dialogs.town import Town, write_date


class Menu(StrEnum):
    """What can be under a card; in the data of a button after ``menu.``."""

    PLAIN = ""
    MORE = "more"
    SNOOZE = "snooze"
    TAGS = "tags"
    # Where all stand on who delivers it, and the numbers of one option (``weighing_card.py``).
    WEIGH = "weigh"
    WEIGH_IN_HOUSE = "weigh.in_house"
    WEIGH_OTHER_AGENCY = "weigh.other_agency"
    WEIGH_PARTNER = "weigh.partner"
    WEIGH_CONTRACT = "weigh.contract"


# What its buttons ask for, in front of the menu, the tag or the time.
MENU, TAG, SNOOZE = "menu", "tag", "snooze"
_MENU_LASTS = timedelta(minutes=2)
HOW_TO_NOTE = "how_to_note"
# Shows the offers that fit a case (``fitting.py``).
FITS = "fits"
# How long a case can sleep; None: until the citizen writes.
SPANS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "answer": None}


def show_menu(press: CardPress, menu: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Open a menu under the card, or go back to the plain one."""
    voice, case = town.voice(town.language), desk.case
    if menu not in set(Menu):
        return Reply(toast=voice("old_button"))
    if press.version != case.version:
        return Reply(toast=changed(desk, voice))
    end = () if menu == Menu.PLAIN else (SetTimer(Timer.MENU_END, case, now + _MENU_LASTS),)
    return Reply((ShowMenu(case, menu), *end))


def set_priority(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Mark a case as urgent, or as not urgent any more."""
    urgent = press.act == Deed.URGENT
    if urgent == desk.case.urgent:
        return Reply(toast=town.voice(town.language)(f"sorting.{press.act}_already"))
    reply = _sort(press, replace(desk.case, urgent=urgent), Deed(press.act), "", desk, town, now=now)
    changed = [effect.case for effect in reply.effects if isinstance(effect, ChangeCase)]
    tells = [tell for case in changed for tell in tell_urgent(case, town, by=desk.servant.id)]
    return replace(reply, effects=(*reply.effects, *tells))


def mark(press: CardPress, tag: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Put a tag on a case, or take it off."""
    voice, case, id = town.voice(town.language), desk.case, TagId(tag)
    if id not in town.installation.tags and id not in case.tags:
        return Reply(toast=voice("old_button"))
    tags = tuple(one for one in case.tags if one != id) if id in case.tags else (*case.tags, id)
    words = ", ".join(town.tag(one, voice) for one in tags) or voice("sorting.no_tags")
    reply = _sort(press, replace(case, tags=tags), Deed.TAG, words, desk, town, now=now)
    # Several are often wanted: the menu stays.
    changed = [effect for effect in reply.effects if isinstance(effect, ChangeCase)]
    return replace(reply, effects=(*reply.effects, *(show for one in changed for show in _tags_stay(one.case, now))))


def _tags_stay(case: Case, now: datetime) -> tuple[Effect, ...]:
    return ShowMenu(case, Menu.TAGS), SetTimer(Timer.MENU_END, case, now + _MENU_LASTS)


def snooze(press: CardPress, span: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Let a case sleep for a while; whatever the citizen writes wakes it."""
    voice = town.voice(town.language)
    if span not in SPANS:
        return Reply(toast=voice("old_button"))
    asleep = attempt(press, Act.SNOOZE, desk, town, now=now)
    if isinstance(asleep, str):
        return Reply(toast=asleep)
    words, length = voice("sorting.until_answer"), SPANS[span]
    if length is not None:
        day = next_working_day(town.today(now) + length, town.installation.working_time)
        asleep, words = replace(asleep, snoozed_until=day), voice("sorting.until_day", day=write_date(day, voice))
    else:
        asleep = replace(asleep, snoozed_until=None)
    entry = Entry(Act.SNOOZE, Actor.SERVANT, now, staff=desk.servant.id, words=words, before=desk.case)
    return Reply((ChangeCase(asleep, entry), *watch(asleep, town, now=now)), voice("desk.did_snooze"))


def _sort(press: CardPress, sorted_: Case, deed: Deed, words: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    voice, case = town.voice(town.language), desk.case
    if case.state not in UNDECIDED:
        return Reply(toast=voice("desk.not_now", state=how_it_stands(desk, voice)))
    if press.version != case.version:
        return Reply(toast=changed(desk, voice))
    moved = replace(sorted_, version=case.version + 1)
    entry = Entry(deed, Actor.SERVANT, now, staff=desk.servant.id, words=words or None, before=case)
    return Reply((ChangeCase(moved, entry), *watch(moved, town, now=now)), voice(f"desk.did_{deed}"))
