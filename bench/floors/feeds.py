"""The floor of refresh: aiohttp on uvloop, fastfeedparser and sqlite3, nothing else. `feeds.py DATABASE PORT HOST...`

The tables are the product's, with their indexes, and so are order, concurrency, rows, `synchronous` and transactions.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from hashlib import blake2b

import aiohttp
import fastfeedparser
import uvloop
from rounds import serve

BATCH, LANES = 100, 2  # sources a transaction, and how many of these are gathered side by side
_SOURCES = "SELECT id, address, etag, body_hash FROM sources ORDER BY id"
_ARTICLE = """INSERT INTO articles (id, key, source_id, state, complete, attempts, said, first_seen, aged_from,
    baseline, title, url, author, published, category, language, takeaways, summary, text, blocks)
    VALUES (?, ?, ?, 'new', 1, 0, '', 0, 0, 0, ?, ?, ?, ?, ?, 'en', '[]', ?, ?, '[]')"""
_SIGHTING = "INSERT INTO sightings (article_id, source_id, said) VALUES (?, ?, '')"
_SOURCE = "UPDATE sources SET state = 'ok', etag = ?, body_hash = ?, title = coalesce(?, title) WHERE id = ?"


async def fetched(session, source, address, etag, known):
    """Row for the source, rows for its entries."""
    async with session.get(address, headers={"If-None-Match": etag} if etag else {}) as response:
        if response.status == 304:
            return (etag, known, None, source), []
        body, etag = await response.read(), response.headers.get("ETag")
    digest = blake2b(body, digest_size=16).hexdigest()
    if digest == known:
        return (etag, digest, None, source), []
    feed = fastfeedparser.parse(body)
    rows = []
    for one in feed.entries:
        tag, body = (one.get("tags") or [{}])[0].get("term"), one.content[0]["value"]
        said = one.get("author"), one.get("published"), tag, one.get("description"), body
        rows.append((one.link, source, one.title, one.link, *said))
    return (etag, digest, feed.feed.title, source), rows


async def opened():
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def refresh(connection, session):
    sources = connection.execute(_SOURCES).fetchall()
    batches = (sources[start : start + BATCH] for start in range(0, len(sources), BATCH))
    await asyncio.gather(*(lane(connection, session, batches) for _ in range(LANES)))
    return len(sources)


async def lane(connection, session, batches):
    for batch in batches:
        found = await asyncio.gather(*(fetched(session, *source) for source in batch))
        newest = connection.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
        rows = [(newest + place, *row) for place, row in enumerate((r for _, some in found for r in some), 1)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_ARTICLE, rows)
        connection.executemany(_SIGHTING, [(row[0], row[2]) for row in rows])
        connection.executemany(_SOURCE, [source for source, _ in found])
        connection.execute("COMMIT")


if __name__ == "__main__":
    database = sqlite3.connect(sys.argv[1], isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA synchronous = FULL")
    # what is connected stays so from phase to phase, as in the product
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        session = runner.run(opened())
        serve(lambda phase: runner.run(refresh(database, session)))
        runner.run(session.close())
