"""A card: a case as servants see it in a room. A view, which can be drawn again at any time.

Nothing on it identifies a person: a pseudonym of this one case, the citizen's own words, and dates
without a time of day.
"""

from dataclasses import dataclass

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.cases.promise import end_of_day
from dialogs.ids import StaffId
from dialogs.message import Block, Button, Line, Message, Moment, Quote, Tone
from dialogs.presses import CardPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

# The longest quotes on a card: the first words decide, the rest unfolds.
_STORY, _ANSWER, _TRAIL = 1500, 200, 300
_LINES = 5
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
    # (question, answer) pairs of its first contribution.
    words: tuple[tuple[str, str], ...]
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
    blocks += _story(view)
    blocks.append(Line(f"👤 {view.pseudonym}"))
    blocks += _promise(case, town, voice)
    if case.outcome is not None:
        blocks.append(Line(f"{voice('card.outcome')} {voice(f'outcome.{case.outcome}')}"))
        blocks.append(Quote(cut(case.reason or "", _TRAIL)))
    blocks += [Line(cut(_trail(entry, view, voice), _TRAIL)) for entry in view.entries[-_LINES:]]
    if case.state in UNDECIDED:
        blocks.append(Line(voice("card.holder", name=view.holder) if view.holder else voice("card.nobody")))
    return Message(tuple(blocks), _buttons(view, voice), protected=True)


def main_words(words: tuple[tuple[str, str], ...]) -> str:
    """Choose what somebody really said: the longest of their answers."""
    return max((answer for _, answer in words), key=len, default="")


def _story(view: CardView) -> list[Block]:
    story = main_words(view.words)
    blocks: list[Block] = [Quote(cut(story, _STORY), folded=len(story) > 280)]
    blocks += [
        Line(f"{cut(question, 60)} {cut(answer, _ANSWER)}") for question, answer in view.words if answer != story
    ]
    return blocks


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


def _buttons(view: CardView, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    case = view.case

    def button(act: str, tone: Tone = Tone.PLAIN, *, word: str = "") -> Button:
        return Button(voice(f"button.{word or act}"), pack(CardPress(case.code, case.version, act)), tone)

    match case.state:
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
