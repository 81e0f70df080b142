"""Levels of every table that is some verb's inbox, by queries that an index answers or an estimate: `ports.Vitals`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Levels
from bot.storage.database import Database
from bot.storage.dialect import POSTGRES
from bot.storage.outbox import SqlOutbox
from bot.storage.tables import articles, channels, digests, gone, outbox, schedules, sources, votes

_EXACT = 20_000  # rows; of more, PostgreSQL's estimate is told


class StoredVitals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def levels(self, now: datetime) -> Levels:
        async with self._database.read() as view:
            connection = view.connection
            open_postings = await _counts(connection, outbox.c.state, _OPEN)
            oldest = await _first(connection, select(func.min(digests.c.at)).where(digests.c.state == "composed"))
            posted = outbox.c.message.is_not(None)
            return Levels(
                articles_read=await _about(connection, articles, articles.c.state == "read")
                + await _about(connection, gone),
                articles_waiting=await _about(connection, articles, articles.c.state == "new"),
                digests=await _each(connection, digests.c.state, _DIGESTS),
                messages_posted=await _each(connection, outbox.c.platform, await _platforms(connection), posted),
                votes=await _about(connection, votes),
                sources=await _each(connection, sources.c.state, _SOURCES, sources.c.listed),
                channels=await _counts(connection, _RUNNING, ~channels.c.stopped),
                postings_waiting=open_postings.get("pending", 0),
                postings_uncertain=open_postings.get("uncertain", 0),
                outbox_age=_age(oldest, now),
                lags=await _lags(connection, now),
            )


_DIGESTS = ("due", "composed", "posted", "quiet", "dropped")
_SOURCES = ("new", "ok", "failing", "paused")
_RUNNING = case((channels.c.paused.is_(None), "running"), (channels.c.lost, "lost"), else_="paused")
# What is not posted yet belongs to a digest that is not: few rows, however long the outbox has grown.
_OPEN = outbox.c.digest_id.in_(select(digests.c.id).where(digests.c.state == "composed"))


async def _counts(connection: AsyncConnection, by: ColumnElement[Any], *where: ColumnElement[bool]) -> dict[str, int]:
    rows = await connection.execute(select(by, func.count()).where(*where).group_by(by))
    return {value: count for value, count in rows if value is not None}


async def _each(
    connection: AsyncConnection, by: ColumnElement[Any], values: Sequence[str], *where: ColumnElement[bool]
) -> dict[str, int]:
    """How many rows there are of each of these values."""
    return {value: await _about(connection, by.table, by == value, *where) for value in values}


async def _about(connection: AsyncConnection, table: FromClause, *where: ColumnElement[bool]) -> int:
    """How many rows there are. A long table is not counted at every scrape: of PostgreSQL's the planner's estimate is
    told, which autovacuum keeps."""
    query = select(literal_column("1", Integer)).select_from(table).where(*where)
    if connection.dialect.name == POSTGRES:
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}")
        rows = int(explained.scalar_one()[0]["Plan"]["Plan Rows"])
        if rows > _EXACT:
            return rows
    return int(await _first(connection, select(func.count()).select_from(query.subquery())))


async def _platforms(connection: AsyncConnection) -> Sequence[str]:
    return [*await connection.scalars(select(channels.c.platform).distinct())]


async def _first(connection: AsyncConnection, query: Select[Any]) -> Any:
    return (await connection.execute(query)).scalar()


async def _lags(connection: AsyncConnection, now: datetime) -> dict[str, timedelta]:
    awake = channels.c.paused.is_(None) & ~channels.c.stopped
    oldest = {
        "refresh": select(func.min(sources.c.next_at)).where(sources.c.listed, sources.c.state != "paused"),
        "read": select(func.coalesce(articles.c.retry_at, articles.c.first_seen))
        .where(articles.c.state == "new", or_(articles.c.retry_at.is_(None), articles.c.retry_at <= now))
        .order_by(articles.c.first_seen)
        .limit(1),
        "tick": select(schedules.c.next_run_at)
        .join_from(schedules, channels)
        .where(awake, schedules.c.next_run_at.is_not(None))
        .order_by(schedules.c.next_run_at)
        .limit(1),
        "compose": select(func.min(digests.c.at)).where(digests.c.state == "due"),
    }
    found = {verb: await _first(connection, query) for verb, query in oldest.items()}
    (*_, first) = (None, *await SqlOutbox(connection).waiting(now, 1))
    found["deliver"] = await _first(connection, select(digests.c.at).where(digests.c.id == first))
    return {verb: _age(since, now) for verb, since in found.items() if since is not None and since <= now}


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(now - since, timedelta()) if since else timedelta()
