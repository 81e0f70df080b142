"""The REST side: from a request through token, limits and faults to its handler and back, judged on both ways."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.discord_server.faults import CHANGING, Rule
from tests.platforms.discord_server.routes import Table
from tests.platforms.discord_server.routing import Call, Refused, Route, Told

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

BASE = "/api/v10"
_MAJOR = ("channel_id", "guild_id", "webhook_token", "interaction_token")
_JSON = "application/json"  # discord.py compares the type for equality: no charset
_AGENT = "DiscordBot ("
_EVER = 3600.0


@dataclass(frozen=True)
class Request:
    """A request as it was answered; `at` counts seconds of the monotonic clock; `status` 0: it never was."""

    at: float
    method: str
    path: str
    status: int
    seconds: float


class Rest:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._table = Table()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began, status = time.monotonic(), 0
        path = request.path.removeprefix(BASE)
        try:
            response = await self._answered(request, path)
            if request.transport is not None and not request.transport.is_closing():
                status = response.status
            return response
        finally:
            self._server.requests.append(Request(began, request.method, path, status, time.monotonic() - began))

    async def _answered(self, request: web.Request, path: str) -> web.Response:
        server = self._server
        found = self._table.find(request.method, path)
        if found is None:
            server.violations.append(f"{request.method} {path}: there is no such route")
            return self._error(404, 0, "404: Not Found")
        route, ids = found
        if not route.open and not request.headers.get("User-Agent", "").startswith(_AGENT):
            server.violations.append(f"{request.method} {path}: the user agent is not DiscordBot ($url, $version)")
        if not route.open and request.headers.get("Authorization") != f"Bot {server.token}":
            return self._error(401, 0, "401: Unauthorized")
        major = "+".join(ids[name] for name in _MAJOR if name in ids)
        verdict = server.gate.passes(route.kind, major, counted=not route.open)
        if verdict.wait is not None:
            server.too_many += 1
            return self._too_many(verdict.wait, is_global=verdict.is_global, headers=verdict.headers)
        if server.latency:
            await asyncio.sleep(server.latency)
        try:
            call = Call(server, dict(ids), await _body(request), dict(request.query))
        except ValueError:
            server.violations.append(f"{request.method} {path}: the body is no JSON")
            return self._error(400, 50109, "The request body contains invalid JSON.")
        fault = server.faults.of(request.method, path)
        if fault is not None and (spoilt := await self._spoilt_before(request, fault, verdict.headers)) is not None:
            return spoilt
        response = self._carried_out(route, call, path)
        response.headers.update(verdict.headers)
        return response if fault is None else self._spoilt_after(request, fault, response)

    # ------------------------------------------------------------ what it does, and whether it may

    def _carried_out(self, route: Route, call: Call, path: str) -> web.Response:
        server = self._server
        self._judge_request(route, call)
        try:
            _check_ids(call.ids)
            told = route.handler(call)
        except Refused as refused:
            if refused.fault:
                server.violations.append(f"{route.method} {path}: {refused.fault}")
            return self._refused(route, refused)
        if told.committed and route.method in CHANGING and server.on_commit is not None:
            server.on_commit(route.method, path, call.body)
        self._judge_reply(route, told)
        return self._json(told.status, told.body)

    def _judge_request(self, route: Route, call: Call) -> None:
        spec = self._server.spec
        if spec is not None:
            wrong = spec.request_fault(route.method, route.template, call.body)
            wrong = wrong or spec.query_fault(route.method, route.template, call.query)
            self._server.violations += [wrong] if wrong else []

    def _judge_reply(self, route: Route, told: Told) -> None:
        spec = self._server.spec
        if spec is not None and (wrong := spec.reply_fault(route.method, route.template, told.status, told.body)):
            self._server.violations.append(wrong)

    def _refused(self, route: Route, refused: Refused) -> web.Response:
        body: dict[str, Any] = {"message": refused.message, "code": refused.code, **refused.more}
        self._judge_reply(route, Told(refused.status, body))
        if refused.status == 429:  # by slow mode: not the bot's rate
            return self._too_many_as(body, scope="shared")
        return self._error(refused.status, refused.code, refused.message, **refused.more)

    # ------------------------------------------------------------ faults

    async def _spoilt_before(
        self, request: web.Request, fault: Rule, headers: Mapping[str, str]
    ) -> web.Response | None:
        match fault.how:
            case "error_before":
                return self._error(500, 0, "500: Internal Server Error")
            case "503":
                return self._error(503, 0, "503: Service Unavailable")
            case "drop_before":
                return _dropped(request)
            case "429":
                return self._too_many(fault.seconds, is_global=False, headers=headers)
            case "429_global":
                return self._too_many(fault.seconds, is_global=True, headers={})
            case "429_cloudflare":
                self._server.invalid_requests += 1
                return web.Response(status=429, text="<html>error code: 1015</html>", content_type="text/html")
            case "slow":
                await asyncio.sleep(fault.seconds)
            case "hang":
                await asyncio.sleep(_EVER)
        return None

    def _spoilt_after(self, request: web.Request, fault: Rule, response: web.Response) -> web.Response:
        match fault.how:
            case "error_after":
                return self._error(500, 0, "500: Internal Server Error")
            case "drop_after":
                return _dropped(request)
            case "bad_json":
                return web.Response(status=response.status, body=b'{"id": ', headers={"Content-Type": _JSON})
        return response

    # ------------------------------------------------------------ answers

    def _json(self, status: int, body: object) -> web.Response:
        if body is None:
            return web.Response(status=status, headers={"Via": "1.1 local"})
        data = json.dumps(body, separators=(",", ":")).encode()
        return web.Response(status=status, body=data, headers={"Content-Type": _JSON, "Via": "1.1 local"})

    def _error(self, status: int, code: int, message: str, **more: object) -> web.Response:
        if status in (401, 403):
            self._server.invalid_requests += 1
        return self._json(status, {"message": message, "code": code, **more})

    def _too_many(self, wait: float, *, is_global: bool, headers: Mapping[str, str]) -> web.Response:
        self._server.invalid_requests += 1
        wait = round(wait + 0.0005, 3)
        body = {"message": "You are being rate limited.", "code": 0, "retry_after": wait, "global": is_global}
        response = self._too_many_as(body, scope="global" if is_global else "user")
        response.headers.update(headers)
        return response

    def _too_many_as(self, body: Mapping[str, Any], *, scope: str) -> web.Response:
        response = self._json(429, body)
        response.headers["Retry-After"] = str(max(1, round(body["retry_after"] + 0.499)))
        response.headers["X-RateLimit-Scope"] = scope
        if scope == "global":
            response.headers["X-RateLimit-Global"] = "true"
        return response


async def _body(request: web.Request) -> Any:
    """The JSON of a request; a form's is in `payload_json`, and its files become attachments."""
    if not request.content_type.startswith("multipart/"):
        return json.loads(await request.read() or b"null")
    form = await request.post()
    body = json.loads(str(form.get("payload_json", "{}")))
    files = [one for one in form.values() if isinstance(one, web.FileField)]
    if files:
        named = [one for one in body.get("attachments") or [] if isinstance(one, dict)]
        described = {str(one.get("id")): one for one in named}
        body["attachments"] = [
            {**described.get(str(number), {}), "id": str(number), "filename": file.filename}
            for number, file in enumerate(files)
        ]
    return body


def _check_ids(ids: Mapping[str, str]) -> None:
    for name, value in ids.items():
        if name.endswith("_id") and not value.isdecimal():
            errors = {
                name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}]}
            }
            raise Refused(400, 50035, "Invalid Form Body", fault=f"{name} is no id: {value}", errors=errors)


def _dropped(request: web.Request) -> web.Response:
    """The connection breaks off without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
