"""A gateway session with the events it has seen, and the socket that it is told by. Knows nothing of what they mean."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, web

from tests.platforms.discord_server.world import Guild

GUILDS, MEMBERS, PRESENCES, CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | CONTENT
KNOWN = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
_SENDS, _SENDS_IN = 120, 60.0  # what a client may send, and in how many seconds

# (how an event's name begins, its intent in a guild, and in a direct message); the first that fits is meant
_INTENTS = (
    ("GUILD_MEMBER", MEMBERS, 0),
    ("GUILD_BAN", 1 << 2, 0),
    ("GUILD_EMOJIS", 1 << 3, 0),
    ("GUILD_", GUILDS, 0),
    ("CHANNEL_", GUILDS, 0),
    ("THREAD_", GUILDS, 0),
    ("MESSAGE_REACTION_", 1 << 10, 1 << 13),
    ("MESSAGE_", 1 << 9, 1 << 12),
    ("TYPING_", 1 << 11, 1 << 14),
)


class Line:
    """A socket, in what form it is written to, and when its client last gave a sign of life."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.beaten = time.monotonic()
        self.closing = False
        self._transport = request.transport
        self._packer = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._turn: asyncio.Queue[str | int] = asyncio.Queue()
        self._received: deque[float] = deque()

    def send(self, op: int, data: Any = None, *, event: str | None = None, number: int | None = None) -> None:
        self._turn.put_nowait(json.dumps({"op": op, "d": data, "t": event, "s": number}))

    def close(self, code: int) -> None:
        """After all that was sent before."""
        self.closing = True
        self._turn.put_nowait(code)

    def abort(self) -> None:
        """Without a word."""
        self.closing = True
        if self._transport is not None:
            self._transport.abort()

    def too_much(self) -> bool:
        """Whether the client sent more than it may; one more has come in."""
        now = time.monotonic()
        self._received.append(now)
        while self._received[0] < now - _SENDS_IN:
            self._received.popleft()
        return len(self._received) > _SENDS

    async def write(self) -> None:
        """Writes what is sent, in order, until the socket closes."""
        try:
            while not self.socket.closed:
                frame = await self._turn.get()
                if isinstance(frame, int):
                    await self.socket.close(code=frame)
                    return
                if self._packer is None:
                    await self.socket.send_str(frame)
                else:
                    packed = self._packer.compress(frame.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
        except (ConnectionError, RuntimeError):
            return

    async def end(self) -> None:
        self.closing = True
        await self.socket.close(code=WSCloseCode.GOING_AWAY)


@dataclass
class Session:
    """`events` are (number, name, data) of what it was told, or is to be told when it resumes; `line` None: it is not
    connected at present, since `lost`."""

    id: str
    shard: int
    shards: int
    intents: int
    line: Line | None = None
    lost: float = 0.0
    last: int = 0
    events: deque[tuple[int, str | None, Any]] = field(default_factory=deque)

    def wants(self, event: str, guild: Guild | None) -> bool:
        """Whether it asked for this kind of event, and whether it is for its shard."""
        shard = 0 if guild is None else (int(guild.id) >> 22) % self.shards
        if shard != self.shard:
            return False
        for start, in_guild, direct in _INTENTS:
            if event.startswith(start):
                return bool(self.intents & (direct if guild is None else in_guild))
        return True

    def tell(self, event: str | None, data: Any) -> None:
        self.last += 1
        self.events.append((self.last, event, data))
        if self.line is not None:
            self.line.send(0, data, event=event, number=self.last)

    def replay(self, line: Line, seen: int) -> None:
        """Goes on by this line, after the event that was seen last."""
        self.line = line
        for number, event, data in self.events:
            if number > seen:
                line.send(0, data, event=event, number=number)

    def forget(self, seen: int) -> None:
        """What was seen is not asked for again."""
        while self.events and self.events[0][0] <= seen:
            self.events.popleft()
