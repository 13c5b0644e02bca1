"""What a servant looks at without changing anything: lists of cases, one case whole, what was found, and numbers.

The same in the servant's own chat and in a room, where it is about the room's queue alone: a room may have people in
it who are on no list, or on another one. A list shows no sensitive answer, and nothing unmasked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from babel.dates import format_timedelta

from dialogs.cases.case import Case, Deed, State
from dialogs.cases.lifecycle import owes_news
from dialogs.cases.masking import mask, mask_words
from dialogs.desk.card import SIGNS, TAKEN_BACK, CardView, draw_card, tell_entry
from dialogs.ids import CaseId
from dialogs.message import Block, Button, Line, Message, Quote, rows_of, say
from dialogs.presses import LookPress, pack
from dialogs.said import Words, preview
from dialogs.texts import LONGEST_OUT, Voice, cut, locale_of, one_line, units
from dialogs.town import Town, write_date

# So many cases on a page, and so much of each one's words.
PAGE = 10
_EXCERPT, _ECHO = 60, 80
# A message holds this much, with room for what a channel adds.
_FULL = LONGEST_OUT - 600


class Look(StrEnum):
    """What a servant can ask for, as it is typed after the slash."""

    QUEUE = "queue"
    MINE = "mine"
    CASE = "case"
    FIND = "find"
    STATS = "stats"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list, with the words of its first contribution."""

    case: Case
    words: Words


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a list ended; the next one begins after it."""

    promised_on: date
    case: CaseId


@dataclass(frozen=True, slots=True)
class Stats:
    """How the cases of some queues stand.

    ``first_act``: within which time half of the newest cases saw the first act of a servant, of those that saw one.
    """

    counts: Mapping[State, int]
    today: int
    late: int
    first_act: timedelta | None


def read_after(text: str) -> After | None:
    """Read what the button for the next page carries; None for anything that we never write."""
    day, _, number = text.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    try:
        return After(date.fromisoformat(day), CaseId(int(number)))
    except ValueError:
        return None


def draw_page(look: Look, listed: tuple[Listed, ...], town: Town) -> Message:
    """Draw a page of a list; one case more than a page holds means that there is another page."""
    voice = town.voice(town.language)
    if not listed:
        return say(voice(f"look.{look}_none"))
    page = listed[:PAGE]
    rows = _openers(page, voice)
    if len(listed) > PAGE:
        last = page[-1].case
        after = pack(LookPress(look, f"{last.promised_on.isoformat()}.{last.id}"))
        rows = (*rows, (Button(voice("button.more"), after),))
    return Message((Line(voice(f"look.{look}"), strong=True), *_lines(page, town, voice)), rows, protected=True)


def draw_found(asked: str, listed: tuple[Listed, ...], town: Town) -> Message:
    """Draw what was found for some words."""
    voice = town.voice(town.language)
    echo = one_line(mask(asked, town).text, _ECHO)
    if not listed:
        return say(voice("look.find_none", words=echo))
    page = listed[:PAGE]
    more = (Line(voice("look.find_more")),) if len(listed) > PAGE else ()
    heading = Line(voice("look.find", words=echo), strong=True)
    return Message((heading, *_lines(page, town, voice), *more), _openers(page, voice), protected=True)


def draw_case(view: CardView, town: Town) -> tuple[Message, ...]:
    """Draw a case whole: its card with the buttons, then all that was written, and all that happened."""
    voice = town.voice(town.language)
    blocks: list[Block] = []
    if view.words != TAKEN_BACK:
        words, _ = mask_words(view.words, town)
        blocks.append(Line(voice("look.said"), strong=True))
        for said in words:
            blocks += [Line(said.question), *(Quote(part) for part in _parts(said.answer))]
    history = [replace(entry, words=entry.words and mask(entry.words, town).text) for entry in view.entries]
    if history:
        blocks.append(Line(voice("look.history"), strong=True))
        blocks += [
            Line(f"{write_date(town.today(entry.at), voice)}: {tell_entry(entry, view, voice)}") for entry in history
        ]
    # That it was opened is what the card itself says.
    told = tuple(entry for entry in view.entries if entry.act != Deed.OPENED)
    return (draw_card(replace(view, entries=told), town), *_messages(blocks, Line(view.case.code, strong=True)))


def draw_stats(stats: Stats, town: Town) -> Message:
    """Draw the numbers."""
    voice = town.voice(town.language)
    counts = [
        f"{SIGNS[state]} {voice(f'state.{state}')}: {stats.counts[state]}" for state in State if state in stats.counts
    ]
    lines = [*counts, voice("look.today", count=stats.today), voice("look.late", count=stats.late)]
    if stats.first_act is not None:
        time = format_timedelta(stats.first_act, granularity="minute", locale=locale_of(voice.language) or "en")
        lines.append(voice("look.first_act", time=time))
    return Message((Line(voice("look.stats"), strong=True), *map(Line, lines)))


def draw_help(town: Town) -> Message:
    """List what can be asked for."""
    voice = town.voice(town.language)
    # The command last: a line takes its direction from its first letter.
    lines = [f"{voice(f'command.{name_of(look)}')}: /{look}" for look in Look]
    lines[-1:-1] = [f"{voice(f'command.{word}')}: /{word}" for word in ("duty", "handover", "undo", "split", "bulk")]
    return Message((Line(voice("look.help"), strong=True), *map(Line, lines), Line(voice("look.help_where"))))


def name_of(look: Look) -> str:
    """Name a command in the words; citizens have a help of their own."""
    return "desk_help" if look is Look.HELP else str(look)


def _lines(page: tuple[Listed, ...], town: Town, voice: Voice) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for number, one in enumerate(page, 1):
        case = one.case
        urgent = "❗ " if case.urgent else ""
        parts = (
            f"{number}. {urgent}{SIGNS[case.state]} {case.code}",
            town.service(case.service, voice),
            _when(case, voice),
        )
        excerpt = one_line(mask(preview(one.words), town).text, _EXCERPT)
        blocks += [Line(" · ".join(parts)), Quote(excerpt)]
    return tuple(blocks)


def _when(case: Case, voice: Voice) -> str:
    if not owes_news(case):
        return voice(f"state.{case.state}")
    return voice("look.by_late" if case.overdue else "look.by", day=write_date(case.promised_on, voice))


def _openers(page: tuple[Listed, ...], voice: Voice) -> tuple[tuple[Button, ...], ...]:
    codes = [one.case.code for one in page]
    buttons = [Button(voice("button.open", n=n), pack(LookPress(Look.CASE, code))) for n, code in enumerate(codes, 1)]
    return rows_of(buttons, width=3)


def _parts(text: str) -> list[str]:
    """Cut a long text into pieces that fit a message each, and lose nothing."""
    parts = []
    while units(text) > _FULL:
        kept = cut(text, _FULL).removesuffix("…")
        # Between two words, where there are any.
        kept = kept[: kept.rfind(" ")] if kept.rfind(" ") > 0 else kept
        parts.append(kept)
        text = text[len(kept) :].lstrip()
    return [*parts, text]


def _messages(blocks: list[Block], head: Line) -> tuple[Message, ...]:
    """Lay blocks out in as few messages as hold them, each under the case's code: by it they are found and deleted."""
    messages: list[Message] = []
    page: list[Block] = [head]
    for block in blocks:
        whole = Message((*page, block), protected=True)
        if len(page) > 1 and units(whole.plain()) > _FULL + 300:
            messages.append(Message(tuple(page), protected=True))
            page = [head]
        page.append(block)
    return (*messages, Message(tuple(page), protected=True)) if len(page) > 1 else tuple(messages)
