"""Several cases at once: a servant chooses them, then what is to be done, reads it over, and says yes once.

A bulk goes choosing (the cases) → way (which tag, how long, to whom, into which) → for a forwarding writing (the
reason) → preview → done, in the servant's own chat. What is done to each case is the single act (``bulk_acts.py``).
Decisions are not among the acts: each of them is somebody's own case, and is read over alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialogs.cases.case import Case
from dialogs.cases.draft import CANCEL, EDIT, LONGEST, PREVIEW, SEND, WRITING
from dialogs.cases.lifecycle import Act
from dialogs.cases.masking import mask
from dialogs.desk import forwarding
from dialogs.desk.card import SIGNS
from dialogs.desk.forwarding import Way
from dialogs.desk.listing import PAGE, Listed
from dialogs.desk.sorting import SNOOZE, SPANS, TAG
from dialogs.desk_effects import Bulk, Chosen, DropBulk, SaveBulk
from dialogs.effects import Reply, Tell
from dialogs.flows.answers import is_word
from dialogs.ids import QueueId, TagId, unspell
from dialogs.message import Block, Button, Line, Message, Quote, Tone, rows_of, say
from dialogs.presses import DraftPress, pack
from dialogs.said import preview
from dialogs.texts import Voice, one_line
from dialogs.town import Town, write_date

# So many cases at once (DESK).
MOST = 20
# The stages beside those of other drafts: which cases, and which tag, span, queue or case.
CHOOSING, WAY = "choosing", "way"
# What its buttons ask for.
ON, OFF, ALL, MORE, FIRST, BACK = "on", "off", "all", "more", "first", "back"
ACT, TO, TELL, UNDO = "act", "to", "tell", "undo"
ACTS = (TAG, SNOOZE, Act.FORWARD.value, Act.MERGE.value)
_EXCERPT = 60
# Of the number of a case, as it is spelled.
_CODE = 9
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What lies before the servant: the page of open cases that is shown, and the chosen ones as they stand now.

    ``page``: one more than it holds means that there is another. ``example``: the way of one that is to be forwarded.
    """

    bulk: Bulk
    page: tuple[Listed, ...] = ()
    cases: tuple[Case, ...] = ()
    example: Way | None = None


def read_codes(text: str, shown: Sequence[str]) -> tuple[str, ...]:
    """Read which cases somebody means, by their places on the page or by their numbers; what is neither is left out."""
    named = []
    for word in (one.rstrip(".") for one in _BETWEEN.split(text)):
        if word.isascii() and word.isdecimal() and 1 <= len(word) <= 2:
            named += [shown[int(word) - 1]] if 1 <= int(word) <= len(shown) else []
        elif len(code := unspell(word)) == _CODE:
            named.append(code)
    return tuple(dict.fromkeys(named))


def put(bulk: Bulk, found: Sequence[Case]) -> Bulk:
    """Choose cases as they stand now, as many as there is room for; one that was chosen stands as it was seen last."""
    chosen = {one.code: one for one in bulk.chosen}
    for case in found:
        if case.code in chosen or len(chosen) < MOST:
            chosen[case.code] = Chosen(case.code, case.version)
    return replace(bulk, chosen=tuple(chosen.values()))


def leave_out(bulk: Bulk, code: str) -> Bulk:
    """Choose a case no more."""
    return replace(bulk, chosen=tuple(one for one in bulk.chosen if one.code != code))


def turn_page(sheet: Sheet) -> Bulk:
    """Go on to the page after the one that is shown."""
    last = sheet.page[:PAGE][-1].case if len(sheet.page) > PAGE else None
    return replace(sheet.bulk, after="" if last is None else f"{last.promised_on.isoformat()}.{last.id}")


def show(sheet: Sheet, town: Town, *remarks: str) -> Reply:
    """Show the page with what is chosen; ``remarks``: what is to be said of the last choice."""
    page = sheet.page[:PAGE]
    bulk = replace(sheet.bulk, stage=CHOOSING, act="", to="", shown=tuple(one.case.code for one in page))
    voice = town.voice(town.language)
    if not page and not bulk.chosen:
        return Reply((DropBulk(bulk.id), Tell(say(*remarks, voice("look.queue_none")))))
    blocks: list[Block] = [Line(voice("bulk.choose", most=MOST), strong=True)]
    blocks += _lines(bulk, page, town, voice)
    if bulk.chosen:
        blocks.append(Line(voice("bulk.chosen", count=len(bulk.chosen), codes=_codes(bulk))))
    blocks += [Line(remark) for remark in remarks if remark]
    asked = Message(tuple(blocks), _page_buttons(bulk, voice, has_more=len(sheet.page) > PAGE), protected=True)
    return Reply((SaveBulk(bulk), Tell(asked)))


def _lines(bulk: Bulk, page: tuple[Listed, ...], town: Town, voice: Voice) -> list[Block]:
    blocks: list[Block] = []
    for number, one in enumerate(page, 1):
        case = one.case
        sign = f"{'✓ ' if _is_chosen(bulk, case.code) else ''}{'❗ ' if case.urgent else ''}{SIGNS[case.state]}"
        age = voice("merging.since", day=write_date(town.today(case.opened_at), voice))
        blocks.append(Line(f"{number}. {sign} {case.code} · {age}"))
        blocks.append(Quote(one_line(mask(preview(one.words), town).text, _EXCERPT)))
    return blocks


def _page_buttons(bulk: Bulk, voice: Voice, *, has_more: bool) -> tuple[tuple[Button, ...], ...]:
    # Each says what it will have done, so that pressed twice, or on an older page, it does no more than once.
    numbers = [
        _step(bulk, f"{OFF}.{code}", f"✓ {number}")
        if _is_chosen(bulk, code)
        else _step(bulk, f"{ON}.{code}", f"{number}")
        for number, code in enumerate(bulk.shown, 1)
    ]
    pages = []
    if not all(_is_chosen(bulk, code) for code in bulk.shown):
        pages.append(_step(bulk, ALL, voice("button.all_here")))
    if bulk.after:
        pages.append(_step(bulk, FIRST, voice("button.back")))
    if has_more:
        pages.append(_step(bulk, MORE, voice("button.more")))
    acts = [_step(bulk, f"{ACT}.{act}", voice(f"button.{act}")) for act in ACTS] if bulk.chosen else []
    cancel = _step(bulk, CANCEL, voice("button.cancel"))
    rows = (*rows_of(numbers, width=3), tuple(pages), *rows_of([*acts, cancel], width=3))
    return tuple(row for row in rows if row)


def press(step: str, sheet: Sheet, town: Town) -> Reply:
    """Take a press on one of the buttons that come after the choosing, other than the yes."""
    voice, bulk = town.voice(town.language), sheet.bulk
    match step.split(".", 1):
        case ["cancel"]:
            return Reply((DropBulk(bulk.id), Tell(say(voice("bulk.dropped")))))
        case ["act", act] if act in ACTS:
            return _begin(replace(sheet, bulk=replace(bulk, act=act, to="", words=None)), town)
        case ["to", to] if bulk.stage == WAY:
            return _go(sheet, to, town)
        case ["edit"] if bulk.stage == PREVIEW and bulk.act == Act.FORWARD:
            return _ask_why(replace(bulk, stage=WRITING), town)
        case ["tell"] if bulk.stage == PREVIEW and bulk.act == Act.FORWARD:
            return _preview(replace(sheet, bulk=replace(bulk, quiet=not bulk.quiet)), town)
    return Reply(toast=voice("old_button"))


def write(sheet: Sheet, text: str, town: Town) -> Reply | None:
    """Take a text as the reason, or as a word for a button; None: it may name cases."""
    voice, bulk = town.voice(town.language), sheet.bulk
    if is_word(text, "word.cancel", town.heard):
        return press(CANCEL, sheet, town)
    if bulk.act == Act.FORWARD and bulk.stage in (WRITING, PREVIEW):
        if len(text) > LONGEST:
            return Reply((Tell(say(voice("draft.long", length=len(text), most=LONGEST))),))
        return _preview(replace(sheet, bulk=replace(bulk, words=text)), town)
    if bulk.stage == WAY:
        typed = text.strip().casefold()
        chosen = next((to for to, label in _ways(sheet, town) if typed in (to.casefold(), label.casefold())), "")
        return _go(sheet, chosen, town)
    return _preview(sheet, town) if bulk.stage == PREVIEW else None


def _begin(sheet: Sheet, town: Town) -> Reply:
    """Ask what an act needs to know."""
    voice, bulk = town.voice(town.language), sheet.bulk
    if not bulk.chosen:
        return Reply(toast=voice("bulk.nothing"))
    if bulk.act == Act.MERGE and len(sheet.cases) < 2:
        return Reply(toast=voice("bulk.two"))
    ways = _ways(sheet, town)
    if not ways:
        return Reply(toast=voice("forward.nowhere" if bulk.act == Act.FORWARD else "bulk.no_tags"))
    asks = Line(voice(f"bulk.which_{bulk.act}"), strong=True)
    buttons = [_step(bulk, f"{TO}.{to}", label) for to, label in ways]
    message = Message((asks, Line(_codes(bulk))), (*rows_of(buttons, width=2), _ways_out(bulk, voice)))
    return Reply((SaveBulk(replace(bulk, stage=WAY)), Tell(message)))


def _ways(sheet: Sheet, town: Town) -> list[tuple[str, str]]:
    """List what can be chosen for an act, each with its word."""
    voice = town.voice(town.language)
    match sheet.bulk.act:
        case "tag":
            return [(tag, town.tag(tag, voice)) for tag in town.installation.tags]
        case "snooze":
            return [(span, voice(f"button.snooze_{span}")) for span in SPANS]
        case Act.FORWARD:
            here = {case.queue for case in sheet.cases}
            return [(one, town.queue(one, voice)) for one in town.installation.queues if here != {one}]
        case _:
            # The oldest was promised first, and is suggested first.
            first, *rest = sorted(sheet.cases, key=lambda case: (case.opened_at, case.id))
            return [(first.code, voice("bulk.oldest", code=first.code)), *((one.code, one.code) for one in rest)]


def _go(sheet: Sheet, to: str, town: Town) -> Reply:
    """Take what was chosen for an act."""
    if to not in {one for one, _ in _ways(sheet, town)}:
        return _begin(sheet, town)
    bulk = replace(sheet.bulk, to=to)
    if bulk.act == Act.FORWARD:
        return _ask_why(replace(bulk, stage=WRITING), town)
    return _preview(replace(sheet, bulk=bulk), town)


def _ask_why(bulk: Bulk, town: Town) -> Reply:
    voice = town.voice(town.language)
    asked = voice("bulk.why", queue=town.queue(bulk.to, voice))
    return Reply((SaveBulk(bulk), Tell(say(asked, _codes(bulk), buttons=(_ways_out(bulk, voice),)))))


def _preview(sheet: Sheet, town: Town) -> Reply:
    """Show once what would be done to which cases, and what citizens read of it."""
    voice, bulk = town.voice(town.language), replace(sheet.bulk, stage=PREVIEW)
    blocks: list[Block] = [Line(describe(bulk, bulk.chosen, town), strong=True)]
    rows: list[tuple[Button, ...]] = []
    if bulk.act == Act.FORWARD:
        blocks += [
            Line(voice("bulk.read")),
            Quote(mask(bulk.words or "", town).text),
            *_as_read(sheet, town, voice),
            Line(voice("draft.preview_ok")),
        ]
        rows.append(
            (
                _step(bulk, SEND, voice("button.send"), Tone.SUCCESS),
                _step(bulk, EDIT, voice("button.rewrite")),
                _step(bulk, TELL, voice("button.tell_no" if bulk.quiet else "button.tell_yes")),
            )
        )
    else:
        blocks.append(Line(voice("merging.what_next" if bulk.act == Act.MERGE else "bulk.sure")))
        word = "button.merge" if bulk.act == Act.MERGE else "button.do_it"
        rows.append((_step(bulk, SEND, voice(word), Tone.SUCCESS),))
    rows.append(_ways_out(bulk, voice))
    return Reply((SaveBulk(bulk), Tell(Message(tuple(blocks), tuple(rows), protected=True))))


def describe(bulk: Bulk, chosen: Sequence[Chosen], town: Town) -> str:
    """Say what is done to which cases."""
    voice = town.voice(town.language)
    codes = [one.code for one in chosen if one.code != bulk.to]
    match bulk.act:
        case "tag":
            to = town.tag(TagId(bulk.to), voice)
        case "snooze":
            to = voice(f"button.snooze_{bulk.to}")
        case Act.FORWARD:
            to = town.queue(bulk.to, voice)
        case _:
            to = bulk.to
    return voice(f"bulk.what_{bulk.act}", to=to, count=len(codes), codes=", ".join(codes))


def _as_read(sheet: Sheet, town: Town, voice: Voice) -> list[Block]:
    """Show what the citizens read by the example of one of them."""
    if sheet.bulk.quiet or sheet.example is None:
        return [Line(voice("bulk.untold"))]
    case = sheet.example.desktop.case
    read = forwarding.draw_as_read(sheet.example, QueueId(sheet.bulk.to), town)
    return [Line(voice("bulk.told", code=case.code), strong=True), *read.blocks[1:]]


def _ways_out(bulk: Bulk, voice: Voice) -> tuple[Button, ...]:
    return _step(bulk, BACK, voice("button.back")), _step(bulk, CANCEL, voice("button.cancel"))


def _step(bulk: Bulk, step: str, label: str, tone: Tone = Tone.PLAIN) -> Button:
    return Button(label, pack(DraftPress(bulk.id, step)), tone)


def _codes(bulk: Bulk) -> str:
    return ", ".join(one.code for one in bulk.chosen)


def _is_chosen(bulk: Bulk, code: str) -> bool:
    return any(one.code == code for one in bulk.chosen)
