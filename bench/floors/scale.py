"""The floor of PostgreSQL: psycopg and the statements, nothing else; the same tables, rows and transactions of 500."""

from __future__ import annotations

import time

import psycopg

_GROUP = 500
_CHANNELS = """
INSERT INTO channels (name, platform, place, workspace, origin, stopped, lost, settings)
SELECT 'c' || n, 'web', 'p' || n, 'local', 'command', false, false, '{}' FROM generate_series(1, %(count)s) n"""
_SCHEDULES = """
INSERT INTO schedules SELECT id, '0 9 * * *', 'UTC',
  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 1000000, 'slot' FROM channels"""
_ARTICLES = """
INSERT INTO articles (source_id, key, state, complete, attempts, said, first_seen, aged_from, baseline, story, score,
  title, url, takeaways, text, blocks)
SELECT 1 + n %% 200, 'k' || n, 'read', true, 0, '', at, at, false, n, 0.6 + n %% 40 / 100.0,
  'Title ' || n, 'https://a.example/' || n,
  '[{"text": "Something is said of it.", "kind": "section", "support": 1, "shown": true}]', '', '[]'
FROM generate_series(1, %(count)s) n,
  LATERAL (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - n * 60000000::bigint AS at) at"""
_SOURCES = """
INSERT INTO sources (address, listed, origin, every, state, next_at, failures, platform, workspace)
SELECT 'https://s.example/' || n, true, 'command', 3600000000, 'ok', 4000000000000000, 0, '', ''
FROM generate_series(1, 200) n"""
_CLAIM = """
WITH due AS (
  SELECT channel_id, next_key, next_run_at FROM schedules WHERE next_run_at <= %(now)s
  ORDER BY next_run_at LIMIT %(group)s FOR UPDATE SKIP LOCKED
), opened AS (
  INSERT INTO digests (channel_id, key, at, state, considered)
  SELECT channel_id, next_key, next_run_at, 'due', 0 FROM due ON CONFLICT DO NOTHING
)
UPDATE schedules SET next_run_at = %(next)s FROM due WHERE schedules.channel_id = due.channel_id"""
_VOTE = """
INSERT INTO votes (workspace, voter, article, ballot, option, value, platform, cast_at)
VALUES ('local', %s, %s, 'value', '👍', 1, 'web', 0)"""


def fill_channels(url: str, count: int) -> None:
    """So many channels, each of them due."""
    with psycopg.connect(url) as shell:
        shell.execute(_CHANNELS, {"count": count})
        shell.execute(_SCHEDULES)
        shell.execute("ANALYZE")  # as autovacuum does within a minute


def fill_articles(url: str, count: int) -> None:
    with psycopg.connect(url) as shell:
        shell.execute(_SOURCES)
        shell.execute(_ARTICLES, {"count": count})
        shell.execute("ANALYZE")


def claim(url: str) -> float:
    """Seconds in which every due slot is opened, group by group; no next run is reckoned and no job is made."""
    now = int(time.time() * 1_000_000)
    given = {"now": now, "next": now + 86_400_000_000, "group": _GROUP}
    began = time.perf_counter()
    with psycopg.connect(url) as connection:
        while connection.execute(_CLAIM, given).rowcount:
            connection.commit()
    return time.perf_counter() - began


def cast(url: str, voters: int, articles: int) -> float:
    """Seconds in which each voter is made and votes on each article."""
    rows = [(voter, article) for article in range(1, articles + 1) for voter in range(1, voters + 1)]
    began = time.perf_counter()
    with psycopg.connect(url) as connection:
        connection.cursor().executemany("INSERT INTO voters (hash) VALUES (%s)", [(f"v{n}",) for n in range(voters)])
        for start in range(0, len(rows), _GROUP):
            connection.cursor().executemany(_VOTE, rows[start : start + _GROUP])
            connection.commit()
    return time.perf_counter() - began
