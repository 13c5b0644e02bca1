"""Offers that fit a case: which are shown, in what order, and what a servant sees of them."""

from dataclasses import replace

from dialogs.cases.case import Case
from dialogs.cases.participant import Participant
from dialogs.cases.terms import terms
from dialogs.desk.fitting import MOST, rank, show
from dialogs.desk.seat import Given
from dialogs.effects import Tell
from dialogs.flows.flow import OFFER
from dialogs.ids import CaseId, ServiceId, TagId
from dialogs.installation import Role
from dialogs.presses import CardPress, unpack
from dialogs.said import Said
from tests.dialogs.matters import a_case, a_desk, a_servant, riverton

CASE = replace(a_case(), tags=(TagId("access"),))
WORDS = "A bench in the shade by the north gate"
STREETS = ServiceId("streets")


def given(
    number: int, words: str = "Something else entirely", *, service: str = "streets", tags: tuple[str, ...] = ()
) -> Given:
    """An offer, about another service and with another theme if nothing else is said."""
    case: Case = replace(
        a_case(),
        id=CaseId(number),
        code=f"OFFER-{number}",
        contribution=OFFER,
        service=ServiceId(service),
        tags=tuple(map(TagId, tags)),
    )
    return Given(case, (Said("What?", words),), frozenset(terms(words)))


def ranked(*offers: Given) -> list[int]:
    """Rank offers for the case, and give their numbers."""
    return [int(one.case.id) for one in rank(CASE, frozenset(terms(WORDS)), offers)]


def test_the_same_service_goes_first_then_theme_then_words() -> None:
    """What is about the service of the case is best; then a common tag; then common words; all else does not fit."""
    alike = given(2, "I build a bench with shade")
    assert ranked(given(5), alike, given(3, tags=("access",)), given(4, service="parks")) == [4, 3, 2]


def test_any_service_that_an_offer_names_counts() -> None:
    """Who named several services is found for each of them."""
    assert ranked(replace(given(2), services=frozenset({ServiceId("parks")}))) == [2]


def test_a_public_servants_offer_is_none() -> None:
    """Their time is the service's own; who did not say what they are can offer like everybody else."""
    own = replace(given(2, service="parks"), by=Participant.PUBLIC_SERVANT)
    assert ranked(own, given(3, service="parks"), replace(own, by=Participant.VOLUNTEER)) == [2, 3]


def test_the_oldest_waits_longest() -> None:
    """Among offers that fit equally the oldest goes first, and no more are shown than can be read."""
    assert ranked(*(given(number, service="parks") for number in range(20, 2, -1))) == list(range(3, 3 + MOST))


def test_each_is_shown_covered_with_a_button() -> None:
    """A servant reads in their own chat what is offered, personal data covered, and presses its number."""
    offer = given(2, "I build benches. My phone is 555 0100.", service="parks")
    desk = replace(a_desk(a_servant(1, Role.REVIEWER), CASE), offers=(offer,))
    (told,) = (effect for effect in show(desk, riverton()).effects if isinstance(effect, Tell))
    assert told.to == desk.own_chat
    assert "[phone]" in told.message.plain()
    assert unpack(told.message.buttons[0][0].data) == CardPress("OFFER-2", offer.case.version, f"into.{CASE.code}")


def test_nothing_fits() -> None:
    """Where nothing fits, a short word says so and nothing is sent."""
    reply = show(a_desk(a_servant(1, Role.REVIEWER), CASE), riverton())
    assert reply.effects == ()
    assert CASE.code in reply.toast
