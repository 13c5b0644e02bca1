"""What must be true after any number of kills, read from the tables and the chats by none of the product's code.

State exactly once, messages at least once and at most once a life, announcements once. Every complaint is a
sentence; there should be none.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tests.botapi import BotApi, BotMessage, Talk
from tests.proof.story import Story
from tests.proof.tables import Row, Tables

_ANNOUNCED = ("Here is the answer", "Did this work for you?", "We promised you news by today")
_ANNOUNCEMENTS = 2
# So long an end may go unnoticed.
_NOTICED_WITHIN = timedelta(seconds=0.1)
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_TIMERS_LEFT = Counter({"silence": 1, "promise": 1, "near": 2, "unclaimed": 1})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``repeated``: messages that a chat shows twice; ``unanswered``: presses without a toast."""

    complaints: list[str]
    repeated: int
    unanswered: int


async def check(tables: Tables, api: BotApi, stories: list[Story], *, ends: list[datetime]) -> Verdict:
    """Check everything that the stories left behind; all of them went to their end."""
    complaints = [
        *(await _check_file(tables)),
        *(await _check_inbox(tables, api)),
        *(await _check_outbox(tables, api)),
    ]
    repeated = 0
    for story in stories:
        complaints += await _check_matter(tables, story)
        complaints += _check_announced(story)
        complaints += _check_card(await tables.rows(_CARDS.format(place=story.team.group.id)), story)
    for talk in {talk.id: talk for story in stories for talk in (story.citizen.chat, story.team.servant.chat)}.values():
        copies = Counter(_same(message) for message in talk.messages)
        complaints += _check_repeats(talk, ends)
        repeated += sum(n - 1 for n in copies.values())
    complaints += _check_secrets(api, stories)
    unanswered = sum(press.answer is None for press in api.methods.presses.values())
    return Verdict(complaints, repeated, unanswered)


def talk_of(story: Story) -> list[str]:
    """Give what the citizen and the servant read, repeats left out, and codes alike."""
    return [
        _CODE.sub("CODE", text)
        for talk in (story.citizen.chat, story.team.servant.chat)
        for text, _ in dict.fromkeys(_same(message) for message in talk.messages)
    ]


async def _check_file(tables: Tables) -> list[str]:
    if not tables.url.startswith("sqlite:"):
        return []
    integrity = await tables.rows("PRAGMA integrity_check")
    broken = await tables.rows("PRAGMA foreign_key_check")
    complaints = [f"a foreign key leads nowhere: {row}" for row in broken]
    return complaints if [*integrity[0].values()] == ["ok"] else [*complaints, f"the file is damaged: {integrity[0]}"]


async def _check_inbox(tables: Tables, api: BotApi) -> list[str]:
    rows = await tables.rows("SELECT key, aside FROM inbox WHERE channel = 'telegram'")
    taken = Counter(row["key"] for row in rows)
    sent = {str(number) for number in api.updates.everything}
    complaints = [f"update {key} was lost" for key in sorted(sent - set(taken))]
    complaints += [f"update {key} was never sent" for key in sorted(set(taken) - sent)]
    return complaints + [f"update {row['key']} was set aside" for row in rows if row["aside"] is not None]


async def _check_outbox(tables: Tables, api: BotApi) -> list[str]:
    complaints = []
    for row in await tables.rows(_OUTBOX):
        if row["status"] == "unknown" and row["lane"] == _ANNOUNCEMENTS:
            # Listed, and not repeated: the chat is looked at below.
            continue
        if row["status"] != "sent":
            complaints.append(f"message {row['id']} in lane {row['lane']} ended {row['status']}: {row['error']}")
        elif row["channel"] == "telegram" and row["number"] not in api.world.chats[int(row["place"])].messages:
            complaints.append(f"message {row['id']} is not in its chat")
    return complaints


async def _check_matter(tables: Tables, story: Story) -> list[str]:
    """Check what the citizen said and what was done with it: each once, in order, under the right person."""
    cases = await tables.rows(_CASES.format(place=story.citizen.id))
    if len(cases) != 1:
        return [f"the matter of {story.script.idea[0]!r} is there {len(cases)} times"]
    case = cases[0]
    words = {question: answer for question, answer, *_ in json.loads(case["words"])}
    kept = next((answer for question, answer in words.items() if "What is your idea?" in question), "")
    complaints = [] if kept == "\n".join(story.script.idea) else [f"kept {kept!r} of {story.script.idea}"]
    if case["state"] != "reopened" or case["session"] != "submitted":
        complaints.append(f"the case ended {case['state']}, the conversation {case['session']}")
    return [*complaints, *(await _check_acts(tables, case["id"], story))]


async def _check_acts(tables: Tables, case: int, story: Story) -> list[str]:
    """Check the journal, the questions, the announcements and the timers of a case."""
    journal = await tables.rows(f"SELECT act, words, version, at FROM journal WHERE case_id = {case} ORDER BY id")
    asks = await tables.rows(f"SELECT kind, answer FROM asks WHERE case_id = {case} ORDER BY id")
    told = await tables.rows(f"SELECT kind, done_at FROM announcements WHERE case_id = {case} ORDER BY id")
    timers = await tables.rows(f"SELECT kind FROM timers WHERE case_id = {case}")
    found = {
        "journal": [(row["act"], row["words"]) for row in journal],
        "questions": [(row["kind"], row["answer"]) for row in asks],
        "announcements": [(row["kind"], row["done_at"] is not None) for row in told],
        "timers": Counter(row["kind"] for row in timers),
    }
    expected = {
        "journal": _acts(story),
        "questions": [("question", story.script.answer), ("ask_back", "no")],
        "announcements": [(kind, True) for kind in ("question", "decision", "ask_back", "overdue")],
        "timers": _TIMERS_LEFT,
    }
    wrong = [f"the {name}: {found[name]}, and not {expected[name]}" for name in found if found[name] != expected[name]]
    if any(
        earlier["at"] > later["at"] or earlier["version"] > later["version"] for earlier, later in pairwise(journal)
    ):
        wrong.append("the journal is not in order")
    return wrong


def _acts(story: Story) -> list[tuple[str, str | None]]:
    return [
        ("opened", None),
        ("claim", None),
        ("note", "In October, I think."),
        ("ask", story.script.question),
        ("answer", story.script.answer),
        ("decide", f"Already exists. {story.script.reason}"),
        ("ask_back", None),
        ("contest", "No"),
        ("words", story.script.complaint),
        ("free_duty", None),
        ("overdue", None),
        ("free_lead", None),
    ]


def _check_card(rows: list[Row], story: Story) -> list[str]:
    shown = [
        message
        for message in story.team.group.messages
        if story.script.idea[0] in message.text and message.id in {row["number"] for row in rows}
    ]
    if len(shown) != 1:
        return [f"{len(shown)} cards are known for one case"]
    text = shown[0].text
    missing = [words for words in ("BACK AGAIN", story.script.complaint, "the promised day") if words not in text]
    return [f"the card does not show {missing}: {text!r}"] if missing else []


def _check_repeats(talk: Talk, ends: list[datetime]) -> list[str]:
    """Check that a message was said again only by another life, since the one before died before it could tell."""
    said: dict[tuple[str, str], BotMessage] = {}
    complaints = []
    for message in talk.messages:
        earlier = said.get(_same(message))
        if earlier is not None and not any(earlier.at <= end <= message.at + _NOTICED_WITHIN for end in ends):
            complaints.append(f"said twice in one life: {message.text[:80]!r}")
        said[_same(message)] = message
    return complaints


def _check_announced(story: Story) -> list[str]:
    """Check that each announcement is there once, whatever happened."""
    told = {words: sum(words in message.text for message in story.citizen.chat.messages) for words in _ANNOUNCED}
    return [f"announced {n} times: {words!r}" for words, n in told.items() if n != 1]


def _check_secrets(api: BotApi, stories: list[Story]) -> list[str]:
    """No word of one citizen stands in the chat of another, or of another queue."""
    return [
        f"the words of {story.citizen.id} stand in chat {chat.id}"
        for story in stories
        for chat in api.world.chats.values()
        if chat.id not in (story.citizen.id, story.team.servant.id, story.team.group.id)
        and any(story.script.idea[0] in message.text for message in chat.messages.values())
    ]


def _same(message: BotMessage) -> tuple[str, str]:
    """Give what makes two messages the same message said twice."""
    return message.text, " ".join(button.data for row in message.buttons for button in row)


_CARDS = (
    "SELECT k.number FROM cards k JOIN addresses a ON a.id = k.address_id "
    "WHERE a.channel = 'telegram' AND a.place = '{place}'"
)
_OUTBOX = (
    "SELECT o.id, o.lane, o.status, o.error, o.number, a.channel, a.place "
    "FROM outbox o JOIN addresses a ON a.id = o.address_id"
)
_CASES = (
    "SELECT c.id, c.state, k.words, s.state AS session FROM cases c JOIN contributors p ON p.case_id = c.id "
    "JOIN contributions k ON k.id = p.contribution_id AND k.case_id = c.id JOIN sessions s ON s.id = k.session_id "
    "JOIN addresses a ON a.person_id = p.person_id AND s.person_id = p.person_id "
    "WHERE a.channel = 'telegram' AND a.place = '{place}'"
)
