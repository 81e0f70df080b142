"""The contract of `Votes`: the first counts, nothing changes it, none is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import StorageError
from bot.model import Fate, MessageRef, Reaction, Tally
from bot.ports import Store
from tests.contract.things import HOUR, NOW, channel, composed, declared, post, read_articles, ref, vote


@pytest.fixture
async def articles(store: Store) -> Store:
    await read_articles(store, 3)
    return store


async def test_a_new_vote_stands_itself_and_an_earlier_one_before_a_later(articles: Store) -> None:
    first, later = vote(1, option="👍"), vote(1, option="👎", value=-1)
    async with articles.begin() as tx:
        (standing,) = await tx.votes.cast([first])
        assert standing is first
    async with articles.begin() as tx:
        assert await tx.votes.cast([later]) == (first,)
        assert await tx.votes.of(["v1"], "local", [1, 2]) == (first,)


async def test_in_one_call_too_the_first_wins(articles: Store) -> None:
    first, later, other = vote(1, option="👍"), vote(1, option="👎"), vote(2)
    async with articles.begin() as tx:
        standing = await tx.votes.cast([first, later, other, later])
    assert [one is first for one in standing] == [True, True, False, True]
    assert standing[2] is other


async def test_another_voter_article_ballot_or_workspace_is_another_vote(articles: Store) -> None:
    base = vote(1)
    others = [vote(1, voter="v2"), vote(2), vote(1, ballot="emotion"), vote(1, workspace="elsewhere")]
    async with articles.begin() as tx:
        standing = await tx.votes.cast([base, *others])
        assert all(one is asked for one, asked in zip(standing, [base, *others], strict=True))
        assert sum(sum(tally.counts.values()) for tally in await tx.votes.tallies([])) == 5


async def test_casting_nothing_is_fine(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.votes.cast([]) == ()


async def test_five_hundred_go_in_one_call_and_again_change_nothing(articles: Store) -> None:
    asked = [vote(1 + n % 3, voter=f"v{n // 3}") for n in range(500)]
    async with articles.begin() as tx:
        assert await tx.votes.cast(asked) == tuple(asked)
    async with articles.begin() as tx:
        again = await tx.votes.cast([replace(one, option="👎") for one in asked])
        tallies = await tx.votes.tallies([1, 2, 3])
    assert again == tuple(asked)
    assert [sum(tally.counts.values()) for tally in tallies] == [167, 167, 166]


async def test_tallies_count_by_article_workspace_ballot_and_option(articles: Store) -> None:
    cast = [vote(1, voter="a"), vote(1, voter="b"), vote(1, voter="c", option="👎"), vote(2, workspace="w")]
    async with articles.begin() as tx:
        await tx.votes.cast([*cast, vote(1, ballot="emotion", option="😀")])
        one = await tx.votes.tallies([1, 1, 3])
        every = await tx.votes.tallies([])
    assert one == (Tally(1, "local", "emotion", {"😀": 1}), Tally(1, "local", "value", {"👍": 2, "👎": 1}))
    assert every == (*one, Tally(2, "w", "value", {"👍": 1}))


async def test_a_voters_votes_are_those_of_one_workspace(articles: Store) -> None:
    mine = [vote(1, ballot="emotion"), vote(1), vote(2)]
    async with articles.begin() as tx:
        await tx.votes.cast([*mine, vote(3), vote(1, voter="v2"), vote(1, workspace="w")])
        assert await tx.votes.of(["v1"], "local", [2, 1]) == tuple(mine)
        assert await tx.votes.of(["nobody"], "local", [1]) == ()


async def test_the_votes_of_several_voters_come_each_under_its_voter(articles: Store) -> None:
    cast = [vote(1, voter="v1"), vote(1, voter="v2", option="👎"), vote(2, voter="v2"), vote(2, voter="v3")]
    async with articles.begin() as tx:
        await tx.votes.cast(cast)
        assert await tx.votes.of({"v1", "v2", "nobody"}, "local", {1, 2}) == tuple(cast[:3])
        assert await tx.votes.of((), "local", [1]) == await tx.votes.of(["v1"], "local", ()) == ()


async def test_forgetting_a_voter_leaves_the_vote_to_nobody(articles: Store) -> None:
    async with articles.begin() as tx:
        await tx.votes.cast([vote(1)])
        assert await tx.votes.forget("v1")
        assert not await tx.votes.forget("v1")
        assert await tx.votes.of(["v1"], "local", [1]) == ()
        assert await tx.votes.tallies([1]) == (Tally(1, "local", "value", {"👍": 1}),)


async def test_a_vote_on_an_unknown_article_is_refused_and_nothing_of_the_call_kept(articles: Store) -> None:
    with pytest.raises(StorageError):
        async with articles.begin() as tx:
            await tx.votes.cast([vote(1), vote(99)])
    async with articles.read() as view:
        assert await view.votes.tallies([]) == ()


def reaction(*, message: MessageRef | None = None, article: int | None = None, place: str = "place-team") -> Reaction:
    return Reaction(
        platform="web", workspace="local", place=place, member="m", emoji="👍", ref=message, article=article
    )


async def test_a_reaction_is_on_the_article_that_was_posted_where_it_says(store: Store) -> None:
    (channel_id,) = await declared(store)
    digest = await composed(store, channel_id, await read_articles(store, 2))
    await post(store, digest, parts=2)  # the header is message 0, article 1 is message 1, article 2 still waits
    asked = [
        (reaction(message=ref("1")), 1),
        (reaction(message=ref("0")), None),
        (reaction(message=ref("2")), None),
        (reaction(message=ref("1", "elsewhere")), None),
        (reaction(article=1), 1),
        (reaction(article=2), None),
        (reaction(article=99), None),
        (reaction(article=1, place="elsewhere"), None),
        (reaction(message=ref("0"), article=1), None),
        (reaction(), None),
    ]
    async with store.read() as view:
        found = await view.votes.placed([one for one, _ in asked])
        assert [placement and placement.article for placement in found] == [article for _, article in asked]
        assert {placement.channel.id for placement in found if placement} == {channel_id}
        assert await view.votes.placed([]) == ()


async def test_the_time_of_a_vote_is_kept_to_the_microsecond(articles: Store) -> None:
    exact = replace(vote(1), cast_at=NOW.replace(microsecond=123457))
    async with articles.begin() as tx:
        await tx.votes.cast([exact])
    async with articles.read() as view:
        assert await view.votes.of(["v1"], "local", [1]) == (exact,)


async def test_a_message_is_on_its_way_from_its_lease_until_its_fate_is_known(store: Store) -> None:
    (channel_id,) = await declared(store)
    digest = await composed(store, channel_id, await read_articles(store, 1))
    async with store.begin() as tx:
        assert not await tx.votes.on_its_way("web")
        posting = await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR)
        assert posting is not None
        assert await tx.votes.on_its_way("web")
        assert not await tx.votes.on_its_way("discord")
        await tx.outbox.close(posting.id, "t", Fate(state="posted", at=NOW, ref=ref("0")))
        assert not await tx.votes.on_its_way("web")


async def test_digests_are_open_to_votes_from_their_first_message_on_and_while_they_are_young(store: Store) -> None:
    (channel_id,) = await declared(store)
    first, second = await read_articles(store, 2)
    older = await composed(store, channel_id, [first], key="older", at=NOW - HOUR)
    newer = await composed(store, channel_id, [second], key="newer")
    async with store.read() as view:
        assert await view.votes.open_digests("web", NOW - HOUR) == ()
    for digest in (older, newer):
        await post(store, digest, parts=2)
    async with store.read() as view:
        assert await view.votes.open_digests("web", NOW - HOUR) == (newer, older)
        assert await view.votes.open_digests("web", NOW) == (newer,)
        assert await view.votes.open_digests("discord", NOW - HOUR) == ()


async def test_what_stands_elsewhere_in_the_workspace_on_the_same_articles(store: Store) -> None:
    names = ("team", "twin", "abroad")
    specs = [replace(channel(name), workspace="w" if name == "abroad" else "local") for name in names]
    ids = dict(zip(names, await declared(store, *specs), strict=True))
    first, second = await read_articles(store, 2)
    digests = [
        await composed(store, ids[name], articles, key=name)
        for name, articles in (("team", [first, second]), ("twin", [second, first]), ("abroad", [first]))
    ]
    for digest in digests[:2]:
        async with store.read() as view:
            assert await view.votes.elsewhere(digest, [1, 2]) == ()
        await post(store, digest, parts=2)  # the header and the first article
    for part in range(2):
        async with store.begin() as tx:
            posting = await tx.outbox.lease(digests[2], token="t", now=NOW, until=NOW + HOUR)
            assert posting is not None
            there = replace(ref(str(part), "place-abroad"), workspace="w")
            assert await tx.outbox.close(posting.id, "t", Fate(state="posted", at=NOW, ref=there))
    async with store.begin() as tx:
        assert await tx.votes.elsewhere(digests[0], [1, 2]) == (ref("1", "place-twin"),)
        assert await tx.votes.elsewhere(digests[0], [first.id]) == ()
        assert await tx.votes.elsewhere(digests[0], ()) == ()
        assert await tx.votes.elsewhere(digests[1], [1, 2]) == (ref("1", "place-team"),)
