"""Requests to Discord through discord.py's own HTTP client, which knows its routes' limits. Errors come out as ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from discord.http import HTTPClient, Route

from adapters.discord.errors import error_of
from adapters.discord.limits import Attempt, Limits
from bot.errors import ChannelLost, OutcomeUnknown, PlatformUnavailable, PostingRejected
from bot.model import clock_error

_LOOK = 60.0  # seconds between looks for limits that are not needed any more
_LONGEST_WAIT = 30.0  # seconds for a route's limit; what waits longer is put off


class _Http(HTTPClient):
    """discord.py looks through all its limits whenever it meets a new one: with 10,000 channels at the same hour that
    takes most of a processor. Once a minute does."""

    _looked = float("-inf")

    def _try_clear_expired_ratelimits(self) -> None:
        now = self.loop.time()
        if now - self._looked > _LOOK:
            self._looked = now
            super()._try_clear_expired_ratelimits()


class Rest:
    """Logs in when it is first used, so that commands which post nothing need no token."""

    def __init__(self, *, api_url: str, token: Callable[[], str], limits: Limits) -> None:
        Route.BASE = api_url.rstrip("/")  # discord.py keeps it in the class: one address a process
        self._token = token
        self.limits = limits
        self._login = asyncio.Lock()
        self._http: HTTPClient | None = None
        self._me: Mapping[str, Any] = {}
        self.clock_error: timedelta | None = None  # how far our clock was ahead of Discord's when it last answered
        self._bots: dict[str, asyncio.Future[bool]] = {}

    async def http(self) -> HTTPClient:
        """The client, logged in. Raises PlatformError."""
        async with self._login:
            if self._http is None:
                trace = self.limits.trace()
                trace.on_request_end.append(self._answered)
                http = _Http(asyncio.get_running_loop(), http_trace=trace, max_ratelimit_timeout=_LONGEST_WAIT)
                try:
                    self._me = await http.static_login(self._token())
                except Exception as error:
                    await http.close()
                    raise _certain(error_of(error)) from error
                self._http = http
            return self._http

    async def _answered(self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        self.clock_error = clock_error(params.response.headers.get("Date"), datetime.now(UTC))

    async def me(self) -> str:
        """Our own user id."""
        await self.http()
        return str(self._me["id"])

    async def get(self, path: str, *, params: Mapping[str, str | int] | None = None, **ids: str) -> Any:
        """A reading: whatever happens, nothing was changed. Raises PlatformError, never OutcomeUnknown."""
        http = await self.http()
        try:
            answer = await http.request(Route("GET", path, **ids), params=params or {})
        except Exception as error:
            raise _certain(error_of(error)) from error
        if not isinstance(answer, dict | list):  # something between Discord and us answers
            raise PlatformUnavailable("Discord's answer was not understood")
        return answer

    async def send(self, method: str, path: str, *, json: object = None, **ids: str) -> Any:
        """A change. Raises PlatformError; OutcomeUnknown also where only an earlier try of discord.py's broke off."""
        http = await self.http()
        attempt = Attempt()
        body: dict[str, Any] = {} if json is None else {"json": json}
        try:
            return await http.request(Route(method, path, **ids), trace_request_ctx=attempt, **body)
        except Exception as error:
            ours = error_of(error)
            if attempt.unsure and isinstance(ours, PlatformUnavailable | ChannelLost | PostingRejected):
                raise OutcomeUnknown(f"an earlier try broke off; then: {ours}") from error
            raise ours from error

    async def is_bot(self, user: str) -> bool:
        """Whether a user is a bot; asked once."""
        if user not in self._bots:
            self._bots[user] = asyncio.ensure_future(self._ask_whether_bot(user))
        return await asyncio.shield(self._bots[user])

    async def _ask_whether_bot(self, user: str) -> bool:
        try:
            found = await self.get("/users/{user_id}", user_id=user)
        except Exception:
            self._bots.pop(user, None)  # to be asked again
            raise
        return bool(found.get("bot"))

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None


def _certain(error: Exception) -> Exception:
    """Where nothing can have been changed, what broke off can simply be tried again."""
    return PlatformUnavailable(str(error)) if isinstance(error, OutcomeUnknown) else error
