"""The gateway: clients identify, beat, resume, and are told what they asked for; and what may go wrong with that."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import TYPE_CHECKING, Any

from aiohttp import WSMessage, WSMsgType, web

from tests.platforms.discord_server.sessions import KNOWN, PRIVILEGED, Line, Session
from tests.platforms.discord_server.shapes import guild_create_json, user_json
from tests.platforms.discord_server.world import Guild

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

PATH = "/gateway"
HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 1, 2, 6, 7, 9, 10, 11
_OTHERS = (3, 4, 8, 31)  # presence, voice, members, sounds: taken, and not acted on
_UNKNOWN_OP, _NO_SENSE, _NOT_IDENTIFIED, _WRONG_TOKEN, _IDENTIFIED = 4001, 4002, 4003, 4004, 4005
_WRONG_NUMBER, _TOO_MUCH, _TIMED_OUT, _WRONG_SHARD = 4007, 4008, 4009, 4010
_TOO_MANY_GUILDS, _WRONG_VERSION, _WRONG_INTENTS, _PRIVILEGED = 4011, 4012, 4013, 4014
_GUILDS = 2500  # in one shard
_LATE = 1.0  # seconds that a heartbeat may come after its time
_LIFE = 300.0  # seconds until a session that nobody resumes is forgotten
_FRAME = 4096  # bytes that a client may send at once


class Gateway:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self.sessions: dict[str, Session] = {}
        self.lines: set[Line] = set()
        self.refusals: list[int] = []  # codes that the next identifies are closed with
        self.identifies = 0
        self.resumes = 0
        self.late: list[tuple[int, float]] = []
        self._last_identify = float("-inf")

    # ------------------------------------------------------------ one connection

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=1.0, max_msg_size=0)
        try:
            await socket.prepare(request)
        except ConnectionError:  # the client was killed meanwhile
            return socket
        line = Line(socket, request)
        self.lines.add(line)
        writer = asyncio.create_task(line.write())
        try:
            if request.query.get("v", "10") != "10":
                line.close(_WRONG_VERSION)
            elif request.query.get("encoding", "json") != "json":
                line.close(_NO_SENSE)
            line.send(HELLO, {"heartbeat_interval": self._server.heartbeat_interval})
            await self._listen(line)
        finally:
            self.lines.discard(line)
            self._part(line, socket.close_code)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _listen(self, line: Line) -> None:
        """Until the line ends, or nothing more comes of it."""
        while True:
            patience = self._server.heartbeat_interval / 1000 * 2 + 5
            try:
                message = await line.socket.receive(timeout=patience)
            except TimeoutError:
                self._note_late(line)
                line.close(_TIMED_OUT)
                continue
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if not line.closing and (code := self._heard(line, message)):
                line.close(code)

    def _heard(self, line: Line, message: WSMessage) -> int | None:
        """Acts on what a client says; the code to close with, where it may not say that."""
        if line.too_much():
            return _TOO_MUCH
        try:
            frame = json.loads(message.data)
            op, data = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError):
            return _NO_SENSE
        if len(message.data) > _FRAME:
            self._server.violations.append(f"gateway: op {op} is longer than {_FRAME} bytes")
            return _NO_SENSE
        if op == HEARTBEAT:
            self._beat(line, data)
            return None
        if op in (IDENTIFY, RESUME):
            if line.session is not None:
                return _IDENTIFIED
            return self._identify(line, data) if op == IDENTIFY else self._resume(line, data)
        if op not in _OTHERS:
            return _UNKNOWN_OP
        return None if line.session is not None else _NOT_IDENTIFIED

    def _beat(self, line: Line, seen: int | None) -> None:
        self._note_late(line)
        line.beaten = time.monotonic()
        if line.session is not None and seen is not None:
            line.session.forget(seen)
        line.send(ACK)

    def _note_late(self, line: Line) -> None:
        late = time.monotonic() - line.beaten - self._server.heartbeat_interval / 1000 - _LATE
        if late > 0:
            self.late.append((line.session.shard if line.session else -1, late))

    def overdue(self, now: float) -> list[tuple[int, float]]:
        """Heartbeats that should have come by now."""
        allowed = self._server.heartbeat_interval / 1000 + _LATE
        late = [(line.session, now - line.beaten - allowed) for line in self.lines if not line.closing]
        return [(session.shard if session else -1, seconds) for session, seconds in late if seconds > 0]

    def _part(self, line: Line, code: int | None) -> None:
        """A client that says goodbye (1000, 1001) will not come back to its session."""
        session = line.session
        if session is None or session.line is not line:
            return
        session.line, session.lost = None, time.monotonic()
        if code in (1000, 1001) and not line.closing:
            self.sessions.pop(session.id, None)

    # ------------------------------------------------------------ beginning and going on

    def _identify(self, line: Line, given: Any) -> int | None:
        server = self._server
        self.identifies += 1
        server.starts_left -= 1
        if self.refusals:
            return self.refusals.pop(0)
        if not isinstance(given, dict) or not isinstance(given.get("intents"), int) or "properties" not in given:
            return _NO_SENSE
        if given.get("token") != server.token or server.starts_left < 0:
            return _WRONG_TOKEN
        shard, shards = given.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            return _WRONG_SHARD
        if given["intents"] & ~KNOWN:
            return _WRONG_INTENTS
        if given["intents"] & PRIVILEGED & ~server.privileged_intents:
            return _PRIVILEGED
        now, before = time.monotonic(), self._last_identify
        if now - before < server.identify_every:  # too fast: Discord says that the session is invalid
            line.send(INVALID, False)
            return None
        self._last_identify = now
        session = Session(secrets.token_hex(16), shard, shards, given["intents"], line=line)
        guilds = [one for one in server.world.guilds.values() if one.open and session.wants("GUILD_CREATE", one)]
        if len(guilds) > _GUILDS:
            return _TOO_MANY_GUILDS
        line.session = session
        self.sessions[session.id] = session
        self._welcome(session, guilds)
        return None

    def _welcome(self, session: Session, guilds: list[Guild]) -> None:
        world = self._server.world
        told = {
            "v": 10,
            "user": user_json(world.bot) | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._server.gateway_url,
            "session_type": "normal",
            "private_channels": [],
            "shard": [session.shard, session.shards],
            "application": {"id": world.application_id, "flags": 0},
        }
        session.tell("READY", told)
        for guild in guilds:
            session.tell("GUILD_CREATE", guild_create_json(world, guild))

    def _resume(self, line: Line, given: Any) -> int | None:
        if not isinstance(given, dict):
            return _NO_SENSE
        if given.get("token") != self._server.token:
            return _WRONG_TOKEN
        session = self._lasting().get(str(given.get("session_id")))
        if session is None:
            line.send(INVALID, False)
            return None
        seen = given.get("seq")
        if not isinstance(seen, int) or seen > session.last:
            return _WRONG_NUMBER
        self.resumes += 1
        if session.line is not None:
            session.line.close(4000)
        line.session = session
        session.replay(line, seen)
        session.tell("RESUMED", {"_trace": []})
        return None

    def _lasting(self) -> dict[str, Session]:
        """The sessions that are still kept."""
        before = time.monotonic() - _LIFE
        for session in list(self.sessions.values()):
            if session.line is None and session.lost < before:
                del self.sessions[session.id]
        return self.sessions

    # ------------------------------------------------------------ telling

    def tell(self, event: str, data: Any, guild: Guild | None) -> None:
        """To every session that wants it; one that is not connected has it when it resumes."""
        if guild is not None and not guild.open and event != "GUILD_DELETE":
            return
        for session in self._lasting().values():
            if session.wants(event, guild):
                session.tell(event, data)

    def is_wanted(self, event: str, guild: Guild | None) -> bool:
        """Whether anybody would be told of such an event."""
        return any(session.wants(event, guild) for session in self.sessions.values())

    def tell_all(self, event: str | None, data: Any) -> None:
        """Whatever it is, to everybody."""
        for session in self._lasting().values():
            session.tell(event, data)

    # ------------------------------------------------------------ faults

    def drop(self, code: int | None) -> None:
        """Closes every connection; None breaks it off without a word. Their sessions can be resumed."""
        for line in list(self.lines):
            if line.session is not None and line.session.line is line:
                line.session.line, line.session.lost = None, time.monotonic()
            if code is None:
                line.abort()
            else:
                line.close(code)

    def reconnect(self) -> None:
        for line in self.lines:
            line.send(RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        for line in self.lines:
            line.send(INVALID, resumable)
            if not resumable:
                line.session = None
        if not resumable:
            self.sessions.clear()

    async def close(self) -> None:
        await asyncio.gather(*(line.end() for line in list(self.lines)))
