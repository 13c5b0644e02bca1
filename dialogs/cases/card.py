"""A card: a case as servants see it in a room. A view, which can be drawn again at any time.

Nothing on it identifies a person: a pseudonym of this one case, the citizen's own words, and dates
without a time of day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.cases.promise import end_of_day
from dialogs.flows.answers import label_of
from dialogs.ids import StaffId
from dialogs.message import Block, Button, Line, Message, Moment, Quote, Shown, Tone
from dialogs.presses import CardPress, pack
from dialogs.said import Said, Words, attachments, main_words
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

# The longest quotes on a card: the first words decide, the rest unfolds.
_STORY, _ANSWER, _TRAIL = 1500, 200, 300
_LINES = 5
# What its button asks for, where photos and voice notes cannot be shown on the card itself.
ATTACHMENTS = "attachments"
# What stands in place of a contribution that was taken back.
TAKEN_BACK: Words = (Said("", ""),)
_SIGNS = {
    State.NEW: "🟢",
    State.TAKEN: "✋",
    State.ASKED: "❓",
    State.ANSWERED: "💬",
    State.DECIDED: "✅",
    State.CHECKING: "🔎",
    State.CONFIRMED: "🏁",
    State.UNCONFIRMED: "⚪",
    State.REOPENED: "🔴",
}


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything a card shows of a case."""

    case: Case
    # Of its first contribution.
    words: Words
    pseudonym: str
    holder: str
    # The newest lines of the journal, oldest first, and the names of the servants in them.
    entries: tuple[Entry, ...]
    names: dict[StaffId, str]
    # The newest act can still be taken back.
    undoable: bool = False


def draw_card(view: CardView, town: Town) -> Message:
    """Draw the card of a case in the town's language."""
    voice, case = town.voice(town.language), view.case
    title = " · ".join(
        (
            f"{_SIGNS[case.state]} {voice(f'state.{case.state}').upper()}",
            town.queue(case.queue, voice),
            case.code,
            voice(f"contribution.{case.contribution}"),
        )
    )
    blocks: list[Block] = [Line(title, strong=True), Line(town.service(case.service, voice))]
    if view.words == TAKEN_BACK:
        blocks.append(Line(voice(f"trail.{Deed.FORGET}", name=view.pseudonym)))
    else:
        blocks += _story(view.words, voice)
    blocks.append(Line(f"👤 {view.pseudonym}"))
    blocks += _promise(case, town, voice)
    if case.outcome is not None:
        blocks.append(Line(f"{voice('card.outcome')} {voice(f'outcome.{case.outcome}')}"))
        blocks.append(Quote(cut(case.reason or "", _TRAIL)))
    entries = [entry for entry in view.entries if view.words != TAKEN_BACK or not _is_taken_back(entry)]
    blocks += [Line(cut(_trail(entry, view, voice), _TRAIL)) for entry in entries[-_LINES:]]
    if case.state in UNDECIDED:
        blocks.append(Line(voice("card.holder", name=view.holder) if view.holder else voice("card.nobody")))
    return Message(tuple(blocks), _buttons(view, voice), protected=True)


def _story(words: Words, voice: Voice) -> list[Block]:
    written = tuple(replace(said, answer=_written(said)) for said in words)
    story = main_words(written)
    blocks: list[Block] = [Quote(cut(story, _STORY), folded=len(story) > 280)] if story else []
    # What belongs to the story stands right under it.
    for said in sorted(written, key=lambda said: said.answer != story):
        if said.answer != story or not story:
            blocks.append(Line(f"{cut(said.question, 60)} {cut(said.answer, _ANSWER)}".strip()))
        blocks += [Shown(attachment, label_of(attachment, voice)) for attachment in said.attachments]
    return blocks


def _written(said: Said) -> str:
    # Each photo and voice note has a line of its own at the end of an answer; here they are shown themselves.
    lines = said.answer.split("\n")
    return "\n".join(lines[: len(lines) - len(said.attachments)])


def _promise(case: Case, town: Town, voice: Voice) -> list[Block]:
    if case.state not in UNDECIDED:
        return []
    day = write_date(case.promised_on, voice)
    ends_at = end_of_day(case.promised_on, town.installation.working_time)
    late = [Line(voice("card.overdue"))] if case.overdue else []
    return [Moment(voice("card.promised"), ends_at, day), *late]


def _trail(entry: Entry, view: CardView, voice: Voice) -> str:
    match entry.actor:
        case Actor.SERVANT:
            who = view.names.get(entry.staff, "") if entry.staff else ""
        case Actor.CITIZEN | Actor.CLOCK:
            who = view.pseudonym
    return voice(f"trail.{entry.act}", name=who, words=entry.words or "").strip()


def _is_taken_back(entry: Entry) -> bool:
    """Tell whether nothing is left to show of a line: its words are gone, or the card says so at its head."""
    return entry.actor is Actor.CITIZEN and not entry.words


def _buttons(view: CardView, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    case = view.case

    def button(act: str, tone: Tone = Tone.PLAIN, *, word: str = "") -> Button:
        return Button(voice(f"button.{word or act}"), pack(CardPress(case.code, case.version, act)), tone)

    shown = ((button(ATTACHMENTS),),) if attachments(view.words) else ()
    return (*_act_rows(view, button), *shown)


def _act_rows(view: CardView, button: Callable[..., Button]) -> tuple[tuple[Button, ...], ...]:
    match view.case.state:
        case State.NEW | State.REOPENED:
            return ((button(Act.CLAIM, Tone.PRIMARY),),)
        case State.TAKEN | State.ASKED | State.ANSWERED:
            last = (button(Act.RELEASE), button(Deed.UNDO)) if view.undoable else (button(Act.RELEASE),)
            return ((button(Act.ASK), button(Act.DECIDE, Tone.SUCCESS)), last)
        case State.DECIDED if view.undoable:
            return ((button(Deed.UNDO, Tone.DANGER),),)
        case State.DECIDED:
            return ((button(Act.DECIDE, word="correct"),),)
        case _:
            return ()
