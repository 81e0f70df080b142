"""The outbox, slots and votes of every store: each part leased by one, marked once, and nothing served twice."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import StaleWrite
from bot.model import Fate, Occurrence, Reaction
from bot.ports import Store
from tests.contract.conftest import Opened
from tests.contract.things import (
    HOME,
    HOUR,
    NOW,
    channel,
    composed,
    declared,
    due,
    item,
    post,
    read_articles,
    ref,
    vote,
)


async def test_a_channel_is_due_from_its_next_run_on(store: Store) -> None:
    (channel,) = await declared(store)
    async with store.begin() as tx:
        assert [one.id for one in await tx.schedules.due(NOW, 10)] == [channel]  # not worked out yet
        await tx.schedules.plan({channel: Occurrence(NOW + HOUR, "k")})
        assert await tx.schedules.due(NOW, 10) == ()
        assert (await tx.schedules.planned([channel])).get(channel) == Occurrence(NOW + HOUR, "k")
        assert [one.id for one in await tx.schedules.due(NOW + HOUR, 10)] == [channel]
        await tx.channels.pause(channel, "holiday")
        assert await tx.schedules.due(NOW + HOUR, 10) == ()


async def test_a_digest_is_settled_once_and_an_article_is_served_to_a_channel_once(store: Store) -> None:
    (channel,) = await declared(store)
    articles = await read_articles(store, 2)
    first = await composed(store, channel, articles)
    second = await due(store, channel, "later")
    for digest_id in (first, second):
        with pytest.raises(StaleWrite):  # noqa: PT012 - settling or committing may be what refuses
            async with store.begin() as tx:
                digest = replace(await tx.outbox.digest(digest_id), state="composed")
                await tx.outbox.settle(digest, [item(1, articles[0])], [])
    async with store.read() as view:
        assert (await view.outbox.digest(second)).state == "due"
        assert await view.candidates.newest(channel, NOW, HOME, 10) == ()


async def test_parts_are_leased_in_order_by_one_holder_at_a_time(store: Store) -> None:
    (channel,) = await declared(store)
    digest = await composed(store, channel, await read_articles(store, 1))
    async with store.begin() as tx:
        mine = await tx.outbox.lease(digest, token="a", now=NOW, until=NOW + HOUR)
        assert mine is not None
        assert (mine.part, mine.attempts, mine.unsure) == (0, 1, False)
        assert await tx.outbox.lease(digest, token="b", now=NOW, until=NOW + HOUR) is None
        renewed = await tx.outbox.lease(digest, token="a", now=NOW, until=NOW + 2 * HOUR)
        assert renewed is not None
        assert renewed.attempts == 1
        assert await tx.outbox.lease(digest, token="b", now=NOW + HOUR, until=NOW + 3 * HOUR) is None
        theirs = await tx.outbox.lease(digest, token="b", now=NOW + 2 * HOUR, until=NOW + 3 * HOUR)
        assert theirs is not None
        assert (theirs.part, theirs.attempts, theirs.unsure, theirs.key) == (0, 2, True, mine.key)
        assert not await tx.outbox.close(mine.id, "a", Fate(state="posted", at=NOW, ref=ref("0")))
        assert await tx.outbox.close(theirs.id, "b", Fate(state="posted", at=NOW, ref=ref("0")))
        following = await tx.outbox.lease(digest, token="b", now=NOW, until=NOW + HOUR)
        assert following is not None
        assert following.part == 1


async def test_of_many_who_lease_at_once_one_gets_it(opened: Opened) -> None:
    stores = [await opened(), await opened()]
    (channel,) = await declared(stores[0])
    digest = await composed(stores[0], channel, await read_articles(stores[0], 1))

    async def lease(number: int) -> bool:
        async with stores[number % 2].begin() as tx:
            return await tx.outbox.lease(digest, token=str(number), now=NOW, until=NOW + HOUR) is not None

    assert sum(await asyncio.gather(*map(lease, range(20)))) == 1


async def test_a_digest_is_posted_when_all_its_parts_are_done_and_shows_them_in_order(store: Store) -> None:
    (channel,) = await declared(store)
    articles = await read_articles(store, 2)
    digest = await composed(store, channel, articles)
    async with store.read() as view:
        assert await view.outbox.waiting(NOW, 10) == (digest,)
    await post(store, digest, parts=3)
    async with store.read() as view:
        whole = await view.outbox.digest(digest)
        assert (whole.state, whole.considered) == ("posted", 7)
        assert [message.title for message in whole.messages] == ["Digest", "Title 1", "Title 2"]
        assert [place.message for place, _ in await view.outbox.refs(digest)] == ["0", "1", "2"]
        assert await view.outbox.waiting(NOW, 10) == ()
        (again,) = await view.articles.get([articles[0].id])
        assert [one.channel for one in again.posted] == ["team"]


async def test_a_digest_is_dropped_only_while_nothing_was_tried_and_frees_its_articles(store: Store) -> None:
    (channel,) = await declared(store)
    articles = await read_articles(store, 1)
    digest = await composed(store, channel, articles)
    async with store.begin() as tx:
        assert await tx.schedules.drop(digest)
        assert [one.id for one in await tx.candidates.newest(channel, NOW, HOME, 10)] == [articles[0].id]
    tried = await composed(store, channel, articles, key="again")
    await post(store, tried, parts=1)
    async with store.begin() as tx:
        assert not await tx.schedules.drop(tried)


async def test_of_many_votes_of_a_member_on_a_ballot_one_stands_across_processes(opened: Opened) -> None:
    stores = [await opened(), await opened()]
    (article,) = await read_articles(stores[0], 1)

    async def cast(number: int) -> str:
        mine = vote(article.id, option="👍" if number % 2 else "👎")
        async with stores[number % 2].begin() as tx:
            (stands,) = await tx.votes.cast([mine])
        return "won" if stands is mine else stands.option

    told = await asyncio.gather(*map(cast, range(40)))
    assert told.count("won") == 1
    assert len(set(told) - {"won"}) == 1
    async with stores[0].read() as view:
        (tally,) = await view.votes.tallies([])
    assert sum(tally.counts.values()) == 1


async def test_a_reaction_is_on_the_article_that_was_posted_where_it_says(store: Store) -> None:
    (channel,) = await declared(store)
    (article,) = await read_articles(store, 1)
    await post(store, await composed(store, channel, [article]), parts=2)
    here = Reaction(platform="web", workspace="local", place="place-team", member="m", emoji="👍")
    async with store.read() as view:
        found = await view.votes.placed(
            [
                replace(here, article=article.id),
                replace(here, ref=ref("1")),
                replace(here, ref=ref("0")),
                replace(here, article=article.id, place="elsewhere"),
                replace(here, article=999),
            ]
        )
    assert [placement and placement.article for placement in found] == [article.id, article.id, None, None, None]


async def uncertain(store: Store, digest: int, *, at: datetime = NOW) -> int:
    """Makes the digest's next part uncertain; its id."""
    async with store.begin() as tx:
        posting = await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR)
        assert posting is not None
        fate = Fate(state="uncertain", at=at, unsure=True, reason="no history")
        assert await tx.outbox.close(posting.id, "t", fate)
    return posting.id


async def test_what_is_uncertain_is_listed_oldest_first_of_one_channel_or_of_all(store: Store) -> None:
    here, there = await declared(store, channel("here"), channel("there"))
    articles = await read_articles(store, 2)
    later = await uncertain(store, await composed(store, here, articles[:1], key="later"), at=NOW + HOUR)
    other = await composed(store, there, articles, key="other")
    await post(store, other, parts=1)
    elsewhere = await uncertain(store, other, at=NOW + 2 * HOUR)
    first = await uncertain(store, await composed(store, here, articles[1:], key="first"))
    async with store.read() as view:
        assert [one.posting.id for one in await view.outbox.uncertain()] == [first, later, elsewhere]
        assert [one.posting.id for one in await view.outbox.uncertain(here)] == [first, later]
        (one,) = await view.outbox.uncertain(there)
    assert (one.posting.digest, one.posting.part, one.posting.channel.id, one.title) == (other, 1, there, "Title 1")
    assert (one.at, one.since, one.reason) == (NOW, NOW + 2 * HOUR, "no history")


async def test_a_posting_that_somebody_saw_counts_as_posted_and_the_next_part_goes_on(store: Store) -> None:
    (here,) = await declared(store)
    (article,) = await read_articles(store, 1)
    digest = await composed(store, here, [article])
    await post(store, digest, parts=1)
    posting = await uncertain(store, digest)
    async with store.begin() as tx:
        assert await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR) is None
        assert await tx.outbox.resolve(posting, Fate(state="posted", at=NOW))
        assert (await tx.outbox.digest(digest)).state == "posted"
        assert [one.channel for one in (await tx.articles.get([article.id]))[0].posted] == ["team"]
        assert [place.message for place, _ in await tx.outbox.refs(digest)] == ["0"]
        assert await tx.outbox.uncertain() == ()


async def test_a_posting_that_is_missing_is_leased_again_as_one_that_is_surely_not_there(store: Store) -> None:
    (here,) = await declared(store)
    digest = await composed(store, here, await read_articles(store, 1))
    posting = await uncertain(store, digest)
    async with store.begin() as tx:
        assert await tx.outbox.waiting(NOW, 9) == ()
        assert await tx.outbox.resolve(posting, Fate(state="pending", at=NOW))
        assert await tx.outbox.waiting(NOW, 9) == (digest,)
        again = await tx.outbox.lease(digest, token="u", now=NOW, until=NOW + HOUR)
    assert again is not None
    assert (again.id, again.unsure, again.attempts) == (posting, False, 2)


async def test_of_two_who_settle_at_once_one_does_and_what_is_not_uncertain_cannot_be(opened: Opened) -> None:
    stores = [await opened(), await opened()]
    (here,) = await declared(stores[0])
    digest = await composed(stores[0], here, await read_articles(stores[0], 1))
    posting = await uncertain(stores[0], digest)

    async def settle(number: int) -> bool:
        async with stores[number % 2].begin() as tx:
            return await tx.outbox.resolve(posting, Fate(state="posted" if number % 2 else "pending", at=NOW))

    assert sum(await asyncio.gather(*map(settle, range(6)))) == 1
    async with stores[0].begin() as tx:
        assert not await tx.outbox.resolve(posting + 1, Fate(state="posted", at=NOW))
        assert not await tx.outbox.resolve(999, Fate(state="posted", at=NOW))
