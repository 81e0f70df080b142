import asyncio
from collections.abc import Callable

import pytest

from bot.errors import BotError
from bot.jobs.local import LocalJobs


class Transaction:
    """Only what jobs use of a unit of work: something to do after the commit."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def commit(self) -> None:
        for call in self.calls:
            call()


async def ran(jobs: LocalJobs, fail: type[Exception] | None = None, until: int = 1) -> list[int]:
    done: list[int] = []
    enough = asyncio.Event()

    async def compose(digest: int) -> None:
        done.append(digest)
        if len(done) >= until:
            enough.set()
        if fail:
            raise fail("on purpose")

    async with asyncio.timeout(5):
        task = asyncio.create_task(jobs.run({"compose": compose}))
        await enough.wait()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return done


async def test_a_hint_runs_after_the_commit_and_once_however_often_it_waits() -> None:
    jobs, tx = LocalJobs(), Transaction()
    for _ in range(3):
        await jobs.defer(tx, "compose", digest=7)
    await jobs.defer(tx, "compose", digest=8)
    tx.commit()
    assert await ran(jobs, until=2) == [7, 8]


async def test_a_hint_of_a_transaction_that_was_rolled_back_never_runs() -> None:
    jobs, kept, lost = LocalJobs(), Transaction(), Transaction()
    await jobs.defer(lost, "compose", digest=1)
    await jobs.defer(kept, "compose", digest=2)
    kept.commit()
    assert await ran(jobs) == [2]


@pytest.mark.parametrize("error", [BotError, RuntimeError])
async def test_a_job_that_fails_does_not_stop_the_others(error: type[Exception]) -> None:
    jobs, tx = LocalJobs(compose=1), Transaction()
    for digest in (1, 2, 3):
        await jobs.defer(tx, "compose", digest=digest)
    tx.commit()
    assert await ran(jobs, fail=error, until=3) == [1, 2, 3]
