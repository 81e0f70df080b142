"""db check, backup, restore: a copy of one instant in a storm of votes, and a database put back whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.model import Reaction, VoteResult
from bot.storage import copies
from bot.storage.copies import DatabaseFile
from bot.storage.lock import run_lock
from tests.fakes.clock import FakeClock
from tests.scenario.cli import digestbot
from tests.scenario.steps import posted
from tests.scenario.world import read_all, world

pytestmark = pytest.mark.file

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PLACE = {"platform": "web", "workspace": "web", "place": "web"}


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A bot's folder with a digest posted."""
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        await posted(app, name="web")
    return tmp_path


def votes_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM votes").fetchone()
        return int(count)


@asynccontextmanager
async def storm(folder: Path) -> AsyncIterator[list[int]]:
    """Votes come all the time; how many were acknowledged by now is the one number of the list."""
    acknowledged, ended = [0], asyncio.Event()
    async with world(folder, FakeClock()) as app, asyncio.TaskGroup() as group:

        async def vote() -> None:
            while not ended.is_set():
                first = acknowledged[0]
                some = [Reaction(**PLACE, member=f"m{first + n}", emoji="👍", article=1) for n in range(50)]
                outcomes = await app.engine.record.all(some)
                assert {one.result for one in outcomes} == {VoteResult.RECORDED}
                acknowledged[0] += len(some)

        group.create_task(vote())
        yield acknowledged
        ended.set()


async def test_a_backup_in_a_storm_of_votes_has_every_vote_acknowledged_before_and_is_consistent(folder: Path) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    seen: list[tuple[int, int]] = []
    async with storm(folder) as acknowledged:
        for number in range(5):
            before = acknowledged[0]
            await asyncio.to_thread(database.back_up, folder / f"copy{number}.db", unseen)
            seen.append((before, votes_in(database.file)))
    for number, (before, after) in enumerate(seen):
        assert before <= votes_in(folder / f"copy{number}.db") <= after
    assert seen[0][1] < seen[-1][0]
    database.restore(folder / "copy3.db", unseen)
    assert votes_in(database.file) == votes_in(folder / "copy3.db")
    assert [(found.check, found.ok) for found in database.check()] == [
        ("database.pages", True),
        ("database.references", True),
        ("database.schema", True),
        ("database.words", True),
    ]
    async with world(folder, FakeClock()) as app:
        again = Reaction(**PLACE, member="m0", emoji="👎", article=1)
        assert (await app.engine.record.reaction(again)).result is VoteResult.ALREADY


def test_the_commands_say_where_the_copy_is_and_which_key_belongs_to_it(folder: Path) -> None:
    kept = digestbot("db", "backup", "kept.db", cwd=folder)
    assert (kept.code, str(folder / "kept.db") in kept.out, "digestbot.key" in kept.out) == (0, True, True)
    back = digestbot("db", "restore", "kept.db", cwd=folder)
    assert (back.code, "digest.db.before-" in back.out, "digestbot.key" in back.out) == (0, True, True)
    assert [found["ok"] for found in digestbot("db", "check", "--json", cwd=folder).records] == [True] * 4


def test_what_was_there_before_a_restoring_stays_beside_it(folder: Path) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    database.back_up(folder / "kept.db", unseen)
    _change(folder / "digest.db", "UPDATE channels SET name = 'renamed'")
    aside = database.restore(folder / "kept.db", unseen)
    assert aside == folder / "digest.db.before-20260102T030405Z"
    assert names_in(folder / "digest.db") == ["web"]
    assert names_in(aside) == ["renamed"]


@pytest.mark.parametrize(
    ("backup", "told"),
    [
        ("missing.db", "there is no such file"),
        ("articles/000.txt", "it is not an SQLite database"),
        ("foreign.db", "belongs to another program"),
        ("newer.db", "from a newer digestbot"),
        ("damaged.db", "it is damaged"),
    ],
)
def test_what_cannot_be_restored_is_told_and_leaves_everything_as_it_was(folder: Path, backup: str, told: str) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    for name in ("newer.db", "damaged.db"):
        database.back_up(folder / name, unseen)
    _change(folder / "newer.db", "UPDATE alembic_version SET version_num = '9999'")
    _change(folder / "foreign.db", "CREATE TABLE theirs (id INTEGER)")
    _damage(folder / "damaged.db")
    files = sorted(folder.iterdir())
    with pytest.raises(StorageError, match=told):
        database.restore(folder / backup, unseen)
    assert names_in(folder / "digest.db") == ["web"]
    assert [file for file in sorted(folder.iterdir()) if not file.name.endswith(".lock")] == files


@pytest.mark.parametrize(
    ("target", "told"), [("digest.db", "is there already"), ("nowhere/copy.db", "No such file or directory: name ano")]
)
def test_a_backup_is_not_written_over_anything_nor_nowhere(folder: Path, target: str, told: str) -> None:
    files = sorted(folder.iterdir())
    with pytest.raises(StorageError, match=told):
        DatabaseFile(folder / "digest.db", FakeClock(NOW)).back_up(folder / target, unseen)
    assert sorted(folder.iterdir()) == files


def test_a_damaged_database_is_found_and_restored_after_it_was_moved_away(folder: Path) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    database.back_up(folder / "kept.db", unseen)
    _damage(folder / "digest.db")
    with pytest.raises(StorageError, match="it is damaged: restore a backup"):
        list(database.check())
    with pytest.raises(StorageError, match="move it away first: mv "):
        database.restore(folder / "kept.db", unseen)
    (folder / "digest.db").rename(folder / "digest.db.damaged")
    assert database.restore(folder / "kept.db", unseen) is None
    assert all(found.ok for found in database.check())


def test_a_trigger_that_is_gone_is_found(folder: Path) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    with closing(sqlite3.connect(database.file)) as connection:
        of_votes = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'votes'"
        (name,) = connection.execute(of_votes).fetchmany(1)[0]
    _change(database.file, f"DROP TRIGGER {name}")
    (wrong,) = [found for found in database.check() if not found.ok]
    assert (wrong.check, wrong.detail) == ("database.schema", f"trigger {name} is missing")


def test_a_restoring_does_not_wait_for_ever_for_a_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "BUSY_SECONDS", 0.5)
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    database.back_up(folder / "kept.db", unseen)
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="another program keeps it locked"):
            database.restore(folder / "kept.db", unseen)


def test_nothing_is_restored_under_a_running_bot(folder: Path) -> None:
    database = DatabaseFile(folder / "digest.db", FakeClock(NOW))
    database.back_up(folder / "kept.db", unseen)
    with run_lock(database.file), pytest.raises(StorageError, match="digestbot already runs on"):
        database.restore(folder / "kept.db", unseen)


def unseen(_done: int, _pages: int) -> None:
    """Nobody watches how far a copy is."""


def names_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM channels")]


def _change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


def _damage(file: Path) -> None:
    """Every page but the first few is overwritten."""
    with file.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * (file.stat().st_size - 3 * 4096))
