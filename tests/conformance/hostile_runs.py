"""What a hostile address or document comes to in the real fetcher and reader: outcome, seconds, memory."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import SourceError
from bot.sources.fetch import SourceFetcher
from bot.sources.workers import WorkerReader
from tests.conformance.hostile_documents import MADE
from tests.conformance.hostile_server import ANSWERS, DRIPS, hostile_server

PATIENCE = 1.0  # seconds that fetcher and reader are given here; what drips takes all of them
PLAIN = b"<rss version='2.0'><channel><title>Kettles</title><item><title>One boils</title></item></channel></rss>"

# Addresses that mean somewhere inside, whatever they look like, and such as no web client should know.
INSIDE = """
http://127.0.0.1/ http://localhost/ http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.1/ http://0/
http://127.1/ http://0.0.0.0/ http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
http://[::127.0.0.1]/ http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fe80::1%25lo]/ http://[fd00::1]/
http://10.0.0.1/ http://192.168.0.1/ http://172.16.0.1/ http://100.64.0.1/ http://169.254.169.254/latest/meta-data/
http://168.63.129.16/ http://user:pw@127.0.0.1/ http://127.0.0.1\\@example.org/ http://example.org@127.0.0.1/
http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://inside.example/ https://127.0.0.1:22/ http://127.0.0.1:0/ http://224.0.0.1/
http://255.255.255.255/ http://xn--pokxncvks/ http:///etc/passwd http://[::1 HTTP://LOCALHOST/ file:///etc/passwd
gopher://127.0.0.1:6379/_FLUSHALL ftp://127.0.0.1/ dict://127.0.0.1:11211/ ldap://127.0.0.1/ data://text/xml,<rss/>
javascript://%0aalert(1) unix:///var/run/docker.sock
"""


@dataclass(frozen=True, slots=True)
class Run:
    """`megabytes`: of the bot's process what it grew by, of a reading process all that it held at most."""

    name: str
    outcome: str
    refused: bool
    seconds: float
    megabytes: float


async def hostile_answers() -> AsyncIterator[Run]:
    """Every answer of the hostile server, fetched by an operator who opened the loopback."""
    async with (
        hostile_server() as site,
        SourceFetcher(timeout=PATIENCE, allow_private=["127.0.0.0/8"]) as fetcher,
    ):
        for name in (*ANSWERS, *DRIPS):
            yield await _fetched(fetcher, name, f"{site}/{name}", trusted=True)


async def inside_addresses(addresses: list[str]) -> AsyncIterator[Run]:
    """Every address, fetched as one from chat is, where names are looked up in `names`."""
    async with SourceFetcher(timeout=PATIENCE, allow_private=["127.0.0.0/8"]) as fetcher:
        for address in addresses:
            yield await _fetched(fetcher, address, address, trusted=False)


async def hostile_documents(documents: Iterator[tuple[str, bytes, str | None]]) -> AsyncIterator[Run]:
    """Every document, read by one worker process, which must read a plain feed after each."""
    async with WorkerReader(workers=1, seconds=PATIENCE) as reader:
        await _read_plain(reader)
        for name, body, kind in documents:
            yield await _read(reader, name, body, kind)
            await _read_plain(reader)


def made_documents() -> Iterator[tuple[str, bytes, str | None]]:
    return ((name, make(), None) for name, make in MADE.items())


@contextmanager
def names(known: dict[str, list[str]]) -> Iterator[list[str]]:
    """Looks names up here instead of in the network; gives the addresses that were connected to. A name with several
    addresses has one after another of them, each time that it is looked up."""
    loop = asyncio.get_running_loop()
    look_up, connect = loop.getaddrinfo, loop.sock_connect
    connected: list[str] = []

    async def known_only(host: str, port: object, **flags: Any) -> Any:
        if host in known:
            known[host].append(known[host].pop(0))
            host = known[host][-1]
        try:
            socket.inet_aton(host)  # numbers in any base need no looking up
        except OSError:
            flags["flags"] = flags.get("flags", 0) | socket.AI_NUMERICHOST
        return await look_up(host, port, **flags)

    async def noted(sock: socket.socket, address: Any) -> None:
        connected.append(address[0])
        await connect(sock, address)

    loop.getaddrinfo, loop.sock_connect = known_only, noted  # type: ignore[method-assign]
    try:
        yield connected
    finally:
        del loop.getaddrinfo, loop.sock_connect


async def _fetched(fetcher: SourceFetcher, name: str, address: str, *, trusted: bool) -> Run:
    started, before = time.perf_counter(), _peak_of("self", anew=True)
    refused = True
    try:
        fetched = await fetcher.fetch(address, trusted=trusted)
        outcome, refused = f"fetched, {sum(len(document.body) for document in fetched.documents)} bytes", False
    except SourceError as error:
        outcome = str(error)
    return Run(name, outcome, refused, time.perf_counter() - started, _peak_of("self") - before)


async def _read(reader: WorkerReader, name: str, body: bytes, kind: str | None) -> Run:
    worker, peaks = _worker(), [0.0]
    _peak_of(worker, anew=True)
    watching = asyncio.create_task(_watch(worker, peaks))
    started, refused = time.perf_counter(), True
    try:
        outcome, refused = f"read as {type(await reader.read(body, name, kind)).__name__}", False
    except SourceError as error:
        outcome = str(error)
    seconds = time.perf_counter() - started
    watching.cancel()
    return Run(name, outcome, refused, seconds, max(*peaks, _peak_of(worker)))


async def _read_plain(reader: WorkerReader) -> None:
    read = await reader.read(PLAIN, "https://feeds.example.org/plain", None)
    assert getattr(read, "articles", ())[0].title == "One boils"


async def _watch(pid: str, peaks: list[float]) -> None:
    """A process that is ended for being late tells nothing afterwards."""
    while True:
        peaks.append(_peak_of(pid))
        await asyncio.sleep(0.01)


def _worker() -> str:
    """The one process of our own that reads."""
    ours = Path("/proc/self/task").glob("*/children")
    pids = [pid for children in ours for pid in children.read_text().split()]
    (worker,) = [pid for pid in pids if b"bot.sources.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return worker


def _peak_of(pid: str, *, anew: bool = False) -> float:
    """The megabytes that a process held at most, or from now on."""
    try:
        if anew:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # gone
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM")), 0.0)
