"""The processes of a house in the crash tables: on a file one at a time, on PostgreSQL two, of which one is elected.

Each is killed at the point that is meant for it, or at any time, and another takes its place, until all is posted.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, repeat
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.postgres import PostgresServer
from tests.scenario.crashing import AT_WORK, WindingClock, life
from tests.scenario.nursery import born, ended
from tests.scenario.sql import answer

SLOT = "slot"
_BETWEEN = timedelta(minutes=4)  # two lives, where time is wound
_LOOK = 0.2  # seconds between two
_OFTEN = 5.0  # seconds from one kill at random to the next, on the average
_DUE = "UPDATE schedules SET next_key = '{key}', next_run_at = {moment}"
# How the digest is, and of what is to be posted next when it may be tried, and until when somebody may be at it.
_STATE = """
SELECT digests.state, coalesce(not_before, 0), coalesce(lease_until, 0)
FROM digests LEFT JOIN outbox ON digest_id = digests.id
AND part = (SELECT min(part) FROM outbox o WHERE o.digest_id = digests.id AND o.state = 'pending')
"""


@dataclass(frozen=True)
class Ground:
    """What a house stands on. `together`: how many of its processes live at a time. `wound`: what would have to be
    waited for is wound over."""

    environment: Mapping[str, str] = field(default_factory=dict)
    together: int = 1
    wound: bool = True

    @contextmanager
    def around(self) -> Iterator[None]:
        """For what this process does to the house."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield


def on_postgres(server: PostgresServer, *, wound: bool = True) -> Ground:
    """A new database, and two processes on it."""
    database = {"DIGESTBOT_DATABASE": server.prepared(), "DIGESTBOT_SECRET": "a secret of the row's own"}
    return Ground(database, together=2, wound=wound)


@dataclass
class Lives:
    """`points`: what kills the first process, the second, and so on; the others are left alone. `commits`: those at
    which the server has done something. `at_random`: besides, somebody is killed so often, wherever he is."""

    folder: Path
    ground: Ground
    url: str
    points: Iterable[str]
    commits: Mapping[str, Callable[..., bool]]
    environment: Mapping[str, str]
    blind: bool = False
    at_random: int = 0
    chance: Random = field(default_factory=Random)
    killed: int = 0

    def __post_init__(self) -> None:
        self._alive: dict[int, ForkServerProcess] = {}  # the eldest first: it is the one that is elected
        self._points: dict[int, str] = {}
        self._clock = WindingClock(self.folder / "ahead") if self.ground.wound else None
        self._coming = enumerate(chain(self.points, repeat("none")))
        self._next_kill = 0.0

    async def lived(self, seconds: float) -> None:
        """Until all is posted and every process has ended. Raises TimeoutError where that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                while self.ground.together > 1 and not self._are_at_work():
                    await self._looked()
                answer(self.url, _DUE.format(key=SLOT, moment=_now()))
                self._next_kill = self._in_a_while()
                while not self._is_posted():
                    await self._looked()
                for process in self._alive.values():
                    process.terminate()
                while self._alive:
                    await self._looked(ending=True)
        finally:
            for process in self._alive.values():
                process.kill()

    def kill_if(self, *given: Any) -> None:
        """What a server calls when it has done something: whom it did that for is killed there, at his point."""
        for number in sorted(self._alive)[:1]:
            point = self._points[number]
            if point in self.commits and self.commits[point](*given):
                self._alive[number].kill()

    async def _looked(self, *, ending: bool = False) -> None:
        """Waits a moment; who has died is buried, who is missing is born, and whose time has come is killed."""
        await asyncio.sleep(_LOOK)
        for number, process in list(self._alive.items()):
            if (code := ended(process, 0)) is not None:
                del self._alive[number]
                self._mourn(number, code, ending=ending)
        if ending:
            return
        if len(self._alive) < self.ground.together and all(map(self._is_elected, self._alive)):
            await self._begin()
        if self.at_random and self._alive and time.monotonic() > self._next_kill:
            self.at_random -= 1
            self._next_kill = self._in_a_while()
            self._alive[self.chance.choice(list(self._alive))].kill()

    async def _begin(self) -> None:
        number, point = next(self._coming)
        self._points[number] = point
        given = (self.folder / "config.toml", "none" if point in self.commits else point, self._clock, self.blind)
        (log := self._log(number)).touch()
        born_with = {"environment": self.environment, "stdout": log, "stderr": log}
        self._alive[number] = await asyncio.to_thread(born, life, *given, **born_with)  # type: ignore[arg-type]

    def _mourn(self, number: int, code: int, *, ending: bool) -> None:
        if code == -signal.SIGKILL:
            self.killed += 1
            if self._clock is not None:
                self._clock.wind(self._clock.ahead + _BETWEEN)
        elif not ending or code not in (0, -signal.SIGTERM):
            raise AssertionError(f"process {number} ended with {code}: {self._log(number).read_text()[-2000:]}")

    # ------------------------------------------------------------ what can be seen

    def _log(self, number: int) -> Path:
        return self.folder / f"run{number}.log"

    def _are_at_work(self) -> bool:
        return len(self._alive) == self.ground.together and all(
            AT_WORK in self._log(number).read_text() for number in self._alive
        )

    def _is_elected(self, number: int) -> bool:
        said = self._log(number).read_text().splitlines()
        return any("elected" in line and "deliver" in line for line in said)

    def _is_posted(self) -> bool:
        """Whether nothing is left to do. Where it was put off and nobody works on it, its time is wound on to."""
        digests = answer(self.url, _STATE)
        under_way = [(put_off, leased) for state, put_off, leased in digests if state in ("due", "composed")]
        now = _now() if self._clock is None else int(self._clock.now().timestamp() * 1e6)
        if self._clock is not None and under_way:
            ready, leased = min(map(max, under_way)), max(leased for _, leased in under_way)
            if leased <= now < ready:
                self._clock.wind(self._clock.ahead + timedelta(microseconds=ready - now))
        return not under_way and any(state == "posted" for state, _, _ in digests)

    def _in_a_while(self) -> float:
        return time.monotonic() + self.chance.expovariate(1 / _OFTEN)


def _now() -> int:
    return time.time_ns() // 1000
