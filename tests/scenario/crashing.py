"""The real house that kills the process it lives in at a named point.

The crash points are put in by wrapping the store and the platform; the product knows nothing of them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import opened, run
from bot.cli.serve import until_stopped
from bot.clock import SystemClock
from bot.config import load
from bot.logs import set_up_logs
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
AT_WORK = "at work"  # what a process says when it is
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
    """The real clock, some time ahead: what we would have to wait for is wound over, for all who share the file."""

    file: Path

    def now(self) -> datetime:
        return super().now() + self.ahead

    @property
    def ahead(self) -> timedelta:
        return timedelta(microseconds=int(self.file.read_text())) if self.file.exists() else timedelta()

    def wind(self, ahead: timedelta) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(str(ahead // timedelta(microseconds=1)))
        draft.rename(self.file)  # whole, for whoever reads it at this moment


async def main(config: Path, point: str, clock: WindingClock | None, *, blind: bool) -> None:
    def dressed(store: Store) -> Store:
        return CrashingStore(store, point) if point in STORE_POINTS else store

    async with opened(load(config), dressed=dressed, clock=clock) as app:
        if blind:
            for name, platform in app.platforms.items():
                app.platforms[name] = Blind(platform)  # type: ignore[index]
        if point in PLATFORM_POINTS:
            for name, platform in app.platforms.items():
                app.platforms[name] = deadly_platform(platform, point)  # type: ignore[index]
        await run(app, port=0, started=lambda _port: print(AT_WORK, file=sys.stderr))


def life(config: Path, point: str, clock: WindingClock | None = None, blind: bool = False) -> None:
    """What a process of its own does: the house runs until it dies at the point, or is told to end."""
    set_up_logs("info", "json")
    until_stopped(main(config, point, clock, blind=blind))
