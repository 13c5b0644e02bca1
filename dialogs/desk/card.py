"""A card: a case as servants see it in a room. A view, which can be drawn again at any time.

Nothing on it identifies a person: a pseudonym of this one case, the citizen's own words, and dates
without a time of day. Personal data in what anybody wrote is covered (``masking.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from dialogs import menu
from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry, State
from dialogs.cases.delivery_choice import Weighing, can_weigh
from dialogs.cases.lifecycle import Act, owes_decision, owes_delivery, owes_news
from dialogs.cases.masking import mask, mask_words
from dialogs.cases.participant import Participant
from dialogs.cases.promise import end_of_day
from dialogs.desk import proposal
from dialogs.desk.delivering import acts_from
from dialogs.desk.sorting import FITS, HOW_TO_NOTE, MENU, SNOOZE, SPANS, TAG, Menu
from dialogs.desk.weighing_card import WEIGH, draw_choice, draw_menu, draw_rows
from dialogs.flows.answers import label_of
from dialogs.flows.flow import OFFER
from dialogs.ids import ContributorId, QueueId, StaffId
from dialogs.message import Block, Button, Line, Message, Moment, Quote, Shown, Tone, rows_of
from dialogs.presses import CardPress, pack
from dialogs.said import Said, Words, attachments, main_words
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

# The longest quotes on a card: the first words decide, the rest unfolds.
_STORY, _ANSWER, _TRAIL, _OTHERS = 1500, 200, 300, 300
_LINES = 5
# What its button asks for, where photos and voice notes cannot be shown on the card itself.
ATTACHMENTS = "attachments"
# What stands in place of a contribution that was taken back.
TAKEN_BACK: Words = (Said("", ""),)
# What a merge is called that a citizen chose (``joining.py``).
_BY_CHOICE: Mapping[str, str] = {Deed.TOOK_IN: "joined", Deed.LET_GO: "left"}
Rows = tuple[tuple[Button, ...], ...]
# A state at a glance, on cards and in lists.
SIGNS = {
    State.NEW: "🟢",
    State.TAKEN: "✋",
    State.ASKED: "❓",
    State.ANSWERED: "💬",
    State.PROPOSED: "🤝",
    State.SNOOZED: "💤",
    State.MERGED: "🔁",
    State.OFFERED: "🗳",
    State.DECIDED: "✅",
    State.PLANNED: "🗓",
    State.IN_DELIVERY: "🚧",
    State.DELIVERED: "📦",
    State.NOT_DONE: "🚫",
    State.CHECKING: "🔎",
    State.CONFIRMED: "🏁",
    State.UNCONFIRMED: "⚪",
    State.REOPENED: "🔴",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one contributor has said in a case; ``code``: their own number, which is another where cases are merged."""

    id: ContributorId
    code: str
    pseudonym: str
    words: Words
    participant: Participant | None = None
    contribution: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything a card shows of a case."""

    case: Case
    # Of its first contribution.
    words: Words
    pseudonym: str
    holder: str
    # The newest lines of the journal, oldest first, and the names of the servants in them.
    entries: tuple[Entry, ...]
    names: dict[StaffId, str]
    # The newest act can still be taken back.
    undoable: bool = False
    # What is under it instead of the plain buttons.
    menu: Menu = Menu.PLAIN
    # Who wants to take it over.
    wanter: str = ""
    # The contributors after the first, as many as are shown, and how many people there are in all.
    others: tuple[Part, ...] = ()
    people: int = 1
    # The number of the case that it is merged into.
    into: str = ""
    # The queue of the room that shows it, where one does.
    room: QueueId | None = None
    # What the first contributor says they are.
    participant: Participant | None = None
    # How the contributors are called whose lines are shown.
    pseudonyms: Mapping[ContributorId, str] = field(default_factory=dict)
    # Who delivers what was promised, and while it is weighed, where everybody stands.
    weighing: Weighing = field(default_factory=Weighing)

    @property
    def has_left(self) -> bool:
        """Tell whether the case is another team's than the room's by now."""
        return self.room not in (None, self.case.queue)


def draw_card(view: CardView, town: Town) -> Message:
    """Draw the card of a case in the town's language, with the personal data on it covered."""
    voice = town.voice(town.language)
    if view.case.state is State.MERGED:
        return _pointer(view, voice)
    view, is_covered = _cover(view, town)
    case = view.case
    title = " · ".join(
        (
            f"{SIGNS[case.state]} {voice(f'state.{case.state}').upper()}",
            town.queue(case.queue, voice),
            case.code,
            voice(f"contribution.{case.contribution}"),
        )
    )
    if view.menu.startswith(WEIGH) and can_weigh(case):
        return draw_menu(title, view.menu, case, view.weighing, town)
    blocks: list[Block] = [
        Line(title, strong=True),
        *_marks(case, town, voice),
        Line(town.service(case.service, voice)),
        *([Line(f"📣 {case.public_line}")] if case.public_line else []),
    ]
    if view.words == TAKEN_BACK:
        blocks.append(Line(voice(f"trail.{Deed.FORGET}", name=view.pseudonym)))
    else:
        blocks += _story(view.words, voice)
    blocks += _people(view, voice)
    blocks += _promise(case, town, voice)
    if case.proposal is not None:
        blocks += proposal.draw(case.proposal, town)
    blocks += _outcome(view, town, voice)
    blocks += [Line(cut(tell_entry(entry, view, voice), _TRAIL)) for entry in view.entries]
    if is_covered:
        blocks.append(Line(voice("card.masked")))
    if owes_news(case):
        blocks.append(Line(voice("card.holder", name=view.holder) if view.holder else voice("card.nobody")))
    if view.wanter:
        blocks.append(Line(voice("card.wanted", name=view.wanter)))
    return Message(tuple(blocks), _buttons(view, town, voice, is_covered=is_covered), protected=True)


def _pointer(view: CardView, voice: Voice) -> Message:
    """Draw what is left of a card whose case is looked after together with another one."""
    case = view.case
    line = Line(f"{SIGNS[case.state]} {voice('merging.pointer', code=case.code, into=view.into)}")
    apart = Button(voice("button.unmerge"), pack(CardPress(case.code, case.version, Deed.UNMERGE)))
    return Message((line,), ((apart,),), protected=True)


def _people(view: CardView, voice: Voice) -> list[Block]:
    """Say who wrote, and what the others than the first one said."""
    if view.people == 1:
        return [Line(f"👤 {_name(view, voice)}")]
    names = ", ".join((_name(view, voice), *(_name(other, voice) for other in view.others)))
    if view.people > len(view.others) + 1:
        names = f"{names} …"
    blocks: list[Block] = [Line(f"👥 {voice('card.people', count=view.people, names=names)}")]
    for other in view.others:
        same = other.code == view.case.code
        name = _name(other, voice) if same else f"{_name(other, voice)} · {other.code}"
        given = f" · {voice(f'contribution.{OFFER}')}" if other.contribution == OFFER and not same else ""
        blocks.append(Line(f"👤 {name}{given}"))
        if other.words == TAKEN_BACK:
            blocks.append(Line(voice(f"trail.{Deed.FORGET}", name=other.pseudonym)))
        else:
            blocks += _others_words(other.words, voice)
    return blocks


def _name(one: CardView | Part, voice: Voice) -> str:
    """Name a contributor, and what they say they are."""
    return f"{one.pseudonym} ({voice(f'participant.{one.participant}')})" if one.participant else one.pseudonym


def _others_words(words: Words, voice: Voice) -> list[Block]:
    story = main_words(tuple(replace(said, answer=_written(said)) for said in words))
    quote: list[Block] = [Quote(cut(story, _OTHERS), folded=True)] if story else []
    return [*quote, *(Shown(one, label_of(one, voice)) for one in attachments(words))]


def _cover(view: CardView, town: Town) -> tuple[CardView, bool]:
    """Cover the personal data in all that the card will show, whoever wrote it; tell whether there was any.

    Before anything is cut: half a phone number would not be known for one.
    """
    words, is_covered = mask_words(view.words, town)
    reason = mask(view.case.reason or "", town)
    shown = [entry for entry in view.entries if not _is_taken_back(entry, view)][-_LINES:]
    lines = [mask(entry.words or "", town) for entry in shown]
    entries = tuple(replace(entry, words=line.text) for entry, line in zip(shown, lines, strict=True))
    case = replace(view.case, reason=reason.text)
    masked = [mask_words(other.words, town) for other in view.others]
    others = tuple(replace(other, words=one) for other, (one, _) in zip(view.others, masked, strict=True))
    is_covered = is_covered or any(covered for _, covered in masked)
    is_covered = is_covered or bool(reason.found) or any(line.found for line in lines)
    if view.case.proposal is not None:
        is_covered = is_covered or bool(mask(view.case.proposal.words, town).found)
    return replace(view, case=case, words=words, others=others, entries=entries), is_covered


def _marks(case: Case, town: Town, voice: Voice) -> list[Block]:
    """Show what the team has marked the case with, in one line."""
    marks = [voice("card.urgent")] if case.urgent else []
    if case.tags:
        marks.append(f"🏷 {', '.join(town.tag(tag, voice) for tag in case.tags)}")
    if case.state is State.SNOOZED:
        until = case.snoozed_until
        words = voice("sorting.until_day", day=write_date(until, voice)) if until else voice("sorting.until_answer")
        marks.append(f"💤 {words}")
    return [Line(" · ".join(marks))] if marks else []


def _story(words: Words, voice: Voice) -> list[Block]:
    written = tuple(replace(said, answer=_written(said)) for said in words)
    story = main_words(written)
    blocks: list[Block] = [Quote(cut(story, _STORY), folded=len(story) > 280)] if story else []
    # What belongs to the story stands right under it.
    for said in sorted(written, key=lambda said: said.answer != story):
        if said.answer != story or not story:
            blocks.append(Line(f"{cut(said.question, 60)} {cut(said.answer, _ANSWER)}".strip()))
        blocks += [Shown(attachment, label_of(attachment, voice)) for attachment in said.attachments]
    return blocks


def _written(said: Said) -> str:
    # Each photo and voice note has a line of its own at the end of an answer; here they are shown themselves.
    lines = said.answer.split("\n")
    return "\n".join(lines[: len(lines) - len(said.attachments)])


def _promise(case: Case, town: Town, voice: Voice) -> list[Block]:
    if case.state is State.OFFERED and case.hear_until is not None:
        until = town.write_moment(case.hear_until, voice)
        return [Moment(voice("card.offered"), case.hear_until, until)]
    if not owes_news(case):
        return []
    day = write_date(case.promised_on, voice)
    ends_at = end_of_day(case.promised_on, town.installation.working_time)
    late = [Line(voice("card.overdue" if owes_decision(case) else "card.no_news"))] if case.overdue else []
    return [Moment(voice("card.promised" if owes_decision(case) else "card.news"), ends_at, day), *late]


def _outcome(view: CardView, town: Town, voice: Voice) -> list[Block]:
    """Say what was decided and why, who delivers it, and what was done and what was not."""
    case = view.case
    blocks: list[Block] = []
    if case.outcome is not None:
        blocks.append(Line(f"{voice('card.outcome')} {voice(f'outcome.{case.outcome}')}"))
        blocks.append(Quote(cut(case.reason or "", _TRAIL)))
    blocks += draw_choice(view.weighing, town)
    for key, words in (("card.did", case.did), ("card.did_not", case.did_not)):
        blocks += [Line(voice(key)), Quote(cut(words, _TRAIL))] if words else []
    return blocks


def tell_entry(entry: Entry, view: CardView, voice: Voice) -> str:
    """Say what a line of the journal says; its words are to be covered before."""
    match entry.actor:
        case Actor.SERVANT:
            who = view.names.get(entry.staff, "") if entry.staff else ""
        case Actor.CITIZEN | Actor.CLOCK:
            who = view.pseudonyms.get(entry.contributor, view.pseudonym) if entry.contributor else view.pseudonym
    act = _BY_CHOICE.get(entry.act, entry.act) if entry.actor is Actor.CITIZEN else entry.act
    if entry.actor is Actor.CLOCK and entry.act == Act.FORWARD:
        act = f"{Act.FORWARD}_itself"
    return voice(f"trail.{act}", name=who, words=entry.words or "").strip()


def _is_taken_back(entry: Entry, view: CardView) -> bool:
    """Tell whether nothing is left to show of a line: its words are gone, or the card says so at its head."""
    if entry.words or (entry.actor is not Actor.CITIZEN and entry.act != Deed.FORGET):
        return False
    is_first = view.pseudonyms.get(entry.contributor, view.pseudonym) == view.pseudonym if entry.contributor else True
    return entry.act != Deed.FORGET or (is_first and view.words == TAKEN_BACK)


def _buttons(view: CardView, town: Town, voice: Voice, *, is_covered: bool) -> Rows:
    case = view.case

    def button(act: str, tone: Tone = Tone.PLAIN, *, word: str = "", text: str = "") -> Button:
        return Button(text or voice(f"button.{word or act}"), pack(CardPress(case.code, case.version, act)), tone)

    if view.menu is not Menu.PLAIN and case.state in UNDECIDED:
        back = (button(f"{MENU}.", Tone.QUIET, word="back"),)
        return (*filter(None, _menu_rows(view, town, voice, button)), back)
    sent = any(attachments(words) for words in (view.words, *(other.words for other in view.others)))
    shown = (button(ATTACHMENTS),) if sent else ()
    covered = (button(Deed.UNMASK, word="show_once"),) if is_covered else ()
    weighs = () if view.undoable else draw_rows(case, view.weighing, voice)
    return (*_act_rows(view, button), *weighs, *filter(None, ((*shown, *covered),)))


def _act_rows(view: CardView, button: Callable[..., Button]) -> Rows:
    more = button(f"{MENU}.{Menu.MORE}", word="more_acts")
    undo = (button(Deed.UNDO),) if view.undoable else ()
    match view.case.state:
        case State.NEW | State.REOPENED:
            return ((button(Act.CLAIM, Tone.PRIMARY), *undo, more),)
        case State.ANSWERED if view.case.holder is None:
            return ((button(Act.CLAIM, Tone.PRIMARY), *undo, more),)
        case State.TAKEN | State.ASKED | State.ANSWERED | State.SNOOZED:
            first = (button(Act.ASK), button(Act.DECIDE, Tone.SUCCESS))
            return (first, (button(Act.RELEASE), *undo, more))
        case State.PROPOSED:
            return ((button(Act.AGREE, Tone.SUCCESS), button(Act.SEND_BACK)), (*undo, more))
        case State.DECIDED | State.OFFERED | State.DELIVERED | State.NOT_DONE if view.undoable:
            return ((button(Deed.UNDO, Tone.DANGER),),)
        case State.DECIDED | State.OFFERED | State.PLANNED | State.IN_DELIVERY:
            return _delivery_rows(view.case, undo, button)
        case _:
            return ()


def _delivery_rows(case: Case, undo: tuple[Button, ...], button: Callable[..., Button]) -> Rows:
    """Offer what can be said next of what was decided; what must come first a press says."""
    correct = (button(Act.DECIDE, word="correct"),) if case.state in (State.DECIDED, State.OFFERED) else ()
    if not owes_delivery(case):
        return ((*correct, *undo),) if correct or undo else ()
    if case.holder is None:
        return ((button(Act.CLAIM, Tone.PRIMARY), *undo),)
    on = [button(act, Tone.SUCCESS if act is Act.DELIVER else Tone.PLAIN) for act in acts_from(case)]
    asks = (button(Act.ASK),) if case.state is State.IN_DELIVERY else ()
    return (*rows_of([*asks, *on], width=2), (*correct, button(Act.HAND_OVER), *undo))


def _menu_rows(view: CardView, town: Town, voice: Voice, button: Callable[..., Button]) -> Rows:
    case = view.case
    match view.menu:
        case Menu.SNOOZE if case.holder is not None:
            spans = [button(f"{SNOOZE}.{span}", word=f"{SNOOZE}_{span}") for span in SPANS]
            return rows_of([*spans, button(Act.WAKE)] if case.state is State.SNOOZED else spans, width=2)
        case Menu.TAGS:
            # One that the admin has taken away since can still be taken off.
            known = dict.fromkeys((*town.installation.tags, *case.tags))
            names = [(tag, f"{'✓ ' if tag in case.tags else ''}{town.tag(tag, voice)}") for tag in known]
            return rows_of([button(f"{TAG}.{tag}", text=name) for tag, name in names], width=2)
        case _:
            holds = (button(Act.TAKE_OVER), button(Act.HAND_OVER), button(f"{MENU}.{Menu.SNOOZE}", word="snooze"))
            tags = (button(f"{MENU}.{Menu.TAGS}", word="tag"),) if town.installation.tags or case.tags else ()
            priority = button(Deed.NORMAL if case.urgent else Deed.URGENT)
            first = holds if case.holder is not None else (button(Act.CLAIM, Tone.PRIMARY),)
            can_go = len(town.installation.queues) > 1 and case.state is not State.PROPOSED
            forward = (button(Act.FORWARD),) if can_go else ()
            # While it waits for a colleague it stays with who proposed it.
            holding = () if case.state is State.PROPOSED else first
            merge = () if case.state is State.PROPOSED else (button(Act.MERGE),)
            # Who has it says what it is about.
            line = (button(Deed.PUBLIC_LINE),) if case.holder is not None else ()
            others = (*forward, *merge, *line)
            fits = (button(FITS),) if menu.offer_flow(town) and case.contribution != OFFER else ()
            return (holding, (priority, *tags, button(HOW_TO_NOTE)), others, fits)
