"""db copy: a file's rows in PostgreSQL, though it is killed on the way; compared to the last row, and gone on from."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.errors import StorageError
from bot.model import Reaction, VoteResult
from bot.storage.database import Database
from bot.storage.lock import run_lock
from bot.storage.moving import copy_to_postgres
from bot.storage.tables import metadata
from tests.contract.things import HOUR, NOW, channel, draft, reading
from tests.fakes.clock import FakeClock
from tests.postgres import PostgresServer
from tests.scenario.cli import ROOT, digestbot
from tests.scenario.steps import posted, until
from tests.scenario.world import read_all, world

PLACE = {"platform": "web", "workspace": "web", "place": "web"}


async def lived(folder: Path, *, articles: int) -> Path:
    """A bot's database with a digest, votes, and so many further articles of which each third is read."""
    async with world(folder, FakeClock(NOW)) as app:
        await read_all(app)
        await posted(app, name="web")
        votes = [Reaction(**PLACE, member=f"m{n}", emoji="👍👎"[n % 2], article=n % 3 + 1) for n in range(30)]
        assert {one.result for one in await app.engine.record.all(votes)} == {VoteResult.RECORDED}
        async with app.store.begin() as tx:
            ids = await tx.articles.file(
                [draft(n, text=f"Körper 人工智慧 {n}") for n in range(1000, 1000 + articles)], NOW
            )
            await tx.articles.save([reading(one, text=f"Körper 人工智慧 {one}") for one in ids[::3]])
    return folder / "digest.db"


def copied(url: str) -> int:
    """How many articles are there by now; none while there is no table."""
    try:
        with psycopg.connect(url) as shell:
            return int(shell.execute("SELECT count(*) FROM articles").fetchone()[0])  # type: ignore[index]
    except psycopg.Error:
        return 0


def rows_in(file: Path, url: str) -> list[tuple[str, int, int]]:
    """Of each table, how many there are in the file and in PostgreSQL."""
    with closing(sqlite3.connect(file)) as old, psycopg.connect(url) as new:
        counts = []
        for table in metadata.sorted_tables:
            asked = f"SELECT count(*) FROM {table.name}"
            here, there = old.execute(asked).fetchone(), new.execute(asked).fetchone()  # type: ignore[arg-type]
            counts.append((table.name, here[0], there[0] if there else -1))
        return counts


async def test_killed_twice_it_goes_on_and_ends_equal_and_the_bot_goes_on_from_there(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    file = await lived(tmp_path, articles=3000)
    url = postgres.database()
    for enough in (1, 1000):
        command = [sys.executable, "-m", "bot", "db", "copy", url]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=environment)
        await until(lambda least=enough: copied(url) >= least, seconds=60)
        process.kill()
        assert await process.wait() == -signal.SIGKILL
    assert 0 < copied(url) < 3003
    with pytest.raises(StorageError, match="being copied from a file"):
        await Database.open(url)
    ended = digestbot("db", "copy", url, cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert "3,003 articles" in ended.out
    assert "digestbot.key" in ended.out
    assert all(here == there for _, here, there in rows_in(file, url))
    database = await Database.open(url)
    async with database.begin() as tx:
        found = await tx.articles.find("人工智慧", 5000)
        assert len(found) == 1000
        (fresh,) = await tx.articles.file([draft(9999)], NOW + HOUR)
        assert fresh > max(found)
        await tx.channels.declare([channel("after")])
        assert sum(one.counts.get("👍", 0) for one in await tx.votes.tallies([])) == 15
    await database.aclose()


async def test_where_the_file_was_used_meanwhile_that_is_found_out(tmp_path: Path, postgres: PostgresServer) -> None:
    file = await lived(tmp_path, articles=600)
    url = postgres.database()

    class Broken(Exception):
        pass

    def break_off(table: str, done: int, _all: int) -> None:
        if table == "articles" and done >= 500:
            raise Broken

    with pytest.raises(Broken):
        await asyncio.to_thread(copy_to_postgres, file, url, break_off)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE articles SET title = 'Another' WHERE id = 1")
        connection.commit()
    with pytest.raises(StorageError, match="articles is not the same as in the file"):
        await asyncio.to_thread(copy_to_postgres, file, url, lambda *_: None)


async def test_rows_that_are_there_already_are_left_alone(tmp_path: Path, postgres_url: str) -> None:
    file = await lived(tmp_path, articles=1)
    database = await Database.open(postgres_url)
    async with database.begin() as tx:
        await tx.channels.declare([channel()])
    await database.aclose()
    with pytest.raises(StorageError, match="it has rows already"):
        await asyncio.to_thread(copy_to_postgres, file, postgres_url, lambda *_: None)


async def test_while_the_bot_runs_on_the_file_it_is_not_copied(tmp_path: Path, postgres: PostgresServer) -> None:
    file = await lived(tmp_path, articles=1)
    with run_lock(file), pytest.raises(StorageError, match="digestbot already runs on"):
        await asyncio.to_thread(copy_to_postgres, file, postgres.database(), lambda *_: None)


def test_what_is_no_postgresql_is_refused(tmp_path: Path) -> None:
    ended = digestbot("db", "copy", "sqlite:///other.db", cwd=tmp_path)
    assert ended.code == 2
    assert "names the PostgreSQL to copy into" in ended.err
