"""A statement comes with its rows in one step, however many they are; nothing of a transaction is left to the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.sqlite import engine_for

_COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(tmp_path / "some.db", writes=True)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 257, 1000])
async def test_all_rows_come_asked_for_at_once_or_as_a_stream(engine: AsyncEngine, rows: int) -> None:
    async with engine.connect() as connection:
        asked = text(_COUNTED if rows else f"{_COUNTED} LIMIT 0")
        at_once = (await connection.execute(asked, {"last": rows})).scalars().all()
        streamed = [row.i async for row in await connection.stream(asked, {"last": rows})]
    assert at_once == streamed == list(range(1, rows + 1))


async def test_a_stream_that_is_left_holds_nobody_up(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        async with connection.stream(text(_COUNTED), {"last": 1000}) as rows:
            first = await anext(aiter(rows))
        await connection.execute(text("CREATE TABLE afterwards (i)"))
    assert first.i == 1


async def test_what_a_failed_commit_leaves_is_rolled_back(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE whole (id INTEGER PRIMARY KEY)"))
        later = "REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED"
        await connection.execute(text(f"CREATE TABLE part (of_id INTEGER {later})"))
    async with engine.connect() as connection:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.execute(text("INSERT INTO part VALUES (7)"))
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            await connection.commit()
    async with engine.connect() as connection:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert (await connection.execute(text("SELECT count(*) FROM part"))).scalar() == 0
