"""Valuations: what votes made of articles, and votes as they may leave the house. Read-only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import CastVote, Standing, Valued, Workspace
from bot.storage.holdings import is_of
from bot.storage.standings import reputations
from bot.storage.tables import votes

_VALUE = func.sum(votes.c.value)
_FOR = func.sum(case((votes.c.value > 0, 1), else_=0))
_AGAINST = func.sum(case((votes.c.value < 0, 1), else_=0))


class SqlValuations:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def best(
        self, since: datetime, until: datetime, limit: int, viewer: Workspace | None = None
    ) -> tuple[Valued, ...]:
        query = (
            select(votes.c.article, _VALUE, _FOR, _AGAINST)
            .where(votes.c.cast_at >= since, votes.c.cast_at < until)
            .group_by(votes.c.article)
            .order_by(_VALUE.desc(), _AGAINST, votes.c.article.desc())
            .limit(limit)
        )
        if viewer is not None:
            query = query.where(is_of(votes, viewer))
        return tuple(Valued(*row) for row in await self._connection.execute(query))

    async def reputations(self, among: Collection[int]) -> Mapping[int, Standing]:
        return await reputations(self._connection, among)

    async def cast(self) -> AsyncIterator[CastVote]:
        columns = (votes.c.article, votes.c.platform, votes.c.workspace, votes.c.ballot, votes.c.option, votes.c.value)
        order = (votes.c.article, votes.c.platform, votes.c.workspace, votes.c.ballot, votes.c.option, votes.c.cast_at)
        rows = await self._connection.stream(select(*columns, votes.c.cast_at).order_by(*order))
        async for article, platform, workspace, ballot, option, value, cast_at in rows:
            yield CastVote(
                article=article,
                platform=platform,
                workspace=workspace,
                ballot=ballot,
                option=option,
                value=value,
                day=cast_at.date(),
            )
