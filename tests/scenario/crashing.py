"""The real house that kills the process it lives in at a named point.

The crash points are put in by wrapping the store and the platform; the product knows nothing of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import App, opened, run
from bot.clock import SystemClock
from bot.config import load
from bot.model import Posting
from bot.ports import ChatPlatform, Store, UnitOfWork

STORE_POINTS = (
    "open:inside",  # the claim of a slot
    "open:after",
    "settle:inside",
    "settle:after",
    "lease:inside",
    "lease:after",
    "close:before",
    "close:inside",
    "close:after",
)
PLATFORM_POINTS = ("post:before", "post:after", "seed:before", "seed:after", "find:before", "find:after")
_PARTS = {"open": "schedules", "settle": "outbox", "lease": "outbox", "close": "outbox"}  # of a unit of work


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Crashing:
    """Anything with async calls, of which one is deadly: before it is made, or when it has answered."""

    def __init__(self, real: object, call: str, moment: str) -> None:
        self._real = real
        self._call = call
        self._moment = moment
        self.called = False

    def __getattr__(self, name: str) -> object:
        real = getattr(self._real, name)
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
    """Dies before or inside one call of a transaction, or after the commit of the transaction that made it."""

    def __init__(self, store: Store, point: str) -> None:
        self._store = store
        self._call, self._moment = point.split(":")

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._store.read()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self._store.begin() as tx:
            part = _PARTS[self._call]
            deadly = Crashing(getattr(tx, part), self._call, self._moment)
            setattr(tx, part, deadly)
            yield tx
        if self._moment == "after" and deadly.called:
            die()


class Blind:
    """A platform that never finds what it posted: for the negative control, which has to see doubles."""

    def __init__(self, real: ChatPlatform) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def find(self, _posting: Posting) -> None:
        return None


def deadly_platform(platform: ChatPlatform, point: str) -> ChatPlatform:
    """Dies before one of its calls, or when the platform has done it and nobody here knows yet."""
    call, moment = point.split(":")
    wrapped: ChatPlatform = Crashing(platform, call, "inside" if moment == "after" else moment)  # type: ignore[assignment]
    return wrapped


@dataclass
class WindingClock(SystemClock):
    """The real clock, some time ahead: what we would have to wait for is wound over."""

    ahead: timedelta

    def now(self) -> datetime:
        return super().now() + self.ahead

    def wind_to_next_try(self, database: Path) -> None:
        """Where every posting that is left was put off and nobody works on one: on to the first one's time."""
        with closing(sqlite3.connect(database)) as connection:
            moment = int(self.now().timestamp() * 1e6)
            rows = connection.execute(
                "SELECT not_before, lease_until FROM outbox JOIN digests ON digests.id = digest_id"
                " WHERE outbox.state = 'pending' AND digests.state = 'composed'"
                " AND part = (SELECT min(part) FROM outbox o WHERE o.digest_id = digests.id AND o.state = 'pending')"
            ).fetchall()
        ready = [max(not_before or 0, lease or 0) for not_before, lease in rows]
        leased = any((lease or 0) > moment for _, lease in rows)
        if ready and not leased and min(ready) > moment:
            self.ahead += timedelta(microseconds=min(ready) - moment)


async def until_posted(app: App, clock: WindingClock) -> None:
    """Returns once a digest is posted and nothing is left to do."""
    while True:
        await asyncio.sleep(0.05)
        clock.wind_to_next_try(app.database.file)
        async with app.store.read() as view:
            under_way = [await view.schedules.in_state(state, 1) for state in ("due", "composed")]
            if await view.schedules.in_state("posted", 1) and not any(under_way):
                return


async def main(config: Path, point: str, minutes: int, *, blind: bool) -> None:
    def dressed(store: Store) -> Store:
        return CrashingStore(store, point) if point in STORE_POINTS else store

    clock = WindingClock(timedelta(minutes=minutes))
    async with opened(load(config), dressed=dressed, clock=clock) as app:
        if blind:
            for name, platform in app.platforms.items():
                app.platforms[name] = Blind(platform)  # type: ignore[index]
        if point in PLATFORM_POINTS:
            for name, platform in app.platforms.items():
                app.platforms[name] = deadly_platform(platform, point)  # type: ignore[index]
        runs = asyncio.create_task(run(app, port=0))
        posted = asyncio.create_task(until_posted(app, clock))
        await asyncio.wait((runs, posted), return_when=asyncio.FIRST_COMPLETED)
        for task in (runs, posted):
            task.cancel()
        ended, _ = await asyncio.gather(runs, posted, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended


def life(config: Path, point: str, minutes: int, blind: bool = False) -> None:
    """What a process of its own does: the house runs until it dies at the point, or all is posted."""
    asyncio.run(main(config, point, minutes, blind=blind))
