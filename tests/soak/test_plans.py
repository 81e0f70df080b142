"""The hottest queries on a million articles and ten million votes in PostgreSQL: none of them goes through a table."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.model import MessageRef, Occurrence, Reaction, Workspace
from bot.ports import UnitOfWork
from bot.storage.database import Database
from bot.storage.vitals import StoredVitals
from tests.contract.things import HOUR, NOW, vote
from tests.postgres import PostgresServer

ARTICLES = int(os.environ.get("PLANS_ARTICLES", "1000000"))
VOTES = 10 * ARTICLES
CHANNELS, SOURCES, VOTERS = 10_000, 100_000, 1_000_000
HERE = Workspace("web", "w1")
BIG = ("articles", "votes", "outbox", "digests", "digest_items", "sightings", "sources", "article_bands", "voters")
AT = int(NOW.timestamp() * 1_000_000)
FILL = (Path(__file__).with_name("plans.sql")).read_text("utf-8")
Query = Callable[[UnitOfWork], Awaitable[object]]
HOT: dict[str, Query] = {
    "claim sources": lambda tx: tx.sources.claim(NOW, NOW + HOUR, 50),
    "due schedules": lambda tx: tx.schedules.due(NOW + HOUR, 500),
    "claim articles": lambda tx: tx.articles.unread(20, NOW, until=NOW + HOUR),
    "newest outlines": lambda tx: tx.candidates.outlines(
        7, HERE, before=NOW, since=NOW - timedelta(days=2), backlog=False
    ),
    "what votes made of sources and categories": lambda tx: tx.candidates.tastes(HERE),
    "standings of all time": lambda tx: tx.sources.standings(HERE),
    "digests that are due": lambda tx: tx.schedules.in_state("due", 500),
    "slots opened": lambda tx: tx.schedules.open({n: Occurrence(NOW, "plan") for n in range(1, 100)}),
    "slots planned": lambda tx: tx.schedules.plan({n: Occurrence(NOW, "plan") for n in range(1, 100)}),
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
    "bands that go": lambda tx: tx.retention.forget_bands(NOW - timedelta(days=31), 500),
    "texts that go": lambda tx: tx.retention.empty_articles(NOW - timedelta(days=31), 500),
    "articles that go": lambda tx: tx.retention.forget_articles(0, NOW, 500),
    "words that go": lambda tx: tx.retention.forget_wording(0, NOW, 500),
    "reputations": lambda tx: tx.valuations.reputations([1, 2, 3]),
}


def reaction(number: int) -> Reaction:
    place = MessageRef("web", f"w{number % 500}", f"p{number % CHANNELS}", f"m{number}")
    return Reaction(platform="web", workspace=place.workspace, place=place.place, member="m", emoji="👍", ref=place)


@dataclass(frozen=True)
class Look:
    """A statement of a query, as PostgreSQL carried it out."""

    name: str
    statement: str
    plan: str
    milliseconds: float
    blocks: int

    @property
    def through(self) -> list[str]:
        """The long tables that it read from end to end."""
        return [table for table in BIG if f"Seq Scan on {table}" in self.plan]


async def looks_at(url: str, monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """Every statement of the hottest queries, and of a scrape: as the store says it, carried out and rolled back."""
    asked: list[tuple[Any, Any]] = []
    execute = psycopg.AsyncCursor.execute

    async def heard(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(query, str) and query.startswith(("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")):
            asked.append((query, params))
        return await execute(self, query, params, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", heard)
    database = await Database.open(url)
    looks = []
    with psycopg.connect(url, options="-c random_page_cost=1.1") as shell:
        for name, query in (*HOT.items(), ("a scrape", None)):
            asked.clear()
            if query is None:
                await StoredVitals(database).levels(NOW)
            else:
                with suppress(_Enough):
                    async with database.begin() as tx:
                        await query(tx)
                        raise _Enough
            for statement, parameters in asked:
                rows = shell.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters).fetchone()
                looks.append(_look(name, statement, rows[0][0]))  # type: ignore[index]
                shell.rollback()
    await database.aclose()
    return looks


class _Enough(Exception):
    """Rolls a transaction back."""


def _look(name: str, statement: str, told: dict[str, Any]) -> Look:
    top = told["Plan"]
    blocks = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return Look(name, statement, "\n".join(_nodes(top)), told["Execution Time"], blocks)


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    place = node.get("Index Name") or node.get("Relation Name", "")
    yield f"{node['Node Type']} on {place} ({node['Actual Rows']} rows)"
    for one in node.get("Plans", ()):
        yield from _nodes(one)


def table_of(looks: list[Look]) -> str:
    """A row for each query: its statements together."""
    rows = []
    for name in dict.fromkeys(one.name for one in looks):
        mine = [one for one in looks if one.name == name]
        spent, blocks = sum(one.milliseconds for one in mine), sum(one.blocks for one in mine)
        rows.append(
            f"| {name} | {len(mine)} | {spent:,.1f} | {blocks:,} | {sum(map(len, (o.through for o in mine)))} |"
        )
    return "| query | statements | ms | blocks | tables read through |\n|---|---|---|---|---|\n" + "\n".join(rows)


@pytest.mark.timeout(3600)
async def test_no_hot_query_goes_through_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    server = PostgresServer()
    try:
        url = server.prepared()
        with psycopg.connect(url, autocommit=True) as shell:
            sizes = {"at": AT, "articles": ARTICLES, "votes": VOTES, "digests": ARTICLES // 5, "channels": CHANNELS}
            shell.execute(FILL.format(**sizes, sources=SOURCES, voters=VOTERS))
        looks = await looks_at(url, monkeypatch)
    finally:
        server.close()
    print(table_of(looks))
    assert [f"{one.name}: {one.through}\n{one.statement}\n{one.plan}" for one in looks if one.through] == []
