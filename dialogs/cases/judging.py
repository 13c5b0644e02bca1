"""What a contributor is asked about a delivery choice, and how they answer: two things, option by option.

They are asked what people can judge from their own life: whom they would trust with it, and whether the money would be
well spent. What they answer is kept with the question (``Ask.answer``) and nowhere else, so it goes when they have
themselves forgotten, and the desk reads it without reading who said it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from dialogs.cases.case import Ask
from dialogs.cases.delivery_choice import (
    HEARD,
    LEAST,
    MOST,
    Criterion,
    Option,
    Score,
    View,
    next_open,
    read_scores,
    with_view,
)
from dialogs.desk_effects import DrawAgain
from dialogs.effects import AnswerAsk, Reply, Tell, Telling
from dialogs.flows.answers import bare_word, is_word
from dialogs.ids import AskId
from dialogs.message import Block, Button, Line, Message, Quote
from dialogs.presses import AskPress, pack
from dialogs.texts import Voice
from dialogs.town import Town

OUT = "out"
# Nobody but the contributor themselves is in their own answer.
_ME = 0
_SCALE = tuple(range(LEAST, MOST + 1))
SIGNS = {Criterion.COST: "💰", Criterion.COMPETITION: "🏁", Criterion.MONITOR: "🔍", Criterion.TRUST: "🤝"}
Rows = tuple[tuple[Button, ...], ...]


def pack_views(views: Iterable[View]) -> str:
    """Write what a contributor thinks, a line an option, so that they can read it in a copy of their data."""
    return "\n".join(_pack_view(view) for view in sorted(views, key=lambda view: list(Option).index(view.option)))


def unpack_views(answer: str, rater: int = _ME) -> tuple[View, ...]:
    """Read what ``pack_views`` wrote."""
    return tuple(_unpack_view(line, rater) for line in answer.splitlines() if line)


def pack_choice(option: Option, reason: str) -> str:
    """Write a choice as the words of its notice: who delivers stands on the first line."""
    return f"{option}\n{reason}"


def draw_notice(
    telling: Telling, first: tuple[Block, ...], words: str, ask: AskId | None, voice: Voice, *, queue: str
) -> Message:
    """Tell contributors who delivers and why, or ask what they think of it."""
    if telling is Telling.DELIVERY:
        option, _, reason = words.partition("\n")
        who = (Line(voice(f"told_delivery.{option}", queue=queue), strong=True),) if option in set(Option) else ()
        return Message((*first, *who, Quote(reason if who else words), Line(voice("notice.delivery.next"))))
    blocks, rows = draw_question(ask, Option.IN_HOUSE, voice)
    asks = (Line(voice("notice.views.who", queue=queue)), Line(voice("notice.views.how")))
    return Message((*first, *asks, *blocks), rows)


def draw_question(ask: AskId | None, option: Option, voice: Voice) -> tuple[tuple[Block, ...], Rows]:
    """Ask about one option."""
    number = list(Option).index(option) + 1
    title = Line(
        voice("judging.option", number=number, most=len(Option), option=voice(f"judging.{option}")), strong=True
    )
    blocks = (title, *(Line(f"{SIGNS[one]} {voice(f'judging.{one}')}") for one in HEARD))
    if ask is None:
        return blocks, ()
    rows = tuple(
        tuple(Button(f"{SIGNS[one]} {value}", pack(AskPress(ask, f"{option}.{one}.{value}"))) for value in _SCALE)
        for one in HEARD
    )
    unsure = Button(voice("ask_back.unsure"), pack(AskPress(ask, f"{option}.{OUT}")))
    return blocks, (*rows, (unsure,))


def answer(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply | None:
    """Take a text as the numbers for the option that is asked about; None where it is something else."""
    views = unpack_views(asked.answer or "")
    option = next_open(views, _ME, HEARD)
    if option is None:
        return None
    unsure = is_word(text, "word.unsure", town.heard) or bare_word(text) == bare_word(voice("ask_back.unsure"))
    scores = {} if unsure else read_scores(text, HEARD)
    if scores is None:
        return None
    return _keep(asked, views, View(_ME, option, scores, left_out=unsure), voice, now=now)


def press(asked: Ask, pressed: str, voice: Voice, *, now: datetime) -> Reply:
    """Take a press on a number."""
    views = unpack_views(asked.answer or "")
    match pressed.split("."):
        case [option, "out"] if option in set(Option):
            new = View(_ME, Option(option), left_out=True)
        case [option, criterion, value] if option in set(Option) and criterion in HEARD and value in map(str, _SCALE):
            before = next((view for view in views if view.option == option), View(_ME, Option(option)))
            scores = {**before.scores, Criterion(criterion): Score(int(value))}
            new = View(_ME, Option(option), scores)
        case _:
            return Reply(toast=voice("old_button"))
    return _keep(asked, views, new, voice, now=now)


def _keep(asked: Ask, views: Sequence[View], new: View, voice: Voice, *, now: datetime) -> Reply:
    """Keep what they think of an option; once that is whole, ask about the next one, or thank them."""
    kept = with_view(views, new)
    was_open, is_open = next_open(views, _ME, HEARD), next_open(kept, _ME, HEARD)
    done_at = now if is_open is None else asked.answered_at
    effects = (AnswerAsk(asked.id, pack_views(kept), done_at), DrawAgain(asked.case))
    if is_open is None and was_open is not None:
        return Reply((*effects, Tell(Message((Line(voice("judging.thanks")),)))))
    if is_open is None or is_open is was_open or new.lacks(HEARD):
        return Reply(effects, voice("judging.noted"))
    return Reply((*effects, Tell(Message(*draw_question(asked.id, is_open, voice)))))


def _pack_view(view: View) -> str:
    if view.left_out:
        return f"{view.option}: -"
    given = (f"{one} {score.value} {_bare(score.word)}".strip() for one, score in view.scores.items())
    return f"{view.option}: {', '.join(given)}"


def _bare(word: str) -> str:
    return " ".join(word.replace(",", " ").split())


def _unpack_view(line: str, rater: int) -> View:
    option, _, given = line.partition(": ")
    if given == "-":
        return View(rater, Option(option), left_out=True)
    scores = {}
    for one in given.split(", "):
        criterion, value, *word = one.split(" ", 2)
        scores[Criterion(criterion)] = Score(int(value), "".join(word))
    return View(rater, Option(option), scores)
