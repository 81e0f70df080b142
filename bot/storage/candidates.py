"""Candidates: what a channel may be sent, in outline for all and in full for some. Read-only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from operator import itemgetter

from sqlalchemy import RowMapping, and_, bindparam, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Candidate, Outline, Standing, Workspace
from bot.storage.columns import microseconds_of
from bot.storage.dialect import fetched, listed, value_of
from bot.storage.standings import tastes
from bot.storage.tables import articles, digest_items, holdings, removals, sources

_AGE = itemgetter(3, 0)  # of an outline: from when it ages, and where that is the same, its id
_KEYED = articles.alias("keyed")
_HERE = and_(holdings.c.platform == bindparam("platform"), holdings.c.workspace == bindparam("workspace"))
_PASSED_OVER = (
    select(digest_items.c.article_id).where(digest_items.c.channel_id == bindparam("channel")),
    select(removals.c.article_id).where(removals.c.channel_id == bindparam("channel")),
    # as `holdings.seen_by` says it of one article: what others hold, and what the viewer has its own instead of
    select(holdings.c.article_id).where(not_(_HERE)),
    select(_KEYED.c.id).join_from(holdings, _KEYED, _KEYED.c.key == holdings.c.key).where(_HERE),
)
_OUTLINES = (
    select(
        articles.c.id,
        articles.c.score,
        articles.c.story,
        articles.c.aged_from,
        articles.c.category,
        articles.c.source_id,
        articles.c.baseline,
    )
    .where(articles.c.state == "read")
    .where(articles.c.first_seen >= bindparam("since"), articles.c.first_seen < bindparam("before"))
    .where(*(articles.c.id.not_in(some) for some in _PASSED_OVER))
)
_FRESH = _OUTLINES.where(~articles.c.baseline)
_CANDIDATES = select(
    articles.c.id,
    articles.c.title,
    articles.c.url,
    articles.c.score,
    articles.c.story,
    articles.c.aged_from,
    articles.c.takeaways,
    articles.c.category,
    articles.c.source_id,
    sources.c.title.label("source_title"),
    sources.c.max_age,
    articles.c.published,
    articles.c.baseline,
).outerjoin_from(articles, sources)


class SqlCandidates:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def outlines(
        self, channel_id: int, viewer: Workspace, *, before: datetime, since: datetime | None = None, backlog: bool
    ) -> Sequence[Outline]:
        return await fetched(
            self._connection,
            _OUTLINES if backlog else _FRESH,
            channel=channel_id,
            before=microseconds_of(before),
            since=-1 if since is None else microseconds_of(since),
            platform=viewer.platform,
            workspace=viewer.name,
        )

    async def among(self, ids: Collection[int], earned: Mapping[int, Standing]) -> tuple[Candidate, ...]:
        if not ids:
            return ()
        query = _CANDIDATES.where(articles.c.id.in_(select(value_of(listed(ids))))).order_by(articles.c.id)
        return tuple(_candidate(row, earned) for row in (await self._connection.execute(query)).mappings())

    async def newest(self, channel_id: int, before: datetime, viewer: Workspace, limit: int) -> tuple[Candidate, ...]:
        outlines = await self.outlines(channel_id, viewer, before=before, backlog=True)
        some = nlargest(limit, outlines, key=_AGE)
        earned, _ = await self.tastes(viewer)
        return await self.among([one[0] for one in some], earned)

    async def tastes(self, viewer: Workspace) -> tuple[Mapping[int, Standing], Mapping[str, Standing]]:
        return await tastes(self._connection, viewer)


def _candidate(row: RowMapping, earned: Mapping[int, Standing]) -> Candidate:
    return Candidate(
        id=row["id"],
        title=row["title"],
        url=row["url"],
        quality=row["score"],
        story=row["story"],
        aged_from=row["aged_from"],
        takeaways=tuple(takeaway.text for takeaway in row["takeaways"] if takeaway.shown),
        category=row["category"],
        source_id=row["source_id"],
        source_title=row["source_title"],
        standing=earned.get(row["source_id"], Standing()) if row["source_id"] is not None else None,
        max_age=row["max_age"],
        published=row["published"],
        baseline=row["baseline"],
    )
