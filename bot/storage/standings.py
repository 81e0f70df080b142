"""What sources and categories earned: how many articles were posted, and the votes on them. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    bindparam,
    case,
    cast,
    distinct,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Standing, Workspace
from bot.storage.dialect import listed, value_of
from bot.storage.holdings import is_of
from bot.storage.tables import articles, channels, digests, outbox, sightings, sources, votes

_TASTED = 20_000  # votes, the newest, that make a taste
_HOUSE = Workspace("", "")
_CARRIED = sightings.c.source_id
_POSTED = (
    select(_CARRIED, func.count(distinct(outbox.c.article_id)))
    .join_from(sightings, outbox, outbox.c.article_id == sightings.c.article_id)
    .where(outbox.c.state == "posted")
    .group_by(_CARRIED)
)


def _sums(some: FromClause) -> tuple[ColumnElement[int], ColumnElement[int], ColumnElement[int]]:
    """Votes for and against, and how many cast them."""
    return (
        func.sum(case((some.c.value > 0, 1), else_=0)),
        func.sum(case((some.c.value < 0, 1), else_=0)),
        func.count(distinct(some.c.voter)),
    )


_VOTED = (
    select(_CARRIED, *_sums(votes))
    .join_from(sightings, votes, votes.c.article == sightings.c.article_id)
    .group_by(_CARRIED)
)
# A team's taste is what it thought of late, and takes as long to sum up after ten years as after one.
_NEWEST = (
    select(votes.c.article, votes.c.voter, votes.c.value)
    .where(votes.c.workspace == bindparam("workspace"), votes.c.platform == bindparam("platform"))
    .order_by(votes.c.cast_at.desc(), votes.c.voter.desc(), votes.c.article.desc(), votes.c.ballot.desc())
    .limit(bindparam("most"))
    .cte("newest")
)
_VOTED_ON = select(_NEWEST.c.article).distinct().cte("voted_on")  # each is looked up once, however many votes it has
_KINDS = union_all(
    select(_VOTED_ON.c.article, _CARRIED.label("source"), cast(null(), Text).label("category")).join_from(
        _VOTED_ON, sightings, sightings.c.article_id == _VOTED_ON.c.article
    ),
    select(_VOTED_ON.c.article, cast(null(), BigInteger), articles.c.category)
    .join_from(_VOTED_ON, articles, articles.c.id == _VOTED_ON.c.article)
    .where(articles.c.category.is_not(None)),
).cte("kinds")
_TASTES = (
    select(_KINDS.c.source, _KINDS.c.category, *_sums(_NEWEST))
    .join_from(_KINDS, _NEWEST, _NEWEST.c.article == _KINDS.c.article)
    .group_by(_KINDS.c.source, _KINDS.c.category)
)


async def tastes(connection: AsyncConnection, viewer: Workspace) -> tuple[dict[int, Standing], dict[str, Standing]]:
    """What the newest votes of a workspace say of sources and of categories; of what was posted nothing."""
    sources: dict[int, Standing] = {}
    categories: dict[str, Standing] = {}
    asked = {"platform": viewer.platform, "workspace": viewer.name, "most": _TASTED}
    for source, category, valued, unvalued, voters in await connection.execute(_TASTES, asked):
        standing = Standing(valued=valued, unvalued=unvalued, voters=voters)
        if source is None:
            categories[category] = standing
        else:
            sources[source] = standing
    return sources, categories


async def standings(connection: AsyncConnection, viewer: Workspace | None) -> dict[int, Standing]:
    """Of every source that earned anything; an article carried by several counts for each."""
    posted, voted = _POSTED, _VOTED
    if viewer is not None:
        posted = posted.join(digests, digests.c.id == outbox.c.digest_id).join(channels).where(is_of(channels, viewer))
        voted = voted.where(is_of(votes, viewer))
    found = {source: Standing(posted=count) for source, count in await connection.execute(posted)}
    for source, valued, unvalued, voters in await connection.execute(voted):
        found[source] = replace(found.get(source, Standing()), valued=valued, unvalued=unvalued, voters=voters)
    return found


async def reputations(connection: AsyncConnection, among: Collection[int]) -> dict[int, Standing]:
    """By which votes each source's articles are judged: its workspace's, or of the house's a single voting one's."""
    asked = select(value_of(listed(among)))
    owners = select(sources.c.id, sources.c.platform, sources.c.workspace).where(sources.c.id.in_(asked))
    owned = {source: Workspace(*owner) for source, *owner in await connection.execute(owners)}
    query = _VOTED.add_columns(votes.c.platform, votes.c.workspace).group_by(votes.c.platform, votes.c.workspace)
    query = query.where(_CARRIED.in_(asked))
    by: dict[int, dict[Workspace, Standing]] = {}
    for source, valued, unvalued, voters, *who in await connection.execute(query):
        by.setdefault(source, {})[Workspace(*who)] = Standing(valued=valued, unvalued=unvalued, voters=voters)
    judged: dict[int, Standing] = {}
    for source, votings in by.items():
        judges = votings.keys() if owned[source] == _HOUSE else votings.keys() & {owned[source]}
        if len(judges) == 1:
            judged[source] = votings[next(iter(judges))]
    return judged
