"""The register of servants: invited once, removed at once, and only its own."""

import asyncio
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from dialogs.desk.seat import Servant
from dialogs.ids import QueueId, StaffId
from dialogs.installation import Role
from storage import addresses, staff
from storage.database import Connection, Database
from storage.tables import invites
from storage.tables import staff as staff_table
from tests.storage.rows import NOW, OUTDOORS, a_person, a_servant

CARE = QueueId("care")


def invite(c: Connection, payload: str, *, queue: QueueId = OUTDOORS, role: Role = Role.REVIEWER) -> None:
    """Make an invitation that is good for a day."""
    staff.invite(c, payload, queue=queue, role=role, name="", expires_at=NOW + timedelta(days=1))


def redeem(c: Connection, payload: str, account: str | None = "Lee", *, hours: int = 0) -> Servant | None:
    """Use an invitation after some hours."""
    return staff.redeem_invite(
        c, payload, channel="telegram", account=account, name="Lee", now=NOW + timedelta(hours=hours)
    )


async def test_an_invitation_is_good_once(database: Database) -> None:
    """Ten people who open one link at the same moment are one servant."""
    await database.write(lambda c: invite(c, "r_one"))
    found = await asyncio.gather(
        *(database.write(partial(redeem, payload="r_one", account=f"A{n}")) for n in range(10))
    )
    assert sum(servant is not None for servant in found) == 1
    count = sa.select(sa.func.count()).select_from(staff_table)
    assert await database.read(lambda c: c.execute(count).scalar_one()) == 1


async def test_two_invitations_of_one_account_at_once_are_one_servant(database: Database) -> None:
    """Who opens the links of two queues at the same moment is one servant with two roles."""

    def begin(c: Connection) -> None:
        invite(c, "r_one")
        invite(c, "r_two", queue=CARE, role=Role.LEAD)

    await database.write(begin)
    await asyncio.gather(*(database.write(partial(redeem, payload=payload)) for payload in ("r_one", "r_two")))
    servant = await database.read(lambda c: staff.find(c, "telegram", "Lee"))
    assert servant is not None
    assert servant.roles == {OUTDOORS: Role.REVIEWER, CARE: Role.LEAD}


async def test_an_invitation_ends(database: Database) -> None:
    """One that is too old, used up or unknown enrols nobody; of the payload only a hash is kept."""

    def work(c: Connection) -> None:
        invite(c, "r_old")
        assert redeem(c, "r_old", hours=25) is None
        assert redeem(c, "r_none") is None
        assert redeem(c, "r_old", hours=1) is not None
        assert redeem(c, "r_old", "Kim") is None
        assert "r_old" not in str(c.execute(sa.select(invites)).one())

    await database.write(work)


async def test_who_is_removed_has_nothing(database: Database) -> None:
    """A servant who was removed is a stranger at once, still has a name in journals, and can come back as new."""

    def work(c: Connection) -> None:
        lee = a_servant(c)
        staff.remove(c, lee, now=NOW)
        assert staff.find(c, "telegram", "Lee") is None
        assert staff.servant_of(c, lee) is None
        assert staff.names(c, {lee}) == {lee: "Lee"}
        invite(c, "r_again", queue=CARE)
        again = redeem(c, "r_again")
        assert again is not None
        assert (again.id != lee, again.roles) == (True, {CARE: Role.REVIEWER})

    await database.write(work)


async def test_a_new_role_takes_the_place_of_the_old(database: Database) -> None:
    """A second invitation into the same queue changes the role there."""

    def work(c: Connection) -> None:
        lee = a_servant(c)
        invite(c, "r_lead", role=Role.LEAD)
        servant = redeem(c, "r_lead")
        assert servant is not None
        assert (servant.id, servant.roles) == (lee, {OUTDOORS: Role.LEAD})

    await database.write(work)


async def test_a_servant_writes_in_their_own_chat(database: Database) -> None:
    """The own chat is the private one of the same account and channel, and there may be none."""

    def work(c: Connection) -> None:
        lee = a_servant(c)
        assert staff.own_chat(c, lee, "telegram") is None
        chat = a_person(c, "Lee")
        assert staff.own_chat(c, lee, "telegram") == chat.id
        assert staff.own_chat(c, lee, "web") is None
        invite(c, "r_web")
        web = staff.redeem_invite(c, "r_web", channel="web", account=None, name="Kim", now=NOW)
        assert web is not None
        assert staff.own_chat(c, web.id, "web") == addresses.find(c, "web", f"staff:{web.id}")
        assert staff.servant_of(c, StaffId(404)) is None

    await database.write(work)
