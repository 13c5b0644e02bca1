"""The card of a weighing: where the servants stand on each option, where they do not agree, and who is missing.

What contributors think stands apart under its own heading, without anybody's name. On the plain card of the case a
choice is one line, with its reason and the day on which it is looked at again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dialogs.cases.case import Case
from dialogs.cases.delivery_choice import (
    HEARD,
    LEAST,
    LEAST_SERVANTS,
    MOST,
    Column,
    Criterion,
    Option,
    View,
    Weighing,
    can_weigh,
    compare,
    who_weighed,
    write_median,
)
from dialogs.cases.judging import OUT, SIGNS
from dialogs.cases.masking import mask
from dialogs.installation import Approach
from dialogs.message import Block, Button, Line, Message, Quote, Tone, rows_of
from dialogs.presses import CardPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

_REASON, _MOST_WORDS = 300, 12
# What a press asks for, in front of a dot and what of it.
WEIGH = "weigh"
SCALE = tuple(range(LEAST, MOST + 1))
Rows = tuple[tuple[Button, ...], ...]


def draw_weighing(title: str, case: Case, weighing: Weighing, town: Town) -> Message:
    """Draw where everybody stands, and what can be done next."""
    voice = town.voice(town.language)
    blocks: list[Block] = [Line(title, strong=True), Line(voice("weigh.title"), strong=True)]
    blocks += _servants(weighing, town, voice)
    if case.approach is Approach.SERVICE_INTEGRATED:
        blocks += _contributors(weighing, town, voice)

    def button(said: str, text: str, tone: Tone = Tone.PLAIN) -> Button:
        return Button(text, pack(CardPress(case.code, case.version, f"{WEIGH}.{said}")), tone)

    options = [button(f"show.{option}", voice(f"option.{option}")) for option in Option]
    asks = [button("ask", voice("button.weigh_ask"))] if _can_ask(case, weighing) else []
    acts = [button("own", voice("button.weigh_own")), *asks]
    choose = button("choose", voice("button.weigh_choose"), Tone.SUCCESS)
    back = Button(voice("button.back"), pack(CardPress(case.code, case.version, "menu.")), Tone.QUIET)
    return Message(tuple(blocks), (*rows_of(options, width=2), tuple(acts), (choose, back)), protected=True)


def draw_menu(title: str, menu: str, case: Case, weighing: Weighing, town: Town) -> Message:
    """Draw the card while it is weighed: where all stand, or one option, on which each gives their own numbers."""
    voice = town.voice(town.language)
    _, _, option = menu.partition(".")
    if not option:
        return draw_weighing(title, case, weighing, town)
    asked = draw_option(case, Option(option), voice, how="weigh.tap")
    shows = pack(CardPress(case.code, case.version, f"{WEIGH}.show"))
    back = Button(voice("button.back"), shows, Tone.QUIET)
    return Message((Line(title, strong=True), *asked.blocks), (*asked.buttons, (back,)), protected=True)


def draw_option(case: Case, option: Option, voice: Voice, *, how: str = "", own: View | None = None) -> Message:
    """Ask about one option. ``how``: the key of what helps to answer, ``own``: what the one reader thinks so far."""
    number = list(Option).index(option) + 1
    name = voice(f"option.{option}")
    title = voice("weigh.option", code=case.code, option=name, number=number, most=len(Option))
    lines = [Line(title, strong=True), Line(voice(f"option_means.{option}"))]
    lines += [Line(f"{SIGNS[one]} {voice(f'weigh.{one}')}") for one in Criterion]
    if own is not None and (own.scores or own.left_out):
        lines.append(Line(voice("weigh.yours", scores=draw_own(own, voice))))
    lines += [Line(voice(how, option=name))] if how else []

    def button(text: str, said: str) -> Button:
        return Button(text, pack(CardPress(case.code, case.version, f"{WEIGH}.{option}.{said}")))

    rows = [tuple(button(f"{SIGNS[one]} {value}", f"{one}.{value}") for value in SCALE) for one in Criterion]
    return Message(tuple(lines), (*rows, (button(voice("button.weigh_out"), OUT),)))


def draw_choice(weighing: Weighing, town: Town) -> tuple[Block, ...]:
    """Say on the card of a case who delivers it, and whether that is to be looked at again."""
    choice, voice = weighing.choice, town.voice(town.language)
    if choice is None:
        return ()
    day = write_date(choice.review_on, voice)
    chosen = Line(voice("card.delivery", option=voice(f"option.{choice.option}"), day=day))
    key = "card.weighed_again" if choice.again_at is not None else "card.revisit"
    again = (Line(voice(key), strong=True),) if choice.again_at or choice.asked_at else ()
    return (chosen, Quote(cut(mask(choice.reason, town).text, _REASON)), *again)


def draw_rows(case: Case, weighing: Weighing, voice: Voice) -> Rows:
    """Offer on the plain card of a case to weigh who delivers it, or whether that is still right."""
    if not can_weigh(case):
        return ()

    def button(said: str, tone: Tone = Tone.PLAIN) -> Button:
        return Button(voice(f"button.weigh_{said}"), pack(CardPress(case.code, case.version, f"{WEIGH}.{said}")), tone)

    choice = weighing.choice
    if choice is None or choice.again_at is not None:
        return ((button("show"),),)
    keep = (button("keep", Tone.SUCCESS),) if choice.asked_at is not None else ()
    return ((*keep, button("again")),)


def draw_names(criteria: Iterable[Criterion], voice: Voice) -> str:
    """Name some criteria."""
    return ", ".join(voice(f"criterion.{one}") for one in criteria)


def draw_own(view: View, voice: Voice) -> str:
    """Write what one servant thinks of an option, for themselves."""
    if view.left_out:
        return voice("button.weigh_out")
    given = ((one, view.scores[one]) for one in Criterion if one in view.scores)
    return ", ".join(f"{voice(f'criterion.{one}')} {score.value} {score.word}".strip() for one, score in given)


def _servants(weighing: Weighing, town: Town, voice: Voice) -> list[Block]:
    whole = who_weighed(weighing)
    begun = sorted({view.rater for view in weighing.views})
    if len(whole) < LEAST_SERVANTS:
        done = ", ".join(weighing.names.get(one, "") for one in whole) or voice("weigh.nobody")
        return [Line(voice("weigh.so_far", names=done)), Line(voice("weigh.hidden")), Line(voice("weigh.next"))]
    columns = compare(weighing.views)
    names = ", ".join(weighing.names.get(one, "") for one in begun)
    blocks: list[Block] = [Line(voice("weigh.by", count=len(begun), names=names)), *_table(columns, voice)]
    blocks += _words(columns, town, voice)
    apart = _apart(columns, voice)
    if apart:
        blocks.append(Line(voice("weigh.apart", where="; ".join(apart)), strong=True))
    missing = [weighing.names.get(one, "") for one in begun if one not in whole]
    return [*blocks, Line(voice("weigh.missing", names=", ".join(missing)))] if missing else blocks


def _contributors(weighing: Weighing, town: Town, voice: Voice) -> list[Block]:
    if not weighing.heard:
        return [Line(voice("weigh.unasked" if weighing.asked_at is None else "weigh.unheard"))]
    columns = compare(weighing.heard, HEARD)
    count = len({view.rater for view in weighing.heard})
    blocks: list[Block] = [Line(voice("weigh.contributors", count=count), strong=True)]
    blocks += _table(columns, voice, left_out="weigh.cannot_tell")
    said = [word for column in columns.values() for _, _, word in column.words][:_MOST_WORDS]
    blocks += [Quote(mask(word, town).text) for word in said]
    # Who cannot tell is not of another opinion.
    apart = _apart({option: replace(column, left_out=()) for option, column in columns.items()}, voice)
    return [*blocks, Line(voice("weigh.they_differ", where="; ".join(apart)))] if apart else blocks


def _table(columns: Mapping[Option, Column], voice: Voice, *, left_out: str = "weigh.left_out") -> list[Block]:
    """Write a row for each option: the middle by each criterion, and how far they are apart."""
    rows: list[Block] = []
    for option, column in columns.items():
        cells = [
            f"{voice(f'criterion.{one}')} {_cell(column, one)}" for one in column.cells if column.cells[one].values
        ]
        if column.left_out:
            cells.append(voice(left_out, count=len(column.left_out)))
        rows.append(Line(f"{voice(f'option.{option}')}: {' · '.join(cells) or '–'}"))
    return rows


def _cell(column: Column, criterion: Criterion) -> str:
    cell = column.cells[criterion]
    middle = write_median(cell.median or 0)
    return f"{middle} ({min(cell.values)}–{max(cell.values)} ⚠)" if cell.is_apart else middle


def _apart(columns: Mapping[Option, Column], voice: Voice) -> list[str]:
    """Name where they do not agree."""
    found = []
    for option, column in columns.items():
        differ: Sequence[Criterion] = [one for one, cell in column.cells.items() if cell.is_apart]
        if differ or column.is_apart:
            named = [draw_names(differ, voice)] if differ else []
            named += [voice("weigh.whether")] if column.is_apart else []
            found.append(f"{voice(f'option.{option}')} ({', '.join(named)})")
    return found


def _words(columns: Mapping[Option, Column], town: Town, voice: Voice) -> list[Block]:
    """Quote what servants wrote to their numbers, without whose they are."""
    said = [(option, one, word) for option, column in columns.items() for _, one, word in column.words]
    return [
        Line(f"{voice(f'option.{option}')}, {voice(f'criterion.{one}')}: “{mask(word, town).text}”")
        for option, one, word in said[:_MOST_WORDS]
    ]


def _can_ask(case: Case, weighing: Weighing) -> bool:
    return case.approach is Approach.SERVICE_INTEGRATED and weighing.asked_at is None
