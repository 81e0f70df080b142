"""The contract of `Retention` for what goes with the years: nothing that is wanted does, and nothing comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import product

import pytest

from bot.errors import StaleWrite
from bot.model import NAMED, NewArticle, Passed, StoredArticle, Workspace
from bot.ports import Retention, Store
from tests.contract.test_store_articles import with_sources
from tests.contract.things import HOME, HOUR, NOW, composed, declared, draft, post, reading, vote

WAYS = ("posted", "voted", "removed", "unread")  # in which an article may be wanted still
TEAM = Workspace("slack", "T1")


async def gone(store: Store, forget: Callable[[Retention, int], Awaitable[Passed | None]]) -> int:
    """Forgets, two rows a transaction; how much went."""
    at = went = 0
    while True:
        async with store.begin() as tx:
            passed = await forget(tx.retention, at)
        if passed is None:
            return went
        at, went = passed.last, went + passed.went


async def articles_gone(store: Store) -> int:
    return await gone(store, lambda kept, at: kept.forget_articles(at, NOW, 2))


async def old(store: Store, *drafts: NewArticle) -> tuple[StoredArticle, ...]:
    """Articles filed an hour before NOW, and read; and one of NOW."""
    await with_sources(store)
    async with store.begin() as tx:
        ids = await tx.articles.file(drafts, NOW - HOUR)
        await tx.articles.save([reading(one, bands=(one, 7)) for one in ids])
        await tx.articles.save([reading(one) for one in await tx.articles.file([draft(99, source=2)], NOW)])
        return await tx.articles.get(ids)


async def test_only_articles_go_that_are_wanted_in_no_way(store: Store) -> None:
    (team,) = await declared(store)
    kinds = [{way for way, is_so in zip(WAYS, kind, strict=True) if is_so} for kind in product((False, True), repeat=4)]
    drafts = [draft(number, source=1) for number in range(len(kinds))]
    filed = await old(store, *drafts)
    wanted = {way: [number for number, kind in enumerate(kinds) if way in kind] for way in WAYS}
    await composed(store, team, [filed[number] for number in wanted["posted"]])
    async with store.begin() as tx:
        await tx.votes.cast([vote(filed[number].id) for number in wanted["voted"]])
        for number in wanted["removed"]:
            await tx.removals.remove(team, filed[number].id, NOW)
        edited = [draft(number, source=1, text="Another text.") for number in wanted["unread"]]
        await tx.articles.file(edited, NOW)
    assert await articles_gone(store) == 1
    async with store.read() as view:
        left = await view.articles.get([one.id for one in filed])
    assert [one.key for one in left] == [one.key for one, kind in zip(filed, kinds, strict=True) if kind]


async def test_what_went_is_in_no_way_to_be_found_and_no_source_brings_it_again(store: Store) -> None:
    told = draft(1, source=1)
    await old(store, told)
    assert await articles_gone(store) == 1
    async with store.begin() as tx:
        assert await tx.articles.find("1", 9) == await tx.articles.find("title 1", 9) == ()
        assert await tx.articles.neighbours((7,), NOW - 9 * HOUR) == ()
        again = [told, draft(1, source=2), draft(1, source=1, text="Edited."), draft(3, source=1)]
        (other,) = await tx.articles.file(again, NOW)
        assert [(one.id, one.article.title) for one in await tx.articles.unread(9, NOW)] == [(other, "Article 3")]
        (handed_in,) = await tx.articles.file([draft(1)], NOW)  # by somebody who wants it
        assert await tx.articles.file([told], NOW) == (handed_in,)


async def test_what_led_to_an_article_that_went_is_not_new_either_but_its_name_may_be_used_again(store: Store) -> None:
    await with_sources(store)
    named = replace(draft(1, source=1), alias=f"{NAMED}1:a")
    elsewhere = replace(draft(2, source=2), key="https://example.org/moved")
    async with store.begin() as tx:
        (one,) = await tx.articles.file([named], NOW - HOUR)
        await tx.articles.save([replace(reading(one), alias=elsewhere.key)])
        await tx.articles.save([reading(last) for last in await tx.articles.file([draft(99)], NOW)])
    assert await articles_gone(store) == 1
    async with store.begin() as tx:
        assert await tx.articles.file([elsewhere], NOW) == ()
        (new,) = await tx.articles.file([replace(draft(3, source=1), alias=named.alias)], NOW)
        assert [one.key for one in await tx.articles.get([new])] == ["example.org/3"]


async def test_what_a_workspace_held_went_for_it_alone(store: Store) -> None:
    theirs = replace(draft(1, source=1), workspace=TEAM)
    await old(store, theirs)
    assert await articles_gone(store) == 1
    async with store.begin() as tx:
        assert await tx.articles.file([theirs], NOW) == ()
        assert len(await tx.articles.file([replace(theirs, workspace=Workspace("slack", "T2"))], NOW)) == 1
        assert len(await tx.articles.file([draft(1, source=2)], NOW)) == 1


async def test_the_newest_article_stays_so_that_no_number_is_given_twice(store: Store) -> None:
    async with store.begin() as tx:
        (last,) = await tx.articles.file([draft(1)], NOW - HOUR)
        await tx.articles.save([reading(last)])
    assert await articles_gone(store) == 0
    async with store.begin() as tx:
        assert (await tx.articles.file([draft(2)], NOW)) > (last,)


async def test_what_went_while_a_digest_was_composed_is_not_in_it(store: Store) -> None:
    filed = await old(store, draft(1))
    (team,) = await declared(store)
    assert await articles_gone(store) == 1
    with pytest.raises(StaleWrite):
        await composed(store, team, list(filed))


async def test_the_words_of_old_digests_go_and_what_was_posted_where_stays(store: Store) -> None:
    (team,) = await declared(store)
    first, second, third = await old(store, *map(draft, range(3)))
    ended = await composed(store, team, [first], key="a", at=NOW - 9 * HOUR)
    waiting = await composed(store, team, [second], key="b", at=NOW - 8 * HOUR)
    young = await composed(store, team, [third], key="c", at=NOW)
    await post(store, ended, parts=2)
    await post(store, young, parts=2)
    async with store.read() as view:
        (home,) = await view.channels.all()
        refs = [ref for ref, _ in await view.outbox.refs(ended)]
        counted = await view.counts.posted(home, NOW - 99 * HOUR)
    assert await gone(store, lambda kept, at: kept.forget_wording(at, NOW - HOUR, 2)) == 2
    async with store.read() as view:
        digests = {one.id: one for one in await view.channels.history(team, None, 9)}
        assert {number: bool(one.messages) for number, one in digests.items()} == {
            ended: False,
            waiting: False,  # none is posted yet
            young: True,
        }
        assert [(one.article.id, one.takeaways, one.why) for one in digests[ended].items] == [(first.id, (), ())]
        assert digests[young].items[0].why
        assert [ref for ref, _ in await view.outbox.refs(ended)] == refs
        assert await view.counts.posted(home, NOW - 99 * HOUR) == counted
        assert {one.story for one in await view.channels.served(team)} == {one.id for one in (first, second, third)}
        assert [one.id for one in await view.candidates.newest(team, NOW + HOUR, HOME, 9)] == [4], "none comes twice"
    async with store.begin() as tx:
        posting = await tx.outbox.lease(waiting, token="t", now=NOW, until=NOW + HOUR)
        assert posting is not None
        assert posting.message is not None, "what is not posted yet keeps its words"


async def test_what_was_looked_at_is_not_looked_at_again(store: Store) -> None:
    await old(store, draft(1), draft(2))
    async with store.begin() as tx:
        assert await tx.retention.forget_articles(0, NOW, 1) == Passed(1, 1)
        assert await tx.retention.forget_articles(1, NOW, 9) == Passed(2, 1)
        assert await tx.retention.forget_articles(2, NOW, 9) is None
        assert await tx.retention.forget_wording(0, NOW, 9) is None
