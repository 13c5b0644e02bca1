"""``make bench``: the real program and the people in two processes, on both databases, in one run."""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import aiohttp

from tests.benchmarks.burst import tell_burst
from tests.benchmarks.flows import tell_flows
from tests.benchmarks.people import SECRET, TOKEN
from tests.benchmarks.shares import tell_shares
from tests.postgres import postgres_running

_WARM_UP_S, _MEASURED_S = 3, 10


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench("SQLite", {"YOUSAID_DATA": folder}))
    with postgres_running(durable=True) as server:
        asyncio.run(bench("PostgreSQL", {"YOUSAID_DATABASE_URL": server.create(empty=True)}))
    asyncio.run(tell_flows())
    asyncio.run(tell_burst())


async def bench(name: str, environment: dict[str, str]) -> None:
    """Measure one database."""
    program_port, api_port = free_port(), free_port()
    started = time.perf_counter()
    program = await start_program(environment, program_port, api_port)
    try:
        await until_ready(program_port)
        ready_s = time.perf_counter() - started
        webhook = f"http://127.0.0.1:{program_port}/telegram"
        people = await start("tests.benchmarks.people", f"--port={api_port}", f"--webhook={webhook}")
        try:
            assert people.stdout is not None
            await people.stdout.readline()
            await until_webhook(program_port)
            await report(name, people, program.pid, ready_s)
            async with asyncio.timeout(60):
                await tell_shares(environment.get("YOUSAID_DATABASE_URL", ""), f"http://127.0.0.1:{api_port}")
        finally:
            people.kill()
            await people.wait()
    finally:
        program.kill()
        await program.wait()


async def report(name: str, people: Process, pid: int, ready_s: float) -> None:
    """Measure as fast as people are answered, then calmly, and print both."""
    await ask(people, seconds=_WARM_UP_S, per_second=0)
    before = cpu_s(pid)
    full = await ask(people, seconds=_MEASURED_S, per_second=0)
    cpu_us = 1e6 * (cpu_s(pid) - before) / full["turns"]
    calm = await ask(people, seconds=_MEASURED_S, per_second=100)
    print(f"\n{name}, 50 people, the wire in a second process")
    for what, told in (("as fast as answered", full), ("about 100 turns/s", calm)):
        speed, p50, p99 = told["turns_per_s"], told["p50_ms"], told["p99_ms"]
        print(f"  {what:20} {speed:5.0f} turns/s, answered in {p50:.1f} / {p99:.1f} ms (p50 / p99)")
    print(
        f"  the program          {cpu_us:.0f} µs CPU a turn, {rss_mb(pid):.0f} MB, ready in {ready_s:.2f} s", flush=True
    )


async def start_program(environment: dict[str, str], port: int, api_port: int) -> Process:
    """Start ``yousaid serve`` with a webhook that the people call directly."""
    settings = {
        "YOUSAID_LISTEN": f"127.0.0.1:{port}",
        "YOUSAID_PUBLIC_URL": "https://bench.invalid",
        "YOUSAID_TELEGRAM_TOKEN": TOKEN,
        "YOUSAID_TELEGRAM_API": f"http://127.0.0.1:{api_port}",
        "YOUSAID_TELEGRAM_RATE": "5000",
        "YOUSAID_WEBHOOK_SECRET": SECRET,
        "YOUSAID_LOG": "error",
        **environment,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "serve", env={**os.environ, **settings}, stdout=asyncio.subprocess.DEVNULL
    )


async def start(module: str, *arguments: str) -> Process:
    """Start a module in a process of its own."""
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE)


async def ask(people: Process, **what: float) -> dict[str, float]:
    """Let the people measure once."""
    assert people.stdin is not None
    assert people.stdout is not None
    people.stdin.write(json.dumps(what).encode() + b"\n")
    return dict(json.loads(await people.stdout.readline()))


async def until_ready(port: int) -> None:
    """Wait until the program answers."""
    await until_status(f"http://127.0.0.1:{port}/health", "GET", 200)


async def until_webhook(port: int) -> None:
    """Wait until the program knows its bot: before that it tells Telegram to deliver later."""
    await until_status(f"http://127.0.0.1:{port}/telegram", "POST", 403)


async def until_status(url: str, method: str, status: int) -> None:
    """Ask until the answer is this one, at most 30 s."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.request(method, url) as answer:
                    if answer.status == status:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)


def free_port() -> int:
    """Find a port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cpu_s(pid: int) -> float:
    """Give the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid: int) -> float:
    """Give the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise LookupError("no VmRSS")


if __name__ == "__main__":
    main()
