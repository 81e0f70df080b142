"""What only many processes can go through: workers that die with a job in hand, a database that goes away, an end that
waits for what runs."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from bot.errors import StorageError
from bot.jobs import distributed
from bot.jobs.distributed import DistributedJobs
from bot.storage.database import Database
from tests.contract.test_jobs import Heard, running
from tests.postgres import PostgresServer
from tests.scenario.cli import ROOT

_HOLDS_FOR_EVER = """
import asyncio, sys
from bot.jobs.distributed import DistributedJobs
async def compose(digest):
    print("has it", flush=True)
    await asyncio.Event().wait()
asyncio.run(DistributedJobs(sys.argv[1]).run({"compose": compose}))
"""


async def hinted(database: Database, jobs: DistributedJobs, digest: int) -> None:
    async with database.begin() as tx:
        await jobs.defer(tx, "compose", digest=digest)


def waiting(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as shell:
        asked = "SELECT queue_name, status::text FROM procrastinate_jobs WHERE queue_name <> 'rescue' ORDER BY id"
        return shell.execute(asked).fetchall()


@pytest.mark.parametrize("again", [False, True])
async def test_the_job_of_a_worker_that_was_killed_is_done_by_another(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    """Also where the same hint waits again by then."""
    monkeypatch.setattr(distributed, "_STALLED", 1.0)
    monkeypatch.setattr(distributed, "_HEARTBEAT", 0.2)
    database = await Database.open(postgres_url)
    jobs, heard = DistributedJobs(postgres_url), Heard()
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLDS_FOR_EVER, postgres_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    await hinted(database, jobs, 1)
    assert await holder.stdout.readline() == b"has it\n"
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    assert waiting(postgres_url) == [("compose", "doing")]
    if again:
        await hinted(database, jobs, 1)
    async with running(jobs, compose=heard):
        assert await heard.until(1) == [1]
        while waiting(postgres_url):
            await asyncio.sleep(0.05)
    await database.aclose()


async def test_jobs_go_on_when_the_database_is_back() -> None:
    server = PostgresServer()
    database = await Database.open(server.prepared())
    jobs, heard = DistributedJobs(str(database.conninfo)), Heard()
    async with running(jobs, compose=heard):
        await hinted(database, jobs, 1)
        await heard.until(1)
        server.restart()
        await hinted(database, jobs, 2)
        assert await heard.until(2) == [1, 2]
    await database.aclose()
    server.close()


async def test_an_end_that_was_asked_for_waits_for_what_runs_and_leaves_the_rest(postgres_url: str) -> None:
    database = await Database.open(postgres_url)
    jobs, begun, go, done = DistributedJobs(postgres_url, compose=1), asyncio.Event(), asyncio.Event(), []

    async def compose(digest: int) -> None:
        begun.set()
        await go.wait()
        done.append(digest)

    for digest in (1, 2):
        await hinted(database, jobs, digest)
    task = asyncio.create_task(jobs.run({"compose": compose}))
    async with asyncio.timeout(30):
        await begun.wait()
        task.cancel()
        for _ in range(100):
            await asyncio.sleep(0)
        assert not task.done()
        go.set()
        with suppress(asyncio.CancelledError):
            await task
    assert done == [1]
    assert waiting(postgres_url) == [("compose", "todo")]
    await database.aclose()


async def test_hints_that_wait_already_cost_one_statement_however_many_they_are(postgres_url: str) -> None:
    """The sweeper asks again for all that is behind every two seconds, as does a gateway for all that it missed."""
    database = await Database.open(postgres_url)
    jobs, hints, said = DistributedJobs(postgres_url), [{"digest": number} for number in range(300)], []

    class Heard:
        def __init__(self, connection: Any) -> None:
            self._connection = connection

        async def execute(self, statement: str, *given: object) -> Any:
            said.append(statement)
            return await self._connection.execute(statement, *given)

    async with database.begin() as tx:
        await jobs.defer_all(tx, "compose", hints)
        await jobs.defer_all(SimpleNamespace(native=Heard(tx.native)), "compose", hints)  # type: ignore[arg-type]
    assert len(said) == 1
    assert len(waiting(postgres_url)) == 300
    await database.aclose()


async def test_a_database_that_takes_no_hint_is_told_as_everywhere(postgres_url: str) -> None:
    database = await Database.open(postgres_url)
    jobs = DistributedJobs(postgres_url)
    with pytest.raises(StorageError, match="read-only, as a standby is"):  # noqa: PT012
        async with database.begin() as tx:
            await tx.native.execute("SET TRANSACTION READ ONLY")  # type: ignore[attr-defined]
            await jobs.defer(tx, "compose", digest=1)
    await database.aclose()


async def test_an_end_that_was_asked_for_is_one_though_the_database_breaks_meanwhile() -> None:
    """A deliverer that has lost its lock with its database would go on beside the next one."""

    class Breaking(DistributedJobs):
        async def _work(self, task: str, handler: object) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise ConnectorException from None

    task = asyncio.create_task(Breaking("").run({"deliver": Heard()}))
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(10):
        with suppress(asyncio.CancelledError):
            await task


async def test_an_end_that_was_asked_for_at_any_moment_of_the_beginning_is_one(postgres_url: str) -> None:
    """A pool that has a connection at that very moment may keep the cancellation to itself."""
    jobs = DistributedJobs(postgres_url)

    for hundredths in range(12):
        running = asyncio.create_task(jobs.run({task: Heard() for task in ("compose", "deliver", "read", "refresh")}))
        await asyncio.sleep(hundredths / 100)
        running.cancel()
        await asyncio.wait((running,), timeout=60)
        assert running.cancelled()
