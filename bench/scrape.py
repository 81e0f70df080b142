"""What a scrape of `/metrics` takes of a store that years have filled, against counting its votes alone.

`python -m bench scrape [ARTICLES]`: so many articles (200,000), half as many messages and five times as many votes are
written by SQL; then all levels are asked for, and in turns the votes are counted, which is the least that a scrape
does. Processor time, five rounds, median and spread. The loop is free meanwhile: SQLite works in a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.storage.database import Database
from bot.storage.vitals import StoredVitals
from tests.contract.things import channel, declared

ARTICLES, ROUNDS = 200_000, 5
_UP_TO = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
_FILL = """
INSERT INTO articles
    (id, key, state, complete, attempts, said, first_seen, aged_from, baseline, title, takeaways, text, blocks)
    SELECT i, 'k' || i, CASE WHEN i % 1000 THEN 'read' ELSE 'new' END, 1, 0, '', i, i, 0, 'T', '[]', '', '[]' FROM n;
INSERT INTO digests (id, channel_id, key, at, state, considered)
    SELECT i, 1, 'd' || i, i, CASE WHEN i % 1000 THEN 'posted' ELSE 'composed' END, 9 FROM n WHERE i % 10 = 0;
INSERT INTO outbox
    (key, digest_id, part, kind, state, attempts, unsure, platform, workspace, place, message, payload)
    SELECT 'p' || i, 10 * ((i + 9) / 10), i % 10, 'message', CASE WHEN i % 1000 THEN 'posted' ELSE 'pending' END, 1, 0,
    'web', 'web', 'p', 'm' || i, '{"title": "' || hex(randomblob(200)) || '"}' FROM n WHERE i % 2 = 0;
INSERT INTO voters (id, hash) SELECT i, 'h' || i FROM n WHERE i <= 100;
INSERT INTO votes SELECT 'web', 1 + v.i, n.i, 'value', '👍', 1, 'web', 0 FROM n, (SELECT i FROM n WHERE i <= 5) v
"""


def main(arguments: Sequence[str]) -> None:
    articles = int(arguments[0]) if arguments else ARTICLES
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder) / "store.db", articles))


async def _measure(file: Path, articles: int) -> None:
    database = await Database.open(f"sqlite:///{file}")
    await declared(database, channel())
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in _FILL.split(";"):
            connection.execute(_UP_TO.format(articles) + statement)
    vitals, now = StoredVitals(database), datetime.now(UTC)
    rounds = [(await _all(vitals, now), await _votes(database)) for _ in range(ROUNDS)]
    await database.aclose()
    ours, floor = ([1000 * one for one in some] for some in zip(*rounds, strict=True))
    print(
        f"{articles:,} articles, {articles // 2:,} messages, {5 * articles:,} votes: a scrape {_spread(ours)} ms; "
        f"counting the votes {_spread(floor)} ms"
    )


async def _all(vitals: StoredVitals, now: datetime) -> float:
    began = time.process_time()
    levels = await vitals.levels(now)
    took = time.process_time() - began
    assert levels.articles_waiting
    assert levels.postings_waiting
    return took


async def _votes(database: Database) -> float:
    began = time.process_time()
    async with database.read() as view:
        await view.connection.exec_driver_sql("SELECT count(*) FROM votes")
    return time.process_time() - began


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"
