"""Socket Mode: connections by ticket, envelopes, acknowledgements, and what is delivered again for want of them."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.platforms.slack_server.outlet import Unreachable

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

PATH = "/link/"
_MOST = 10  # connections of an app
_RETRIES = 3
_IN_TIME = 3.0  # seconds for an acknowledgement
_LEAVING = 0.5  # seconds until a connection that was told to go is closed
_ASKED = ("slash_commands", "interactive")


@dataclass
class Envelope:
    """`answer` is of what somebody waits for; an event has none and is delivered again."""

    kind: str
    payload: Mapping[str, Any]
    answer: asyncio.Future[Any] | None = None
    id: str = ""
    attempt: int = 0
    reason: str = ""
    sent: float = 0.0
    timer: asyncio.TimerHandle | None = None

    def text(self) -> str:
        told: dict[str, Any] = {"envelope_id": self.id, "payload": self.payload, "type": self.kind}
        told["accepts_response_payload"] = self.kind in _ASKED
        if self.kind not in _ASKED:
            told |= {"retry_attempt": self.attempt, "retry_reason": self.reason}
        return json.dumps(told, separators=(",", ":"))


class Line:
    """One connection. `leaving`: it was told to go, and gets nothing more."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.leaving = False
        self._transport = request.transport
        self._turn: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, text: str) -> None:
        self._turn.put_nowait(text)

    def close(self) -> None:
        self.leaving = True
        self._turn.put_nowait(None)

    def abort(self) -> None:
        """Without a word."""
        self.leaving = True
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Writes what is sent, in order, until the socket closes."""
        try:
            while not self.socket.closed:
                text = await self._turn.get()
                if text is None:
                    await self.socket.close()
                    return
                await self.socket.send_str(text)
        except (ConnectionError, RuntimeError):
            return


@dataclass
class Sockets:
    """`in_time`: seconds of the server for an acknowledgement. `waiting`: events that nobody is there for; `lost`:
    those that were given up. `opened` counts connections, `delivered` what was acknowledged.
    """

    server: SlackServer
    in_time: float = _IN_TIME
    lines: list[Line] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    waiting: deque[Envelope] = field(default_factory=deque)
    lost: list[Mapping[str, Any]] = field(default_factory=list)
    opened: int = 0
    delivered: int = 0
    redelivered: int = 0
    slowest_ack: float = 0.0
    _pending: dict[str, Envelope] = field(default_factory=dict)
    _turns: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def pending(self) -> int:
        """Envelopes that are sent and not acknowledged."""
        return len(self._pending)

    # ------------------------------------------------------------ one connection

    def new_url(self) -> str:
        """For one connection."""
        ticket = uuid.uuid4().hex
        self.tickets.add(ticket)
        return f"ws://127.0.0.1:{self.server.port}{PATH}?ticket={ticket}&app_id={self.server.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=408, text="invalid ticket")
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=0.5, max_msg_size=0)
        try:
            await socket.prepare(request)
        except ConnectionError:  # the client was killed meanwhile
            return socket
        line = Line(socket, request)
        writer = asyncio.create_task(line.write())
        try:
            self._welcome(line)
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            if line in self.lines:
                self.lines.remove(line)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _welcome(self, line: Line) -> None:
        if sum(not one.leaving for one in self.lines) >= _MOST:
            line.send(_disconnect("too_many_websockets"))
            line.close()
            return
        self.lines.append(line)
        self.opened += 1
        told = {
            "type": "hello",
            "num_connections": len(self.lines),
            "debug_info": {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": self.server.app_id},
        }
        line.send(json.dumps(told))
        kept, self.waiting = self.waiting, deque()
        for envelope in kept:
            envelope.attempt = max(envelope.attempt, 1)
            envelope.reason = envelope.reason or "connection_failed"
            self._send(envelope)

    def _heard(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope = self._pending.pop(frame["envelope_id"], None)
        except (ValueError, TypeError, KeyError):
            self.server.violations.append(f"socket mode: no acknowledgement: {text[:100]}")
            return
        if envelope is None:  # too late, or the second time
            return
        if envelope.timer is not None:
            envelope.timer.cancel()
        self.delivered += 1
        self.slowest_ack = max(self.slowest_ack, time.monotonic() - envelope.sent)
        if envelope.answer is not None and not envelope.answer.done():
            envelope.answer.set_result(frame.get("payload"))
        elif frame.get("payload") is not None:
            self.server.violations.append("socket mode: an event was acknowledged with a payload")

    # ------------------------------------------------------------ delivering

    def event(self, wrapper: Mapping[str, Any]) -> None:
        self._send(Envelope("events_api", wrapper))

    async def ask(self, kind: str, payload: Mapping[str, Any]) -> Any:
        envelope = Envelope(kind, payload, asyncio.get_running_loop().create_future())
        self._send(envelope)
        assert envelope.answer is not None
        return await envelope.answer

    def _send(self, envelope: Envelope) -> None:
        line = self._next()
        if line is None:
            self._nobody(envelope)
            return
        envelope.id, envelope.sent = str(uuid.uuid4()), time.monotonic()
        self._pending[envelope.id] = envelope
        seconds = self.in_time / self.server.world.scale
        envelope.timer = asyncio.get_running_loop().call_later(seconds, self._late, envelope)
        self.redelivered += envelope.attempt > 0
        line.send(envelope.text())

    def _next(self) -> Line | None:
        """Any one of the connections; they take turns."""
        there = [one for one in self.lines if not one.leaving]
        return there[next(self._turns) % len(there)] if there else None

    def _nobody(self, envelope: Envelope) -> None:
        if envelope.answer is not None:
            envelope.answer.set_exception(Unreachable("dispatch_failed"))
        elif self.server.events.keep_events_when_disconnected:
            self.waiting.append(envelope)
        else:
            self.lost.append(envelope.payload)

    def _late(self, envelope: Envelope) -> None:
        """It was not acknowledged in time."""
        self._pending.pop(envelope.id, None)
        if envelope.answer is not None:
            if not envelope.answer.done():
                envelope.answer.set_exception(Unreachable("operation_timeout"))
        elif envelope.attempt >= _RETRIES:
            self.lost.append(envelope.payload)
        else:
            envelope.attempt, envelope.reason = envelope.attempt + 1, "timeout"
            self._send(envelope)

    # ------------------------------------------------------------ faults

    def drop(self) -> None:
        """Breaks every connection off without a word."""
        for line in self.lines:
            line.abort()

    def refresh(self, reason: str) -> None:
        """Tells every connection to come again, and closes it a moment later."""
        for line in self.lines:
            line.leaving = True
            line.send(_disconnect(reason))
            asyncio.get_running_loop().call_later(_LEAVING, line.close)

    async def close(self) -> None:
        for envelope in self._pending.values():
            if envelope.timer is not None:
                envelope.timer.cancel()
            if envelope.answer is not None and not envelope.answer.done():
                envelope.answer.cancel()
        self._pending.clear()
        await asyncio.gather(*(line.socket.close() for line in list(self.lines)), return_exceptions=True)


def _disconnect(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})
