"""Tells an open channel page, by Server-Sent Events, that what it shows has changed. What changed is for the page."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from adapters.web.guard import HEADERS, Refusal
from bot.errors import BotError
from bot.ports import Archive

_MOST = 500  # streams at a time
_BEAT = 15  # looks between two signs of life


class Live:
    """The open streams. `every` is the time between two looks, in seconds."""

    def __init__(self, archive: Archive, every: float = 1.0) -> None:
        self._archive = archive
        self._every = every
        self._closing = asyncio.Event()
        self.streams = 0

    def close(self) -> None:
        """Ends every stream, for good."""
        self._closing.set()

    async def stream(self, request: web.Request, channel: str) -> web.StreamResponse:
        """An event `change` whenever the channel's version is not what the page has, until either side goes."""
        if self.streams >= _MOST or self._closing.is_set():
            raise Refusal(503, "busy")
        self.streams += 1
        try:
            response = web.StreamResponse(
                headers={
                    **HEADERS,
                    "Content-Type": "text/event-stream",
                    "Cache-Control": "no-store",
                    "X-Accel-Buffering": "no",
                }
            )
            await response.prepare(request)
            with contextlib.suppress(ConnectionError, BotError):  # either way the browser comes again by itself
                await self._tell(request, response, channel)
            return response
        finally:
            self.streams -= 1

    async def _tell(self, request: web.Request, response: web.StreamResponse, channel: str) -> None:
        had = request.headers.get("Last-Event-ID") or request.query.get("since")
        looks = 0
        while not (self._closing.is_set() or request.transport is None or request.transport.is_closing()):
            version = await self._archive.version(channel)
            if version != (had or version):
                await response.write(f"id: {version}\nevent: change\ndata: {version}\n\n".encode())
            elif looks % _BEAT == 0:
                await response.write(b": here\n\n")
            had, looks = version, looks + 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._every)
