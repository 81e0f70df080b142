"""What sources earned: how many of their articles were posted, and the votes on them. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Standing, Workspace
from bot.storage.dialect import listed, value_of
from bot.storage.holdings import is_of
from bot.storage.tables import channels, digests, outbox, sightings, sources, votes

_HOUSE = Workspace("", "")
_CARRIED = sightings.c.source_id
_POSTED = (
    select(_CARRIED, func.count(distinct(outbox.c.article_id)))
    .join_from(sightings, outbox, outbox.c.article_id == sightings.c.article_id)
    .where(outbox.c.state == "posted")
    .group_by(_CARRIED)
)
VOTED = (
    func.sum(case((votes.c.value > 0, 1), else_=0)),
    func.sum(case((votes.c.value < 0, 1), else_=0)),
    func.count(distinct(votes.c.voter)),
)
_VOTED = (
    select(_CARRIED, *VOTED).join_from(sightings, votes, votes.c.article == sightings.c.article_id).group_by(_CARRIED)
)


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
