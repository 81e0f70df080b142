"""The real house in a process of its own that kills itself at a named point: `python -m tests.scenario.crashing`.

The crash points are put in by wrapping the store; the product knows nothing of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import App, opened, run
from bot.clock import SystemClock
from bot.config import load
from bot.ports import Outbox, Store, UnitOfWork

POINTS = ("settle:inside", "settle:after", "lease:inside", "lease:after", "close:before", "close:inside", "close:after")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class CrashingOutbox:
    """An outbox that dies before or inside one of its calls, and remembers a call to die after its commit."""

    def __init__(self, outbox: Outbox, call: str, moment: str) -> None:
        self._outbox = outbox
        self._call = call
        self._moment = moment
        self.called = False

    def __getattr__(self, name: str) -> object:
        real = getattr(self._outbox, name)
        if name != self._call:
            return real

        async def deadly(*args: object, **kwargs: object) -> object:
            if self._moment == "before":
                die()
            answer = await real(*args, **kwargs)
            if self._moment == "inside":
                die()
            self.called = name == "settle" or bool(answer)
            return answer

        return deadly


class CrashingStore:
    def __init__(self, store: Store, point: str) -> None:
        self._store = store
        self._call, self._moment = point.split(":")

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._store.read()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        outbox = None
        async with self._store.begin() as tx:
            outbox = CrashingOutbox(tx.outbox, self._call, self._moment)
            tx.outbox = outbox  # type: ignore[assignment]
            yield tx
        if self._moment == "after" and outbox.called:
            die()


async def until_posted(app: App) -> None:
    """Returns once nothing is left to do."""
    while True:
        await asyncio.sleep(0.05)
        async with app.store.read() as view:
            if not await view.outbox.in_state("due", 1) and not await view.outbox.in_state("composed", 1):
                return


class LaterClock(SystemClock):
    """The real clock, some minutes ahead: what the lease of a dead process makes us wait has passed already."""

    def __init__(self, minutes: int) -> None:
        self._ahead = timedelta(minutes=minutes)

    def now(self) -> datetime:
        return super().now() + self._ahead


async def main(config: Path, point: str, minutes: int) -> None:
    def dressed(store: Store) -> Store:
        return CrashingStore(store, point) if point != "none" else store

    async with opened(load(config), dressed=dressed, clock=LaterClock(minutes)) as app:
        runs = asyncio.create_task(run(app, port=0))
        await until_posted(app)
        runs.cancel()
        await asyncio.gather(runs, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
