"""Opening a database that is none of ours, is newer, or is somebody else's to run: told in a sentence, left alone."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.storage.database import Database


def url(file: Path) -> str:
    return f"sqlite:///{file}"


async def test_two_who_open_a_fresh_database_at_once_both_succeed(tmp_path: Path) -> None:
    databases = await asyncio.gather(*(Database.open(url(tmp_path / "new.db")) for _ in range(4)))
    for database in databases:
        async with database.read() as view:
            assert await view.channels.all() == ()
        await database.aclose()


@pytest.mark.parametrize("content", [b"this is no database at all, just a text of some length" * 40, b"\x00" * 4096])
async def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(StorageError, match=r"notes\.txt"):
        await Database.open(url(file))
    assert file.read_bytes() == content


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("create table recipes (name text)")
        connection.commit()
    with pytest.raises(StorageError, match=r"other\.db"):
        await Database.open(url(file))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == [("recipes",)]


async def test_a_database_of_a_newer_version_says_so(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    await (await Database.open(url(file))).aclose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("update alembic_version set version_num = '9999_future'")
        connection.commit()
    with pytest.raises(StorageError, match="9999_future"):
        await Database.open(url(file))


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nowhere"):
        await Database.open(url(tmp_path / "nowhere" / "bot.db"))


async def test_a_full_database_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    from bot.model import ChannelSpec

    database = await Database.open(url(tmp_path / "bot.db"))
    with pytest.raises(StorageError, match=r"bot\.db"):  # noqa: PT012 - any of these writes may be the one
        async with database.begin() as tx:
            pages = (await tx.connection.exec_driver_sql("pragma page_count")).scalar_one()
            await tx.connection.exec_driver_sql(f"pragma max_page_count = {pages}")
            for number in range(3000):
                spec = ChannelSpec(name=f"c{number}" + "x" * 300, platform="web", place=str(number), workspace="web")
                await tx.channels.declare([spec])
    async with database.read() as view:
        assert await view.channels.all() == ()
    await database.aclose()


async def test_only_one_may_run_and_the_other_is_told_who_does(tmp_path: Path) -> None:
    first, second = [await Database.open(url(tmp_path / "bot.db")) for _ in range(2)]
    assert not await second.is_running()
    with first.lock_for_run():
        assert await second.is_running()
        with pytest.raises(StorageError, match=str(os.getpid())), second.lock_for_run():
            pass
    with second.lock_for_run():
        assert await first.is_running()
    await first.aclose()
    await second.aclose()
