"""What a scrape takes of PostgreSQL: short tables are counted, long ones estimated."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from bot.model import Passed
from bot.storage import vitals
from bot.storage.database import Database
from tests.contract.things import NOW, composed, declared, post, read_articles

_MANY = """
INSERT INTO sources (address, listed, origin, every, state, next_at, failures, platform, workspace)
SELECT 'https://example.org/' || n, n % 2 = 0, 'command', 1, 'ok', 0, 0, '', '' FROM generate_series(1, 200) n"""


@pytest.mark.parametrize(("limit", "is_right"), [(1000, lambda told: told == 100), (50, lambda told: 60 < told < 140)])
async def test_a_long_table_is_estimated(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, limit: int, is_right: Callable[[int], bool]
) -> None:
    monkeypatch.setattr(vitals, "_EXACT", limit)
    database = await Database.open(postgres_url)
    (team,) = await declared(database)
    digest = await composed(database, team, await read_articles(database, 3))
    await post(database, digest, parts=4)
    with psycopg.connect(postgres_url) as shell:
        shell.execute(_MANY)
        shell.execute("ANALYZE")
    levels = await vitals.StoredVitals(database).levels(NOW)
    await database.aclose()
    assert is_right(levels.sources["ok"])
    assert (levels.articles_read, levels.messages_posted, levels.digests["posted"]) == (3, {"web": 4}, 1)


async def test_what_was_read_and_went_is_counted_still(postgres_url: str) -> None:
    database = await Database.open(postgres_url)
    await read_articles(database, 3)
    async with database.begin() as tx:
        assert await tx.retention.forget_articles(0, NOW, 9) == Passed(3, 2), "the newest stays"
    levels = await vitals.StoredVitals(database).levels(NOW)
    await database.aclose()
    assert levels.articles_read == 3
