"""The Web API: from a request through token, limits and faults to its method and back, judged on both ways."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.slack_server.calls import Answer, Call, Method, Refused
from tests.platforms.slack_server.faults import Rule
from tests.platforms.slack_server.methods import METHODS
from tests.platforms.slack_server.world import Workspace

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

BASE = "/api"
_JSON = "application/json; charset=utf-8"
_EVER = 3600.0


@dataclass(frozen=True)
class Request:
    """A request as it was answered; `at` counts seconds of the monotonic clock; `status` 0: it never was.

    `error` is what Slack said, where it was not ok.
    """

    at: float
    method: str
    args: dict[str, Any]
    workspace: str
    status: int
    error: str
    seconds: float


@dataclass
class _Told:
    """What was answered, for the record of it."""

    response: web.Response
    error: str = ""
    workspace: str = ""


class WebApi:
    def __init__(self, server: SlackServer) -> None:
        self._server = server

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began, status = time.monotonic(), 0
        method, args = request.match_info["method"], {}
        told = _Told(web.Response())
        try:
            args = await _arguments(request)
            told = await self._answered(request, method, args)
            if request.transport is not None and not request.transport.is_closing():
                status = told.response.status
        except Refused as refused:  # the body is no body
            self._server.violations.append(f"{method}: {refused.fault}")
            told, status = _Told(answer({"ok": False, "error": refused.error}), refused.error), 200
        finally:
            seconds = time.monotonic() - began
            self._server.requests.append(Request(began, method, args, told.workspace, status, told.error, seconds))
        return told.response

    async def _answered(self, request: web.Request, name: str, args: dict[str, Any]) -> _Told:
        server = self._server
        method = METHODS.get(name)
        if method is None:
            server.violations.append(f"{name}: there is no such method here")
            return _Told(answer({"ok": False, "error": "unknown_method", "req_method": name}), "unknown_method")
        in_args, header = args.pop("token", None), request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(in_args or "")
        if server.latency:
            await asyncio.sleep(server.latency)
        try:
            workspace = self._known(method, token, header)
        except Refused as refused:
            return self._refused(name, refused, None)
        number = workspace.id if workspace else ""
        wait = server.gate.passes(name, method.tier, number, str(args.get("channel", "")))
        if wait is not None:
            return _Told(too_many(wait), "ratelimited", number)
        fault = server.faults.of(name)
        if fault is not None:
            key = (name, number, str(args.get("channel", ""))) if name == "chat.postMessage" else (name, number)
            if (spoilt := await before(server, request, fault, key)) is not None:
                return _Told(spoilt, fault.how, number)
        told = self._carried_out(method, Call(server, name, args, token, workspace, _basic(header)))
        told.workspace = number
        return told if fault is None else _Told(after(request, fault, told.response), fault.how, number)

    # ------------------------------------------------------------ what it does, and whether it may

    def _known(self, method: Method, token: str, header: str) -> Workspace | None:
        """Whose token it is, where it is good for this method."""
        server = self._server
        if not method.token:
            return None
        if not token:
            raise Refused("not_authed")
        if method.token == "app":
            if token == server.app_token and header.startswith("Bearer "):
                return None
            raise Refused("not_allowed_token_type" if token in server.world.grants else "invalid_auth")
        if token == server.app_token:
            raise Refused("not_allowed_token_type")
        grant = server.world.grants.get(token)
        if grant is None:
            raise Refused("invalid_auth")
        if grant.error:
            raise Refused(grant.error)
        if grant.expires is not None and grant.expires <= server.world.now():
            raise Refused("token_expired")
        return grant.workspace

    def _carried_out(self, method: Method, call: Call) -> _Told:
        server = self._server
        if server.spec is not None and (wrong := server.spec.request_fault(call.method, call.args)):
            server.violations.append(wrong)
        try:
            if method.scopes:
                call.need(*method.scopes)
            told = method.handler(call)
        except Refused as refused:
            return self._refused(call.method, refused, call.found)
        if method.changes and server.on_commit is not None:
            server.on_commit(call.method, call.args)
        self._judge(call.method, told)
        return _Told(answer(told, call.found, method))

    def _refused(self, method: str, refused: Refused, workspace: Workspace | None) -> _Told:
        if refused.fault:
            self._server.violations.append(refused.fault)
        told = {"ok": False, "error": refused.error, **refused.more}
        self._judge(method, told)
        return _Told(answer(told, workspace), refused.error)

    def _judge(self, method: str, told: Answer) -> None:
        spec = self._server.spec
        if spec is not None and (wrong := spec.reply_fault(method, told)):
            self._server.violations.append(wrong)


# ---------------------------------------------------------------- faults


async def before(server: SlackServer, request: web.Request, fault: Rule, key: tuple[str, ...]) -> web.Response | None:
    """What is answered in place of doing anything."""
    match fault.how:
        case "error_before":
            return web.Response(status=500, text="Internal Server Error")
        case "fatal_error_before":
            return answer({"ok": False, "error": "fatal_error"})
        case "internal_error":
            return answer({"ok": False, "error": "internal_error"})
        case "503":
            return web.Response(status=503, text="upstream connect error")
        case "drop_before":
            return _dropped(request)
        case "429":
            return too_many(server.gate.tell(key, fault.seconds))
        case "slow":
            await asyncio.sleep(fault.seconds)
        case "hang":
            await asyncio.sleep(_EVER)
    return None


def after(request: web.Request, fault: Rule, response: web.Response) -> web.Response:
    """What is answered in place of the truth."""
    match fault.how:
        case "error_after":
            return web.Response(status=500, text="Internal Server Error")
        case "fatal_error":
            return answer({"ok": False, "error": "fatal_error"})
        case "drop_after":
            return _dropped(request)
        case "bad_json":
            return web.Response(body=b'{"ok": tr', headers={"Content-Type": _JSON})
    return response


def _dropped(request: web.Request) -> web.Response:
    """The connection breaks off without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


# ---------------------------------------------------------------- in and out


def answer(told: Answer, workspace: Workspace | None = None, method: Method | None = None) -> web.Response:
    headers = {"Content-Type": _JSON}
    if workspace is not None:
        headers["x-oauth-scopes"] = ",".join(workspace.scopes)
        headers["Date"] = formatdate(time.time() + workspace.clock, usegmt=True)
    if method is not None and method.scopes:
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return web.Response(body=json.dumps(told, separators=(",", ":")).encode(), headers=headers)


def too_many(seconds: int) -> web.Response:
    response = answer({"ok": False, "error": "ratelimited"})
    response.set_status(429)
    response.headers["Retry-After"] = str(seconds)
    return response


async def _arguments(request: web.Request) -> dict[str, Any]:
    """From query, form or JSON, as it comes."""
    args: dict[str, Any] = dict(request.query)
    if request.method == "GET":
        return args
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            given = json.loads(raw or b"{}")
        except ValueError:
            raise Refused("invalid_json", fault="the body is no JSON") from None
        if not isinstance(given, dict):
            raise Refused("json_not_object", fault="the body is no object")
        return args | given
    form = await request.post()
    return args | {name: value for name, value in form.items() if isinstance(value, str)}


def _basic(header: str) -> tuple[str, str] | None:
    if not header.startswith("Basic "):
        return None
    try:
        name, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return name, password
