"""The contracts of `Valuations` and `Retention`: the best by votes, votes without voters, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import CastVote, Standing, Valued, Workspace
from bot.ports import Store
from tests.contract.test_store_articles import with_sources
from tests.contract.things import HOME, HOUR, NOW, draft, read_articles, reading, vote

DAY = timedelta(days=1)


@pytest.fixture
async def voted(store: Store) -> Store:
    await read_articles(store, 4)
    votes = [
        vote(1),
        vote(1, voter="v2", option="👎", value=-1),
        vote(2),
        vote(2, voter="v2"),
        vote(2, ballot="emotion", option="😀", value=0),
        replace(vote(3), cast_at=NOW - 10 * DAY),
        vote(4, workspace="elsewhere"),
    ]
    async with store.begin() as tx:
        await tx.votes.cast(votes)
    return store


async def test_the_best_are_those_that_votes_of_that_time_and_workspace_are_for(voted: Store) -> None:
    async with voted.read() as view:
        week = await view.valuations.best(NOW - 7 * DAY, NOW + HOUR, 10, HOME)
        assert week == (Valued(2, 2, 2, 0), Valued(1, 0, 1, 1))
        assert [one.article for one in await view.valuations.best(NOW - 7 * DAY, NOW + HOUR, 10)] == [2, 4, 1]
        assert [one.article for one in await view.valuations.best(NOW - 30 * DAY, NOW + HOUR, 2, HOME)] == [2, 3]
        assert await view.valuations.best(NOW - 7 * DAY, NOW, 10, HOME) == (), "what is cast at its end is not in it"
        assert await view.valuations.best(NOW - DAY, NOW + HOUR, 10, Workspace("slack", "local")) == ()


async def test_votes_leave_without_their_voters_and_in_an_order_that_tells_nothing_of_them(voted: Store) -> None:
    async with voted.read() as view:
        cast = [one async for one in view.valuations.cast()]
    assert len(cast) == 7
    assert cast == sorted(cast, key=lambda one: (one.article, one.platform, one.workspace, one.ballot, one.option))
    assert not {"voter", "cast_at"} & set(CastVote.__dataclass_fields__)
    assert {one.day for one in cast} == {NOW.date(), (NOW - 10 * DAY).date()}


async def test_who_wants_to_be_forgotten_is_once_no_vote_of_theirs_is_on_an_open_ballot(voted: Store) -> None:
    async with voted.begin() as tx:
        assert await tx.retention.leave("v2")
        assert not await tx.retention.leave("nobody")
        assert await tx.retention.forget_voters(idle_since=None, left_before=NOW) == 0, "voted at that very instant"
        assert await tx.retention.forget_voters(idle_since=None, left_before=NOW + HOUR) == 1
        assert await tx.retention.forget_voters(idle_since=None, left_before=NOW + HOUR) == 0
        assert not await tx.votes.forget("v2"), "nobody knows who v2 was"
        assert sum(sum(tally.counts.values()) for tally in await tx.votes.tallies([])) == 7, "votes stay"


async def test_who_has_long_not_voted_is_forgotten_by_the_newest_vote(voted: Store) -> None:
    async with voted.begin() as tx:
        await tx.votes.cast([replace(vote(1, voter="old"), cast_at=NOW - 400 * DAY)])
        assert await tx.retention.forget_voters(idle_since=NOW - 365 * DAY, left_before=NOW) == 1
        assert not await tx.votes.forget("old")
        assert await tx.votes.forget("v1"), "voted ten days ago, and now"


async def test_what_finds_stories_goes_oldest_first_and_some_at_a_time(store: Store) -> None:
    async with store.begin() as tx:
        ids = await tx.articles.file([draft(n) for n in range(3)], NOW - 40 * DAY)
        ids += await tx.articles.file([draft(9)], NOW)
        await tx.articles.save([reading(one, bands=(1, 2)) for one in ids])
        ever = NOW - 100 * DAY
        assert await tx.retention.forget_bands(ever, 9) == 0
        assert await tx.retention.forget_bands(NOW - 31 * DAY, 2) == 2
        assert [one.id for one in await tx.articles.neighbours((1,), ever)] == [*ids[2:]]
        assert await tx.retention.forget_bands(NOW - 31 * DAY, 2) == 1
        assert await tx.retention.forget_bands(NOW - 31 * DAY, 2) == 0
        assert [one.id for one in await tx.articles.neighbours((1,), ever)] == [ids[3]]


async def test_old_texts_go_and_what_keeps_an_article_from_being_taken_for_new_stays(store: Store) -> None:
    await read_articles(store, 3)
    async with store.begin() as tx:
        (new,) = await tx.articles.file([draft(9)], NOW + DAY)
        await tx.articles.save([reading(new, text="A body.")])
        assert await tx.retention.empty_articles(NOW - DAY, 2) == 0
        assert await tx.retention.empty_articles(NOW, 2) == 2
        assert await tx.retention.empty_articles(NOW, 2) == 1
        assert await tx.retention.empty_articles(NOW, 2) == 0
    async with store.read() as view:
        old, kept = await view.articles.get([1, new])
        assert (old.article.text, old.article.blocks, old.article.summary) == ("", (), None)
        assert (old.article.title, old.article.url, old.shown) == ("Title 1", "https://example.org/1", ("Shown 1",))
        assert kept.article.text == "A body."
        assert await view.articles.find("body", 10) == (new,), "words of a text that is gone find nothing"
        assert set(await view.articles.find("title", 10)) == {1, 2, 3, new}
        assert [one.id for one in await view.candidates.newest(0, NOW + 2 * DAY, HOME, 10) if not one.baseline] == [new]
    async with store.begin() as tx:
        assert await tx.articles.file([draft(1)], NOW + DAY) == (1,), "the same again is no new article"
        assert await tx.articles.unread(10, NOW + DAY) == ()


async def test_a_taste_is_made_of_the_newest_votes_of_a_workspace(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.standings._TASTED", 20)
    await with_sources(store)
    drafts = [draft(number, source=number) for number in (1, 2)]
    async with store.begin() as tx:
        filed = [replace(one, article=replace(one.article, category=f"c{one.source_id}")) for one in drafts]
        first, second = await tx.articles.file(filed, NOW)
        late = [vote(first, voter=f"v{number}") for number in range(18)]
        late += [vote(second, voter=f"v{number}", value=-1) for number in range(2)]
        early = [replace(vote(second, voter=f"e{number}"), cast_at=NOW - HOUR) for number in range(3)]
        await tx.votes.cast([*early[:2], *late, vote(first, voter="x", workspace="elsewhere"), early[2]])
        tastes = Standing(valued=18, voters=18), Standing(unvalued=2, voters=2)
        by_source = dict(zip((1, 2), tastes, strict=True))
        assert await tx.candidates.tastes(HOME) == (by_source, {f"c{key}": one for key, one in by_source.items()})
        assert (await tx.sources.standings(HOME))[2] == Standing(valued=3, unvalued=2, voters=5), "of all time"
