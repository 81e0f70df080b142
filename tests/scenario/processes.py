"""`digestbot` in several roles at once, each in a process with a clock of its own: killed, frozen, begun again.

What they say of themselves in their logs tells who was elected when.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.clock import SystemClock
from tests.scenario.cli import main
from tests.scenario.nursery import ROOT, born, ended

_ENDS = 40.0  # seconds that SIGTERM may take
_APART = timedelta(minutes=5)  # the clocks of one machine and the next


class Processes:
    """Each is started again when it was killed."""

    def __init__(self, folder: Path, roles: Sequence[str], chance: random.Random) -> None:
        self._folder = folder
        self._roles = roles
        self._chance = chance
        self._alive: dict[int, ForkServerProcess] = {}
        self._lives = Counter[int]()
        self._kills: list[tuple[float, int]] = []

    @property
    def killed(self) -> int:
        return len(self._kills)

    async def start(self, *numbers: int) -> None:
        for number in numbers or range(len(self._roles)):
            self._lives[number] += 1
            role = self._roles[number]
            command = ["gateway"] if role == "gateway" else ["worker", "--role", role]
            (log := self._log(number)).touch()
            self._alive[number] = await asyncio.to_thread(
                born,
                _live,
                (number % 3 - 1) * _APART,
                *(*command, "--port", "0"),
                cwd=self._folder,
                environment={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def up(self) -> list[int]:
        """Those that are at work, and not just starting."""
        lives = {number: self._log(number).read_bytes().count(b" runs; ") for number in self._lives}
        return [number for number, life in self._lives.items() if lives[number] == life]

    async def kill_one(self) -> None:
        """Somebody who is at work; nobody, while all are just starting."""
        if not (up := self.up()):
            return
        number = self._chance.choice(up)
        self._kills.append((time.time(), number))
        self._alive[number].kill()
        await asyncio.to_thread(ended, self._alive[number], _ENDS)
        await self.start(number)

    def freeze(self, work: str) -> ForkServerProcess:
        """Who was elected to this work last stands still, for as long as nobody sends SIGCONT."""
        (_, number) = self._elections(work)[-1]
        os.kill(self._alive[number].pid or 0, signal.SIGSTOP)
        return self._alive[number]

    async def end(self) -> list[int | None]:
        """Asks all to end, as a supervisor does; how each ended, None where it did not."""
        for process in self._alive.values():
            process.terminate()
        codes = await asyncio.gather(*(asyncio.to_thread(ended, one, _ENDS) for one in self._alive.values()))
        for process, code in zip(self._alive.values(), codes, strict=True):
            if code is None:
                os.kill(process.pid or 0, signal.SIGUSR1)
                await asyncio.to_thread(ended, process, 2.0)
            process.kill()
        return codes

    # ------------------------------------------------------------ what they say

    def took_over(self, work: str) -> list[float]:
        """Seconds from each kill of who did this work until another was elected to it."""
        elections = self._elections(work)
        return [
            after - killed
            for (before, number), (after, _) in pairwise(elections)
            for killed, who in self._kills
            if who == number and before <= killed <= after
        ]

    def _elections(self, work: str) -> list[tuple[float, int]]:
        return sorted(
            (datetime.fromisoformat(said["timestamp"]).timestamp(), number)
            for number in self._lives
            for said in self._said(number)
            if said.get("event") == "elected" and said["work"] == work
        )

    def _said(self, number: int) -> Iterator[dict[str, str]]:
        for line in self._log(number).read_text("utf-8").splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)

    def _log(self, number: int) -> Path:
        return self._folder / f"{number}.log"


def _live(ahead: timedelta, *arguments: str) -> None:
    """`digestbot …` on a machine whose clock is so far ahead."""
    signal.signal(signal.SIGUSR1, _tell_where_it_stands)
    real = SystemClock.now
    SystemClock.now = lambda clock: real(clock) + ahead  # type: ignore[method-assign]
    main(*arguments)


def _tell_where_it_stands(*_: object) -> None:
    for task in asyncio.all_tasks():
        task.print_stack(limit=6)
