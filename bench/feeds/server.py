"""Serves the made feeds on every loopback address, as bare as can be: `python -m bench.feeds.server COUNT`.

Says its port on the first line. `/validators` and `/plain` set how all feeds are answered from then on: with an ETag
and 304 where it fits, or always with 200 and nothing to tell a change by.
"""

from __future__ import annotations

import asyncio
import sys
from typing import ClassVar

from bench.feeds.made import feed_of, hosts

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\nContent-Length: %d\r\n%s\r\n"
_TAG = b'ETag: "as-made"\r\n'
_UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "as-made"\r\n\r\n'


class Server(asyncio.Protocol):
    """Requests as our clients send them: whole in one piece, without a body."""

    feeds: dict[bytes, bytes]
    plain = False
    connected: ClassVar[set[asyncio.Transport]] = set()
    _transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.connected.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connected.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        lines = data.split(b"\r\n")
        path = lines[0].split(b" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        if path != b"/feed":
            Server.plain = path == b"/plain"
            for transport in self.connected - {self._transport}:
                transport.close()  # hours lie between two looks at a feed: no connection is held so long
            answer = _HEAD % (0, b"")
        elif not self.plain and headers.get(b"if-none-match") == b'"as-made"':
            answer = _UNCHANGED
        else:
            body = self.feeds[headers[b"host"].split(b":")[0]]
            answer = _HEAD % (len(body), b"" if self.plain else _TAG) + body
        self._transport.write(answer)


async def _serve(count: int) -> None:
    Server.feeds = {host.encode(): feed_of(number, host) for number, host in enumerate(hosts(count))}
    server = await asyncio.get_running_loop().create_server(Server, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
