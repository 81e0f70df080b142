"""Levels of every table that is some verb's inbox, by queries that an index answers: `ports.Vitals`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Levels
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.tables import articles, channels, digests, outbox, schedules, sources, votes


class StoredVitals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def levels(self, now: datetime) -> Levels:
        async with self._database.read() as view:
            connection = view.connection
            states = await _counts(connection, articles.c.state)
            open_postings = await _counts(connection, outbox.c.state, _OPEN)
            oldest = await _first(connection, select(func.min(digests.c.at)).where(digests.c.state == "composed"))
            return Levels(
                articles_read=states.get("read", 0),
                articles_waiting=states.get("new", 0),
                digests=await _counts(connection, digests.c.state),
                messages_posted=await _counts(connection, outbox.c.platform, outbox.c.message.is_not(None)),
                votes=await _first(connection, select(func.count()).select_from(votes)),
                sources=await _counts(connection, sources.c.state, sources.c.listed),
                channels=await _counts(connection, _RUNNING, ~channels.c.stopped),
                postings_waiting=open_postings.get("pending", 0),
                postings_uncertain=open_postings.get("uncertain", 0),
                outbox_age=_age(oldest, now),
                lags=await _lags(connection, now),
            )


_RUNNING = case((channels.c.paused.is_(None), "running"), (channels.c.lost, "lost"), else_="paused")
# What is not posted yet belongs to a digest that is not: few rows, however long the outbox has grown.
_OPEN = outbox.c.digest_id.in_(select(digests.c.id).where(digests.c.state == "composed"))


async def _counts(connection: AsyncConnection, by: ColumnElement[Any], *where: ColumnElement[bool]) -> dict[str, int]:
    rows = await connection.execute(select(by, func.count()).where(*where).group_by(by))
    return {value: count for value, count in rows if value is not None}


async def _first(connection: AsyncConnection, query: Select[Any]) -> Any:
    return (await connection.execute(query)).scalar()


async def _lags(connection: AsyncConnection, now: datetime) -> dict[str, timedelta]:
    awake = channels.c.paused.is_(None) & ~channels.c.stopped
    oldest = {
        "refresh": select(func.min(sources.c.next_at)).where(sources.c.listed, sources.c.state != "paused"),
        "read": select(func.min(func.coalesce(articles.c.retry_at, articles.c.first_seen))).where(
            articles.c.state == "new", or_(articles.c.retry_at.is_(None), articles.c.retry_at <= now)
        ),
        "tick": select(func.min(schedules.c.next_run_at)).join_from(schedules, channels).where(awake),
        "compose": select(func.min(digests.c.at)).where(digests.c.state == "due"),
    }
    found = {verb: await _first(connection, query) for verb, query in oldest.items()}
    (*_, first) = (None, *await SqlOutbox(connection).waiting(now, 1))
    found["deliver"] = await _first(connection, select(digests.c.at).where(digests.c.id == first))
    return {verb: _age(since, now) for verb, since in found.items() if since is not None and since <= now}


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(now - since, timedelta()) if since else timedelta()
