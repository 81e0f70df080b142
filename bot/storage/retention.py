"""Retention: what is not kept for good. Votes stay, and so does what keeps articles from coming back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import ColumnElement, bindparam, delete, exists, false, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Passed
from bot.storage import search
from bot.storage.dialect import alone, listed, value_of
from bot.storage.gone import go
from bot.storage.tables import article_bands, articles, digest_items, digests, outbox, removals, voters, votes
from bot.storage.tables.reading import FULL

_BANDED = article_bands.c.article_id

_ENDED = ("posted", "quiet", "dropped")
_HAD_BY = (digest_items.c.article_id, outbox.c.article_id, removals.c.article_id, votes.c.article)
# A number is never given twice, so the highest stays in use: links and stories go by it.
_UNWANTED = (
    articles.c.state == "read",
    articles.c.id < select(func.max(articles.c.id)).scalar_subquery(),
    *(~exists().where(had == articles.c.id) for had in _HAD_BY),
)
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
        """Articles are numbered as they come, so the oldest stand first in the index. With the bands goes what is
        compared where they are shared, the longest that there is of an article without its text."""
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
            these = select(value_of(listed(old)))
            await self._connection.execute(delete(article_bands).where(_BANDED.in_(these)))
            await self._connection.execute(update(articles).where(articles.c.id.in_(these)).values(fingerprint=None))
        return len(old)

    async def forget_articles(self, after: int, before: datetime, limit: int) -> Passed | None:
        await alone(self._connection, "articles")
        old = await self._old(articles.c.id, articles.c.first_seen, after=after, before=before, limit=limit)
        if not old:
            return None
        unwanted = select(articles.c.id).where(articles.c.id.in_(select(value_of(listed(old)))), *_UNWANTED)
        if ids := (await self._connection.execute(unwanted)).scalars().all():
            await go(self._connection, ids)
        return Passed(old[-1], len(ids))

    async def forget_wording(self, after: int, before: datetime, limit: int) -> Passed | None:
        old = await self._old(digests.c.id, digests.c.at, after=after, before=before, limit=limit)
        if not old:
            return None
        these = select(digests.c.id).where(digests.c.id.in_(select(value_of(listed(old)))), digests.c.state.in_(_ENDED))
        silenced = await self._connection.execute(
            update(outbox).where(outbox.c.digest_id.in_(these), outbox.c.payload.is_not(None)).values(payload=None)
        )
        await self._connection.execute(
            update(digest_items)
            .where(digest_items.c.digest_id.in_(these), text("why <> '[]'"))
            .values(takeaways=(), why=(), also=())
        )
        return Passed(old[-1], silenced.rowcount)

    async def _old(
        self, number: ColumnElement[int], moment: ColumnElement[datetime], *, after: int, before: datetime, limit: int
    ) -> Sequence[int]:
        """The next numbers, up to the first of what is not from before that: rows are numbered as they come."""
        rows = await self._connection.execute(
            select(number, moment).where(number > after).order_by(number).limit(limit)
        )
        return [row[0] for row in takewhile(lambda row: row[1] < before, rows)]

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
