"""Crash tables: the house in processes of its own is killed at a point, twice, and then runs to its end; on a file, or
on PostgreSQL with two processes at a time.

What is visible in the end has to be what was to be said, each message once and in its order, with its seeds. What is
particular to a platform and its local server is in a `Rig`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol
from zlib import crc32

from bot.config import load
from bot.delivery.render import posting_key
from tests.scenario.lives import SLOT, Ground, Lives

Grounds = Callable[[], Ground]
ARTICLES = 3
_AT_A_TIME = 5
_LONGEST = 300.0  # seconds of a row
_STORMY = 90.0  # of these its server is faulty: six reactions in a row that have to succeed might take for ever
EVERYWHERE: dict[str, tuple[str, str]] = {  # what kills the first run and the second; a third one is left alone
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
    "thread post:committed": ("post:committed", "post:committed"),
}


class Server(Protocol):
    """What a local server has of its own accord."""

    on_commit: Callable[..., None] | None

    def chaos(self, seed: int, rate: float) -> None: ...
    async def stop(self) -> None: ...


@dataclass
class Outcome:
    """What a member sees after all runs, and what the server has against the bot."""

    parts: list[int | None]  # of the digest, as they stand in the channel; None: a message that is none of its parts
    seeded: int
    killed: int  # runs that ended by the kill
    violations: list[str] = field(default_factory=list)
    too_many: int = 0
    faults: int = 0

    @property
    def right(self) -> bool:
        return self.parts == expected() and self.seeded == ARTICLES and not self.violations


@dataclass(frozen=True)
class Stage:
    """A running server with a channel, and a house on the folder whose articles are read. `environment`: its secrets.

    `seen` tells what is there in the end, but for how often the house was killed."""

    server: Server
    environment: Mapping[str, str]
    seen: Callable[[], Awaitable[Outcome]]


class Rig(Protocol):
    """`points` as EVERYWHERE. `commits`: points in the server, where it has done it and the bot is killed before it
    hears of it; what `on_commit` is called with tells whether this is one."""

    points: Mapping[str, tuple[str, str]]
    commits: Mapping[str, Callable[..., bool]]

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage: ...


def expected() -> list[int]:
    return list(range(ARTICLES + 1))


def wrong_in(rows: Iterable[tuple[str, int, Outcome]]) -> list[str]:
    """Those in which something is missing or stands there twice, and those in which nobody was killed."""
    return [
        f"{point}, seed {seed}: {outcome}" for point, seed, outcome in rows if not (outcome.right and outcome.killed)
    ]


def part_of(is_marked: Callable[[str], bool]) -> int | None:
    """Which part of the digest a message is, by its key."""
    for part in range(ARTICLES + 2):
        if is_marked(posting_key(1, SLOT, part)):
            return part
    return None


async def table(
    rig: Rig, folder: Path, rows: Sequence[tuple[str, int]], *, rate: float = 0.0, grounds: Grounds = Ground
) -> list[tuple[str, int, Outcome]]:
    """The outcome of each (point, seed), a few of them at a time."""
    turns, preparing = asyncio.Semaphore(_AT_A_TIME), asyncio.Lock()

    async def row(number: int, point: str, seed: int) -> tuple[str, int, Outcome]:
        place = folder / str(number)
        place.mkdir()
        async with turns:
            return point, seed, await crashed(rig, point, place, preparing, seed=seed, rate=rate, ground=grounds())

    return await asyncio.gather(*(row(number, *given) for number, given in enumerate(rows)))


async def crashed(
    rig: Rig,
    point: str,
    folder: Path,
    preparing: asyncio.Lock | None = None,
    *,
    seed: int = 0,
    rate: float = 0.0,
    blind: bool = False,
    ground: Ground | None = None,
    at_random: int = 0,
) -> Outcome:
    """Runs the house into a point twice, with faults of that seed in the server, and then to its end. `at_random`:
    besides, some process of it is killed so often at any time."""
    ground = ground or Ground()
    chance = crc32(f"{point} {seed}".encode())  # other faults at every point
    preparing = preparing or asyncio.Lock()  # one house at a time in this process
    async with preparing:
        with ground.around():
            stage = await rig.prepared(folder, thread=point.startswith("thread"), blind=blind)
            url = load(folder / "config.toml").database_url
            environment = {**os.environ, **stage.environment}
    lives = Lives(
        folder=folder,
        ground=ground,
        url=url,
        points=rig.points.get(point, ()),
        commits=rig.commits,
        environment=environment,
        blind=blind,
        at_random=at_random,
        chance=Random(chance),
    )
    calm = asyncio.get_running_loop().call_later(_STORMY, stage.server.chaos, chance, 0.0) if rate else None
    try:
        if rate:
            stage.server.chaos(chance, rate)
        stage.server.on_commit = lives.kill_if
        await lives.lived(_LONGEST)
        stage.server.on_commit = None
        async with preparing:
            with ground.around():
                outcome = await stage.seen()
        outcome.killed = lives.killed
        return outcome
    finally:
        if calm is not None:
            calm.cancel()
        await stage.server.stop()
