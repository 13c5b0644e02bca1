"""A matter as everybody may read it: what was told of it and no more, the personal data covered, also for programs."""

import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from dialogs.cases.case import Outcome, State
from dialogs.cases.delivery_choice import Option
from dialogs.cases.judging import pack_choice
from dialogs.effects import Telling
from dialogs.ids import Language, ServiceId
from dialogs.public.feed import Published, list_figures, list_matters, write_json, write_rss
from dialogs.public.figures import Counted, publish
from dialogs.public.matter import Matter, Told, tell_matter
from tests.dialogs.matters import NOW, a_case, riverton

PARKS = ServiceId("parks")
YES = replace(a_case(State.DECIDED), outcome=Outcome.ACCEPTED)
DONE = replace(YES, state=State.DELIVERED, did="Four limes.", did_not="None by the pond.")
DECISION = Told(Telling.DECISION, YES, "In May.", ((Language("es"), "En mayo."),), NOW)
CHOICE = Told(Telling.DELIVERY, YES, pack_choice(Option.PARTNER, "Near."), (), NOW + timedelta(days=1))
DELIVERED = Told(Telling.DELIVERED, DONE, "", (), NOW + timedelta(days=9))


def told(*tellings: Told, line: str = "Shade at the benches") -> Matter:
    """Put a matter together."""
    matter = tell_matter(line, PARKS, tellings, riverton())
    assert matter is not None
    return matter


def test_it_says_what_was_told() -> None:
    """The decision with its reason, who does it, then what was done and what was not."""
    first, last = told(DECISION), told(DECISION, CHOICE, DELIVERED)
    assert (first.outcome, first.stage, first.did, first.option) == (Outcome.ACCEPTED, State.DECIDED, "", None)
    assert (last.stage, last.did, last.did_not) == (None, "Four limes.", "None by the pond.")
    assert (last.option, last.option_reason, last.told_at) == (Option.PARTNER, "Near.", DELIVERED.at)
    assert (last.reason_for(Language("es")), last.reason_for(Language("fr"))) == ("En mayo.", "In May.")


def test_what_came_back_and_was_decided_anew() -> None:
    """A later decision takes the place of an earlier one and of what was done by it."""
    no = Told(Telling.DECISION, replace(DONE, outcome=Outcome.DECLINED), "No room.", (), NOW + timedelta(days=20))
    matter = told(DECISION, CHOICE, DELIVERED, no)
    assert (matter.outcome, matter.reason, matter.did, matter.option) == (Outcome.DECLINED, "No room.", "", None)


def test_without_a_decision_there_is_nothing() -> None:
    """Who delivers what is no answer by itself."""
    assert tell_matter("Shade", PARKS, (CHOICE,), riverton()) is None


@pytest.mark.parametrize("place", ["line", "words", "words_in", "did", "option"])
def test_personal_data_is_covered_everywhere(place: str) -> None:
    """Wherever a servant wrote an address, nobody reads it."""
    mail = "Write to ana@example.org"
    match place:
        case "line":
            matter = told(DECISION, line=mail)
        case "words":
            matter = told(replace(DECISION, words=mail))
        case "words_in":
            matter = told(replace(DECISION, words_in=((Language("es"), mail),)))
        case "did":
            matter = told(DECISION, replace(DELIVERED, case=replace(DONE, did=mail, did_not=mail)))
        case _:
            matter = told(DECISION, replace(CHOICE, words=pack_choice(Option.PARTNER, mail)))
    assert "ana@" not in str(matter)
    assert "Write to" in str(matter)


def test_programs_read_it_whatever_is_written_in_it() -> None:
    """Feed, JSON and sheet stay what they are, whatever a servant wrote; no cell is a formula, and no code is told."""
    odd = '=HYPERLINK("x")\x07 <b>&'
    published = Published((told(DECISION, line=odd),), publish(Counted(), (PARKS,)))
    town, voice = riverton(), riverton().voice("en")
    feed = ET.fromstring(write_rss(published, town, voice, link="/said", name=lambda _: "k"))
    assert [item.findtext("title") for item in feed.iter("item")] == [odd.replace("\x07", " ")]
    plain = write_json(published, town, voice, name=lambda _: "k")
    assert json.loads(plain)["matters"][0]["said"] == odd
    rows = list_matters(published, voice, name=lambda _: "k")
    assert dict(zip(*rows, strict=True))["said"] == f"'{odd}"
    assert [row[0] for row in list_figures(published, town, voice)] == ["service", "parks"]
    assert YES.code not in f"{plain}{rows}{ET.tostring(feed, 'unicode')}"
