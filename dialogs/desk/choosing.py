"""Choosing who delivers, after it was weighed; asking the contributors; and looking again on the review date.

A choice is told to every contributor, so it is a draft like all that goes outward: an option, a reason, an exact
preview, and a moment to take it back. What must come first a refusal says (``delivery_choice.py``). Neither a choice
nor a question about it moves where the case stands: what waited for the case goes on waiting (``CarryTimers``).
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases import audience
from dialogs.cases.case import Actor, Case, Deed, Entry
from dialogs.cases.delivery_choice import (
    VIEWS,
    Choice,
    Missing,
    Option,
    can_weigh,
    compare,
    must_come_first,
    who_weighed,
)
from dialogs.cases.draft import CHOOSING, LONGEST, PREVIEW, WRITING, Desktop, draw_answers, draw_cancel, draw_take_back
from dialogs.cases.judging import pack_choice
from dialogs.cases.lifecycle import By, Impossible
from dialogs.cases.masking import mask
from dialogs.cases.pointer import point
from dialogs.cases.promise import next_working_day, start_of_day
from dialogs.desk import weighing
from dialogs.desk.seat import Desk, Latest, Where, changed, refusal, who
from dialogs.desk.standing import tell_moved_on
from dialogs.desk.weighing import refuse
from dialogs.desk.weighing_card import WEIGH
from dialogs.desk_effects import (
    BringBack,
    CarryTimers,
    Draft,
    DropDraft,
    KeepChoice,
    ReviseChoice,
    SaveDraft,
    TellDuty,
    TellServant,
)
from dialogs.effects import (
    ChangeCase,
    CloseAsks,
    Effect,
    Reply,
    SetTimer,
    StartTelling,
    StopTelling,
    Tell,
    Telling,
    Timer,
    UndoAct,
    WriteEntry,
)
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import DraftId, QueueId
from dialogs.installation import Approach
from dialogs.message import Button, Line, Message, Quote, rows_of, say
from dialogs.presses import CardPress, DraftPress, pack
from dialogs.town import Town, write_date

# What is undone by giving back the case as it was, with all that waited for it.
GOES_OUT = (Deed.DELIVERY, Deed.ASK_VIEWS)


def act(press: CardPress, said: str, desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer a press that weighs or chooses; ``said``: what stands behind the dot."""
    match said.split(".", 1):
        case ["own"]:
            return weighing.begin(desk, town, fresh=fresh)
        case ["show", *_] if desk.where is Where.OWN:
            return weighing.begin(desk, town, fresh=fresh)
        case ["show", *option]:
            return weighing.show(press, ".".join((WEIGH, *option)), desk, town)
        case ["ask"]:
            return ask(press, desk, town, now=now)
        case ["choose"]:
            return begin(desk, town, now=now, fresh=fresh)
        case ["keep"]:
            return keep(desk, town, now=now)
        case ["again"]:
            return weigh_again(desk, town, now=now)
        case _:
            return weighing.score(said, desk, town, now=now)


def begin(desk: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Open a draft of the choice and ask for the option, if all that must come first has come."""
    voice = town.voice(town.language)
    if refused := _may_not(desk, town, now=now):
        return Reply(toast=refused)
    if refused := _too_early(desk, town, now=now):
        return Reply(toast=refused)
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    draft = Draft(DraftId(fresh.number), desk.servant.id, desk.own_chat, desk.case.id, Deed.DELIVERY, CHOOSING)
    return Reply((SaveDraft(draft), Tell(_invite(draft, desk, town), to=desk.own_chat)), voice("draft.look"))


def ask(press: CardPress, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Ask every contributor what they think, after a moment in which it can be taken back."""
    voice, case = town.voice(town.language), desk.case
    if case.approach is not Approach.SERVICE_INTEGRATED:
        return Reply(toast=voice("old_button"))
    if refused := _may_not(desk, town, now=now):
        return Reply(toast=refused)
    if press.version != case.version:
        return Reply(toast=changed(desk, voice))
    if desk.weighing.asked_at is not None:
        return Reply(toast=voice("weigh.asked_already"))
    moved = replace(case, version=case.version + 1)
    entry = Entry(Deed.ASK_VIEWS, Actor.SERVANT, now, staff=desk.servant.id, before=case)
    hold = town.installation.loop.ask_hold
    effects: list[Effect] = [ChangeCase(moved, entry), CarryTimers(moved)]
    asks = tuple((one, town.voice(one)("judging.ask")) for one in town.installation.languages)
    effects.append(StartTelling(Telling.VIEWS, moved, voice("judging.ask"), now + hold, asks))
    if desk.own_chat is not None:
        lead = Line(voice("weigh.asking", code=case.code))
        as_read = audience.draw_notice(Telling.VIEWS, case, "", audience.Listener(town.language, ""), town)
        shown = Message(
            (lead, *(one for one in as_read.blocks if one != Quote(""))), ((draw_take_back(moved, voice),),)
        )
        effects.append(Tell(shown, to=desk.own_chat))
    return Reply(tuple(effects), voice("weigh.did_ask"))


def write(desktop: Desktop, text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a text as the option or the reason, or as the word of a button."""
    voice, draft = town.voice(town.language), desktop.draft
    if is_word(text, "word.cancel", town.heard):
        return Reply((DropDraft(draft.address), Tell(say(voice("draft.dropped")))))
    if draft.stage == CHOOSING:
        typed = text.strip().casefold()
        chosen = next((one for one in Option if voice(f"option.{one}").casefold() == typed), None)
        return _choose(desktop, chosen, desk, town)
    if draft.stage == PREVIEW and is_word(text, "word.send", town.heard):
        return _send(desktop, desk, town, now=now)
    if len(text) > LONGEST:
        return Reply((Tell(say(voice("draft.long", length=len(text), most=LONGEST))),))
    written = replace(draft, stage=PREVIEW, words=text)
    return Reply((SaveDraft(written), *_preview(replace(desktop, draft=written), town)))


def press(desktop: Desktop, step: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take a press on one of the draft's buttons."""
    voice, draft = town.voice(town.language), desktop.draft
    match step:
        case "cancel":
            return Reply((DropDraft(draft.address), Tell(say(voice("draft.dropped")))))
        case "edit" if draft.stage == PREVIEW:
            again = replace(draft, stage=WRITING)
            return Reply((SaveDraft(again), Tell(_invite(again, desk, town))))
        case "send" if draft.stage == PREVIEW:
            return _send(desktop, desk, town, now=now)
        case option if draft.stage == CHOOSING and option in set(Option):
            return _choose(desktop, Option(option), desk, town)
    return Reply(toast=voice("old_button"))


def weigh_again(desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Open the weighing anew; the choice stands until there is another one."""
    voice, choice = town.voice(town.language), desk.weighing.choice
    if choice is None or choice.again_at is not None or not can_weigh(desk.case):
        return Reply(toast=voice("old_button"))
    entry = Entry(Deed.WEIGH_AGAIN, Actor.SERVANT, now, staff=desk.servant.id)
    revised = ReviseChoice(replace(choice, again_at=now, asked_at=None))
    return Reply((revised, WriteEntry(desk.case, entry)), voice("weigh.did_again"))


def keep(desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Say that the choice is still right, and look at it again later."""
    voice, choice = town.voice(town.language), desk.weighing.choice
    if choice is None or choice.asked_at is None:
        return Reply(toast=voice("old_button"))
    kept, timer = _until_review(replace(choice, asked_at=None), desk.case, town, now=now)
    day = write_date(kept.review_on, voice)
    entry = Entry(Deed.KEEP_DELIVERY, Actor.SERVANT, now, staff=desk.servant.id, words=day)
    return Reply((ReviseChoice(kept), WriteEntry(desk.case, entry), timer), voice("weigh.did_keep", day=day))


def revisit(case: Case, choice: Choice | None, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Bring a case back to its room on the review date of its choice, and ask whether that is still right."""
    if choice is None or choice.asked_at is not None or choice.again_at is not None or not can_weigh(case):
        return ()
    if choice.review_on > town.today(now):
        return ()
    voice = town.voice(town.language)
    told = point(case, voice("weigh.revisit", code=case.code, option=voice(f"option.{choice.option}")), town)
    tell = TellServant(case.holder, told) if case.holder is not None else TellDuty(QueueId(case.queue), told)
    entry = Entry(Deed.REVISIT, Actor.CLOCK, now)
    return ReviseChoice(replace(choice, asked_at=now)), WriteEntry(case, entry), BringBack(case), tell


def undo(latest: Latest, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Take back a choice, or the question to the contributors, that has not gone out."""
    voice = town.voice(town.language)
    back = replace(desk.case, version=desk.case.version + 1)
    line = Entry(Deed.UNDO, Actor.SERVANT, now, staff=desk.servant.id, words=voice(f"act.{latest.act}"))
    effects: list[Effect] = [UndoAct(back, latest.entry, line), CarryTimers(back)]
    if latest.telling is not None:
        effects.append(StopTelling(latest.telling))
    if desk.own_chat is not None:
        effects.append(Tell(say(voice("draft.taken_back", code=desk.case.code)), to=desk.own_chat))
    return Reply(tuple(effects), voice("desk.undone"))


def _may_not(desk: Desk, town: Town, *, now: datetime) -> str:
    """Say why nothing can go out now; "": it can."""
    voice = town.voice(town.language)
    if refused := refuse(desk, town):
        return refused
    if not who(desk) & {By.HOLDER, By.FINDER}:
        return refusal(Impossible.ROLE, desk, town, voice, now=now)
    latest = desk.latest
    waits = latest is not None and latest.telling is not None and not latest.gone_out
    return voice("desk.take_back_first") if waits else ""


def _too_early(desk: Desk, town: Town, *, now: datetime) -> str:
    """Say what must come before a choice; "": nothing."""
    voice, weighed = town.voice(town.language), desk.weighing
    window = town.installation.loop.hear_within
    match must_come_first(weighed, desk.case, now=now, window=window):
        case None:
            return ""
        case Missing.SECOND_SERVANT:
            names = ", ".join(weighed.names.get(one, "") for one in who_weighed(weighed)) or voice("weigh.nobody")
            return voice("choose.second_servant", names=names)
        case Missing.CONTRIBUTORS:
            return voice("choose.contributors")
        case Missing.THEIR_ANSWERS:
            assert weighed.asked_at is not None
            return voice("choose.their_answers", until=town.write_moment(weighed.asked_at + window, voice))


def _options(desk: Desk) -> list[Option]:
    """List what comes into question for at least one of those who weighed it."""
    columns, raters = compare(desk.weighing.views), {view.rater for view in desk.weighing.views}
    return [option for option in Option if len(columns[option].left_out) < len(raters)]


def _choose(desktop: Desktop, option: Option | None, desk: Desk, town: Town) -> Reply:
    if option is None or option not in _options(desk):
        return Reply((Tell(_invite(desktop.draft, desk, town)),))
    chosen = replace(desktop.draft, stage=WRITING, outcome=option.value)
    return Reply((SaveDraft(chosen), Tell(_invite(chosen, desk, town))))


def _send(desktop: Desktop, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Let the choice go out, unless the case has moved away under the draft; then the words stay where they are."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    if not desktop.still_staff or desktop.overtaken or not desktop.who & {By.HOLDER, By.FINDER}:
        return Reply((Tell(say(tell_moved_on(desktop, voice))),))
    if refused := refuse(desk, town) or _too_early(desk, town, now=now):
        return Reply((Tell(say(refused)),))
    option, reason = Option(draft.outcome or ""), draft.words or ""
    hold = town.installation.loop.decide_hold
    moved = replace(case, version=case.version + 1)
    chosen, timer = _until_review(
        Choice(0, option, reason, draft.staff, now, town.today(now)), moved, town, now=now + hold
    )
    words = f"{voice(f'option.{option}')}. {reason}"
    entry = Entry(Deed.DELIVERY, Actor.SERVANT, now, staff=draft.staff, words=words, before=case)
    told = voice("draft.sent", seconds=int(hold.total_seconds()), code=case.code)
    effects: tuple[Effect, ...] = (
        ChangeCase(moved, entry),
        CarryTimers(moved),
        KeepChoice(moved, chosen),
        StartTelling(Telling.DELIVERY, moved, pack_choice(option, reason), now + hold),
        timer,
        CloseAsks(case.id, VIEWS, now),
        DropDraft(draft.address),
        Tell(say(told, buttons=((draw_take_back(moved, voice),),))),
    )
    return Reply(effects)


def _until_review(choice: Choice, case: Case, town: Town, *, now: datetime) -> tuple[Choice, SetTimer]:
    time = town.installation.working_time
    day = next_working_day(town.today(now + town.installation.loop.revisit_after), time)
    return replace(choice, review_on=day), SetTimer(Timer.REVISIT, case, start_of_day(day, time))


def _invite(draft: Draft, desk: Desk, town: Town) -> Message:
    """Ask for what the draft lacks, or for other words than it has."""
    voice, case = town.voice(town.language), desk.case
    cancel = draw_cancel(draft, voice)
    if draft.stage == CHOOSING:
        buttons = [Button(voice(f"option.{one}"), pack(DraftPress(draft.id, one))) for one in _options(desk)]
        return say(voice("choose.which", code=case.code), buttons=(*rows_of(buttons, width=2), (cancel,)))
    option = voice(f"option.{draft.outcome}")
    lines: list[Line | Quote] = [Line(voice("choose.reason", code=case.code, option=option))]
    if draft.words:
        lines += [Line(voice("draft.so_far")), Quote(draft.words)]
    return Message(tuple(lines), ((cancel,),))


def _preview(desktop: Desktop, town: Town) -> tuple[Tell, Tell]:
    """Show the notice as a contributor will read it, and how it would stand on a public page."""
    voice, draft, case = town.voice(town.language), desktop.draft, desktop.case
    option, reason = Option(draft.outcome or ""), draft.words or ""
    listener = audience.Listener(desktop.language, mask(desktop.excerpt, town).text)
    notice = audience.draw_notice(Telling.DELIVERY, case, pack_choice(option, reason), listener, town)
    masked = mask(reason, town)
    public = (Line(voice("draft.public"), strong=True), Line(voice(f"option.{option}")), Quote(masked.text))
    shown = (Line(voice("draft.preview"), strong=True), *notice.blocks, *public)
    asks = [Line(voice("draft.warning"))] if masked.found else []
    asks += [Line(voice("draft.other_language"))] if _reads_other(desktop, town) else []
    return Tell(Message(shown)), Tell(Message((*asks, Line(voice("draft.preview_ok"))), (draw_answers(draft, voice),)))


def _reads_other(desktop: Desktop, town: Town) -> bool:
    return desktop.mixed or town.voice(desktop.language).language != town.language
