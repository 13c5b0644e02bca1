"""Who takes part: users of a service, those who provide it, public servants, volunteers, those who speak for others.

People say it of themselves, once and if they like, and change it at any time. It opens no door to anybody's data and
it closes none to what somebody has to say: whatever right somebody does not have under an approach, their words reach
the people responsible all the same. What it decides is what their words *do*. Theory (PRIMER):

- *product_dominant*: the organisation makes the value. Users, and all others with them, are recipients: they tell,
  answer when they are asked, and say whether it worked.
- *service_management*: the organisation makes it together with users and partners. All of them take part in design.
- *service_integrated*: the users make the value. They, and those who speak for them, support, challenge and lead, and
  propose the solution. Providers and volunteers propose and offer, and outvote no user.

Under all of them public servants who take part are heard and do not judge their own service: whether people were asked
and whether it worked is for the others to say. Their time, skill and rooms are the service's own, and no offer to it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dialogs.installation import Approach


class Participant(StrEnum):
    """What somebody is towards a service, by their own word."""

    SERVICE_USER = "service_user"
    FOR_OTHER = "for_other"
    SERVICE_PROVIDER = "service_provider"
    VOLUNTEER = "volunteer"
    PUBLIC_SERVANT = "public_servant"


class Right(StrEnum):
    """What somebody who contributes may do, so that it moves the case; without it, it counts as words."""

    TELL = "tell"
    ANSWER = "answer"
    # Say whether it worked.
    VERDICT = "verdict"
    # Be heard in design and in delivery, where the approach wants people heard before it goes on.
    DESIGN = "design"
    # Of what was decided with them.
    SUPPORT = "support"
    CHALLENGE = "challenge"
    LEAD = "lead"
    # Say what the solution is to be.
    PROPOSE = "propose"
    # Give time, skill or a room.
    OFFER = "offer"


Rights = frozenset[Right]

_HEARD = frozenset({Right.TELL, Right.ANSWER})
_RECIPIENT = _HEARD | {Right.VERDICT, Right.OFFER}
_DESIGNER = _RECIPIENT | {Right.DESIGN}
_HELPER = _DESIGNER | {Right.PROPOSE}
_INNOVATOR = _HELPER | {Right.SUPPORT, Right.CHALLENGE, Right.LEAD}

RIGHTS: Mapping[Approach, Mapping[Participant, Rights]] = MappingProxyType(
    {
        Approach.PRODUCT_DOMINANT: MappingProxyType(
            {**dict.fromkeys(Participant, _RECIPIENT), Participant.PUBLIC_SERVANT: _HEARD}
        ),
        Approach.SERVICE_MANAGEMENT: MappingProxyType(
            {**dict.fromkeys(Participant, _DESIGNER), Participant.PUBLIC_SERVANT: _HEARD}
        ),
        Approach.SERVICE_INTEGRATED: MappingProxyType(
            {
                **dict.fromkeys((Participant.SERVICE_USER, Participant.FOR_OTHER), _INNOVATOR),
                **dict.fromkeys((Participant.SERVICE_PROVIDER, Participant.VOLUNTEER), _HELPER),
                Participant.PUBLIC_SERVANT: _HEARD,
            }
        ),
    }
)


def may(approach: Approach, participant: Participant | None, right: Right) -> bool:
    """Tell whether somebody has a right under an approach; who did not say what they are counts as a service user."""
    return right in RIGHTS[approach][participant or Participant.SERVICE_USER]
