"""Retention: what is not kept for good. Votes stay, and so does what keeps articles from coming back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, false, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import search
from bot.storage.dialect import listed, value_of
from bot.storage.tables import article_bands, articles, voters, votes
from bot.storage.tables.reading import FULL

_BANDED = article_bands.c.article_id

_EMPTY = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(text="", blocks=(), summary=None, image=None, baseline=True)
)


class SqlRetention:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def leave(self, voter: str) -> bool:
        marked = await self._connection.execute(update(voters).where(voters.c.hash == voter).values(leaving=True))
        return marked.rowcount == 1

    async def forget_voters(self, *, idle_since: datetime | None, left_before: datetime) -> int:
        newest = select(votes.c.voter).group_by(votes.c.voter)
        idle = false() if idle_since is None else voters.c.id.in_(newest.having(func.max(votes.c.cast_at) < idle_since))
        left = voters.c.leaving & voters.c.id.in_(newest.having(func.max(votes.c.cast_at) < left_before))
        forgotten = await self._connection.execute(
            update(voters).where(voters.c.hash.is_not(None), or_(idle, left)).values(hash=None)
        )
        return forgotten.rowcount

    async def forget_bands(self, before: datetime, limit: int) -> int:
        """Articles are numbered as they come, so the oldest stand first in the index."""
        newest = select(articles.c.id).where(articles.c.first_seen < before).order_by(articles.c.first_seen.desc())
        found = await self._connection.execute(
            select(_BANDED)
            .where(newest.limit(1).scalar_subquery() >= _BANDED)
            .group_by(_BANDED)
            .order_by(_BANDED)
            .limit(limit)
        )
        old = tuple(found.scalars())
        if old:
            await self._connection.execute(delete(article_bands).where(_BANDED.in_(select(value_of(listed(old))))))
        return len(old)

    async def empty_articles(self, before: datetime, limit: int) -> int:
        found = await self._connection.execute(
            select(articles.c.id.label("article"))
            .where(articles.c.state == "read", articles.c.first_seen < before, text(FULL))
            .order_by(articles.c.first_seen)
            .limit(limit)
        )
        rows = [dict(row) for row in found.mappings()]
        if rows:
            await self._connection.execute(_EMPTY, rows)
            await search.empty(self._connection, [row["article"] for row in rows])
        return len(rows)
