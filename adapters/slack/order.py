"""Slack delivers an event more than once, and not in order: here each is done once, and in the order in which things
happened."""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import count

_REMEMBERED = 50_000  # events; Slack sends none again after an hour, and at most 30,000 in one


class Once:
    """Work that is named by an event's id. Who brings it again waits for the first; what failed may be tried again."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._done: OrderedDict[str, asyncio.Task[None]] = OrderedDict()

    def begun(self, event: str, work: Callable[[], Awaitable[None]]) -> tuple[asyncio.Task[None], bool]:
        """The task of the event's work, and whether it was begun now."""
        task = self._done.get(event)
        if task is not None and not (task.done() and (task.cancelled() or task.exception() is not None)):
            return task, False
        task = self._done[event] = asyncio.ensure_future(_run(work))
        if len(self._done) > self._most:
            self._done.popitem(last=False)
        return task, True


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


class InOrder:
    """Lets each wait a little, so that what happened before it and comes after it still goes first."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = count()

    async def turn(self, at: float) -> None:
        """`at`: when it happened, by the sender's clock."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (at, next(self._count), turn))
        loop.call_later(self._patience, self._release, at)
        await turn

    def _release(self, until: float) -> None:
        while self._waiting and self._waiting[0][0] <= until:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
