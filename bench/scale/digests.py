"""Digests composed a second by one process, then two, from hints in the queue; the floor selects the newest outlines
and writes as many rows for each by the bare driver."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from bench.floors import scale, work
from bench.scale.figures import tell
from bench.scale.workers import Start, Workers
from bot.clock import SystemClock
from bot.engine.compose import Compose
from bot.jobs.distributed import DistributedJobs
from bot.storage.database import Database
from tests.postgres import PostgresServer

CHANNELS, ARTICLES, ROUNDS = 200, 20_000, 3


def main() -> None:
    server = PostgresServer(durable=True)
    try:
        for processes in (1, 2):
            rounds = [asyncio.run(_round(server, processes)) for _ in range(ROUNDS)]
            ours, bare = ([one[place] for one in rounds] for place in (0, 1))
            what = f"digests composed of {ARTICLES:,} articles by {processes} process{'es' * (processes > 1)}"
            tell(f"digests_{processes}", what, ours, bare, of="a select and executemany")
    finally:
        server.close()


async def _round(server: PostgresServer, processes: int) -> tuple[float, float]:
    """Digests a second, of the product and of the work."""
    url = server.prepared()
    _fill(url)
    with Workers("bench.scale.digests", [url] * processes) as workers:
        database = await Database.open(url)
        compose = Compose(store=database, clock=SystemClock(), jobs=DistributedJobs(url))
        while await compose.tick():
            pass
        await database.aclose()
        seconds, done = workers.work()
    assert sum(one["done"] for one in done) == CHANNELS
    bare = server.prepared()
    _fill(bare)
    return CHANNELS / seconds, CHANNELS / work.compose(bare, CHANNELS)


def _fill(url: str) -> None:
    scale.fill_channels(url, CHANNELS)
    scale.fill_articles(url, ARTICLES)


async def act(url: str, start: Start) -> dict[str, float]:
    """In a process of its own: composes on hints, until no digest is due any more."""
    database = await Database.open(url)
    jobs = DistributedJobs(url, compose=4)
    compose, done = Compose(store=database, clock=SystemClock(), jobs=jobs), 0

    async def settle(digest: int) -> None:
        nonlocal done
        await compose.settle(digest)
        done += 1

    await start()
    began = time.process_time()
    running = asyncio.create_task(jobs.run({"compose": settle}))
    while True:
        async with database.read() as view:
            if not await view.schedules.in_state("due", 1):
                break
        await asyncio.sleep(0.02)
    processor = time.process_time() - began
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await database.aclose()
    return {"done": done, "processor": processor}
