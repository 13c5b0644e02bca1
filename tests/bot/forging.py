"""Forged presses and payloads: data that its sender has no right to, or that we never wrote, sent again and again.

Whatever is sent, nothing may change but what says that something came in and was answered, and everybody who can be
answered is. Every single press is held to it (``watching.py``), and not only the end.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random

import sqlalchemy as sa

from bot.telegram.incoming import read_update
from dialogs.cases.case import Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk.listing import Look
from dialogs.events import Pressed, Started, TextSent, Update
from dialogs.presses import CardPress, DraftPress, DutyPress, LookPress, OptionPress, SignPress, unpack
from dialogs.texts import clean
from tests.bot.full_house import (
    NO_ROOM,
    OTHER_LEAD,
    OTHER_REVIEWER,
    OTHER_ROOM,
    REMOVED,
    REVIEWER,
    ROOM,
    STRANGER,
    FullHouse,
    buttons_of,
    standing_data,
)
from tests.bot.watching import Seen, everything, newest_out, see, watch

_MENUS = (
    "menu.",
    "menu.more",
    "menu.tags",
    "snooze.day",
    "snooze.answer",
    "tag.safety",
    "to.1",
    "to.2",
    "to.8",
    "to.x",
)
_ACTS = (*Act, *Deed, *_MENUS, "open", "attachments", "how_to_note")
_STEPS = ("send", "edit", "cancel", "tell", "off", "accepted", "declined", "to.care", "use.1", "use.where", "sent", "")
_COMMANDS = (*(f"/{look}" for look in Look), "/duty", "/handover", "/undo", "/split", "/bind")
# What these ask for is for everybody's own chat, or no command: in a group, people talk like this among themselves.
_TALK = ("/claim", "/decide", "/forget", "/mydata", "/release")
_NOBODIES = (1087968824, 777000, 136817688)
_CODES = ("\u202e", "\u200b", "\u2067", "\ufeff", "\ud83d", "\x00", "{0}", "%s", "' OR 1=1 --", "٣", "K7F3", "é" * 30)
_HUGE = (2**31, 2**63 - 1, 2**63, 2**64, 10**15 - 1, 10**15, 10**40, -1)
# A servant's own draft, which an act of theirs opens at any version, and looks that keep a line of their own.
_OPENS = frozenset(
    {
        *("ask", "decide", "plan", "start", "deliver", "give_up", "forward", "public_line"),
        *("keep", "unmask", "attachments", "open", "how_to_note"),
    }
)


@dataclass(frozen=True, slots=True)
class Forgery:
    """Something that nobody may send; ``silent``: there is nobody to answer, by rule."""

    kind: str
    update: Update
    silent: bool = False


@dataclass(slots=True)
class Count:
    """What came of the forgeries: how many of each kind, and all that was wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


class Forger:
    """Makes forgeries for a full house, without end."""

    def __init__(self, house: FullHouse, standing: dict[str, list[str]], dice: Random) -> None:
        self._house, self._standing, self._dice = house, standing, dice
        self._number = 10_000_000
        self._real = sorted(set(buttons_of(house)))
        self._desk = [data for data in self._real if data[:2] in ("c:", "d:", "y:", "u:", "k:")]
        self._numbers = tuple(house.stage.texts.values())
        self._own = [data for data in self._real if data[:2] in ("a:", "j:", "s:", "w:")]

    def __iter__(self) -> Iterator[Forgery]:
        presses = (self._stranger, self._elsewhere, self._hostile, self._nobody, self._web)
        makers = (*presses, self._typed, self._payload, self._edited)
        while True:
            yield self._dice.choice(makers)()

    def _any(self) -> str:
        """Give the data of a desk press that is there, or could be there: each act on each case, each step."""
        dice, standing = self._dice, self._standing
        match dice.randrange(7):
            case 0 | 1:
                return dice.choice(self._desk)
            case 2 | 3:
                act = dice.choice((*_ACTS, f"join.{dice.choice(standing['code'])}", f"into.{standing['code'][0]}"))
                return f"c:{dice.choice(standing['card'])}:{act}"
            case 4:
                return dice.choice(standing["draft"]) + dice.choice(_STEPS)
            case 5:
                who = dice.choice(("0", *standing["staff"]))
                return f"y:{dice.choice(('me', 'off', 'join', 'leave', 'add', 'remove', 'hand_over'))}:outdoors:{who}"
            case _:
                return dice.choice(standing["sign"])

    def _of_others(self) -> str:
        """Give the data of what only one citizen may press: none of those who forge."""
        dice, standing = self._dice, self._standing
        match dice.randrange(4):
            case 0:
                return dice.choice(standing["ask"]) + dice.choice(("yes", "no", "partly", "unsure", "these"))
            case 1:
                return dice.choice(standing["option"]) + dice.choice(("parks", "buses", "send", "done", "skip", "back"))
            case 2:
                return dice.choice(standing["join"]) + dice.choice(("1", "1+", "2", "3", "apart", "add", "which", "0"))
            case _:
                return dice.choice(self._own)

    def _spoilt(self) -> str:
        """Give data that we never wrote."""
        dice, real = self._dice, self._dice.choice((*self._real, self._any()))
        at = dice.randrange(max(1, len(real)))
        match dice.randrange(7):
            case 0:
                return real[:at]
            case 1:
                return real[:at] + chr(ord(real[at]) ^ 1 << dice.randrange(7)) + real[at + 1 :]
            case 2:
                return real + dice.choice((":", "x" * 80, ":sure:sure", "\u200b", "é"))
            case 3:
                return real[:at] + dice.choice(_CODES) + real[at:]
            case 4:
                parts = real.split(":")
                parts[dice.randrange(len(parts))] = str(dice.choice(_HUGE))
                return ":".join(parts)
            case 5:
                return "".join(chr(dice.randrange(1, 0x2FFF)) for _ in range(dice.randrange(70)))
            case _:
                return dice.choice("scdawjkyupfl") + "".join(dice.choice(":019az.-") for _ in range(dice.randrange(30)))

    def _stranger(self) -> Forgery:
        """Somebody with no right at all presses what is a servant's, or another citizen's."""
        who, place = self._dice.choice((STRANGER, REMOVED, "304", "320")), self._somewhere()
        data = self._any() if self._dice.random() < 0.6 or who in ("304", "320") else self._of_others()
        return Forgery("of another's", self._press(who, place or who, data))

    def _elsewhere(self) -> Forgery:
        """A servant of another queue presses what is of this one."""
        who, place = self._dice.choice((OTHER_REVIEWER, OTHER_LEAD)), self._somewhere()
        data = self._any()
        while self._is_lawful(who, place or who, data):
            data = self._any()
        return Forgery("of another queue", self._press(who, place or who, data))

    def _hostile(self) -> Forgery:
        """Anybody at all, servants of the queue too, sends data that we never wrote, or that is old."""
        who, place = self._dice.choice((STRANGER, REMOVED, REVIEWER, OTHER_LEAD, "304", "101")), self._somewhere()
        data = self._spoilt() if self._dice.random() < 0.7 else self._old()
        while self._is_lawful(who, place or who, data):
            data = self._spoilt()
        return Forgery("spoilt or old", self._press(who, place or who, data))

    def _old(self) -> str:
        """Give an act as it stood on an earlier version of a card, or would on a later one."""
        code, version = self._dice.choice(self._standing["card"]).split(":")
        other = self._dice.choice([one for one in range(9) if one != int(version)])
        return f"c:{code}:{other}:{self._dice.choice(_ACTS)}"

    def _nobody(self) -> Forgery:
        """Accounts behind which anybody may stand, other bots, and channels."""
        who, place = self._dice.choice(_NOBODIES), self._dice.choice((ROOM, OTHER_ROOM))
        if self._dice.random() < 0.6:
            data = self._any() if self._dice.random() < 0.8 else self._spoilt()
            return Forgery("of nobody's account", self._press(str(who), place, data))
        beside = self._dice.choice(
            (
                {"from": {"id": 5, "is_bot": True}},
                {"sender_chat": {"id": -77, "type": "channel"}},
                {"via_bot": {"id": 6, "is_bot": True}},
                {"from": {"id": 777000}, "is_automatic_forward": True},
            )
        )
        # Who writes with a bot's help could be anybody: it is as if nobody had written.
        return Forgery("of a bot or a channel", self._text("101", place, self._command(), **beside), silent=True)

    def _typed(self) -> Forgery:
        """Commands of the desk by somebody who is no servant of it, wherever they type them."""
        who = self._dice.choice((STRANGER, REMOVED, OTHER_REVIEWER, OTHER_LEAD))
        place, text = self._somewhere(own=0.3), self._command()
        if who in (OTHER_REVIEWER, OTHER_LEAD):
            # Their own chat is theirs to write in; what they may see there is tested where it is drawn.
            return Forgery("a command elsewhere", self._text(who, ROOM, text), silent=text.startswith(_TALK))
        # Nothing is posted in a group for those who are no servants.
        return Forgery("a command", self._text(who, place or who, text), silent=place is not None)

    def _command(self) -> str:
        dice, standing = self._dice, self._standing
        rest = dice.choice(
            ("", dice.choice(standing["code"]), "outdoors", "care", "me", "add 106", "remove 101", "benches")
        )
        return f"{dice.choice((*_COMMANDS, *_TALK))} {rest} {dice.choice(('', 'shade', '@', 'x' * 200))}".strip()

    def _edited(self) -> Forgery:
        """Messages that somebody else wrote, as if these had edited them; and replies to cards that are not theirs."""
        who, place = self._dice.choice((STRANGER, OTHER_LEAD, REMOVED)), self._dice.choice((ROOM, NO_ROOM))
        if who != OTHER_LEAD and self._dice.random() < 0.5:
            return Forgery("a note", self._text(who, place, "Let it be."), silent=True)
        edit = {"from": {"id": int(who)}, "chat": _chat(place), "text": "It was not so.", "edit_date": 1_800_000_000}
        number = self._dice.choice((*self._numbers, self._dice.randrange(1, 400)))
        return Forgery("an edit", self._read({"edited_message": {**edit, "message_id": number}}), silent=True)

    def _payload(self) -> Forgery:
        """Links that nobody wrote, or that are used up."""
        dice = self._dice
        tail = "".join(dice.choice("abcxyz0189_-") for _ in range(dice.randrange(60)))
        text = f"/start r_{dice.choice((tail, '', tail + chr(0x202E), 'x' * 5000))}"
        return Forgery("a payload", self._text(dice.choice((STRANGER, REMOVED)), None, text))

    def _web(self) -> Forgery:
        """A citizen's page sends what is the desk's, and a desk page what is a citizen's."""
        dice = self._dice
        self._number += 1
        data = dice.choice((self._any, self._of_others, self._spoilt))()
        while self._is_lawful("guest", "guest", data):
            data = self._any()
        place, sender = dice.choice((("guest", "guest"), ("room:outdoors", "guest"), ("room:care", "somebody")))
        event: Pressed | Started | TextSent = Pressed(clean(data)[:64])
        key, now = str(self._number), self._house.stage.clock.now()
        update = Update("web", "web", key, place, place == "guest", sender, event, now)
        return Forgery("on the web", update)

    def _is_lawful(self, who: str, place: str, data: str) -> bool:
        """Tell whether this sender may do this, or it is about themselves alone."""
        press = unpack(clean(data)[:64])
        match press:
            case None:
                return False
            case CardPress(code, version, act) if who in (REVIEWER, "101"):
                return f"{code}:{version}" in self._standing["card"] or act in _OPENS
            case DraftPress() | DutyPress() | SignPress() if who in (REVIEWER, "101"):
                return True
            case DutyPress(_, "care") | SignPress() if who == OTHER_LEAD:
                return place != ROOM
            case DutyPress(_, "care") if who == OTHER_REVIEWER:
                return True
            case SignPress() if who == OTHER_REVIEWER:
                return place == OTHER_ROOM
            case LookPress() | CardPress() | DraftPress() | DutyPress() | SignPress() | OptionPress():
                return False
            case _:
                return place == who

    def _somewhere(self, own: float = 0.4) -> str | None:
        """Give a room, or None for the sender's own chat."""
        return None if self._dice.random() < own else self._dice.choice((ROOM, OTHER_ROOM, NO_ROOM))

    def _press(self, who: str, place: str, data: str) -> Update:
        message = {"message_id": self._dice.randrange(1, 400), "date": 0, "chat": _chat(place)}
        press = {"id": str(self._number), "from": {"id": int(who)}, "message": message, "data": data}
        return self._read({"callback_query": press})

    def _text(self, who: str, place: str | None, text: str, **beside: object) -> Update:
        reply = {"message_id": self._dice.randrange(1, 400), "from": {"id": 1, "is_bot": True}}
        message: dict[str, object] = {"from": {"id": int(who)}, "chat": _chat(place or who), "text": text, **beside}
        if place is not None and self._dice.random() < 0.5:
            message["reply_to_message"] = reply
        return self._read({"message": {**message, "message_id": self._number, "date": 1_800_000_000}})

    def _read(self, part: dict[str, object]) -> Update:
        self._number += 1
        update = read_update(
            {"update_id": self._number, **part}, bot="1", username="", received_at=self._house.stage.clock.now()
        )
        assert update is not None
        return update


async def send_forgeries(house: FullHouse, *, times: int, dice: Random) -> Count:
    """Send so many forgeries, and hold each to it."""
    database, count = house.stage.database, Count()
    standing = await database.read(standing_data)
    forgeries = iter(Forger(house, standing, dice))
    before = await database.read(everything)
    await database.write(watch)
    last = await database.read(newest_out)
    for _ in range(times):
        forged = next(forgeries)
        count.sent[forged.kind] += 1
        try:
            outcome = await house.stage.turns.take(forged.update)
        except Exception as error:  # noqa: BLE001 - the proof goes on and tells of each
            count.complaints.append(f"{forged.kind}: {forged.update} raised {error!r}")
            continue
        seen = await database.read(partial(see, after=last))
        last = max([last, *(number for number, _ in seen.told)])
        count.complaints += _complaints(forged, toast=outcome.toast, left=outcome.leave_room, seen=seen)
        if forged.silent and not outcome.toast and not seen.told:
            count.silent[forged.kind] += 1
        if seen.changed:
            await database.write(lambda c: c.execute(sa.text("DELETE FROM touched")))
    if await database.read(everything) != before:
        count.complaints.append("at the end the tables are not what they were")
    return count


def _complaints(forged: Forgery, *, toast: str, left: bool, seen: Seen) -> Iterator[str]:
    update = forged.update
    what = f"{forged.kind}: {update.event} of {update.sender} in {update.place}"
    if seen.changed:
        yield f"{what} changed {sorted(set(seen.changed))}: {toast}"
    if any(place not in (update.place, update.sender) for _, place in seen.told):
        yield f"{what} told somebody else: {seen.told}"
    if not (toast or seen.told or left or forged.silent):
        yield f"{what} was not answered"


def _chat(place: str) -> dict[str, object]:
    return {"id": int(place), "type": "private" if int(place) > 0 else "supergroup"}
