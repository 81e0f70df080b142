"""How fast we may ask Discord: its global limit, and the budget of refused requests beyond which it bans an address.

The limits of single routes are discord.py's part: it reads them off the answers. Here they are only told of.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from types import SimpleNamespace

import aiohttp
from yarl import URL

from bot.errors import PlatformUnavailable

_PERIOD = 1.0  # seconds
_REFUSED_PERIOD = 600.0  # seconds in which Discord counts refused requests
_REFUSED_MOST = 5_000  # half of what Discord bans for
_REFUSED = (401, 403, 429)


class Attempt:
    """Notes on one call, which may be several requests: discord.py repeats some by itself."""

    def __init__(self) -> None:
        self.unsure = False  # one of them may have been carried out


class Limits:
    """At most `per_second` requests in any second, as the server counts them.

    A request counts from its sending until a second after its answer. The server counts it at some moment between the
    two, so never more than `per_second` fall in one of its seconds, whatever the network does.
    """

    def __init__(self, per_second: int, *, period: float = _PERIOD, most_refused: int = _REFUSED_MOST) -> None:
        self._period = period
        self._most_refused = most_refused
        self._per_second = per_second
        self._places = asyncio.Semaphore(per_second)
        self._taken = 0
        self._refused: deque[float] = deque()
        self._routes: dict[str, tuple[float, float]] = {}  # bucket -> until when, and how much of it was used

    def used(self) -> Mapping[str, float]:
        """As `ports.Limited`. `global`: of the requests of a second. `route`: of that route's which was the fullest
        when it answered last. `refused`: of the requests that may be refused in ten minutes."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        return {
            "global": self._taken / self._per_second,
            "route": max((used for until, used in self._routes.values() if until > now), default=0.0),
            "refused": len(self._refused) / self._most_refused,
        }

    def trace(self) -> aiohttp.TraceConfig:
        """Hooks for a session, so that every single request is counted, also those that discord.py repeats."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._starts)
        trace.on_request_end.append(self._ends)
        trace.on_request_exception.append(self._breaks)
        return trace

    async def _starts(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        context.counted = _is_counted(params.url)
        if context.counted:
            self._check_budget()
            await self._places.acquire()
            self._taken += 1

    async def _ends(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._leave(context)
        response = params.response
        now = asyncio.get_running_loop().time()
        if told := _route_of(response.headers):
            bucket, seconds, used = told
            self._routes[bucket] = now + seconds, used
        if response.status in _REFUSED and response.headers.get("X-RateLimit-Scope") != "shared":
            self._refused.append(now)
        if response.status >= 500:
            _note(context)

    async def _breaks(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._leave(context)
        if not isinstance(params.exception, aiohttp.ClientConnectorError):
            _note(context)

    def _leave(self, context: SimpleNamespace) -> None:
        if context.counted:
            asyncio.get_running_loop().call_later(self._period, self._free)

    def _free(self) -> None:
        self._taken -= 1
        self._places.release()

    def _forget(self, now: float) -> None:
        while self._refused and self._refused[0] < now - _REFUSED_PERIOD:
            self._refused.popleft()

    def _check_budget(self) -> None:
        """Raises PlatformUnavailable while so much was refused that Discord might ban this machine's address."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        if len(self._refused) >= self._most_refused:
            raise PlatformUnavailable(
                "Discord has refused so many requests that it might ban this address: the bot waits; check its token "
                "and permissions with `digestbot doctor`",
                retry_after=self._refused[0] + _REFUSED_PERIOD - now,
            )


def _route_of(headers: Mapping[str, str]) -> tuple[str, float, float] | None:
    """A route's bucket, the seconds until it is empty again, and how much of it is used, as an answer tells it."""
    try:
        limit, left = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
        return headers["X-RateLimit-Bucket"], float(headers["X-RateLimit-Reset-After"]), 1 - left / limit
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _is_counted(url: URL) -> bool:
    """Answers to interactions and the gateway are outside of the global limit."""
    return url.scheme in ("http", "https") and not any(part in url.path for part in ("/interactions/", "/webhooks/"))


def _note(context: SimpleNamespace) -> None:
    attempt = context.trace_request_ctx
    if isinstance(attempt, Attempt):
        attempt.unsure = True
