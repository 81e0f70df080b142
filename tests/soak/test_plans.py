"""The hottest queries on a million articles and ten million votes in PostgreSQL: none of them goes through a table."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.model import MessageRef, Reaction, Workspace
from bot.ports import UnitOfWork
from bot.storage.database import Database
from bot.storage.vitals import StoredVitals
from tests.contract.things import HOUR, NOW, vote
from tests.postgres import PostgresServer

ARTICLES = int(os.environ.get("PLANS_ARTICLES", "1000000"))
VOTES = 10 * ARTICLES
CHANNELS, SOURCES, VOTERS = 10_000, 100_000, 10_000
HERE = Workspace("web", "w1")
BIG = ("articles", "votes", "outbox", "digests", "digest_items", "sightings", "sources", "article_bands", "voters")
AT = int(NOW.timestamp() * 1_000_000)
FILL = (Path(__file__).with_name("plans.sql")).read_text("utf-8")
Query = Callable[[UnitOfWork], Awaitable[object]]
HOT: dict[str, Query] = {
    "claim sources": lambda tx: tx.sources.claim(NOW, NOW + HOUR, 50),
    "due schedules": lambda tx: tx.schedules.due(NOW + HOUR, 500),
    "claim articles": lambda tx: tx.articles.unread(20, NOW, until=NOW + HOUR),
    "neighbours": lambda tx: tx.articles.neighbours([*range(1, 40)], NOW - timedelta(days=30)),
    "candidates in full": lambda tx: tx.candidates.among(range(1, 60), {}),
    "served": lambda tx: tx.channels.served(7),
    "postings that wait": lambda tx: tx.outbox.waiting(NOW, 500),
    "lease": lambda tx: tx.outbox.lease(1000, token="t", now=NOW, until=NOW + HOUR),
    "reactions": lambda tx: tx.votes.placed([reaction(n) for n in range(1, 500)]),
    "on its way": lambda tx: tx.votes.on_its_way("web"),
    "cast": lambda tx: tx.votes.cast([vote(n, voter=f"v{n}", workspace="w1", ballot="new") for n in range(1, 500)]),
    "tallies": lambda tx: tx.votes.tallies([*range(1, 60)], HERE),
    "search": lambda tx: tx.articles.find("word77", 20, HERE),
    "reputations": lambda tx: tx.valuations.reputations([1, 2, 3]),
}


def reaction(number: int) -> Reaction:
    place = MessageRef("web", f"w{number % 500}", f"p{number % CHANNELS}", f"m{number}")
    return Reaction(platform="web", workspace=place.workspace, place=place.place, member="m", emoji="👍", ref=place)


@pytest.mark.timeout(3600)
async def test_no_hot_query_goes_through_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    server = PostgresServer()
    url = server.prepared()
    with psycopg.connect(url, autocommit=True) as shell:
        sizes = {"at": AT, "articles": ARTICLES, "votes": VOTES, "digests": ARTICLES // 5, "channels": CHANNELS}
        shell.execute(FILL.format(**sizes, sources=SOURCES, voters=VOTERS))
    asked: list[tuple[Any, Any]] = []
    execute = psycopg.AsyncCursor.execute

    async def heard(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        asked.append((query, params))
        return await execute(self, query, params, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", heard)
    database = await Database.open(url)
    wrong, plans = [], []
    with psycopg.connect(url) as shell:
        for name, query in HOT.items():
            asked.clear()
            async with database.begin() as tx:
                await query(tx)
            for statement, parameters in asked:
                if not isinstance(statement, str) or not statement.startswith(("SELECT", "UPDATE", "INSERT", "DELETE")):
                    continue
                plan = "\n".join(row[0] for row in shell.execute(f"EXPLAIN {statement}", parameters))
                plans.append(f"-- {name}\n{plan}")
                wrong += [f"{name}: {table}\n{statement}\n{plan}" for table in BIG if f"Seq Scan on {table}" in plan]
            shell.rollback()
    levels = await StoredVitals(database).levels(NOW)
    assert levels.votes > 0
    await database.aclose()
    server.close()
    print("\n".join(plans))
    assert wrong == []
