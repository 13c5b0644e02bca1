"""The command ``yousaid``: serve, staff, unsent, and the tools of those who write conversations."""

import argparse
import asyncio
import errno
import gc
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.command_line import add_tools
from bot.settings import Settings, UnsafeSettings, read_settings
from dialogs.errors import BadConfiguration
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.app import House
    from storage.database import Database

# The command line imports late: `check` should not wait for what only `serve` needs.
# An invitation is carried by hand; the sign-in link of a start is used at once.
_INVITE_VALID = timedelta(days=7)
_SIGN_IN_VALID = timedelta(hours=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give the exit status: 0 done, 1 refused with a sentence, 2 a wrong command."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except UnsafeSettings as unsafe:
        return _refuse(str(unsafe))
    except BadConfiguration as bad:
        return _refuse(f"{bad}\n\nNothing was done. Put this right, then run `yousaid check`.")
    except StorageError as failed:
        return _refuse(f"{failed}\nLook at YOUSAID_DATA or YOUSAID_DATABASE_URL: can this user write there?")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yousaid", description="You said, we did: co-design in a chat.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the chats and the desk")
    serve.set_defaults(run=_serve)
    add_tools(commands)

    staff = commands.add_parser("staff", help="public servants").add_subparsers(required=True, metavar="COMMAND")
    invite = staff.add_parser("invite", help="make a one-time link that enrols a public servant")
    invite.add_argument("--queue", required=True)
    invite.add_argument("--role", required=True, choices=["reviewer", "lead", "admin"])
    invite.add_argument("--name", default="", help="how colleagues see them; they can give it themselves")
    invite.add_argument("--json", action="store_true", help="print for programs")
    invite.set_defaults(run=_invite)

    listed = staff.add_parser("list", help="list public servants and what they may do")
    listed.set_defaults(run=_list_staff)
    removed = staff.add_parser("remove", help="take every right from a public servant, at once")
    removed.add_argument("id", type=int, help="the number that `yousaid staff list` shows")
    removed.set_defaults(run=_remove_staff)

    unsent = commands.add_parser("unsent", help="list messages that could not be sent, or may not have been")
    unsent.add_argument("--again", type=int, metavar="ID", help="send one of them once more")
    unsent.set_defaults(run=_unsent)
    return parser


def _serve(_: argparse.Namespace) -> int:
    from bot.log import set_up_log

    settings = read_settings()
    set_up_log(settings.log)
    return asyncio.run(_serve_until_stopped(settings))


async def _serve_until_stopped(settings: Settings) -> int:
    serving = asyncio.create_task(_serve_in_turn(settings))
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, serving.cancel)
    try:
        return await serving
    except asyncio.CancelledError:
        return 0
    except OSError as failed:
        return _refuse(_about_port(settings, failed))


async def _serve_in_turn(settings: Settings) -> int:
    """Serve as soon as nobody else does, and as long as nobody else has to."""
    from bot.app import database_url, open_house
    from storage.leading import lead

    async with lead(database_url(settings), waiting=_stand_by) as lost, open_house(settings) as house:
        serving, losing = asyncio.create_task(house.run()), asyncio.create_task(lost.wait())
        tasks = (serving, losing, asyncio.create_task(_greet(house)))
        try:
            await asyncio.wait((serving, losing), return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                return _refuse("Another YouSaid has taken over this database, so this one stops.")
            await serving
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return 0


def _stand_by() -> None:
    print("Another YouSaid serves this database. This one stands by and goes on when that one ends.", flush=True)


async def _greet(house: "House") -> None:
    from bot.app import invite
    from dialogs.installation import Role

    await house.ready.wait()
    _settle_in()
    queue = next(iter(house.library.town.installation.queues))
    payload = await invite(house.database, house.clock, queue=queue, role=Role.ADMIN, name="", valid=_SIGN_IN_VALID)
    print(f"YouSaid is ready.\n  Chat:  {house.url}/\n  Desk:  {house.url}/desk/enter/{payload}", flush=True)
    print("The desk link works once, within an hour. Stop with Ctrl+C.", flush=True)


def _settle_in() -> None:
    # What was made at the start lives as long as the program: the collector need not look through it at
    # every turn. And the thread that writes hands over to the one that serves several times a turn, for
    # which Python's usual 5 ms is long.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    sys.setswitchinterval(0.001)


def _invite(chosen: argparse.Namespace) -> int:
    from bot.app import invite
    from bot.clock import WallClock
    from bot.configuration import read_configuration
    from bot.telegram.connecting import ask_username
    from dialogs.installation import Role

    settings = read_settings()
    queues = read_configuration(settings.config).queues
    if chosen.queue not in queues:
        return _refuse(f"There is no queue {chosen.queue}. Queues: {', '.join(queues)}.")

    async def run(database: "Database") -> int:
        role, clock = Role(chosen.role), WallClock()
        payload = await invite(database, clock, queue=chosen.queue, role=role, name=chosen.name, valid=_INVITE_VALID)
        token = settings.telegram_token.get_secret_value()
        username = await ask_username(token, settings.telegram_api) if token else None
        _show_invitation(payload, settings, username, as_json=chosen.json)
        return 0

    return asyncio.run(_with_database(run))


def _show_invitation(payload: str, settings: Settings, username: str | None, *, as_json: bool) -> None:
    links = {
        "web": f"{settings.public_url or f'http://{settings.listen}'}/desk/enter/{payload}",
        "telegram": f"https://t.me/{username}?start={payload}" if username else None,
        "payload": payload,
    }
    if as_json:
        print(json.dumps(links))
        return
    print(f"For one servant, once, within 7 days.\n  Web:      {links['web']}")
    print(f"  Telegram: {links['telegram'] or 'write /start ' + payload + ' to the bot in private'}")


def _list_staff(_: argparse.Namespace) -> int:
    from storage import staff

    async def run(database: "Database") -> int:
        for servant in await database.read(staff.list_servants):
            roles = ", ".join(f"{queue} {role}" for queue, role in servant.roles.items())
            print(f"{servant.id}  {servant.name}  {roles}")
        return 0

    return asyncio.run(_with_database(run))


def _remove_staff(chosen: argparse.Namespace) -> int:
    from bot.clock import WallClock
    from dialogs.ids import StaffId
    from storage import staff

    async def run(database: "Database") -> int:
        now = WallClock().now()
        if await database.write(lambda c: staff.remove(c, StaffId(chosen.id), now=now)):
            print("Removed. What they did stands in the journals; they can do nothing any more.")
            return 0
        return _refuse(f"Nobody with rights has the number {chosen.id}. See `yousaid staff list`.")

    return asyncio.run(_with_database(run))


def _unsent(chosen: argparse.Namespace) -> int:
    from bot.clock import WallClock
    from storage import inbox, outbox

    async def run(database: "Database") -> int:
        if chosen.again is not None:
            now = WallClock().now()
            again = await database.write(lambda c: outbox.send_again(c, chosen.again, now=now))
            return 0 if again else _refuse(f"No message {chosen.again} is on the list.")
        for id, status, error, made_at in await database.read(outbox.list_ended):
            print(f"{id}  {made_at:%Y-%m-%d %H:%M}  {status}  {error}")
        for channel, key, at in await database.read(inbox.list_aside):
            print(f"set aside  {at:%Y-%m-%d %H:%M}  {channel} update {key}")
        return 0

    return asyncio.run(_with_database(run))


async def _with_database(run: Callable[["Database"], Awaitable[int]]) -> int:
    from bot.app import database_url
    from storage.database import Database

    database = await Database.open(database_url(read_settings()))
    try:
        return await run(database)
    finally:
        await database.close()


def _about_port(settings: Settings, failed: OSError) -> str:
    if failed.errno == errno.EADDRINUSE:
        return f"Something listens at {settings.listen} already. Stop it, or set YOUSAID_LISTEN to another port."
    return f"{settings.listen}: {failed.strerror or failed}"


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
