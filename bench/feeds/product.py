"""digestbot as a contender of `bench feeds`: the real refresh on a file, `python -m bench.feeds.product DATABASE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench.feeds.made import NEWEST, feed_of
from bench.floors.rounds import serve
from bot.engine.refresh import Refresh
from bot.jobs.local import LocalJobs
from bot.loop import loop_factory, settle_in
from bot.model import SourceReport
from bot.sources.fetch import SourceFetcher
from bot.sources.workers import WorkerReader
from bot.storage.database import Database
from tests.fakes.clock import FakeClock

WORKERS = 2


def main(file: Path) -> None:
    runner = asyncio.Runner(loop_factory=loop_factory())  # as `digestbot refresh` has it
    clock = FakeClock(NEWEST)
    reader = WorkerReader(workers=WORKERS)
    fetcher = SourceFetcher(allow_private=["127.0.0.0/8"])
    database = runner.run(Database.open(f"sqlite:///{file}"))
    refresh = Refresh(store=database, clock=clock, fetcher=fetcher, reader=reader, jobs=LocalJobs(), platforms={})

    async def warm() -> None:
        """Starts the workers: they are there once in a process's life."""
        await asyncio.gather(*(reader.read(feed_of(0, "127.0.0.1"), "http://127.0.0.1/", None) for _ in range(WORKERS)))

    async def rounds() -> int:
        clock.advance(hours=5)  # all are due: a source is left alone for four times its interval at most
        reports: list[SourceReport] = []
        await refresh.due(reports.append)
        assert not any(report.error for report in reports), reports
        return len(reports)

    runner.run(warm())
    settle_in()  # as `digestbot run` does
    serve(lambda phase: runner.run(rounds()), lambda: [worker.pid for worker in reader._idle])
    for resource in (fetcher, reader, database):
        runner.run(resource.aclose())
    runner.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
