"""A noisy tenant: how much later another's digest comes while a thousand slow feeds of its neighbour are read.

`python -m bench noisy [postgres|sqlite] [ROUNDS] [FEEDS] [SECONDS]`: the bot in processes of its own, on PostgreSQL one
that refreshes and reads and one that opens slots, composes and delivers, on SQLite one for everything. A workspace has
FEEDS feeds (1,000) at a server that answers each request, feeds and pages, after SECONDS (4); the other has five quick
ones. In turns the noisy one's feeds all have news and are due, or rest; meanwhile the other's article comes out and is
due, then its digest. Both wait for pulses of a second or two, so each turn begins at the same phases of them.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from bot.model import SourceSpec, Workspace
from bot.storage.database import Database
from bot.storage.tables import articles, digests, outbox, schedules, sources
from tests.postgres import PostgresServer

ROUNDS, FEEDS, SECONDS = 3, 1_000, 4.0
NOISY, OTHER = Workspace("web", "noisy"), Workspace("web", "web")
_ROLES = (("worker", "--role", "refresh,read"), ("worker", "--role", "tick,compose,deliver"))
_PHASES = 12  # of the pulses, at which a turn's digests begin
_PULSE, _TICK = 2.0, 1.0  # seconds
_PATIENCE = 120.0  # seconds
_HOUR = timedelta(hours=1)
_CONFIG = """
[bot]
database = "{database}"
[http]
port = 0
[fetch]
allow_private = ["127.0.0.0/8"]
spacing = "0s"
[[channels]]
name = "other"
schedule = "0 0 1 1 *"
min_quality = 0.0
"""
_QUICK = [f"127.3.0.{n}" for n in range(1, 6)]
Times = tuple[float, float]  # seconds: from due to read, from due to posted


def main(arguments: Sequence[str]) -> None:
    engine, rounds, feeds, seconds = (*arguments, *("postgres", ROUNDS, FEEDS, SECONDS)[len(arguments) :])
    with (
        tempfile.TemporaryDirectory() as folder,
        _server(float(seconds)) as port,
        _database(str(engine), folder) as url,
    ):
        config = Path(folder, "config.toml")
        config.write_text(_CONFIG.format(database=url))
        with ExitStack() as bots:
            for roles in _ROLES if engine == "postgres" else (("run",),):
                bots.enter_context(_bot(config, roles))
            told = asyncio.run(_measured(Neighbours(url, port, int(feeds)), int(rounds)))
    _table(told)


class Neighbours:
    def __init__(self, url: str, port: int, feeds: int) -> None:
        self._url, self._port, self._feeds = url, port, feeds
        self._published = 0

    async def __aenter__(self) -> Neighbours:
        self._database = await Database.open(self._url)
        owners = {NOISY: [f"127.2.{n // 250}.{1 + n % 250}" for n in range(self._feeds)]}
        owners[OTHER] = _QUICK
        async with self._database.begin() as tx:
            for owner, hosts in owners.items():
                for host in hosts:
                    spec = SourceSpec(address=f"http://{host}:{self._port}/feed", every=12 * _HOUR)
                    await tx.sources.add(spec, datetime.now(UTC) + _HOUR, owner)
            # as the operator's, which may be on the loopback
            await tx.connection.execute(update(sources).values(origin="file"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._database.aclose()

    async def make_noise(self, *, on: bool) -> None:
        """All feeds of the noisy one have news and are due; or none is read any more, nor what they brought."""
        if on:
            self._publish("127.2.0.1")
        await self._due(NOISY, datetime.now(UTC) + (timedelta() if on else 100 * _HOUR))
        if not on:
            unread = select(articles.c.id).where(articles.c.state == "new").with_for_update(skip_locked=True)
            async with self._database.begin() as tx:
                await tx.connection.execute(update(articles).where(articles.c.id.in_(unread)).values(state="read"))

    async def _due(self, owner: Workspace, at: datetime) -> None:
        async with self._database.begin() as tx:
            await tx.connection.execute(update(sources).where(sources.c.workspace == owner.name).values(next_at=at))

    def _publish(self, host: str) -> None:
        urllib.request.urlopen(f"http://{host}:{self._port}/publish").close()

    async def digest(self, phase: float) -> Times:
        """An article comes out; when it is read, a digest of it is due."""
        self._publish("127.3.0.1")
        self._published += 1
        newest = articles.c.url.in_([f"http://{host}:{self._port}/{self._published}" for host in _QUICK])
        await _phase_of(_PULSE, phase)
        began = time.perf_counter()
        await self._due(OTHER, datetime.now(UTC))
        await self._until(select(func.count()).where(newest, articles.c.state == "read"), len(_QUICK))
        read = time.perf_counter() - began
        await _phase_of(_TICK, phase)
        began = time.perf_counter()
        async with self._database.begin() as tx:
            await tx.connection.execute(
                update(schedules).values(next_run_at=datetime.now(UTC), next_key=f"k{self._published}")
            )
        made = select(func.count()).where(digests.c.state == "posted")
        await self._until(made.where(outbox.c.digest_id == digests.c.id, outbox.c.part == 0), self._published)
        return read, time.perf_counter() - began

    async def _until(self, count: object, wanted: int) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                async with self._database.read() as view:
                    if (await view.connection.execute(count)).scalar_one() >= wanted:  # type: ignore[call-overload]
                        return
                await asyncio.sleep(0.01)


async def _phase_of(pulse: float, phase: float) -> None:
    """Waits until that share of a pulse has passed."""
    await asyncio.sleep((phase * pulse - time.monotonic()) % pulse)


async def _measured(neighbours: Neighbours, rounds: int) -> dict[bool, list[Times]]:
    told: dict[bool, list[Times]] = {False: [], True: []}
    async with neighbours:
        await neighbours.digest(0.0)
        for _ in range(rounds):
            for noisy in told:
                await neighbours.make_noise(on=noisy)
                await asyncio.sleep(5)  # until it is noisy, or quiet
                told[noisy] += [await neighbours.digest(n / _PHASES) for n in range(_PHASES)]
    return told


def _table(told: dict[bool, list[Times]]) -> None:
    print("| from due | alone, s | beside the noisy one, s | later by |\n|---|---|---|---|")
    parts = {"to read": 0, "to posted": 1, "both": slice(None)}
    for what, part in parts.items():
        alone, beside = ([sum(one[part]) if what == "both" else one[part] for one in told[n]] for n in (False, True))
        later = statistics.fmean(beside) / statistics.fmean(alone) - 1
        print(f"| {what} | {_spread(alone)} | {_spread(beside)} | {100 * later:+.1f} % |")


def _spread(values: Sequence[float]) -> str:
    return f"mean {statistics.fmean(values):.2f}, median {statistics.median(values):.2f}, most {max(values):.2f}"


@contextmanager
def _database(engine: str, folder: str) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder}/noisy.db"
        return
    server = PostgresServer(durable=True)
    try:
        yield server.prepared()
    finally:
        server.close()


@contextmanager
def _server(seconds: float) -> Iterator[int]:
    command = (sys.executable, "-m", "bench.noisy.server", str(seconds))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


@contextmanager
def _bot(config: Path, roles: Sequence[str]) -> Iterator[None]:
    command = (sys.executable, "-m", "bot", "--config", str(config), *roles)
    environment = {**os.environ, "DIGESTBOT_SECRET": "as long as any other"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as bot:
        assert bot.stderr is not None
        said = ""
        while " runs" not in said:
            if not (line := bot.stderr.readline()):
                raise SystemExit(f"the bot ended: {said}")
            said += line
        follow = subprocess.Popen(("cat",), stdin=bot.stderr, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            bot.terminate()
            bot.wait()
            follow.wait()
