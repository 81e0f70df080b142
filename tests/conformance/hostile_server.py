"""A server on the loopback that does whatever a client may dread: bombs, drips, floods, loops and lies, one a path.

It speaks plain sockets, because no web framework sends what it sends. Everything is made piece by piece as the client
takes it, so that what is endless costs nothing here.
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count, repeat

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Pieces = Iterator[bytes]
_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Content-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
_ZEROS = bytes(1_000_000)
_BROTLI_BOMB = brotli.compress(bytes(100_000_000), quality=1)
_ZSTD_BOMB = zstd.compress(bytes(100_000_000))
DRIP = 0.02  # seconds between pieces of what drips


def _chunk(piece: bytes) -> bytes:
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


def _packed(coding: str, pack: Callable[[bytes], bytes]) -> Pieces:
    yield _OK + f"Content-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for piece in repeat(_ZEROS):
        if packed := pack(piece):
            yield _chunk(packed)


def _coded(coding: str, body: bytes) -> Pieces:
    yield _OK + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _chunks(piece: bytes) -> Pieces:
    yield _CHUNKED
    yield from repeat(_chunk(piece))


def _endless(start: bytes, piece: bytes) -> Pieces:
    yield start
    yield from repeat(piece)


def _headers() -> Pieces:
    yield _OK
    for number in count():
        yield b"".join(b"X-%d-%d: flood\r\n" % (number, one) for one in range(1000))


def _many_headers() -> Pieces:
    yield _OK + b"".join(b"Set-Cookie: c%d=1\r\n" % number for number in range(100_000)) + b"\r\n"


def _sent_to(target: str) -> Callable[[], Pieces]:
    def pieces() -> Pieces:
        yield f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()

    return pieces


def _said(answer: bytes) -> Callable[[], Pieces]:
    return lambda: iter((answer,))


def _answer(status: str, *headers: str) -> Callable[[], Pieces]:
    return _said("\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode())


def _every_byte(text: bytes) -> Pieces:
    return (bytes([byte]) for byte in text)


# What each path answers.
ANSWERS: dict[str, Callable[[], Pieces]] = {
    "gzip-bomb": lambda: _packed("gzip", zlib.compressobj(9, wbits=31).compress),
    "deflate-bomb": lambda: _packed("deflate", zlib.compressobj(9, wbits=15).compress),
    "raw-deflate-bomb": lambda: _packed("deflate", zlib.compressobj(9, wbits=-15).compress),
    "brotli-bomb": lambda: _coded("br", _BROTLI_BOMB),
    "zstd-bomb": lambda: _coded("zstd", _ZSTD_BOMB),
    "brotli-that-is-none": lambda: _coded("br", b"<rss/>" * 100),
    "zstd-that-is-none": lambda: _coded("zstd", b"<rss/>" * 100),
    "gzip-that-is-none": lambda: _coded("gzip", b"<rss/>" * 100),
    "unknown-coding": lambda: _coded("rot13", b"<rss/>"),
    "endless-body": lambda: _chunks(b"<item>" * 10_000),
    "endless-body-without-length": lambda: _endless(_OK + b"\r\n", b"<item>" * 10_000),
    "length-of-a-terabyte": _said(_OK + b"Content-Length: 1000000000000\r\n\r\n<rss>"),
    "length-that-is-a-lie": _said(_OK + b"Content-Length: 1000\r\n\r\n<rss>"),
    "length-that-is-negative": _said(_OK + b"Content-Length: -1\r\n\r\n<rss>"),
    "two-lengths": _said(_OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n<rss>."),
    "chunk-of-an-exabyte": _said(_CHUNKED + b"ffffffffffffffff\r\nx"),
    "endless-chunk-extension": lambda: _endless(_CHUNKED + b"5;", b"x" * 10_000),
    "endless-trailers": lambda: _endless(_CHUNKED + b"0\r\n", b"X-Trailer: flood\r\n" * 1000),
    "header-flood": _headers,
    "hundred-thousand-cookies": _many_headers,
    "endless-header": lambda: _endless(_OK + b"X: ", b"x" * 10_000),
    "endless-status": lambda: _endless(b"HTTP/1.1 200 ", b"x" * 10_000),
    "endless-continue": lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "endless-early-hints": lambda: repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
    "endless-nonsense": lambda: repeat(b"\0\xff" * 5000),
    "no-http": _said(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "nothing-at-all": _said(b""),
    "redirect-to-itself": _sent_to("/redirect-to-itself"),
    "redirect-to-metadata": _sent_to("http://169.254.169.254/latest/meta-data/"),
    "redirect-to-ipv6": _sent_to("http://[::ffff:10.0.0.1]/"),
    "redirect-to-a-number": _sent_to("http://2852039166/"),
    "redirect-to-file": _sent_to("file:///etc/passwd"),
    "redirect-to-gopher": _sent_to("gopher://127.0.0.1:6379/_FLUSHALL"),
    "redirect-to-data": _sent_to("data:text/xml,<rss/>"),
    "redirect-to-nonsense": _sent_to("http://[::1"),
    "redirect-far": _sent_to("/" + "x" * 5000),
    "redirect-without-address": _answer("302 Found"),
    "not-modified-unasked": _answer("304 Not Modified"),
    "retry-after-a-century": _answer("429 Too Many Requests", "Retry-After: 99999999999999999999"),
    "retry-after-nonsense": _answer("503 Service Unavailable", "Retry-After: never", "Date: never"),
    "status-of-its-own": _answer("799 Odd"),
}
# What each path answers a piece at a time, with a pause between them.
DRIPS: dict[str, Callable[[], Pieces]] = {
    "slow-headers": lambda: _every_byte(_OK + b"X: y\r\n" * 10_000),
    "slow-body": lambda: _endless(_CHUNKED, _chunk(b"<")),
    "silence": lambda: repeat(b""),
}


@asynccontextmanager
async def hostile_server() -> AsyncIterator[str]:
    """The server's address, `http://127.0.0.1:PORT`."""
    talking: set[asyncio.Task[None] | None] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking.add(asyncio.current_task())
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # the client has had enough
                await _talk(reader, writer)
        finally:
            talking.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        left = [*filter(None, talking)]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    name = asked.split()[1].decode().lstrip("/")
    pause = DRIP if name in DRIPS else 0.0
    for piece in (ANSWERS | DRIPS).get(name, _answer("404 Not Found"))():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
