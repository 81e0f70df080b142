"""The contract of `Counts`: what a channel had and how its team voted on it, and nothing of another channel or team."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Channel, Edition, Judged
from bot.ports import Store
from tests.contract.things import HOUR, NOW, channel, composed, declared, draft, post, read_articles, reading, vote

DAY = timedelta(days=1)


@pytest.fixture
async def team(store: Store) -> Channel:
    """The team had 1 and 2 yesterday and 3 now; 4 waits. Another channel had 1."""
    articles = await read_articles(store, 4)
    here, other = await declared(store, channel(), channel("other"))
    await post(store, await composed(store, here, articles[:2], key="a", at=NOW - DAY), parts=3)
    await post(store, await composed(store, here, articles[2:], key="b", at=NOW), parts=2)
    await post(store, await composed(store, other, articles[:1], key="c"), parts=2)
    votes = [
        vote(1),
        vote(1, voter="v2", option="👎", value=-1),
        vote(2, ballot="emotion", option="😀", value=0),
        replace(vote(3), cast_at=NOW - 10 * DAY),
        vote(4),
        vote(2, workspace="elsewhere"),
    ]
    async with store.begin() as tx:
        await tx.votes.cast(votes)
        found = await tx.channels.named("team")
    assert found is not None
    return found


async def test_editions_are_the_digests_of_which_something_is_posted(store: Store, team: Channel) -> None:
    async with store.read() as view:
        assert await view.counts.editions(team) == (Edition(2, NOW, 1), Edition(1, NOW - DAY, 2))
        assert await view.counts.editions(replace(team, id=99)) == ()


async def test_postings_and_votes_are_counted_by_the_quarter_of_an_hour(store: Store, team: Channel) -> None:
    async with store.read() as view:
        assert await view.counts.posted(team, NOW - DAY) == {NOW: 3}, "a header is no article"
        assert await view.counts.posted(team, NOW + HOUR) == {}
        assert await view.counts.voted(team, NOW - DAY) == {NOW: 3}, "4 is not posted, and another team's do not count"
        assert await view.counts.voted(team, NOW - 30 * DAY) == {NOW: 3, NOW - 10 * DAY: 1}


async def test_what_was_voted_for_or_against_is_judged(store: Store, team: Channel) -> None:
    async with store.read() as view:
        judged = await view.counts.judged(team, 10)
        assert judged == (Judged(3, "Title 3", 0.75, 1, 0), Judged(1, "Title 1", 0.75, 1, 1))
        assert [one.article for one in await view.counts.judged(team, 1)] == [3]


async def test_siblings_are_the_other_articles_of_a_story_newest_first(store: Store) -> None:
    async with store.begin() as tx:
        ids = [(await tx.articles.file([draft(n)], NOW + n * HOUR))[0] for n in range(1, 5)]
        await tx.articles.save([reading(one, story=ids[0] if one != ids[3] else None) for one in ids])
    async with store.read() as view:
        assert await view.counts.siblings(ids[1], 10) == (ids[2], ids[0])
        assert await view.counts.siblings(ids[1], 1) == (ids[2],)
        assert await view.counts.siblings(ids[3], 10) == ()
        assert await view.counts.siblings(999, 10) == ()
