"""A crash table of Discord deliveries: the house in a process of its own is killed, and started again to its end.

What is visible in the end has to be what was to be said, each message once and in its order, with its seeds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.discord.format import is_marked
from bot.app import App
from bot.delivery.render import posting_key
from bot.model import Occurrence
from tests.platforms.discord_server import DiscordServer, Message, Spec
from tests.scenario.cli import ROOT
from tests.scenario.discord_world import discord_world
from tests.scenario.world import read_all

ARTICLES = 3
SLOT = "slot"
_MINUTES = 4  # between two lives
_AT_A_TIME = 3
_COMMITS = {  # points in the server: it has done it, and the bot is killed before it hears of it
    "post:committed": ("POST", "/messages"),
    "seed:committed": ("PUT", "/@me"),
    "thread:committed": ("POST", "/threads"),
}
# What kills the first run and the second; a third one is left alone.
POINTS: dict[str, tuple[str, str]] = {
    **{
        point: (point, point)
        for point in (
            "open:inside",
            "open:after",
            "settle:inside",
            "settle:after",
            "lease:inside",
            "lease:after",
            "post:before",
            "post:committed",
            "post:after",
            "close:before",
            "close:inside",
            "close:after",
            "seed:before",
            "seed:committed",
            "seed:after",
        )
    },
    "find:before": ("post:committed", "find:before"),
    "find:after": ("post:after", "find:after"),
    "thread:committed": ("thread:committed", "thread:committed"),
    "thread post:committed": ("post:committed", "post:committed"),
}


@dataclass
class Outcome:
    """What a member sees after all runs, and what the server has against the bot."""

    parts: list[int | None]  # of the digest, as they stand in the channel; None: a message that is none of its parts
    seeded: int
    killed: int  # runs that ended by the kill
    violations: list[str] = field(default_factory=list)
    too_many: int = 0
    faults: int = 0


def expected() -> list[int]:
    return list(range(ARTICLES + 1))


async def _prepared(point: str, folder: Path) -> tuple[DiscordServer, str]:
    """A running server with the id of its channel, and a house on the folder whose time has come. One at a time."""
    server = DiscordServer(spec=Spec.found())
    await server.start()
    guild = server.add_guild()
    channel = server.add_channel(guild, "ai-team")
    more = 'layout = "thread"' if point.startswith("thread") else ""
    async with discord_world(folder, server, {"team": channel.id}, more=more, articles=ARTICLES) as app:
        await _due(app)
    return server, channel.id


async def table(folder: Path, rows: Sequence[tuple[str, int]], *, rate: float) -> list[tuple[str, int, Outcome]]:
    """The outcome of each (point, seed), a few of them at a time."""
    turns, preparing = asyncio.Semaphore(_AT_A_TIME), asyncio.Lock()

    async def row(number: int, point: str, seed: int) -> tuple[str, int, Outcome]:
        place = folder / str(number)
        place.mkdir()
        async with turns:
            return point, seed, await crashed(point, place, preparing, seed=seed, rate=rate)

    return await asyncio.gather(*(row(number, *given) for number, given in enumerate(rows)))


async def crashed(
    point: str, folder: Path, preparing: asyncio.Lock, *, seed: int = 0, rate: float = 0.0, blind: bool = False
) -> Outcome:
    """Runs the house into a point twice, with faults of that seed in the server, and then to its end."""
    async with preparing:
        server, place = await _prepared(point, folder)
    try:
        server.honour_nonce = not blind
        if rate:
            server.chaos(seed, rate)
        killed = 0
        for life, deadly in enumerate(POINTS[point]):
            killed += await _run(server, folder, deadly, life, blind=blind) == -signal.SIGKILL
        last = len(POINTS[point])
        code = await _run(server, folder, "none", last, blind=blind)
        assert code == 0, f"the last run ended with {code}: {(folder / f'run{last}.log').read_text()[-2000:]}"
        return _seen(server, place, killed)
    finally:
        await server.stop()


async def _due(app: App) -> None:
    """Articles are read, and the channel's time has come."""
    await read_all(app)
    async with app.store.begin() as tx:
        channel = await tx.channels.named("team")
        assert channel is not None
        await tx.schedules.set_next(channel.id, Occurrence(app.clock.now(), SLOT))


async def _run(server: DiscordServer, folder: Path, point: str, life: int, *, blind: bool) -> int:
    """One life of the house; how it ended. Its clock is ahead of what the last one may have wound its own to."""
    inside = point not in _COMMITS
    command = [sys.executable, "-m", "tests.scenario.crashing", str(folder / "config.toml")]
    command += [point if inside else "none", str(_MINUTES * life), *(["--blind"] if blind else [])]
    environment = {**os.environ, "DISCORD_TOKEN": server.token}
    with (folder / f"run{life}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    if not inside:
        method, ending = _COMMITS[point]

        def kill(given: str, path: str, _body: Any) -> None:
            if given == method and path.endswith(ending):
                server.on_commit = None
                process.kill()

        server.on_commit = kill
    try:
        async with asyncio.timeout(60):
            return await process.wait()
    finally:
        server.on_commit = None
        if process.returncode is None:
            process.kill()
            await process.wait()


def _seen(server: DiscordServer, place: str, killed: int) -> Outcome:
    top = server.messages(place)
    threads = [message.thread for message in top if message.thread]
    messages = [*top, *(message for thread in threads for message in server.messages(thread))]
    seeded = sum({"👍", "👎"} == set(message.reactions) for message in messages)
    return Outcome(
        [_part(message) for message in messages],
        seeded,
        killed,
        server.violations,
        server.too_many,
        server.faults.given,
    )


def _part(message: Message) -> int | None:
    """Which part of the digest a message is, by its marker."""
    for part in range(ARTICLES + 2):
        if is_marked(message.payload, posting_key(1, SLOT, part)):
            return part
    return None
