"""What contributors are told: nothing of the matter on a locked screen, their own words first, their own language."""

from dataclasses import replace
from itertools import product

import pytest

from dialogs.cases.audience import Listener, draw_notice
from dialogs.cases.case import Outcome, State
from dialogs.effects import Telling
from dialogs.ids import AskId
from dialogs.installation import Approach
from dialogs.message import Quote
from dialogs.presses import LONGEST_BYTES
from dialogs.texts import LONGEST_OUT, units
from tests.dialogs.matters import NOW, a_case, riverton

# What a locked screen shows of a message (DESK).
LOCKED = 60
WORDS = "Zebra crossing needed beside Parks and streets, says Quinn"


@pytest.mark.parametrize(("telling", "language"), list(product(Telling, ("en", "es"))))
def test_a_locked_screen_gives_nothing_away(telling: Telling, language: str) -> None:
    """The first 60 characters hold no word of the citizen, the servant, the service or the queue."""
    town = riverton()
    for outcome, (service, queue) in product(Outcome, ((s.id, s.queue) for s in town.installation.services.values())):
        case = replace(a_case(State.DECIDED), outcome=outcome, service=service, queue=queue)
        notice = draw_notice(telling, case, "Yoghurt", Listener(language, WORDS, AskId(1)), town)
        shown = notice.plain()[:LOCKED].casefold()
        voice = town.voice(language)
        private = f"{WORDS} Yoghurt {town.service(service, voice)} {town.queue(queue, voice)}".casefold().split()
        assert [word for word in private if len(word) > 3 and word in shown] == []


@pytest.mark.parametrize(("telling", "language"), list(product(Telling, ("en", "es"))))
def test_a_notice_begins_with_their_own_words(telling: Telling, language: str) -> None:
    """Right after the greeting stand the number of the matter and the contributor's own words, cut to a line or two."""
    case = replace(a_case(State.DECIDED), outcome=Outcome.PARTLY)
    listener = Listener(language, WORDS + "x" * 5000, AskId(10**14))
    notice = draw_notice(telling, case, "w" * 1500, listener, riverton())
    first, own = notice.blocks[:2]
    assert case.code in getattr(first, "text", "")
    assert isinstance(own, Quote)
    assert own.text.startswith(WORDS)
    assert units(notice.plain()) <= LONGEST_OUT
    for button in (button for row in notice.buttons for button in row):
        assert len(button.data.encode()) <= LONGEST_BYTES


def test_what_can_be_answered_by_a_press_has_buttons() -> None:
    """A notice that cannot be answered by a press offers none, and neither does one that is only previewed."""
    case = replace(a_case(State.DECIDED), outcome=Outcome.ACCEPTED, did="A bench.")
    asked = {
        telling: draw_notice(telling, case, "w", Listener("en", WORDS, AskId(1)), riverton()) for telling in Telling
    }
    answered = [Telling.ASK_BACK, Telling.REVIEW, Telling.VIEWS]
    assert [telling for telling, notice in asked.items() if notice.buttons] == answered
    assert draw_notice(Telling.ASK_BACK, case, "w", Listener("en", WORDS), riverton()).buttons == ()


def test_only_what_is_made_together_can_be_challenged() -> None:
    """A decision that is offered can be supported or challenged, and a plan challenged, where users make the value."""
    ask, town = AskId(1), riverton()
    for approach in Approach:
        case = replace(a_case(State.PLANNED), approach=approach, outcome=Outcome.ACCEPTED)
        rows = draw_notice(Telling.PLAN, case, "In May.", Listener("en", WORDS, ask), town).buttons
        assert len(rows) == (approach is Approach.SERVICE_INTEGRATED)
    offered = replace(a_case(State.OFFERED), outcome=Outcome.DECLINED, hear_until=NOW)
    notice = draw_notice(Telling.DECISION, offered, "No money.", Listener("en", WORDS, ask), town)
    assert [button.text for row in notice.buttons for button in row] == ["👍 I support it", "Please look at it again"]
    assert "This is not final yet." in notice.plain()


def test_a_report_says_what_was_done_and_what_was_not() -> None:
    """Under their own words stand both, each with its heading; where nothing was left out, nothing is said of it."""
    listener, town = Listener("en", WORDS), riverton()
    done = replace(a_case(State.DELIVERED), did="Two benches.", did_not="No shade yet.")
    told = draw_notice(Telling.DELIVERED, done, "", listener, town).plain().splitlines()
    assert told[2:6] == ["What we did:", "“Two benches.”", "What we did not do:", "“No shade yet.”"]
    assert "did not" not in draw_notice(Telling.DELIVERED, replace(done, did_not=""), "", listener, town).plain()


def test_a_language_that_nobody_speaks_here_is_the_town_s() -> None:
    """A contributor whose language the town has given up is written to in the town's own."""
    case = a_case(State.NEW)
    here, gone = (draw_notice(Telling.OVERDUE, case, "", Listener(one, WORDS), riverton()) for one in ("en", "xx"))
    assert here == gone
