"""Due schedules claimed by one process, then by two, each with two tickers; the bare driver reckons no next run."""

from __future__ import annotations

import asyncio
import time

import psycopg

from bench.bot_under_load import Watch
from bench.floors import scale as floor
from bench.scale.figures import keep, tell
from bench.scale.workers import Start, Workers
from bot.clock import SystemClock
from bot.engine.compose import Compose
from bot.jobs.distributed import DistributedJobs
from bot.storage.database import Database
from tests.postgres import PostgresServer

CHANNELS, ROUNDS, TICKERS = 100_000, 3, 2


def main() -> None:
    server = PostgresServer(durable=True)
    try:
        held = busy = 0.0
        for processes in (1, 2):
            rounds = [_claimed(server, processes) for _ in range(ROUNDS)]
            held = max(held, *(one[2] for one in rounds))
            busy = max(busy, *(one[3] for one in rounds))
            what = f"{CHANNELS:,} due schedules claimed, {processes} process{'es' * (processes > 1)}"
            ours, floors = ([CHANNELS / one[place] for one in rounds] for place in (0, 1))
            tell(f"claims_{processes}", what, ours, floors, of="the bare driver, without next run and hint,")
    finally:
        server.close()
    print(
        f"no slot was opened twice; an event loop was held for {held:.0f} ms at the longest, {busy:.0f} by its own work"
    )
    keep("claims_held", {"milliseconds": held, "own_milliseconds": busy})


def _claimed(server: PostgresServer, processes: int) -> tuple[float, float, float, float]:
    """Seconds of the product and of the floor; how long a loop was held, in milliseconds, and how long by itself."""
    url = server.prepared()
    floor.fill_channels(url, CHANNELS)
    with Workers("bench.scale.claims", [url] * processes) as workers:
        seconds, told = workers.work()
    with psycopg.connect(url) as shell:
        (slots,) = shell.execute("SELECT count(*) FROM digests").fetchone() or (0,)
        (hints,) = shell.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() or (0,)
    assert slots == hints == sum(one["opened"] for one in told) == CHANNELS
    bare = server.prepared()
    floor.fill_channels(bare, CHANNELS)
    return seconds, floor.claim(bare), max(one["held"] for one in told), max(one["busy"] for one in told)


async def act(url: str, start: Start) -> dict[str, float]:
    """In a process of its own: claims with some tickers side by side until nothing is due."""
    database = await Database.open(url)
    watch = Watch()
    watching = asyncio.create_task(watch.run())

    async def all_of(verb: Compose) -> int:
        opened = 0
        while ids := await verb.tick():
            opened += len(ids)
        return opened

    verbs = [Compose(store=database, clock=SystemClock(), jobs=DistributedJobs(url)) for _ in range(TICKERS)]
    await start()
    began = time.process_time()
    opened = sum(await asyncio.gather(*map(all_of, verbs)))
    watching.cancel()
    await database.aclose()
    return {
        "opened": opened,
        "held": max(watch.late),
        "busy": max(watch.busy),
        "processor": time.process_time() - began,
    }
