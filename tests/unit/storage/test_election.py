"""Who is elected: one at a time, and another as soon as that one dies, loses its session, or stands still."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from bot.storage import election
from bot.storage.database import Database
from bot.storage.election import Election
from tests.scenario.cli import ROOT

_LEADS = """
import asyncio, sys
from bot.storage import election
from bot.storage.database import Database
election._SILENCE = "2s"
async def work():
    print("leads", file=sys.stderr)
    try:
        await asyncio.Event().wait()
    finally:
        print("led", file=sys.stderr)
async def main():
    await election.Election(await Database.open(sys.argv[1])).lead("deliver", work)
asyncio.run(main())
"""


class Work:
    """Work without end, of which one can see whether it is being done, and how often it was begun."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.begun.clear()
            self.ended.set()


@asynccontextmanager
async def candidate(url: str, work: Work) -> AsyncIterator[Database]:
    """Somebody who would do the work, with a database of its own as another process has."""
    database = await Database.open(url)
    task = asyncio.create_task(Election(database).lead("deliver", work))
    try:
        async with asyncio.timeout(60):
            yield database
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await database.aclose()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(election, "_PULSE", 0.05)


async def test_one_works_and_when_it_leaves_the_other_does(postgres_url: str) -> None:
    first, second = Work(), Work()
    async with candidate(postgres_url, first) as database:
        assert not await database.is_running() or first.begun.is_set()
        await first.begun.wait()
        assert await database.is_running()
        standby = asyncio.create_task(_led_by(postgres_url, second))
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert second.times == 0
    await standby
    assert (first.times, second.times) == (1, 1)


async def _led_by(url: str, work: Work) -> None:
    async with candidate(url, work):
        await work.begun.wait()


async def test_whose_session_is_ended_stops_working_and_may_be_elected_again(postgres_url: str) -> None:
    work = Work()
    async with candidate(postgres_url, work):
        await work.begun.wait()
        with psycopg.connect(postgres_url, autocommit=True) as shell:
            shell.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        await work.ended.wait()
        await work.begun.wait()
    assert work.times == 2


async def test_a_frozen_one_is_replaced_and_stops_working_when_it_wakes(postgres_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LEADS, postgres_url),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,  # where logs go that nobody set up
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        assert await process.stderr.readline() == b"leads\n"
        process.send_signal(signal.SIGSTOP)
        work = Work()
        async with candidate(postgres_url, work):
            await work.begun.wait()
            process.send_signal(signal.SIGCONT)
            async with asyncio.timeout(30):
                assert await process.stderr.readline() == b"led\n"
    finally:
        process.kill()
        await process.wait()


async def test_on_a_file_there_is_nobody_else(tmp_path: Path) -> None:
    work = Work()
    async with candidate(f"sqlite:///{tmp_path / 'bot.db'}", work):
        await work.begun.wait()


async def test_work_that_ends_or_fails_does_so_for_its_caller(postgres_url: str) -> None:
    database = await Database.open(postgres_url)

    async def done() -> None:
        return

    async def broken() -> None:
        raise ValueError("on purpose")

    await Election(database).lead("deliver", done)
    with pytest.raises(ValueError, match="on purpose"):
        await Election(database).lead("deliver", broken)
    await database.aclose()
