"""Handing over: all that a servant holds in a queue goes to a colleague, who is told how the queue stands.

One press confirms it for all; each case has its own line in its own journal, and can be given back by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import Actor, Case, Entry
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.desk.board import BoardView, tell_standing
from dialogs.desk.duty import DutyDesk
from dialogs.desk.holding import settle_wish, watch
from dialogs.desk_effects import TellServant
from dialogs.effects import ChangeCase, Effect, Reply
from dialogs.ids import StaffId
from dialogs.message import Block, Button, Line, Message
from dialogs.presses import DutyPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

# What the button asks for, and how many cases go at once.
HAND_OVER = "hand_over"
MOST = 50
_NAMED, _LONGEST_NAME = 20, 40


@dataclass(frozen=True, slots=True)
class Handover:
    """What a servant can hand over in a queue: the cases that they hold, and how the queue stands."""

    desk: DutyDesk
    held: tuple[Case, ...]
    board: BoardView


def next_on_duty(desk: DutyDesk) -> StaffId | None:
    """Tell to whom a servant hands over: who is on duty, or who is next where they are that themselves."""
    rota = desk.rota
    able = [one for one in desk.able if one.id != desk.me.id]
    if rota.on_duty != desk.me.id and desk.name(rota.on_duty):
        return rota.on_duty
    return rota.after(desk.me.id, able)


def draw_handover(handover: Handover, town: Town) -> Message:
    """Show a servant what they would hand over to whom, with one button that does it."""
    voice, desk = town.voice(town.language), handover.desk
    to = next_on_duty(desk)
    blocks = [Line(voice("handover.title", queue=town.queue(desk.rota.queue, voice)), strong=True)]
    if to is None:
        return Message((*blocks, Line(voice("handover.nobody"))))
    name, count = cut(desk.name(to), _LONGEST_NAME), len(handover.held)
    blocks += [Line(text) for text in _held_lines(handover, voice("handover.held", count=count), town, voice)]
    blocks += [Line(voice("handover.to", name=name))]
    word = voice("button.hand_over_all", count=count, name=name) if count else voice("button.hand_over_word", name=name)
    return Message(tuple(blocks), ((Button(word, pack(DutyPress(HAND_OVER, desk.rota.queue, to))),),))


def hand_over(handover: Handover, to: StaffId, town: Town, *, now: datetime) -> Reply:
    """Give everything that a servant holds in a queue to a colleague, and tell them how the queue stands."""
    voice, desk = town.voice(town.language), handover.desk
    if to == desk.me.id or not desk.name(to):
        return Reply(toast=voice("holding.no_colleague"))
    effects: list[Effect] = []
    for case in handover.held:
        moved = advance(case, Act.HAND_OVER, frozenset({By.HOLDER}), now=now, holder=to)
        if isinstance(moved, Impossible):
            continue
        entry = Entry(Act.HAND_OVER, Actor.SERVANT, now, staff=desk.me.id, words=desk.name(to), before=case)
        effects += [ChangeCase(moved, entry), *watch(moved, town, now=now), *settle_wish(case, moved, town)]
    effects.append(TellServant(to, _told(handover, town, now=now)))
    toast = voice("handover.done", count=len(handover.held), name=desk.name(to))
    return Reply(tuple(effects), toast)


def _told(handover: Handover, town: Town, *, now: datetime) -> Message:
    voice, desk = town.voice(town.language), handover.desk
    queue, count = town.queue(desk.rota.queue, voice), len(handover.held)
    blocks: list[Block] = [Line(voice("handover.from", name=desk.me.name, queue=queue), strong=True)]
    blocks += [Line(text) for text in _held_lines(handover, voice("handover.yours", count=count), town, voice)]
    blocks.append(Line(voice("handover.standing"), strong=True))
    blocks += [Line(text) for text in tell_standing(handover.board, town, now=now)]
    return Message(tuple(blocks))


def _held_lines(handover: Handover, heading: str, town: Town, voice: Voice) -> list[str]:
    """Name what is handed over, each case by its number and service."""
    lines = [
        " · ".join(
            (
                f"{'❗ ' if case.urgent else ''}{case.code}",
                town.service(case.service, voice),
                voice(f"state.{case.state}"),
                voice("look.by_late" if case.overdue else "look.by", day=write_date(case.promised_on, voice)),
            )
        )
        for case in handover.held[:_NAMED]
    ]
    return [heading, *lines, *([voice("digest.more")] if len(handover.held) > _NAMED else [])]
