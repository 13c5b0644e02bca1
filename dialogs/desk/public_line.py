"""The public line of a case: one sentence that says to other citizens what it is about, and nothing about who.

What somebody wrote is never shown to anybody else. So a servant who has the case says it in their own words, in
their own chat, and sees it first as others will read it. Personal data in it is covered for good, and whoever
quotes is told so. It stays inside until somebody says something close (``joining.py``), and can be taken away.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry
from dialogs.cases.draft import CANCEL, PREVIEW, SEND, WRITING, Desktop, draw_answers, draw_cancel
from dialogs.cases.lifecycle import By, Impossible
from dialogs.cases.masking import mask
from dialogs.cases.offer import Offered, draw_offer
from dialogs.cases.terms import terms
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk, refusal, who
from dialogs.desk.standing import state_under, tell_moved_on
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Reply, Tell
from dialogs.flows.answers import bare_word, is_word
from dialogs.fresh import Fresh
from dialogs.ids import DraftId
from dialogs.message import Button, Line, Message, Quote, Tone, say
from dialogs.presses import DraftPress, pack
from dialogs.said import Words
from dialogs.texts import Voice, units
from dialogs.town import Town

LONGEST = 140
_OFF = "off"
# So many words in a row that the citizen wrote alike are theirs.
_QUOTED = 5


def begin(desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Open a draft of the public line and ask for it."""
    voice, case = town.voice(town.language), desk.case
    if case.state not in UNDECIDED:
        return Reply(toast=refusal(Impossible.STATE, desk, town, voice, now=now))
    if By.HOLDER not in who(desk):
        return Reply(toast=refusal(Impossible.ROLE, desk, town, voice, now=now))
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    draft = Draft(DraftId(fresh.number), desk.servant.id, desk.own_chat, case.id, Deed.PUBLIC_LINE, WRITING)
    return Reply((SaveDraft(draft), Tell(_invite(draft, case, voice), to=desk.own_chat)), voice("draft.look"))


def write(desktop: Desktop, text: str, said: Words, town: Town, *, now: datetime) -> Reply:
    """Take a text as the line, or as the word of a button; ``said``: what the citizens of the case wrote."""
    voice, draft, heard = town.voice(town.language), desktop.draft, town.heard
    if is_word(text, "word.cancel", heard):
        return press(desktop, CANCEL, town, now=now)
    if draft.stage == PREVIEW and (is_word(text, "word.send", heard) or _is(text, "button.show_to_others", voice)):
        return press(desktop, SEND, town, now=now)
    if _is(text, "button.line_off", voice):
        return press(desktop, _OFF, town, now=now)
    masked = mask(" ".join(text.split()), town)
    if units(masked.text) > LONGEST:
        return Reply((Tell(say(voice("line.long", length=units(masked.text), most=LONGEST))),))
    written = replace(draft, stage=PREVIEW, words=masked.text)
    warnings = [voice("line.masked")] if masked.found else []
    warnings += [voice("line.quotes")] if quotes(masked.text, said) else []
    return Reply((SaveDraft(written), *_preview(written, desktop.case, warnings, voice)))


def press(desktop: Desktop, step: str, town: Town, *, now: datetime) -> Reply:
    """Take a press on one of the draft's buttons."""
    voice, draft = town.voice(town.language), desktop.draft
    match step:
        case "cancel":
            return Reply((DropDraft(draft.address), Tell(say(voice("line.dropped")))))
        case "edit" if draft.stage == PREVIEW:
            again = replace(draft, stage=WRITING)
            return Reply((SaveDraft(again), Tell(_invite(again, desktop.case, voice))))
        case "send" if draft.stage == PREVIEW and draft.words:
            return _show(desktop, draft.words, town, now=now)
        case "off" if desktop.case.public_line is not None:
            return _show(desktop, None, town, now=now)
    return Reply(toast=voice("old_button"))


def quotes(line: str, words: Words) -> bool:
    """Tell whether a line says several words in a row as a citizen wrote them."""
    mine = terms(line)
    runs = {mine[start : start + _QUOTED] for start in range(len(mine) - _QUOTED + 1)}
    theirs = (terms(said.answer) for said in words)
    return any(said[start : start + _QUOTED] in runs for said in theirs for start in range(len(said)))


def _show(desktop: Desktop, line: str | None, town: Town, *, now: datetime) -> Reply:
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    if case.state not in UNDECIDED or By.HOLDER not in desktop.who or not desktop.still_staff:
        moved_on = voice("line.moved_on", code=case.code, state=state_under(desktop, voice))
        return Reply((DropDraft(draft.address), Tell(say(moved_on))))
    if desktop.overtaken:
        return Reply((Tell(say(tell_moved_on(desktop, voice))),))
    deed = Deed.NO_PUBLIC_LINE if line is None else Deed.PUBLIC_LINE
    moved = replace(case, public_line=line, version=case.version + 1)
    entry = Entry(deed, Actor.SERVANT, now, staff=draft.staff, words=line, before=case)
    done = Tell(say(voice("line.off" if line is None else "line.shown", code=case.code)))
    return Reply((ChangeCase(moved, entry), *watch(moved, town, now=now), DropDraft(draft.address), done))


def _invite(draft: Draft, case: Case, voice: Voice) -> Message:
    cancel = draw_cancel(draft, voice)
    ask = Line(voice("line.write", code=case.code, most=LONGEST))
    if case.public_line is None:
        return Message((ask,), ((cancel,),))
    off = Button(voice("button.line_off"), pack(DraftPress(draft.id, _OFF)), Tone.DANGER)
    return Message((ask, Line(voice("line.now")), Quote(case.public_line)), ((off, cancel),))


def _preview(draft: Draft, case: Case, warnings: list[str], voice: Voice) -> tuple[Tell, Tell]:
    """Show the line as somebody will read it who says something close."""
    offered = Offered(replace(case, public_line=draft.words), people=1)
    shown = draw_offer((offered,), voice)
    buttons = draw_answers(draft, voice, send="button.show_to_others")
    lead = Line(voice("line.preview"), strong=True)
    return Tell(replace(shown, blocks=(lead, *shown.blocks))), Tell(
        Message((*map(Line, warnings), Line(voice("line.preview_ok"))), (buttons,))
    )


def _is(text: str, key: str, voice: Voice) -> bool:
    return bare_word(text) == bare_word(voice(key))
