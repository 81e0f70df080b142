"""`db check` on a PostgreSQL that has the extension amcheck, which the one of the wheel has not.

DIGESTBOT_POSTGRES_BIN=<its programs' folder> python -m pytest tests/soak/test_damage.py
"""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from bot.storage.checking import check_postgres
from tests.postgres import PostgresServer
from tests.unit.storage.damage import ARTICLES, INDEX, filled, kept_as

BINARIES = os.environ.get("DIGESTBOT_POSTGRES_BIN", "")


@pytest.mark.skipif(not BINARIES, reason="DIGESTBOT_POSTGRES_BIN names no PostgreSQL with amcheck")
@pytest.mark.parametrize(
    ("checksums", "told"), [(True, "invalid page in block"), (False, "item order invariant violated")]
)
async def test_what_is_wrong_inside_an_index_is_found(checksums: bool, told: str) -> None:
    server = PostgresServer(checksums=checksums, binaries=Path(BINARIES))
    try:
        url = server.prepared()
        await filled(url)
        with psycopg.connect(url, autocommit=True) as shell:
            shell.execute("CREATE EXTENSION amcheck")
        assert all(one.ok for one in check_postgres(url))
        server.damage(url, INDEX, kept_as(5), kept_as(ARTICLES))
        (wrong,) = [one for one in check_postgres(url) if not one.ok]
        print(wrong)
        assert wrong.check == "database.pages"
        assert f"index {INDEX}: " in wrong.detail
        assert told in wrong.detail
        with psycopg.connect(url, autocommit=True) as shell:
            shell.execute(f"REINDEX INDEX {INDEX}")  # type: ignore[arg-type]
        left = [one.detail for one in check_postgres(url) if not one.ok]
        assert all("were found damaged" in detail and "index" not in detail for detail in left)
    finally:
        server.close()
