"""Slack delivers an event more than once, and not in order: here each is done once, and in the order in which things
happened."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Literal

_LATE = 1.0  # seconds that an event may come after one that happened later
# Seconds after a beginning in which Slack sends again what it had no answer to: by its sockets those of three seconds,
# by HTTP, where a minute passes before most of it comes, those that it was just about to send.
_HELD_UP = {"socket": 4.0, "http": 1.5}
_LONGEST = 120.0  # seconds that all wait: Slack lets an app connect once a minute
_REMEMBERED = 50_000  # events; Slack sends none again after an hour, and at most 30,000 in one
_AT_ONCE = 200  # that have their turn in a moment, so that thousands do not keep the loop from hearing more
_MOMENT = 0.1  # seconds that a moment counts for, however long it was


class Once:
    """Work that is named by an event's id. Who brings it again waits for the first; what failed may be tried again."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._begun: OrderedDict[str, asyncio.Task[None] | None] = OrderedDict()  # None: it is done

    def begun(self, event: str, work: Callable[[], Awaitable[None]]) -> tuple[asyncio.Task[None] | None, bool]:
        """The task of the event's work, None where that is done, and whether it was begun now."""
        if event in self._begun:
            return self._begun[event], False
        task = self._begun[event] = asyncio.ensure_future(_run(work))
        task.add_done_callback(lambda done: self._ended(event, done))
        if len(self._begun) > self._most:
            self._begun.popitem(last=False)
        return task, True

    def _ended(self, event: str, task: asyncio.Task[None]) -> None:
        if self._begun.get(event) is not task:
            return
        if task.cancelled() or task.exception() is not None:
            del self._begun[event]
        else:
            self._begun[event] = None


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


class Awake:
    """A clock that goes only while the process does. Where it is held up, by a busy machine or by thousands of events,
    what came meanwhile has not been heard, so that time is no time to have waited for it."""

    def __init__(self) -> None:
        self._acts: list[tuple[float, int, Callable[[], None]]] = []
        self._count = count()
        self._gone = 0.0  # seconds until it was last looked at
        self._looked = 0.0  # when that was, by the loop's clock
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        loop_time = asyncio.get_running_loop().time()
        self._gone += min(loop_time - self._looked, _MOMENT)
        self._looked = loop_time
        return self._gone

    def call_at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._acts, (when, next(self._count), act))
        if self._acts[0][0] == when:
            self._wind()

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wait = min(max(self._acts[0][0] - self.now(), 0.0), _MOMENT / 2)
        self._timer = asyncio.get_running_loop().call_later(wait, self._look)

    def _look(self) -> None:
        self._timer, now = None, self.now()
        while self._acts and self._acts[0][0] <= now:
            heapq.heappop(self._acts)[2]()
        if self._acts:
            self._wind()


class InOrder:
    """Lets each wait a little, so that what happened before it and comes after it still goes first.

    What a lost connection held up comes seconds after the next one began, as Slack sends it again. Until then all wait.
    """

    def __init__(self, patience: float, *, held_up: float, longest: float) -> None:
        """In seconds. `patience`: of each; `held_up`: in which a new connection brings what the lost one held up;
        `longest`: that all wait for it."""
        self._patience = patience
        self._held_up = held_up
        self._longest = longest
        self._clock = Awake()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = count()
        self._due = 0.0  # up to which those that wait have waited long enough
        self._began = 0.0  # when the connection did, by the sender's clock
        self._connected = False
        self._gap: float | None = math.inf  # when it ends; before the first connection there is no saying
        self._deadline = 0.0  # when it does at the latest
        self._going = False
        self._steady = asyncio.Event()

    def connected(self, began: float) -> None:
        """A connection began. `began`: when, by the sender's clock."""
        self._connected, self._began = True, began
        self._all_wait(self._held_up)

    def lost(self) -> None:
        """The connection ended; told as often as one likes."""
        if self._connected:
            self._connected = False
            self._all_wait(self._longest)

    def turn(self, at: float) -> asyncio.Future[None]:
        """Has come when it is done; its place is taken now. `at`: when it happened, by the sender's clock."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (at, next(self._count), turn))
        waited = self._clock.now() + self._patience
        self._clock.call_at(waited, lambda: self._release(at))
        if self._gap is not None and at < self._began:
            self._until(max(self._gap, waited))
        return turn

    async def settled(self) -> None:
        """Returns when what happened until now has had its turn. Raises TimeoutError where the connection is lost."""
        waited = asyncio.Event()
        self._clock.call_at(self._clock.now() + self._held_up, waited.set)
        await waited.wait()
        await asyncio.wait_for(self._steady.wait(), 2 * self._longest)

    def _all_wait(self, seconds: float) -> None:
        now = self._clock.now()
        self._steady.clear()
        self._deadline = now + self._longest
        self._until(now + seconds)

    def _until(self, when: float) -> None:
        """Ends the gap at that time, or at its deadline."""
        self._gap = min(when, self._deadline)
        self._clock.call_at(self._gap, self._over)

    def _over(self) -> None:
        if self._gap is None or self._clock.now() < self._gap:  # it lasts longer by now
            return
        self._gap = None
        self._release(self._due)

    def _release(self, until: float) -> None:
        self._due = max(self._due, until)
        if self._gap is None and not self._going:
            self._going = True
            asyncio.get_running_loop().call_soon(self._go)

    def _go(self) -> None:
        self._going = False
        if self._gap is not None:
            return
        for _ in range(_AT_ONCE):
            if not self._waiting or self._waiting[0][0] > self._due:
                break
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
        else:
            self._release(self._due)
            return
        if self._connected:
            self._steady.set()


def in_order(mode: Literal["socket", "http"]) -> InOrder:
    """By Slack's times."""
    return InOrder(_LATE, held_up=_HELD_UP[mode], longest=_LONGEST)
