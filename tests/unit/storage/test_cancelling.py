"""Statements that are cancelled leave no task behind that waits for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from bot.storage.database import Database

_LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n"


async def test_a_statement_that_is_cancelled_twice_ends_and_the_next_can_write(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'one.db'}")
    begun = asyncio.Event()

    async def write() -> None:
        async with database.begin() as tx:
            begun.set()
            await tx.connection.exec_driver_sql(_LONG)

    before = asyncio.all_tasks()
    writing = asyncio.create_task(write())
    await begun.wait()
    for _ in range(3):  # it waits for its connection's end after the first
        await asyncio.sleep(0)
        writing.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await writing
    async with asyncio.timeout(30):
        await asyncio.gather(*(asyncio.all_tasks() - before), return_exceptions=True)
    async with database.begin() as tx:
        await tx.connection.exec_driver_sql("SELECT 1")
    await database.aclose()
