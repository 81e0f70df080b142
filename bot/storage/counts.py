"""Counts: what channels had and how their teams voted on it, by when. Read-only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, Edition, Judged
from bot.storage.columns import moment_of
from bot.storage.holdings import is_of
from bot.storage.tables import articles, digests, outbox, votes

_QUARTER = 15 * 60 * 1_000_000  # microseconds: every zone's days begin on a quarter of an hour
_STORY = timedelta(days=30)  # further apart no two articles are put together
_OUTBOX = outbox.join(digests)
_FOR = func.sum(case((votes.c.value > 0, 1), else_=0))
_AGAINST = func.sum(case((votes.c.value < 0, 1), else_=0))


class SqlCounts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def editions(self, channel: Channel) -> tuple[Edition, ...]:
        query = (
            select(digests.c.id, digests.c.at, func.count())
            .select_from(_OUTBOX)
            .where(_is_in(channel))
            .group_by(digests.c.id, digests.c.at)
            .order_by(digests.c.at.desc(), digests.c.id.desc())
        )
        return tuple(Edition(*row) for row in await self._connection.execute(query))

    async def posted(self, channel: Channel, since: datetime) -> Mapping[datetime, int]:
        quarter = _quarter_of(outbox.c.settled_at)
        query = (
            select(quarter, func.count())
            .select_from(_OUTBOX)
            .where(_is_in(channel), outbox.c.settled_at >= since)
            .group_by(quarter)
        )
        return await self._by_quarter(query)

    async def voted(self, channel: Channel, since: datetime) -> Mapping[datetime, int]:
        quarter, had = _quarter_of(votes.c.cast_at), _had(channel)
        query = (
            select(quarter, func.count())
            .join_from(votes, had, had.c.article_id == votes.c.article)
            .where(is_of(votes, channel.spec.home), votes.c.cast_at >= since)
            .group_by(quarter)
        )
        return await self._by_quarter(query)

    async def judged(self, channel: Channel, limit: int) -> tuple[Judged, ...]:
        had = _had(channel)
        earned = (
            select(votes.c.article, _FOR.label("valued"), _AGAINST.label("unvalued"))
            .where(is_of(votes, channel.spec.home))
            .group_by(votes.c.article)
            .subquery()
        )
        query = (
            select(articles.c.id, articles.c.title, articles.c.score, earned.c.valued, earned.c.unvalued)
            .join(had, had.c.article_id == articles.c.id)
            .join(earned, earned.c.article == articles.c.id)
            .where(articles.c.score.is_not(None), earned.c.valued + earned.c.unvalued > 0)
            .order_by(articles.c.id.desc())
            .limit(limit)
        )
        return tuple(Judged(*row) for row in await self._connection.execute(query))

    async def siblings(self, article_id: int, limit: int) -> tuple[int, ...]:
        own = select(articles.c.story, articles.c.first_seen).where(articles.c.id == article_id)
        known = (await self._connection.execute(own)).one_or_none()
        if known is None:
            return ()
        story, seen = known
        query = (
            select(articles.c.id)
            .where(articles.c.first_seen.between(seen - _STORY, seen + _STORY))
            .where(articles.c.story == story, articles.c.id != article_id)
            .order_by(articles.c.first_seen.desc(), articles.c.id.desc())
            .limit(limit)
        )
        return tuple((await self._connection.execute(query)).scalars())

    async def _by_quarter(self, query: Select[int, int]) -> Mapping[datetime, int]:
        return {moment_of(quarter * _QUARTER): count for quarter, count in await self._connection.execute(query)}


def _quarter_of(moment: ColumnElement[datetime]) -> ColumnElement[int]:
    return type_coerce(moment, BigInteger) // literal_column(str(_QUARTER), BigInteger)


def _is_in(channel: Channel) -> ColumnElement[bool]:
    """Whether a row of the outbox and its digest is an article that is in the channel."""
    return and_(digests.c.channel_id == channel.id, outbox.c.state == "posted", outbox.c.article_id.is_not(None))


def _had(channel: Channel) -> Subquery:
    return select(outbox.c.article_id).select_from(_OUTBOX).where(_is_in(channel)).distinct().subquery()
