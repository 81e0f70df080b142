"""The floor of the herd's work on PostgreSQL: aiohttp, psycopg and the statements; nothing is parsed or worded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import aiohttp
import psycopg

_FEEDS = 50
_READ = 20
_ARTICLE = """
INSERT INTO articles
  (key, state, complete, attempts, said, first_seen, aged_from, baseline, title, url, takeaways, text, blocks)
VALUES (%s, 'new', true, 0, '', 0, 0, false, 'Title', %s, '[]', %s, '[]')"""
_TEXT = "UPDATE articles SET text = %s, blocks = %s, state = 'read', story = id, score = 0.5 WHERE id = %s"
_OUTLINES = """
SELECT id, score, story, aged_from, category, source_id, baseline FROM articles
WHERE state = 'read' AND NOT baseline AND first_seen >= %s"""
_DIGEST = """
INSERT INTO digests (channel_id, key, at, state, considered) VALUES (%s, 'floor', %s, 'composed', 1) RETURNING id"""
_ITEM = """
INSERT INTO digest_items (digest_id, article_id, channel_id, rank, score, takeaways, why, also)
VALUES (%s, %s, %s, %s, 1, '[]', '[]', '[]')"""
_POSTING = """
INSERT INTO outbox (key, digest_id, part, kind, state, attempts, unsure, payload)
VALUES (%s, %s, %s, 'message', 'pending', 0, false, %s)"""


async def fetch(url: str, addresses: Sequence[str], entries: int) -> float:
    """Seconds in which all addresses are fetched and so many articles of each written, fifty feeds a transaction."""
    gate = asyncio.Semaphore(100)

    async def body(session: aiohttp.ClientSession, address: str) -> bytes:
        async with gate, session.get(address) as response:
            return await response.read()

    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        with psycopg.connect(url) as connection:
            for start in range(0, len(addresses), _FEEDS):
                bodies = await asyncio.gather(*(body(session, one) for one in addresses[start : start + _FEEDS]))
                rows = [
                    (f"{start + place}-{entry}", f"{start + place}-{entry}", text[entry * 2000 :][:2000].decode())
                    for place, text in enumerate(bodies)
                    for entry in range(entries)
                ]
                connection.cursor().executemany(_ARTICLE, rows)
                connection.commit()
    return time.perf_counter() - began


def write(url: str, count: int) -> float:
    """Seconds in which so many articles get what reading made of them, twenty a transaction."""
    text = "Something that was read of it. " * 60
    began = time.perf_counter()
    with psycopg.connect(url) as connection:
        for start in range(1, count + 1, _READ):
            rows = [(text, text, number) for number in range(start, start + _READ)]
            connection.cursor().executemany(_TEXT, rows)
            connection.commit()
    return time.perf_counter() - began


def compose(url: str, channels: int) -> float:
    """Seconds in which a digest of five is written for each channel, after a look at the newest articles' outlines."""
    now = int(time.time() * 1_000_000)
    began = time.perf_counter()
    with psycopg.connect(url) as connection:
        for channel in range(1, channels + 1):
            outlines = connection.execute(_OUTLINES, (now - 2 * 86_400_000_000,)).fetchall()
            best = sorted(outlines, key=lambda row: -row[1])[:5]
            (digest,) = connection.execute(_DIGEST, (channel, now)).fetchone() or (0,)
            cursor = connection.cursor()
            cursor.executemany(_ITEM, [(digest, row[0], channel, rank) for rank, row in enumerate(best)])
            cursor.executemany(_POSTING, [(f"f{digest}-{part}", digest, part, "x" * 800) for part in range(6)])
            connection.commit()
    return time.perf_counter() - began
