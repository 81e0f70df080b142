"""Votes: cast once, never changed. The table's triggers say the same to every other program."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import MessageRef, Placement, Reaction, Tally, Vote, Workspace
from bot.storage.columns import microseconds_of, moment_of
from bot.storage.dialect import LISTED, alone, fetched, insert_many, listed, nth, value_of
from bot.storage.holdings import is_of
from bot.storage.rows import channels_by_id, portions
from bot.storage.tables import channels, digests, outbox, voters, votes

Key = tuple[str, str, int, str]  # workspace, voter, article, ballot
_VOTES = votes  # where the port gives this name to what is cast
_ON_PLATFORM = outbox.join(digests).join(channels, channels.c.id == digests.c.channel_id)


def _posted_at(*columns: ColumnElement[Any]) -> Select[Any]:
    """What was posted where these columns are those of a row of LISTED."""
    here = [column == nth(LISTED, number, column.type) for number, column in enumerate(columns)]
    return (
        select(LISTED.c.key, outbox.c.article_id, digests.c.channel_id, digests.c.at)
        .join_from(LISTED, outbox, and_(*here, outbox.c.state == "posted"))
        .join(digests)
    )


_BY_REF = _posted_at(outbox.c.platform, outbox.c.workspace, outbox.c.place, outbox.c.message)
_BY_PLACE = _posted_at(outbox.c.platform, outbox.c.workspace, outbox.c.place, outbox.c.article_id)
_BEFORE = (  # the voters that there are among keys, and the votes that stand on these
    select(LISTED.c.key, voters.c.id, votes.c.option, votes.c.value, votes.c.platform, votes.c.cast_at)
    .join_from(LISTED, voters, voters.c.hash == nth(LISTED, 1, voters.c.hash.type))
    .outerjoin(
        votes,
        and_(
            votes.c.workspace == nth(LISTED, 0, votes.c.workspace.type),
            votes.c.voter == voters.c.id,
            votes.c.article == nth(LISTED, 2, votes.c.article.type),
            votes.c.ballot == nth(LISTED, 3, votes.c.ballot.type),
        ),
    )
)


class SqlVotes:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def cast(self, votes: Sequence[Vote]) -> tuple[Vote, ...]:
        """For a vote that was new, that very vote is given back."""
        await alone(self._connection, "votes")
        stands: dict[Key, Vote] = {}
        for vote in votes:
            stands.setdefault(_key(vote), vote)
        numbers, before = await self._before(list(stands))
        numbers |= await self._numbered({voter for _, voter, *_ in stands} - numbers.keys())
        new = [vote for key, vote in stands.items() if key not in before]
        instants = {at: microseconds_of(at) for at in {vote.cast_at for vote in new}}  # a group has but one
        fresh = [_row(vote, numbers[vote.voter], instants[vote.cast_at]) for vote in new]
        if fresh:
            await insert_many(self._connection, _VOTES, fresh)
        stands |= before
        return tuple(stands[_key(vote)] for vote in votes)

    async def _before(self, keys: list[Key]) -> tuple[dict[str, int], dict[Key, Vote]]:
        """The numbers of the voters that are known, and the votes that were cast on these keys before."""
        numbers: dict[str, int] = {}
        before: dict[Key, Vote] = {}
        for place, number, option, value, platform, cast_at in await fetched(self._connection, _BEFORE, keys):
            key = keys[place]
            numbers[key[1]] = number
            if option is not None:
                before[key] = _vote(key, option=option, value=value, platform=platform, cast_at=moment_of(cast_at))
        return numbers, before

    async def _numbered(self, hashes: set[str]) -> dict[str, int]:
        """New voters, each under the next number."""
        if not hashes:
            return {}
        await self._connection.execute(insert(voters), [{"hash": voter} for voter in sorted(hashes)])
        asked = listed(hashes)
        query = select(voters.c.hash, voters.c.id).join_from(
            asked, voters, voters.c.hash == value_of(asked, voters.c.hash.type)
        )
        return {row.hash: row.id for row in await self._connection.execute(query)}

    async def tallies(self, articles: Sequence[int], viewer: Workspace | None = None) -> tuple[Tally, ...]:
        query = (
            select(votes.c.article, votes.c.workspace, votes.c.ballot, votes.c.option, func.count())
            .group_by(votes.c.article, votes.c.workspace, votes.c.ballot, votes.c.option)
            .order_by(votes.c.article, votes.c.workspace, votes.c.ballot, func.count().desc(), votes.c.option)
        )
        if viewer is not None:
            query = query.where(is_of(votes, viewer))
        counts: dict[tuple[int, str, str], dict[str, int]] = {}
        for some in portions(sorted(set(articles))) if articles else (None,):
            rows = await self._connection.execute(query if some is None else query.where(votes.c.article.in_(some)))
            for article, workspace, ballot, option, count in rows:
                counts.setdefault((article, workspace, ballot), {})[option] = count
        return tuple(Tally(*key, count) for key, count in counts.items())

    async def of(self, who: Collection[str], workspace: str, articles: Collection[int]) -> tuple[Vote, ...]:
        asked, among = listed(who), listed(articles)
        query = (
            select(
                votes.c.article,
                voters.c.hash,
                votes.c.ballot,
                votes.c.option,
                votes.c.value,
                votes.c.platform,
                votes.c.cast_at,
            )
            .join_from(asked, voters, voters.c.hash == value_of(asked, voters.c.hash.type))
            .join(votes, votes.c.voter == voters.c.id)
            .where(votes.c.workspace == workspace, votes.c.article.in_(select(value_of(among))))
            .order_by(votes.c.article, votes.c.ballot, voters.c.id)
        )
        return tuple(
            _vote((workspace, voter, article, ballot), option=option, value=value, platform=platform, cast_at=cast_at)
            for article, voter, ballot, option, value, platform, cast_at in await self._connection.execute(query)
        )

    async def placed(self, reactions: Sequence[Reaction]) -> tuple[Placement | None, ...]:
        refs = [_ref(reaction, reaction.ref) if reaction.ref else None for reaction in reactions]
        places = [None if ref else _place(reaction) for ref, reaction in zip(refs, reactions, strict=True)]
        by_ref = await self._posted(_BY_REF, {ref for ref in refs if ref})
        by_place = await self._posted(_BY_PLACE, {place for place in places if place})
        return tuple(
            by_ref.get(ref) if ref else by_place.get(place) if place else None
            for ref, place in zip(refs, places, strict=True)
        )

    async def _posted(self, query: Select[Any], wanted: set[tuple[object, ...]]) -> dict[tuple[object, ...], Placement]:
        """What was posted at each of these."""
        if not wanted:
            return {}
        places = list(wanted)
        rows = list(await fetched(self._connection, query, places))
        homes = await channels_by_id(self._connection, [channel for _, _, channel, _ in rows])
        return {
            places[place]: Placement(article=article, channel=homes[channel], at=moment_of(at))
            for place, article, channel, at in rows
        }

    async def on_its_way(self, platform: str) -> bool:
        query = (
            select(outbox.c.id)
            .select_from(_ON_PLATFORM)
            .where(
                channels.c.platform == platform,
                digests.c.state == "composed",  # few, by an index
                outbox.c.state == "pending",
                outbox.c.unsure,
                outbox.c.kind == "message",
            )
            .limit(1)
        )
        return (await self._connection.execute(query)).first() is not None

    async def elsewhere(self, digest_id: int, articles: Collection[int]) -> tuple[MessageRef, ...]:
        where = outbox.c.platform, outbox.c.workspace
        home = select(*where).where(outbox.c.digest_id == digest_id, outbox.c.message.is_not(None)).limit(1).subquery()
        query = (
            select(*where, outbox.c.place, outbox.c.message)
            .join_from(outbox, home, and_(*(column == home.c[column.name] for column in where)))
            .where(
                outbox.c.article_id.in_(select(value_of(listed(articles)))),
                outbox.c.digest_id != digest_id,
                outbox.c.state == "posted",
            )
            .order_by(outbox.c.id)
        )
        return tuple(MessageRef(*row) for row in await self._connection.execute(query))

    async def open_digests(self, platform: str, since: datetime) -> tuple[int, ...]:
        query = (
            select(digests.c.id)
            .select_from(_ON_PLATFORM)
            .where(channels.c.platform == platform, digests.c.at >= since, outbox.c.message.is_not(None))
            .distinct()
            .order_by(digests.c.id.desc())
        )
        return tuple((await self._connection.execute(query)).scalars())

    async def forget(self, voter: str) -> bool:
        forgotten = await self._connection.execute(update(voters).where(voters.c.hash == voter).values(hash=None))
        return forgotten.rowcount == 1


def _ref(reaction: Reaction, ref: MessageRef) -> tuple[object, ...]:
    """Where the message is; nowhere, if that is not where the member is."""
    here = (ref.platform, ref.workspace) == (reaction.platform, reaction.workspace)
    return ref.platform, ref.workspace if here else None, ref.place, ref.message


def _place(reaction: Reaction) -> tuple[object, ...]:
    return reaction.platform, reaction.workspace, reaction.place, reaction.article


def _key(vote: Vote) -> Key:
    return vote.workspace, vote.voter, vote.article, vote.ballot


def _row(vote: Vote, number: int, cast_at: int) -> tuple[object, ...]:
    """The columns of `votes` in their order, as they are kept."""
    return vote.workspace, number, vote.article, vote.ballot, vote.option, vote.value, vote.platform, cast_at


def _vote(key: Key, *, option: str, value: float, platform: str, cast_at: datetime) -> Vote:
    workspace, voter, article, ballot = key
    return Vote(
        article=article,
        ballot=ballot,
        option=option,
        value=value,
        platform=platform,
        workspace=workspace,
        voter=voter,
        cast_at=cast_at,
    )
