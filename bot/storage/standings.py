"""What sources and categories earned: how many articles were posted, and the votes on them. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, case, distinct, func, select
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


def _sums(cast: FromClause) -> tuple[ColumnElement[int], ColumnElement[int], ColumnElement[int]]:
    """Votes for and against, and how many cast them."""
    return (
        func.sum(case((cast.c.value > 0, 1), else_=0)),
        func.sum(case((cast.c.value < 0, 1), else_=0)),
        func.count(distinct(cast.c.voter)),
    )


def _by_source(cast: FromClause) -> Select[int, int, int, int]:
    joined = sightings.join(cast, cast.c.article == sightings.c.article_id)
    return select(_CARRIED, *_sums(cast)).select_from(joined).group_by(_CARRIED)


def _by_category(cast: FromClause) -> Select[str | None, int, int, int]:
    joined = articles.join(cast, cast.c.article == articles.c.id)
    query = select(articles.c.category, *_sums(cast)).select_from(joined)
    return query.where(articles.c.category.is_not(None)).group_by(articles.c.category)


_VOTED = _by_source(votes)
# A team's taste is what it thought of late, and takes as long to sum up after ten years as after one.
_NEWEST = (
    select(votes.c.article, votes.c.voter, votes.c.value)
    .where(votes.c.workspace == bindparam("workspace"), votes.c.platform == bindparam("platform"))
    .order_by(votes.c.cast_at.desc(), votes.c.voter.desc(), votes.c.article.desc(), votes.c.ballot.desc())
    .limit(bindparam("most"))
    .subquery()
)
_TASTE = _by_source(_NEWEST), _by_category(_NEWEST)


async def tastes(
    connection: AsyncConnection, viewer: Workspace
) -> tuple[Mapping[int, Standing], Mapping[str, Standing]]:
    """What the newest votes of a workspace say of sources and of categories; of what was posted nothing."""
    asked = {"platform": viewer.platform, "workspace": viewer.name, "most": _TASTED}
    sources, categories = [
        {key: Standing(valued=valued, unvalued=unvalued, voters=voters) for key, valued, unvalued, voters in rows}
        for rows in [await connection.execute(query, asked) for query in _TASTE]
    ]
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
