"""A PostgreSQL that is brought to a newer version's tables: interrupted, by two at once, and under a bot that runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import bot.storage
from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.migrate import HEAD
from tests.postgres import PostgresServer
from tests.scenario.cli import main
from tests.scenario.nursery import ROOT, born, ended
from tests.scenario.sql import answer
from tests.scenario.steps import posted, until
from tests.scenario.world import read_all, titles_posted, world, write_world

_REVISION = "SELECT version_num FROM alembic_version"
_HELD_UP = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def old(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database of an older version, which the environment names."""
    url = postgres.database()
    config = Config()
    config.set_main_option("script_location", str(Path(bot.storage.__file__).parent / "migrations"))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.commit()
    engine.dispose()
    monkeypatch.setenv("DIGESTBOT_DATABASE", url)
    monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the test's own")
    return url


@contextmanager
def held_up(url: str) -> Iterator[None]:
    """Whoever upgrades stops in the midst of it: somebody reads a table that is to be changed."""
    with psycopg.connect(url) as reader:
        reader.execute("LOCK TABLE articles IN ACCESS SHARE MODE")
        yield


def upgrade(folder: Path) -> ForkServerProcess:
    log = folder / "upgrade.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return born(main, "db", "upgrade", cwd=folder, environment=environment, stdout=log, stderr=log)


async def test_killed_in_the_midst_nothing_is_changed_and_two_at_once_end_right(tmp_path: Path, old: str) -> None:
    write_world(tmp_path)
    with held_up(old):
        killed = upgrade(tmp_path)
        await until(lambda: answer(old, _HELD_UP) == [(1,)], seconds=60)
        killed.kill()
        assert ended(killed, 10) == -signal.SIGKILL
        assert answer(old, _REVISION) == [("0006",)]
    with held_up(old):
        both = [upgrade(tmp_path), upgrade(tmp_path)]
        await until(lambda: answer(old, _HELD_UP) == [(2,)], seconds=60)
        assert answer(old, _REVISION) == [("0006",)]
    assert [ended(one, 60) for one in both] == [0, 0]
    assert answer(old, _REVISION) == [(HEAD,)]
    database = await Database.open(old, migrate=False)
    async with database.read() as view:
        assert [one.name for one in await view.channels.all()] == ["web"]
    await database.aclose()


async def test_an_older_version_that_runs_goes_on_and_one_that_starts_says_that_it_is_too_old(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGESTBOT_DATABASE", postgres_url)
    monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the test's own")
    async with world(tmp_path) as app:
        for table in ("articles", "channels", "digests", "outbox", "schedules", "sources"):  # as the next version might
            answer(postgres_url, f"ALTER TABLE {table} ADD COLUMN later text DEFAULT 'new'")
        answer(postgres_url, "UPDATE alembic_version SET version_num = '9999'")
        await read_all(app)
        await posted(app, name="web")
        assert len(await titles_posted(app, "web")) == 3
        with pytest.raises(StorageError, match=r"from a newer digestbot \(revision 9999.*: upgrade digestbot"):
            await Database.open(postgres_url)
