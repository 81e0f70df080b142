"""The gateway: sessions that identify, beat, resume, and are told what they asked for."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.platforms.discord_server.world import Guild

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

PATH = "/gateway"
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_INTENTS = {"GUILD_": 1, "CHANNEL_": 1, "THREAD_": 1, "MESSAGE_REACTION_": 1 << 10, "MESSAGE_": 1 << 9}
_KNOWN_INTENTS = (1 << 26) - 1
_SLACK = 1.0  # seconds that a heartbeat may come after its time


@dataclass
class Session:
    """`events` are those told, for a resume; `socket` None: not connected at present."""

    id: str
    shard: int
    shards: int
    intents: int
    events: list[dict[str, Any]] = field(default_factory=list)
    line: Line | None = None

    def wants(self, event: str, guild: Guild | None) -> bool:
        if guild is not None and (int(guild.id) >> 22) % self.shards != self.shard:
            return False
        needed = next((bit for start, bit in _INTENTS.items() if event.startswith(start)), 0)
        return not needed or bool(self.intents & needed)


class Line:
    """A socket, and what compresses on it."""

    def __init__(self, socket: web.WebSocketResponse, *, packed: bool) -> None:
        self.socket = socket
        self._packer = zlib.compressobj() if packed else None
        self._turn: asyncio.Queue[dict[str, Any] | int] = asyncio.Queue()

    def send(self, frame: dict[str, Any]) -> None:
        self._turn.put_nowait(frame)

    def close(self, code: int) -> None:
        self._turn.put_nowait(code)

    async def write(self) -> None:
        """Writes what is sent, in order, until the socket closes."""
        while not self.socket.closed:
            frame = await self._turn.get()
            if isinstance(frame, int):
                await self.socket.close(code=frame)
                return
            text = json.dumps(frame)
            try:
                if self._packer is None:
                    await self.socket.send_str(text)
                else:
                    data = self._packer.compress(text.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(data)
            except (ConnectionError, RuntimeError):
                return


class Gateway:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self.sessions: dict[str, Session] = {}
        self._lines: set[Line] = set()
        self.refusals: list[int] = []  # codes that the next identifies are closed with
        self.identifies = 0
        self.resumes = 0
        self.late: list[tuple[int, float]] = []

    # ------------------------------------------------------------ one connection

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        try:
            await socket.prepare(request)
        except ConnectionError:  # the client was killed meanwhile
            return socket
        line = Line(socket, packed=request.query.get("compress") == "zlib-stream")
        self._lines.add(line)
        writer = asyncio.create_task(line.write())
        line.send({"op": HELLO, "d": {"heartbeat_interval": self._server.heartbeat_interval}, "t": None, "s": None})
        session: Session | None = None
        beaten = time.monotonic()
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                frame = json.loads(message.data)
                if frame["op"] == HEARTBEAT:
                    beaten = self._beat(session, beaten)
                    line.send({"op": ACK, "d": None, "t": None, "s": None})
                elif frame["op"] == IDENTIFY:
                    session = self._identify(line, frame["d"])
                elif frame["op"] == RESUME:
                    session = self._resume(line, frame["d"])
        finally:
            self._lines.discard(line)
            if session is not None and session.line is line:
                session.line = None
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _beat(self, session: Session | None, before: float) -> float:
        now = time.monotonic()
        late = now - before - self._server.heartbeat_interval / 1000 - _SLACK
        if late > 0:
            self.late.append((session.shard if session else -1, late))
        return now

    def _identify(self, line: Line, given: dict[str, Any]) -> Session | None:
        self.identifies += 1
        self._server.starts_left -= 1
        if self.refusals:
            line.close(self.refusals.pop(0))
            return None
        if given.get("token") != self._server.token:
            line.close(4004)
            return None
        intents = given["intents"]
        if intents & ~_KNOWN_INTENTS:
            line.close(4013)
            return None
        if intents & (1 << 15 | 1 << 8 | 1 << 1):
            line.close(4014)
            return None
        shard, shards = given.get("shard") or (0, 1)
        session = Session(secrets.token_hex(8), shard, shards, intents, line=line)
        self.sessions[session.id] = session
        self._welcome(session)
        return session

    def _welcome(self, session: Session) -> None:
        world = self._server.world
        guilds = [one for one in world.guilds.values() if not one.removed and session.wants("GUILD_CREATE", one)]
        self._put(
            session,
            "READY",
            {
                "v": 10,
                "user": world.bot.json() | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"},
                "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self._server.gateway_url,
                "shard": [session.shard, session.shards],
                "application": {"id": world.application_id, "flags": 0},
            },
        )
        for guild in guilds:
            self._put(session, "GUILD_CREATE", world.guild_create_json(guild))

    def _resume(self, line: Line, given: dict[str, Any]) -> Session | None:
        session = self.sessions.get(given.get("session_id") or "")
        if session is None or given.get("token") != self._server.token:
            line.send({"op": INVALID, "d": False, "t": None, "s": None})
            return None
        self.resumes += 1
        session.line = line
        for event in session.events:
            if event["s"] > (given.get("seq") or 0):
                line.send(event)
        self._put(session, "RESUMED", {"_trace": []})
        return session

    # ------------------------------------------------------------ telling

    def tell(self, event: str, data: Any, guild: Guild | None) -> None:
        """To every session that wants it; one that is not connected has it when it resumes."""
        for session in self.sessions.values():
            if session.wants(event, guild):
                self._put(session, event, data)

    def tell_all(self, event: str | None, data: Any) -> None:
        """Whatever it is, to everybody."""
        for session in self.sessions.values():
            self._put(session, event, data)

    def _put(self, session: Session, event: str | None, data: Any) -> None:
        frame = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(frame)
        if session.line is not None:
            session.line.send(frame)

    # ------------------------------------------------------------ faults

    def drop(self, code: int | None) -> None:
        """Closes every connection; None breaks it off without a word."""
        for line in list(self._lines):
            for session in self.sessions.values():
                if session.line is line:
                    session.line = None
            if code is None:
                transport = line.socket._req.transport if line.socket._req else None
                if transport is not None:
                    transport.abort()
            else:
                line.close(code)

    def reconnect(self) -> None:
        for line in self._lines:
            line.send({"op": RECONNECT, "d": None, "t": None, "s": None})

    def invalidate(self, *, resumable: bool) -> None:
        if not resumable:
            self.sessions.clear()
        for line in self._lines:
            line.send({"op": INVALID, "d": resumable, "t": None, "s": None})

    async def close(self) -> None:
        for line in list(self._lines):
            await line.socket.close(code=1001)
