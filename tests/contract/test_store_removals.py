"""The contract of `Removals`: an article that was taken out of a channel is a candidate there no more."""

from __future__ import annotations

import pytest

from bot.errors import StaleWrite
from bot.ports import Store
from tests.contract.things import HOME, HOUR, NOW, channel, composed, declared, post, read_articles, ref


async def test_a_removed_article_is_no_candidate_in_that_channel_alone(store: Store) -> None:
    team, other = await declared(store, channel("team"), channel("other"))
    await read_articles(store, 2)
    async with store.begin() as tx:
        assert await tx.removals.remove(team, 1, NOW) is None
        assert await tx.removals.remove(team, 1, NOW) is None
    async with store.read() as view:
        assert [one.id for one in await view.candidates.newest(team, NOW, HOME, 9)] == [2]
        assert [one.id for one in await view.candidates.newest(other, NOW, HOME, 9)] == [1, 2]
        assert await view.removals.is_removed(team, 1)
        assert not await view.removals.is_removed(other, 1)


async def test_a_posted_one_is_told_where_it_is_and_counts_as_posted_no_more(store: Store) -> None:
    (team,) = await declared(store)
    stored = await read_articles(store, 2)
    digest = await composed(store, team, stored)
    await post(store, digest, parts=3)
    for _ in range(2):
        async with store.begin() as tx:
            found = await tx.removals.remove(team, 1, NOW)
        assert found is not None
        posting, where = found
        assert posting.message is not None
        assert (posting.message.article, where) == (1, ref("1", "place-team"))
    async with store.read() as view:
        assert [posting.part for _, posting in await view.outbox.refs(digest)] == [0, 2]
        assert (await view.outbox.digest(digest)).state == "posted"


async def test_the_last_open_part_of_a_digest_that_is_removed_ends_the_digest(store: Store) -> None:
    (team,) = await declared(store)
    digest = await composed(store, team, await read_articles(store, 1))
    await post(store, digest, parts=1)
    async with store.begin() as tx:
        assert await tx.removals.remove(team, 1, NOW) is None, "nothing of it was ever tried"
    async with store.read() as view:
        assert (await view.outbox.digest(digest)).state == "posted"
        assert await view.outbox.waiting(NOW, 10) == ()


async def test_one_that_is_leased_is_not_removed_and_afterwards_has_to_be_looked_for(store: Store) -> None:
    (team,) = await declared(store)
    digest = await composed(store, team, await read_articles(store, 1))
    await post(store, digest, parts=1)
    async with store.begin() as tx:
        assert await tx.outbox.lease(digest, token="dead", now=NOW, until=NOW + HOUR) is not None
    with pytest.raises(StaleWrite):
        async with store.begin() as tx:
            await tx.removals.remove(team, 1, NOW)
    async with store.begin() as tx:
        assert not await tx.removals.is_removed(team, 1)
        found = await tx.removals.remove(team, 1, NOW + 2 * HOUR)
    assert found is not None
    assert found[0].unsure
    assert found[1] is None
