"""Seconds that a kill -9 costs: two processes compose and deliver to the local Discord, one is killed on the way.

Told are the longest pause between two messages after the kill, until all stand, and that none stands twice; without a
kill the same pause is the platform's own.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psycopg

from bench.deliver import ARTICLES, LATENCY, due
from bench.scale.figures import keep
from tests.platforms.discord_server import DiscordServer, Limits
from tests.postgres import PostgresServer
from tests.scenario.discord_world import config
from tests.scenario.world import write_world

CHANNELS, PATIENCE = 30, 180.0
_ROOT = Path(__file__).parents[2]
_COMPOSED = "SELECT count(*) FROM digests WHERE state IN ('composed', 'posted')"


def main() -> None:
    os.environ |= {"DISCORD_TOKEN": "the.local.token", "DIGESTBOT_SECRET": "a secret for a measurement"}
    server = PostgresServer(durable=True)
    try:
        pauses = {}
        for when in ("never", "compose", "deliver"):
            with tempfile.TemporaryDirectory() as folder:
                os.environ["DIGESTBOT_DATABASE"] = server.prepared()
                pauses[when] = asyncio.run(_round(Path(folder), when))
    finally:
        del os.environ["DIGESTBOT_DATABASE"]
        server.close()
    print(
        f"{CHANNELS} channels, one of two processes killed: longest pause {pauses['compose']:.1f} s where it composed, "
        f"{pauses['deliver']:.1f} s where it delivered, {pauses['never']:.1f} s unharmed; every message stands once"
    )
    keep("recovery", pauses)


async def _round(folder: Path, when: str) -> float:
    """The longest pause between messages, in seconds."""
    discord = DiscordServer(latency=LATENCY, limits=Limits(), spec=None)
    await discord.start()
    guild = discord.add_guild()
    places = {f"c{number}": discord.add_channel(guild, f"c{number}").id for number in range(CHANNELS)}
    path = write_world(folder, articles=ARTICLES, config=config(discord, places))
    wanted = CHANNELS * (ARTICLES + 1)
    processes = [await _worker(path), await _worker(path)]  # the first is elected to deliver
    try:
        await due(path)
        began = time.monotonic()
        if when == "compose":
            await _until(lambda: _composed() > CHANNELS // 10)
        else:
            await _until(lambda: len(_posted(discord, places)) > wanted // 3)
        if when != "never":
            processes[0].send_signal(signal.SIGKILL)
        await _until(lambda: len(_posted(discord, places)) >= wanted)
        print(f"{when}: all stood after {time.monotonic() - began:.1f} s", flush=True)
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
        await discord.stop()
    doubled = [key for key, count in Counter(_posted(discord, places)).items() if count > 1]
    assert not doubled, doubled
    at = sorted(one.at for one in discord.requests if one.method == "POST" and one.path.endswith("messages"))
    return max(later - earlier for earlier, later in pairwise(at))


async def _worker(path: Path) -> Process:
    """Runs."""
    command = [sys.executable, "-m", "bot", "--config", path, "worker", "--role", "tick,compose,deliver"]
    process = await asyncio.create_subprocess_exec(*map(str, command), cwd=_ROOT, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    said = b""
    async with asyncio.timeout(PATIENCE):
        while b"health at port" not in said:
            line = await process.stderr.readline()
            assert line, said.decode()
            said += line
    return process


def _composed() -> int:
    with psycopg.connect(os.environ["DIGESTBOT_DATABASE"]) as shell:
        (count,) = shell.execute(_COMPOSED).fetchone() or (0,)
        return int(count)


def _posted(discord: DiscordServer, places: dict[str, str]) -> list[tuple[str, str]]:
    """What stands, by channel and words."""
    return [
        (place, json.dumps(message.payload["components"], sort_keys=True))
        for place in places.values()
        for message in discord.messages(place)
    ]


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
