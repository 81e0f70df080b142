"""What jobs promise, in one process and in many: hints that come with their transaction and are not doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.errors import BotError
from bot.jobs.distributed import DistributedJobs
from bot.jobs.local import LocalJobs
from bot.ports import Jobs, Store
from bot.storage.database import Database
from tests.contract.things import channel, declared

Made = Callable[..., Jobs]


@pytest.fixture(params=["local", "distributed"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Store, Made]]:
    """A store, and what makes jobs on it with so many of a task at a time."""
    if request.param == "local":
        database = await Database.open(f"sqlite:///{tmp_path / 'store.db'}")
        made: Made = LocalJobs
    else:
        database = await Database.open(request.getfixturevalue("postgres_url"))
        conninfo = str(database.conninfo)

        def made(**at_a_time: int) -> Jobs:
            return DistributedJobs(conninfo, **at_a_time)

    yield database, made
    await database.aclose()


@asynccontextmanager
async def running(jobs: Jobs, **handlers: object) -> AsyncIterator[None]:
    task = asyncio.create_task(jobs.run(handlers))  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(30):
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Heard:
    """A handler that keeps what it is asked, and can be waited for."""

    def __init__(self, fail: type[Exception] | None = None) -> None:
        self.asked: list[int] = []
        self._fail = fail
        self._news = asyncio.Condition()

    async def __call__(self, digest: int) -> None:
        async with self._news:
            self.asked.append(digest)
            self._news.notify_all()
        if self._fail is not None:
            raise self._fail("on purpose")

    async def until(self, count: int) -> list[int]:
        async with self._news:
            await self._news.wait_for(lambda: len(self.asked) >= count)
        return self.asked


async def test_a_hint_runs_once_its_transaction_is_committed_however_often_it_waits(house: tuple[Store, Made]) -> None:
    store, made = house
    jobs, heard = made(compose=1), Heard()
    async with store.begin() as tx:
        await tx.channels.declare([channel()])
        for digest in (7, 7, 8, 7):
            await jobs.defer(tx, "compose", digest=digest)
    async with running(jobs, compose=heard):
        assert await heard.until(2) == [7, 8]
        async with store.begin() as tx:
            await jobs.defer(tx, "compose", digest=7)
        assert await heard.until(3) == [7, 8, 7]


async def test_a_hint_goes_with_its_transaction_even_where_it_is_the_first_thing_in_it(
    house: tuple[Store, Made],
) -> None:
    store, made = house
    jobs, heard = made(compose=1), Heard()
    with pytest.raises(BotError, match="changed my mind"):  # noqa: PT012 - the raise inside is the point
        async with store.begin() as tx:
            await jobs.defer(tx, "compose", digest=1)
            await tx.channels.declare([channel()])
            raise BotError("changed my mind")
    await declared(store, channel("other"))
    async with store.begin() as tx:
        await jobs.defer(tx, "compose", digest=2)
    async with running(jobs, compose=heard):
        assert await heard.until(1) == [2]
    async with store.read() as view:
        assert [one.name for one in await view.channels.all()] == ["other"]


async def test_what_somebody_waits_for_comes_first(house: tuple[Store, Made]) -> None:
    store, made = house
    jobs, heard = made(compose=1), Heard()
    async with store.begin() as tx:
        for digest in (1, 2):
            await jobs.defer(tx, "compose", digest=digest)
        await jobs.defer(tx, "compose", urgent=True, digest=3)
    async with running(jobs, compose=heard):
        assert await heard.until(3) == [3, 1, 2]


@pytest.mark.parametrize("error", [BotError, RuntimeError])
async def test_a_job_that_fails_stops_no_other_and_is_not_tried_again(
    house: tuple[Store, Made], error: type[Exception]
) -> None:
    store, made = house
    jobs, heard = made(compose=1), Heard(fail=error)
    async with store.begin() as tx:
        for digest in (1, 2, 3):
            await jobs.defer(tx, "compose", digest=digest)
    async with running(jobs, compose=heard):
        assert await heard.until(3) == [1, 2, 3]


async def test_a_task_that_waits_holds_no_other_and_no_more_than_asked_for_run_at_once(
    house: tuple[Store, Made],
) -> None:
    store, made = house
    jobs, heard = made(compose=1, deliver=2), Heard()
    at_once, most, go = 0, 0, asyncio.Event()

    async def deliver(digest: int) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await go.wait()
        at_once -= 1

    async with store.begin() as tx:
        for digest in range(5):
            await jobs.defer(tx, "deliver", digest=digest)
        await jobs.defer(tx, "compose", digest=9)
    async with running(jobs, compose=heard, deliver=deliver):
        assert await heard.until(1) == [9]
        while most < 2:
            await asyncio.sleep(0)
        go.set()
        async with store.begin() as tx:
            await jobs.defer(tx, "compose", digest=10)
        assert await heard.until(2) == [9, 10]
    assert most == 2


async def test_of_many_hints_at_once_those_that_wait_already_are_not_doubled(house: tuple[Store, Made]) -> None:
    store, made = house
    jobs, heard = made(compose=1), Heard()
    async with store.begin() as tx:
        await jobs.defer_all(tx, "compose", [{"digest": 1}, {"digest": 2}])
        await jobs.defer_all(tx, "compose", [{"digest": number} for number in (2, 3, 4)])
        await jobs.defer_all(tx, "compose", [])
    async with running(jobs, compose=heard):
        assert await heard.until(4) == [1, 2, 3, 4]
