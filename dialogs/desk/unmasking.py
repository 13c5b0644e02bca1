"""Showing what a card covers: the words as they were written, to the holder alone, and never unseen.

They go to the servant's own chat, where they cannot be passed on, and not to the room, which keeps what it was
shown for whoever joins later. The journal says who looked and not at what; it cannot be undone, because it was
seen. A handful a day is enough to call people back, and too few to make a list of them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dialogs.cases.case import Actor, Deed, Entry
from dialogs.cases.lifecycle import By, Impossible
from dialogs.cases.masking import mask
from dialogs.desk.seat import Desk, refusal, who
from dialogs.effects import Reply, Tell, WriteEntry
from dialogs.message import Line, Message, Quote
from dialogs.said import Words
from dialogs.town import Town

MOST, WITHIN = 10, timedelta(days=1)
# Of twice as many units at most, which leaves room for the heading (``texts.LONGEST_OUT``).
_PAGE = 1900


def hidden_in(words: Words, entries: Iterable[Entry], town: Town) -> tuple[str, ...]:
    """List the texts of a case in which something is covered, as they were written."""
    texts = [text for said in words for text in (said.question, said.answer)]
    texts += [entry.words or "" for entry in entries]
    return tuple(text for text in dict.fromkeys(texts) if mask(text, town).found)


def show_once(desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Send the covered words of a case to the one who holds it, or who leads its queue."""
    voice = town.voice(town.language)
    if By.HOLDER not in who(desk):
        return Reply(toast=refusal(Impossible.ROLE, desk, town, voice, now=now))
    if not desk.hidden:
        return Reply(toast=voice("old_button"))
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    if desk.unmasked >= MOST:
        return Reply(toast=voice("unmask.enough", number=MOST))
    lead = Line(voice("unmask.lead", code=desk.case.code), strong=True)
    tells = [
        Tell(Message((lead, *(Quote(text) for text in page)), protected=True), to=desk.own_chat)
        for page in _pages(desk.hidden)
    ]
    looked = Entry(Deed.UNMASK, Actor.SERVANT, now, staff=desk.servant.id)
    return Reply((*tells, WriteEntry(desk.case, looked)), voice("unmask.sent"))


def _pages(texts: Iterable[str]) -> list[list[str]]:
    """Lay texts out on as many messages as they need: nothing of them is cut off."""
    pages: list[list[str]] = []
    room = 0
    for text in texts:
        for start in range(0, len(text), _PAGE):
            piece = text[start : start + _PAGE]
            if len(piece) > room:
                pages.append([])
                room = _PAGE
            pages[-1].append(piece)
            room -= len(piece)
    return pages
