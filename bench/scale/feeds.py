"""Feeds read first a second by one process, then two, and then their articles; all on PostgreSQL, all really separate.

The floor of feeds fetches the same bytes by aiohttp and writes as many rows by `executemany`; it parses nothing. The
floor of articles writes as many texts. A server in a process of its own gives the feeds out.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from datetime import timedelta

from bench.feeds import serving
from bench.feeds.made import ENTRIES, NEWEST, feed_of, hosts
from bench.floors import work
from bench.scale.figures import tell
from bench.scale.workers import Start, Workers
from bot.clock import SystemClock
from bot.engine.read import Read
from bot.engine.refresh import Refresh
from bot.jobs.distributed import DistributedJobs
from bot.model import SourceReport, SourceSpec
from bot.sources.fetch import SourceFetcher
from bot.sources.workers import WorkerReader
from bot.storage.database import Database
from tests.postgres import PostgresServer

FEEDS, ARTICLES, ROUNDS = 300, 200, 3


def main() -> None:
    server = PostgresServer(durable=True)
    try:
        with serving(FEEDS) as (port, _):
            urls = [f"http://{host}:{port}/feed" for host in hosts(FEEDS)]
            for processes in (1, 2):
                rounds = [asyncio.run(_round(server, urls, processes)) for _ in range(ROUNDS)]
                by = f"by {processes} process{'es' * (processes > 1)}"
                feeds, bare, articles, written = ([one[place] for one in rounds] for place in range(4))
                tell(f"feeds_{processes}", f"feeds read first {by}", feeds, bare, of="fetching and executemany")
                tell(f"articles_{processes}", f"articles read {by}", articles, written, of="executemany")
    finally:
        server.close()


async def _round(server: PostgresServer, urls: list[str], processes: int) -> tuple[float, float, float, float]:
    """Rates: feeds, of the product and of the floor; articles, of both."""
    url = server.prepared()
    database = await Database.open(url)
    async with database.begin() as tx:
        await tx.sources.declare([SourceSpec(address=one, every=timedelta(hours=1)) for one in urls], NEWEST)
    await database.aclose()
    rates = []
    for verb in ("refresh", "read"):
        told = json.dumps({"url": url, "verb": verb, "articles": ARTICLES})
        with Workers("bench.scale.feeds", [told] * processes) as workers:
            seconds, done = workers.work()
        rates.append(sum(one["done"] for one in done) / seconds)
    bare = server.prepared()
    fetched = len(urls) / await work.fetch(bare, urls, ENTRIES)
    return rates[0], fetched, rates[1], ARTICLES * processes / work.write(bare, ARTICLES * processes)


async def act(argument: str, start: Start) -> dict[str, float]:
    """In a process of its own: takes its share of what is due, until nothing is left of it."""
    told = json.loads(argument)
    database = await Database.open(told["url"])
    fetcher = SourceFetcher(allow_private=["127.0.0.0/8"])
    async with aclosing(database), aclosing(fetcher), aclosing(WorkerReader()) as reader:
        await asyncio.gather(*(reader.read(feed_of(0, "127.0.0.1"), "http://127.0.0.1/", None) for _ in range(2)))
        parts = {"store": database, "clock": SystemClock(), "fetcher": fetcher, "reader": reader}
        refresh = Refresh(**parts, jobs=DistributedJobs(told["url"]), platforms={})  # type: ignore[arg-type]
        read = Read(**parts)  # type: ignore[arg-type]
        await start()
        began, done = time.process_time(), 0
        if told["verb"] == "refresh":
            reports: list[SourceReport] = []
            await refresh.due(reports.append)
            assert not any(report.error for report in reports), reports
            done = len(reports)
        while told["verb"] == "read" and done < told["articles"]:
            done += await read.round()
        return {"done": done, "processor": time.process_time() - began}
