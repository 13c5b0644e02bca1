"""Where a chat begins: the welcome, and the buttons that lead on."""

from collections.abc import Iterable

from dialogs.cases.case import Ask, Case
from dialogs.effects import Reply, Tell
from dialogs.message import Button, Tone, rows_of, say
from dialogs.presses import AskPress, CasePress, FlowPress, LanguagePress, pack
from dialogs.texts import Voice, one_line
from dialogs.town import Town

# What an AskPress carries when words that were kept are to go to that ask.
THESE_WORDS = "words"
_LABEL = 40


def welcome(town: Town, voice: Voice) -> Reply:
    """Say who we are and what can be done here."""
    text = voice("welcome", organisation=town.organisation(voice))
    return Reply((Tell(say(text, voice("welcome.next"), buttons=flow_buttons(town, voice))),))


def flow_buttons(town: Town, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer every flow, one a row."""
    flows = town.installation.flows.values()
    return tuple((Button(voice.of(flow.title), pack(FlowPress(flow.id)), Tone.PRIMARY),) for flow in flows)


def language_buttons(town: Town) -> tuple[tuple[Button, ...], ...]:
    """Offer every language of the town, each by its own name."""
    spoken = town.installation.languages
    buttons = [Button(town.voice(one)("language.name"), pack(LanguagePress(one))) for one in spoken]
    return rows_of(buttons, width=2)


def place_buttons(
    waiting: list[Ask], cases: Iterable[tuple[Case, str]], town: Town, voice: Voice
) -> tuple[tuple[Button, ...], ...]:
    """Offer the places where words can go: questions that wait, own cases, and a new start."""
    rows = [
        (Button(voice("loose.answer", words=one_line(ask.excerpt, _LABEL)), pack(AskPress(ask.id, THESE_WORDS))),)
        for ask in waiting[:5]
    ]
    asked = {ask.case.id for ask in waiting}
    rows += [
        (Button(voice("loose.add", words=one_line(excerpt, _LABEL)), pack(CasePress(case.code))),)
        for case, excerpt in list(cases)[:5]
        if case.id not in asked
    ]
    return (*rows, *flow_buttons(town, voice))
