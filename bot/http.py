"""The one HTTP server: health, metrics, and whatever routes the platforms bring."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import gaierror

from aiohttp import web

from bot.errors import ConfigError, StorageError
from bot.ports import Store

Metrics = Callable[[], Awaitable[bytes]]
_FORM = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_FORWARDED = ("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
Network = IPv4Network | IPv6Network


class HttpServer:
    """Serves on one address until closed. `metrics` makes the page of `/metrics`; `proxies` hand on what others ask."""

    def __init__(
        self, *, store: Store, metrics: Metrics, routes: Sequence[object], proxies: Sequence[Network] = ()
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._proxies = proxies
        self._routes = [route for route in routes if isinstance(route, web.AbstractRouteDef)]
        self._runners: list[web.AppRunner] = []

    async def start(self, *, host: str, port: int, others: int = 0, admin_port: int | None = None) -> int:
        """Listens on the port, or on one of the `others` after it where it is taken; the port that it got.

        With `admin_port`, metrics are told there to whoever reaches it, and nowhere else; without, to this machine.
        """
        if admin_port is not None:
            told = [*self._health(), web.get("/metrics", self._measured)]
            await self._listen(told, host, admin_port, key="admin_port")
        routes = [*(self.routes() if admin_port is None else self._health()), *self._routes]
        return await self._listen(routes, host, port, others=others)

    def routes(self) -> list[web.RouteDef]:
        """Its own, beside the platforms'."""
        return [*self._health(), web.get("/metrics", self._near_measured)]

    def _health(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _listen(
        self, routes: Sequence[web.AbstractRouteDef], host: str, port: int, *, others: int = 0, key: str = "port"
    ) -> int:
        app = web.Application(client_max_size=64 * 1024)
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        self._runners.append(runner)
        await runner.setup()
        for candidate in range(port, port + others + 1):
            try:
                await web.TCPSite(runner, host, candidate).start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise ConfigError(f"[http] {host}:{candidate}: {_mend(error, host, candidate)}") from error
                continue
            return runner.addresses[0][1] if candidate == 0 else candidate
        mend = f"stop what uses it, or set another in config.toml, [http] {key} = {port + 1}"
        raise ConfigError(f"[http] {key} {port} on {host} is in use: {mend}")

    async def aclose(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _alive(self, _request: web.Request) -> web.Response:
        """Says that the process lives; for a supervisor that restarts what does not answer."""
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        """Says whether the database can be read; 503 and the reason where not."""
        try:
            async with self._store.read() as view:
                await view.channels.all()
        except StorageError as error:
            return web.json_response({"ready": False, "reason": str(error)}, status=503)
        return web.json_response({"ready": True})

    async def _near_measured(self, request: web.Request) -> web.Response:
        """The metrics in Prometheus's text form, to this machine alone; everywhere with `[http] admin_port`."""
        if not is_near(request, self._proxies):
            said = (
                "metrics are told on this machine alone: set [http] admin_port, which is for machines that you trust\n"
            )
            return web.Response(text=said, status=403)
        return await self._measured(request)

    async def _measured(self, _request: web.Request) -> web.Response:
        """The metrics in Prometheus's text form."""
        try:
            return web.Response(body=await self._metrics(), headers=_FORM)
        except StorageError as error:
            return web.Response(text=f"{error}\n", status=503)


def _mend(error: OSError, host: str, port: int) -> str:
    """What is wrong with an address that cannot be listened on, and what to set instead."""
    if isinstance(error, gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f'{host} is no address of this machine: set host = "127.0.0.1", or "0.0.0.0" for all that it has'
    if error.errno == errno.EACCES:
        return f"this user may not listen on a port as low as {port}: set one from 1024 on, such as port = 8080"
    return error.strerror or str(error)


def is_near(request: web.Request, proxies: Sequence[Network] = ()) -> bool:
    """Whether a request was made on this machine and for it: a proxy here hands on what comes from elsewhere."""
    if any(name.lower().startswith(("x-forwarded", *_FORWARDED)) for name in request.headers):
        return False
    peer, host = _address_of(request.remote), _address_of(request.url.host)
    if peer is None or host is None or not (peer.is_loopback and host.is_loopback):
        return False
    return not any(peer in network for network in proxies)


def _address_of(host: str | None) -> IPv4Address | IPv6Address | None:
    """A host as an address, an IPv4 one out of the IPv6 form that may carry it; None for any other name."""
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host or "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
