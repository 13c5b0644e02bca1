"""Joining: whoever has just sent something reads what others said that is close to it, and chooses.

Nothing waits for the choice: the contribution has its case, its number and its day before anything is offered, and
silence leaves it so. Of another case they read the public line and how many people there are, never their words and
never their number. Who joins lets their case point to the other (``merging.py``): they keep their own words, their
number and their right to hear, can say what is different for them, and can take it back until it is decided.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from dialogs.cases.case import DIFFERENCE, UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.cases.offer import MOST_OFFERED, Offered, draw_offer
from dialogs.desk import merging
from dialogs.desk.seat import Merged
from dialogs.desk_effects import TellServant
from dialogs.effects import AwaitWords, CloseAsks, Effect, KeepOffers, OpenCase, Reply, Tell
from dialogs.flows.answers import bare_word, is_word
from dialogs.ids import ContributorId
from dialogs.message import Button, rows_of, say
from dialogs.presses import JoinPress, pack
from dialogs.texts import Voice
from dialogs.town import Town, write_date

# What a button carries: the number of what is joined, with a sign behind it where words are to follow; or a word.
_WITH_WORDS, _APART, _ADD, _WHICH = "+", "apart", "add", "which"
_WORDS = {"word.join": _WHICH, "word.join_add": _WITH_WORDS, "word.apart": _APART, "word.add_mine": _ADD}


@dataclass(frozen=True, slots=True)
class Joining:
    """A contributor's own case, what they were offered for it, and what taking a merge back needs, if it is merged."""

    own: Case
    contributor: ContributorId
    offered: tuple[Offered, ...]
    merged: Merged | None = None


def offer(opening: OpenCase, close: tuple[Offered, ...], voice: Voice) -> tuple[Effect, ...]:
    """Offer what is close to a contribution that was just sent."""
    if not close:
        return ()
    message = replace(draw_offer(close, voice), buttons=_buttons(opening.code, len(close), voice))
    return KeepOffers(opening.code, tuple(one.case.id for one in close)), Tell(message)


def read_answer(text: str, town: Town) -> str | None:
    """Read a typed answer to an offer, as a button would carry it; None for any other text."""
    for key, answer in _WORDS.items():
        if is_word(text, key, town.heard):
            return answer
    bare = bare_word(text)
    numbers = [(number, voice) for number in range(1, MOST_OFFERED + 1) for voice in town.heard]
    return next((str(n) for n, voice in numbers if bare == bare_word(voice("button.join_one", number=n))), None)


def choose(joining: Joining, answer: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take what somebody chose, by a press or by a word."""
    only = len(joining.offered) == 1
    match answer:
        case "apart":
            return _stay_apart(joining, town, voice, now=now)
        case "add":
            return _add(joining, voice)
        case "which" | "+" if only:
            return _join(joining, joining.offered[0], town, voice, now=now, with_words=answer == _WITH_WORDS)
        case "which" | "+" if joining.own.merged_into is None:
            shown = draw_offer(joining.offered, voice)
            return Reply((Tell(replace(shown, buttons=_buttons(joining.own.code, len(joining.offered), voice))),))
    number = answer.removesuffix(_WITH_WORDS)
    if number in {str(one) for one in range(1, len(joining.offered) + 1)}:
        other = joining.offered[int(number) - 1]
        return _join(joining, other, town, voice, now=now, with_words=answer != number)
    return Reply(toast=voice("old_button"))


def _join(joining: Joining, other: Offered, town: Town, voice: Voice, *, now: datetime, with_words: bool) -> Reply:
    own, root = joining.own, other.case
    if own.merged_into is not None:
        return Reply((Tell(say(voice("joining.already"))),))
    moved = advance(own, Act.MERGE, frozenset({By.CONTRIBUTOR}), now=now)
    if isinstance(moved, Impossible):
        return Reply((Tell(say(voice("joining.too_late", code=own.code))),))
    gone = root.state not in UNDECIDED or root.merged_into is not None or root.public_line is None
    if gone or root.queue != own.queue or not other.people:
        return Reply((Tell(say(voice("joining.gone", **_own(own, voice)))),))
    line = Entry(Act.MERGE, Actor.CITIZEN, now, contributor=joining.contributor)
    effects = merging.point(own, replace(moved, merged_into=root.id), root, line, town)
    if own.holder is not None and own.holder != root.holder:
        to_holder = town.voice(town.language)("joining.to_holder", code=own.code, into=root.code)
        effects = (*effects, TellServant(own.holder, say(to_holder)))
    told = voice("joining.joined", code=own.code)
    apart = Button(voice("button.apart_after_all"), pack(JoinPress(own.code, _APART)))
    if with_words:
        asked = voice("joining.write")
        return Reply((*effects, _await_words(joining, asked), Tell(say(told, asked, buttons=((apart,),)))))
    add = Button(voice("button.add_mine"), pack(JoinPress(own.code, _ADD)))
    return Reply((*effects, Tell(say(told, voice("joining.next"), buttons=((add,), (apart,))))))


def _add(joining: Joining, voice: Voice) -> Reply:
    asked = voice("joining.write")
    return Reply((_await_words(joining, asked), Tell(say(asked))))


def _stay_apart(joining: Joining, town: Town, voice: Voice, *, now: datetime) -> Reply:
    own = joining.own
    if own.merged_into is None:
        return Reply((Tell(say(voice("joining.apart", **_own(own, voice)))),))
    merged = joining.merged
    # What others merged is theirs to take back, and what is decided was decided for all of them.
    if merged is None or merged.by is not None or merged.root.state not in UNDECIDED:
        return Reply((Tell(say(voice("joining.too_late", code=own.code))),))
    line = Entry(Deed.UNMERGE, Actor.CITIZEN, now, contributor=joining.contributor)
    back, effects = merging.part(own, merged, line, town)
    told = voice("joining.apart_again", **_own(back, voice))
    return Reply((*effects, CloseAsks(own.id, DIFFERENCE, now), Tell(say(told))))


def _await_words(joining: Joining, asked: str) -> AwaitWords:
    return AwaitWords(joining.own.id, joining.contributor, DIFFERENCE, asked)


def _own(own: Case, voice: Voice) -> dict[str, str]:
    return {"code": own.code, "day": write_date(own.promised_on, voice)}


def _buttons(code: str, offered: int, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    apart = (Button(voice("button.apart"), pack(JoinPress(code, _APART))),)
    if offered == 1:
        join = Button(voice("button.join"), pack(JoinPress(code, "1")))
        join_add = Button(voice("button.join_add"), pack(JoinPress(code, f"1{_WITH_WORDS}")))
        return ((join,), (join_add,), apart)
    numbers = [
        Button(voice("button.join_one", number=number), pack(JoinPress(code, str(number))))
        for number in range(1, offered + 1)
    ]
    return (*rows_of(numbers, width=3), apart)
