"""Where a chat begins: the welcome, and the buttons that lead on."""

from collections import Counter
from collections.abc import Iterable

from dialogs.cases.case import Ask, Case
from dialogs.effects import Reply, Tell
from dialogs.flows.answers import bare_word, is_word
from dialogs.flows.flow import OFFER, Flow
from dialogs.message import Button, Tone, rows_of, say
from dialogs.presses import AskPress, CasePress, FlowPress, LanguagePress, PersonPress, PersonWord, pack
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


def flow_called(town: Town, text: str) -> Flow | None:
    """Find the flow whose title, in any language, is all that a text says: what can be pressed can be typed."""
    bare, flows = bare_word(text), town.installation.flows.values()
    titled = next((flow for flow in flows if bare in map(bare_word, flow.title.values())), None)
    return titled or (offer_flow(town) if is_word(text, "word.offer", town.heard) else None)


def offer_flow(town: Town) -> Flow | None:
    """Give the flow in which people offer time, a skill or a room, where the town has one."""
    return next((flow for flow in town.installation.flows.values() if flow.contribution == OFFER), None)


def help_buttons(town: Town, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer every flow, and the words that mean the same everywhere."""
    words = [word for word in PersonWord if word is not PersonWord.PAUSE]
    buttons = [Button(voice(f"button.{word}"), pack(PersonPress(word))) for word in words]
    return (*flow_buttons(town, voice), *rows_of(buttons, width=2))


def language_buttons(town: Town) -> tuple[tuple[Button, ...], ...]:
    """Offer every language of the town, each by its own name."""
    spoken = town.installation.languages
    buttons = [Button(town.voice(one)("language.name"), pack(LanguagePress(one))) for one in spoken]
    return rows_of(buttons, width=2)


def place_buttons(
    waiting: list[Ask], cases: Iterable[tuple[Case, str]], town: Town, voice: Voice
) -> tuple[tuple[Button, ...], ...]:
    """Offer the places where words can go: questions that wait, own cases, and a new start."""
    # Each is called by the person's own words; where those do not tell two questions apart, by what was asked.
    matters = Counter(ask.excerpt for ask in waiting)
    named = [(ask, ask.excerpt if matters[ask.excerpt] == 1 else ask.text) for ask in waiting[:5]]
    rows = [
        (Button(voice("loose.answer", words=one_line(name, _LABEL)), pack(AskPress(ask.id, THESE_WORDS))),)
        for ask, name in named
    ]
    asked = {ask.case.id for ask in waiting}
    rows += [
        (Button(voice("loose.add", words=one_line(excerpt, _LABEL)), pack(CasePress(case.code))),)
        for case, excerpt in list(cases)[:5]
        if case.id not in asked
    ]
    return (*rows, *flow_buttons(town, voice))
