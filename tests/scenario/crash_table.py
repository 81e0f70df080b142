"""Crash tables: the house in a process of its own is killed at a point, twice, and then runs to its end.

What is visible in the end has to be what was to be said, each message once and in its order, with its seeds. What is
particular to a platform and its local server is in a `Rig`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from bot.app import App
from bot.delivery.render import posting_key
from bot.model import Occurrence
from tests.scenario.crashing import life
from tests.scenario.nursery import born, ended
from tests.scenario.world import read_all

ARTICLES = 3
SLOT = "slot"
_MINUTES = 4  # between two lives
_AT_A_TIME = 5
_LONGEST = 120  # seconds of one life
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
    """A running server with a channel in which a digest is due, and a house on the folder. `environment`: its secrets.

    `seen` tells what is there in the end, but for how often the house was killed."""

    server: Server
    environment: Mapping[str, str]
    seen: Callable[[], Outcome]


class Rig(Protocol):
    """`points` as EVERYWHERE. `commits`: points in the server, where it has done it and the bot is killed before it
    hears of it; what `on_commit` is called with tells whether this is one."""

    points: Mapping[str, tuple[str, str]]
    commits: Mapping[str, Callable[..., bool]]

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage: ...


def expected() -> list[int]:
    return list(range(ARTICLES + 1))


def part_of(is_marked: Callable[[str], bool]) -> int | None:
    """Which part of the digest a message is, by its key."""
    for part in range(ARTICLES + 2):
        if is_marked(posting_key(1, SLOT, part)):
            return part
    return None


async def due(app: App) -> None:
    """Articles are read, and the channel's time has come."""
    await read_all(app)
    async with app.store.begin() as tx:
        channel = await tx.channels.named("team")
        assert channel is not None
        await tx.schedules.plan({channel.id: Occurrence(app.clock.now(), SLOT)})


async def table(
    rig: Rig, folder: Path, rows: Sequence[tuple[str, int]], *, rate: float
) -> list[tuple[str, int, Outcome]]:
    """The outcome of each (point, seed), a few of them at a time."""
    turns, preparing = asyncio.Semaphore(_AT_A_TIME), asyncio.Lock()

    async def row(number: int, point: str, seed: int) -> tuple[str, int, Outcome]:
        place = folder / str(number)
        place.mkdir()
        async with turns:
            return point, seed, await crashed(rig, point, place, preparing, seed=seed, rate=rate)

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
) -> Outcome:
    """Runs the house into a point twice, with faults of that seed in the server, and then to its end."""
    async with preparing or asyncio.Lock():  # one house at a time in this process
        stage = await rig.prepared(folder, thread=point.startswith("thread"), blind=blind)
    try:
        if rate:
            stage.server.chaos(crc32(f"{point} {seed}".encode()), rate)  # other faults at every point
        killed = 0
        lives = rig.points[point]
        for number, deadly in enumerate(lives):
            killed += await _run(rig, stage, folder, deadly, number, blind=blind) == -signal.SIGKILL
        code = await _run(rig, stage, folder, "none", len(lives), blind=blind)
        assert code == 0, f"the last run ended with {code}: {(folder / f'run{len(lives)}.log').read_text()[-2000:]}"
        outcome = stage.seen()
        outcome.killed = killed
        return outcome
    finally:
        await stage.server.stop()


async def _run(rig: Rig, stage: Stage, folder: Path, point: str, number: int, *, blind: bool) -> int:
    """One life of the house; how it ended. Its clock is ahead of what the last one may have wound its own to."""
    inside = point not in rig.commits
    given = (folder / "config.toml", point if inside else "none", _MINUTES * number, blind)
    environment, log = {**os.environ, **stage.environment}, folder / f"run{number}.log"
    process = await asyncio.to_thread(born, life, *given, environment=environment, stdout=log, stderr=log)
    if not inside:

        def kill(*given: Any) -> None:
            if rig.commits[point](*given):
                stage.server.on_commit = None
                process.kill()

        stage.server.on_commit = kill
    try:
        code = await asyncio.to_thread(ended, process, _LONGEST)
        assert code is not None, f"{point}: still running after {_LONGEST} s"
        return code
    finally:
        stage.server.on_commit = None
        process.kill()
