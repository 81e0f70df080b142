"""db copy of a hundred thousand articles into PostgreSQL, killed twice on the way: every table ends equal."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer
from tests.scenario.cli import ROOT, digestbot
from tests.scenario.steps import until
from tests.scenario.test_moving import copied, lived, rows_in

ARTICLES = int(os.environ.get("MOVING_ARTICLES", "100000"))
_MORE = """
WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 10000 + :articles)
INSERT INTO articles
  (id, key, state, complete, attempts, said, first_seen, aged_from, baseline, story, score, title, url, takeaways,
   text, blocks)
SELECT i, 'k' || i, CASE WHEN i % 3 THEN 'read' ELSE 'new' END, 1, 0, 's' || i, i * 1000000, i * 1000000, 0, i, 0.5,
  'Körper ' || i, 'https://a.example/' || i,
  '[{"text":"人工智慧 ' || i || '","kind":"section","support":1,"shown":true}]',
  'Körper 人工智慧 ' || hex(randomblob(1000)), '[]'
FROM n"""
_BANDS = "INSERT INTO article_bands SELECT id * 7919 % 1000003, id FROM articles WHERE id > 10000"
_SIGHTINGS = "INSERT INTO sightings SELECT id, (SELECT min(id) FROM sources), 's' FROM articles WHERE id > 10000"
_EQUAL = "SELECT id, key, state, title, takeaways, text FROM articles ORDER BY id"


@pytest.mark.timeout(3600)
async def test_killed_twice_it_ends_equal(tmp_path: Path, postgres: PostgresServer) -> None:
    file = await lived(tmp_path, articles=1)
    with closing(sqlite3.connect(file)) as connection:
        for statement in (_MORE, _BANDS, _SIGHTINGS):
            connection.execute(statement, {"articles": ARTICLES} if statement is _MORE else {})
        connection.commit()
    url, began = postgres.database(), time.monotonic()
    command = [sys.executable, "-m", "bot", "db", "copy", url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for share in (0.2, 0.6):
        process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=environment)
        await until(lambda least=share * ARTICLES: copied(url) >= least, seconds=1200)
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        print(f"killed at {copied(url):,} articles after {time.monotonic() - began:.0f} s")
    assert 0 < copied(url) < ARTICLES
    ended = digestbot("db", "copy", url, cwd=tmp_path, timeout=1200)
    assert ended.code == 0, ended.err
    print(f"{ARTICLES:,} articles copied and compared, killed twice: {time.monotonic() - began:.0f} s in all")
    assert all(here == there for _, here, there in rows_in(file, url))
    with closing(sqlite3.connect(file)) as old, psycopg.connect(url) as new:
        assert old.execute(_EQUAL).fetchall() == new.execute(_EQUAL).fetchall()
