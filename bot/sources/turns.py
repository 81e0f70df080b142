"""Whose turn it is to be asked: how many requests at a time, in all and to one host, and how soon after each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import Crowded

_LONGEST_QUEUE = 120.0  # seconds; who would wait longer is sent away, and does not hold up what goes elsewhere
_MANY = 1_000  # hosts to remember before those whose time is over are forgotten


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    gate: asyncio.Lock  # one at a time begins
    waiting: int = 0  # or being asked
    next_at: float = 0.0  # of the event loop's clock: not asked again before


class Turns:
    """`concurrency` requests at a time, `per_host` of them to one host, and each of those at least `spacing` seconds
    after the one before."""

    def __init__(self, *, concurrency: int, per_host: int, spacing: float) -> None:
        self._all = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}
        self._many = _MANY

    @asynccontextmanager
    async def at(self, name: str, *, again: bool = False) -> AsyncIterator[None]:
        """A turn at a host. `again`: it sent us on to itself, which is one visit. Raises Crowded."""
        host = self._host(name)
        if host.waiting * self._spacing > _LONGEST_QUEUE:
            crowd = f"{name}: {host.waiting} requests wait for this host already"
            raise Crowded(crowd, retry_after=host.waiting * self._spacing)
        clock = asyncio.get_running_loop().time
        host.waiting += 1
        try:
            async with host.places:
                async with host.gate:
                    wait = host.next_at - clock()
                    if wait > 0 and not again:
                        await asyncio.sleep(wait)
                    await self._all.acquire()
                    host.next_at = clock() + self._spacing
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            host.waiting -= 1

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            if len(self._hosts) >= self._many:
                now = asyncio.get_running_loop().time()
                self._hosts = {n: one for n, one in self._hosts.items() if one.waiting or one.next_at > now}
                self._many = max(_MANY, 2 * len(self._hosts))
            self._hosts[name] = _Host(asyncio.Semaphore(self._per_host), asyncio.Lock())
        return self._hosts[name]
