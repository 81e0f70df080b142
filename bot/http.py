"""The one HTTP server: health, and whatever routes the platforms bring."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from aiohttp import web

from bot.errors import ConfigError, StorageError
from bot.ports import Store


class HttpServer:
    """Serves on one address until closed. `ready` asks the store; `/healthz` only says that the process lives."""

    def __init__(self, *, store: Store, routes: Sequence[object]) -> None:
        self._store = store
        self._app = web.Application(client_max_size=64 * 1024)
        self._app.add_routes([web.get("/healthz", _alive), web.get("/readyz", self._ready)])
        self._app.add_routes([route for route in routes if isinstance(route, web.AbstractRouteDef)])
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=2.0)

    async def start(self, *, host: str, port: int, others: int = 0) -> int:
        """Listens on the port, or on one of the `others` after it where it is taken; the port that it got."""
        await self._runner.setup()
        for candidate in range(port, port + others + 1):
            try:
                site = web.TCPSite(self._runner, host, candidate)
                await site.start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise ConfigError(f"[http] {host}:{candidate}: {error.strerror or error}") from error
                continue
            return self._runner.addresses[0][1] if candidate == 0 else candidate
        raise ConfigError(f"[http] port {port} on {host} is in use: stop what uses it, or set another [http] port")

    async def aclose(self) -> None:
        await self._runner.cleanup()

    async def _ready(self, _request: web.Request) -> web.Response:
        try:
            async with self._store.read() as view:
                await view.channels.all()
        except StorageError as error:
            return web.json_response({"ready": False, "reason": str(error)}, status=503)
        return web.json_response({"ready": True})


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})
