"""The REST side: from a request through token, limits and faults to its handler and back, judged on both ways."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.platforms.discord_server.faults import Rule
from tests.platforms.discord_server.routes import ROUTES, Call, Refused, Route

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

BASE = "/api/v10"
_MAJOR = ("channel_id", "guild_id", "webhook_token", "interaction_token")
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Request:
    """A request as it was answered; `at` counts seconds of the monotonic clock."""

    at: float
    method: str
    path: str
    status: int
    seconds: float


class Rest:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        path = request.path.removeprefix(BASE)
        status = 0
        try:
            response = await self._answered(request, path)
            status = response.status
            return response
        finally:
            taken = time.monotonic() - began
            self._server.requests.append(Request(began, request.method, path, status, taken))

    async def _answered(self, request: web.Request, path: str) -> web.Response:
        server = self._server
        for route in ROUTES:
            found = route.pattern.fullmatch(path)
            if found and route.method == request.method:
                break
        else:
            server.violations.append(f"{request.method} {path}: there is no such route")
            return self._error(404, 0, "404: Not Found")
        if not route.open and request.headers.get("Authorization") != f"Bot {server.token}":
            return self._error(401, 0, "401: Unauthorized")
        major = "+".join(value for name, value in found.groupdict().items() if name in _MAJOR)
        verdict = server.gate.passes(route.kind, major, counted=not route.open)
        if verdict.wait is not None:
            server.too_many += 1
            return self._too_many(verdict.wait, is_global=verdict.is_global, headers=verdict.headers)
        if server.latency:
            await asyncio.sleep(server.latency)
        body = json.loads(await request.read() or b"null")
        fault = server.faults.of(request.method, path)
        if fault is not None and (spoilt := await self._spoilt_before(request, fault)) is not None:
            return spoilt
        call = Call(server, found.groupdict(), body, dict(request.query))
        response = await self._carried_out(route, call, path)
        response.headers.update(verdict.headers)
        return response if fault is None else await self._spoilt_after(request, fault, response)

    async def _carried_out(self, route: Route, call: Call, path: str) -> web.Response:
        server, spec = self._server, self._server.spec
        if spec is not None and (wrong := spec.request_fault(route.method, route.template, call.body)):
            server.violations.append(wrong)
        try:
            status, told = await route.handler(call)
        except Refused as refused:
            return self._error(refused.status, refused.code, refused.message, **refused.more)
        if route.method in _CHANGING and server.on_commit is not None:
            server.on_commit(route.method, path, call.body)
        if spec is not None and (wrong := spec.reply_fault(route.method, route.template, status, told)):
            server.violations.append(wrong)
        return self._json(status, told)

    async def _spoilt_before(self, request: web.Request, fault: Rule) -> web.Response | None:
        match fault.how:
            case "error_before":
                return self._error(500, 0, "500: Internal Server Error")
            case "503":
                return self._error(503, 0, "503: Service Unavailable")
            case "drop_before":
                return _dropped(request)
            case "429":
                return self._too_many(fault.seconds, is_global=False, headers={})
            case "429_global":
                return self._too_many(fault.seconds, is_global=True, headers={})
            case "429_cloudflare":
                return web.Response(status=429, text="<html>error 1015</html>", content_type="text/html")
            case "slow":
                await asyncio.sleep(fault.seconds)
            case "hang":
                await asyncio.sleep(3600)
        return None

    async def _spoilt_after(self, request: web.Request, fault: Rule, response: web.Response) -> web.Response:
        match fault.how:
            case "error_after":
                return self._error(500, 0, "500: Internal Server Error")
            case "drop_after":
                return _dropped(request)
            case "bad_json":
                return web.Response(
                    status=response.status, body=b'{"id": ', headers={"Content-Type": "application/json"}
                )
        return response

    def _json(self, status: int, body: object) -> web.Response:
        if body is None:
            return web.Response(status=status)
        # discord.py compares the type for equality: no charset
        data = json.dumps(body, ensure_ascii=True).encode()
        return web.Response(status=status, body=data, headers={"Content-Type": "application/json", "Via": "1.1 local"})

    def _error(self, status: int, code: int, message: str, **more: object) -> web.Response:
        if status in (401, 403):
            self._server.invalid_requests += 1
        return self._json(status, {"message": message, "code": code, **more})

    def _too_many(self, wait: float, *, is_global: bool, headers: dict[str, str]) -> web.Response:
        self._server.invalid_requests += 1
        response = self._json(429, {"message": "You are being rate limited.", "retry_after": wait, "global": is_global})
        response.headers.update(headers)
        response.headers["Retry-After"] = str(max(1, round(wait)))
        response.headers["X-RateLimit-Scope"] = "global" if is_global else "user"
        if is_global:
            response.headers["X-RateLimit-Global"] = "true"
        return response


def _dropped(request: web.Request) -> web.Response:
    """The connection breaks off without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
