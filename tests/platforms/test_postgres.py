"""The tests' own PostgreSQL: whatever becomes of who started it, nothing of it is left."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer
from tests.scenario.nursery import born, ended
from tests.scenario.steps import until


def _own_one() -> None:
    print(PostgresServer().folder, flush=True)
    signal.pause()


async def test_it_ends_with_its_owner_who_is_killed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    owner = born(_own_one, environment=os.environ, stdout=out)
    await until(lambda: out.exists() and out.read_text().endswith("\n"), seconds=60)
    folder = Path(out.read_text().strip())
    url = f"postgresql://digestbot@/postgres?host={folder / 'data'}"
    psycopg.connect(url).close()
    owner.kill()
    assert ended(owner, 10) == -signal.SIGKILL
    await until(lambda: not folder.exists())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
