"""How fast we may ask Discord: its global limit, and the budget of refused requests beyond which it bans an address.

The limits of single routes are discord.py's part: it reads them off the answers.
"""

from __future__ import annotations

import asyncio
from collections import deque
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
        self._places = asyncio.Semaphore(per_second)
        self._refused: deque[float] = deque()

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

    async def _ends(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._leave(context)
        response = params.response
        if response.status in _REFUSED and response.headers.get("X-RateLimit-Scope") != "shared":
            self._refused.append(asyncio.get_running_loop().time())
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
            asyncio.get_running_loop().call_later(self._period, self._places.release)

    def _check_budget(self) -> None:
        """Raises PlatformUnavailable while so much was refused that Discord might ban this machine's address."""
        now = asyncio.get_running_loop().time()
        while self._refused and self._refused[0] < now - _REFUSED_PERIOD:
            self._refused.popleft()
        if len(self._refused) >= self._most_refused:
            raise PlatformUnavailable(
                "Discord has refused so many requests that it might ban this address: the bot waits; check its token "
                "and permissions with `digestbot doctor`",
                retry_after=self._refused[0] + _REFUSED_PERIOD - now,
            )


def _is_counted(url: URL) -> bool:
    """Answers to interactions and the gateway are outside of the global limit."""
    return url.scheme in ("http", "https") and not any(part in url.path for part in ("/interactions/", "/webhooks/"))


def _note(context: SimpleNamespace) -> None:
    attempt = context.trace_request_ctx
    if isinstance(attempt, Attempt):
        attempt.unsure = True
