"""The contract of `Articles`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.model import Appearance, Article, Block, NewArticle, Rating, SourceSpec, Standing
from bot.ports import Store
from tests.contract.things import (
    HOME,
    HOUR,
    NOW,
    QUALITY,
    channel,
    composed,
    declared,
    draft,
    post,
    read_articles,
    reading,
)

FULL = Article(
    title="A title",
    text="The body.",
    url="https://example.org/full",
    author="An author",
    published=date(2026, 6, 9),
    generated=datetime(2026, 6, 9, 9, 22, 34, 72000, tzinfo=UTC),
    category="ai",
    language="zh-Hant",
    summary="A summary",
    rating=Rating(9, 10),
    blocks=(Block(kind="list", text="a b", items=("a", "b"), start=1, end=4), Block(kind="heading", text="h", level=2)),
)


async def with_sources(store: Store, count: int = 2) -> None:
    async with store.begin() as tx:
        for number in range(count):
            await tx.sources.add(SourceSpec(address=f"https://s{number}.example", max_age=timedelta(3)), NOW)


async def test_an_article_comes_back_exactly(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        (article_id,) = await tx.articles.file([replace(draft(1, source=1), article=FULL, baseline=True)], NOW)
        (stored,) = await tx.articles.get([article_id])
    assert stored.article == FULL
    assert type(stored.article.published) is date
    assert (stored.key, stored.story, stored.quality, stored.takeaways) == ("example.org/1", article_id, None, ())
    assert (stored.first_seen, stored.aged_from, stored.baseline, stored.posted) == (NOW, NOW, True, ())


async def test_ids_come_in_the_order_given_and_a_key_has_one(store: Store) -> None:
    async with store.begin() as tx:
        ids = await tx.articles.file([draft(1), draft(2), draft(1)], NOW)
        assert await tx.articles.file([draft(3), draft(2), draft(1)], NOW + HOUR) == (3, ids[1], ids[0])
        assert ids[0] == ids[2] != ids[1]
        assert [one.first_seen for one in await tx.articles.get([3, 2, 99, 1])] == [NOW + HOUR, NOW, NOW]


async def test_an_article_that_stays_as_it_was_stays_read(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        await tx.articles.file([draft(1, source=1)], NOW)
        await tx.articles.save([reading(1)])
        await tx.articles.file([draft(1, source=1)], NOW)
        moved = replace(draft(1, source=1), aged_from=NOW + HOUR)
        await tx.articles.file([replace(moved, article=replace(moved.article, published=NOW))], NOW)
        assert await tx.articles.unread(9, NOW) == ()


async def test_an_edited_article_is_unread_again_and_keeps_its_age_and_takeaways(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        await tx.articles.file([draft(1, source=1)], NOW)
        await tx.articles.save([reading(1)])
        edited = replace(draft(1, source=1, text="Corrected."), aged_from=NOW + HOUR, complete=True)
        assert await tx.articles.file([edited], NOW + HOUR) == (1,)
        (unread,) = await tx.articles.unread(9, NOW)
        (stored,) = await tx.articles.get([1])
    assert (unread.article.text, unread.complete, unread.attempts) == ("Corrected.", True, 0)
    assert (stored.first_seen, stored.aged_from, stored.shown) == (NOW, NOW, ("Shown 1",))


async def test_an_edit_that_is_yet_to_be_read_leaves_the_old_text_until_then(store: Store) -> None:
    await with_sources(store)

    def told(markup: str) -> NewArticle:
        article = Article(title="Article 1", url="https://example.org/1", markup=markup)
        return replace(draft(1, source=1), article=article)

    async with store.begin() as tx:
        await tx.articles.file([told("<p>As it was.</p>")], NOW)
        (unread,) = await tx.articles.unread(9, NOW)
        assert (unread.article.text, unread.article.markup) == ("", "<p>As it was.</p>")
        await tx.articles.save([reading(1)])
        await tx.articles.file([told('<p class="new">As it was.</p>')], NOW)  # the same words
        assert await tx.articles.unread(9, NOW) == ()
        await tx.articles.file([told("<p>Corrected.</p>")], NOW)
        (unread,) = await tx.articles.unread(9, NOW)
    assert (unread.article.text, unread.article.markup) == ("A body.", "<p>Corrected.</p>")


async def test_two_sources_wording_one_article_differently_is_no_edit_but_either_may_edit(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        for _ in range(2):
            for source, text in ((1, "Long form."), (2, "Short.")):
                await tx.articles.file([draft(1, source=source, text=text)], NOW)
        (unread,) = await tx.articles.unread(9, NOW)
        assert (unread.article.text, unread.source_id) == ("Long form.", 1)
        await tx.articles.save([reading(1)])
        await tx.articles.file([draft(1, source=2, text="Short, corrected.")], NOW)
        (unread,) = await tx.articles.unread(9, NOW)
        assert unread.article.text == "Short, corrected."


async def test_what_is_handed_in_is_compared_with_what_stands_and_is_no_backlog(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        await tx.articles.file([draft(1, source=1, baseline=True)], NOW)
        await tx.articles.save([reading(1)])
        await tx.articles.file([draft(1)], NOW)
        assert await tx.articles.unread(9, NOW) == ()
        assert not (await tx.articles.get([1]))[0].baseline
        await tx.articles.file([draft(1, text="Another text.")], NOW)
        assert len(await tx.articles.unread(9, NOW)) == 1


async def test_unread_ones_come_oldest_first_and_may_be_put_off(store: Store) -> None:
    async with store.begin() as tx:
        await tx.articles.file([draft(1), draft(2), draft(3)], NOW)
        await tx.articles.put_off(1, NOW + HOUR)
        assert [one.id for one in await tx.articles.unread(1, NOW)] == [2]
        later = await tx.articles.unread(9, NOW + HOUR)
    assert [(one.id, one.attempts) for one in later] == [(1, 1), (2, 0), (3, 0)]


async def test_claimed_ones_are_given_to_nobody_else_until_they_are_saved_or_the_claim_ends(store: Store) -> None:
    async with store.begin() as tx:
        await tx.articles.file([draft(1), draft(2), draft(3)], NOW)
        assert [one.id for one in await tx.articles.unread(2, NOW, until=NOW + HOUR)] == [1, 2]
        assert [one.id for one in await tx.articles.unread(9, NOW, until=NOW + HOUR)] == [3]
        assert await tx.articles.unread(9, NOW) == ()
        await tx.articles.save([reading(1)])
        later = await tx.articles.unread(9, NOW + HOUR)
    assert [(one.id, one.attempts) for one in later] == [(2, 0), (3, 0)]


async def test_a_reading_is_kept_whole(store: Store) -> None:
    async with store.begin() as tx:
        await tx.articles.file([draft(1), draft(2)], NOW)
        read = reading(2, story=1)
        await tx.articles.save([read, reading(1)])
        (stored,) = await tx.articles.get([2])
        assert await tx.articles.unread(9, NOW) == ()
    assert (stored.article, stored.takeaways, stored.quality, stored.story) == (
        read.article,
        read.takeaways,
        QUALITY,
        1,
    )


async def test_saving_nothing_is_fine(store: Store) -> None:
    async with store.begin() as tx:
        await tx.articles.save([])
        assert await tx.articles.file([], NOW) == ()
        assert await tx.articles.get([]) == ()
        assert await tx.articles.neighbours([], NOW) == ()


async def test_neighbours_share_a_band_and_are_recent(store: Store) -> None:
    big = 2**64 - 1
    async with store.begin() as tx:
        await tx.articles.file([draft(1)], NOW - 2 * HOUR)
        await tx.articles.file([draft(2), draft(3), draft(4)], NOW)
        await tx.articles.save(
            [
                reading(1, bands=(5,)),
                reading(2, bands=(5, big, big)),
                reading(3, bands=(7,)),
                reading(4, story=2, bands=(5,)),
            ]
        )
        found = await tx.articles.neighbours([5, big], NOW - HOUR)
        assert [(one.id, one.story, one.fingerprint) for one in found] == [(2, 2, (2, big)), (4, 2, (4, big))]
        assert [one.id for one in await tx.articles.neighbours([7, 8], NOW - 9 * HOUR)] == [3]
        await tx.articles.save([reading(3, bands=(8,))])
        assert [one.id for one in await tx.articles.neighbours([7], NOW - 9 * HOUR)] == []


async def test_neighbours_share_words_among_the_newest_that_hold_each(store: Store) -> None:
    async with store.begin() as tx:
        await tx.articles.file([draft(number) for number in range(1, 211)], NOW)
        await tx.articles.save(
            [reading(1, bands=(11, 12, 13)), reading(2, bands=(11, 12)), reading(3, bands=(11, 12, 13, 14))]
        )

        async def sharing(*words: int, common: int) -> list[int]:
            return [one.id for one in await tx.articles.neighbours([], NOW, words=words, common=common)]

        assert await sharing(11, 12, 13, 15, common=3) == [1, 3]
        assert await sharing(11, 12, 13, 14, common=4) == [3]
        assert await sharing(14, common=2) == []
        assert [one.id for one in await tx.articles.neighbours([12], NOW, words=[13], common=2)] == [1, 2, 3]
        await tx.articles.save([reading(number, bands=(14,)) for number in range(4, 211)])
        assert await sharing(11, 14, common=2) == []  # 3 holds both, but two hundred newer ones hold the second
        assert len(await sharing(14, common=1)) == 200


@pytest.fixture
async def library(store: Store) -> Store:
    texts = ["Transformers in practice", "人工智能與民主", "Un café à Orléans", "Practice makes perfect, in practice."]
    async with store.begin() as tx:
        for number, text in enumerate(texts, start=1):
            await tx.articles.file([draft(number)], NOW + number * HOUR)
            await tx.articles.save([reading(number, text=text)])
    return store


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("", (4, 3, 2, 1)),
        ("   ", (4, 3, 2, 1)),
        ("3", (3,)),
        ("2026", ()),
        ("9" * 40, ()),
        ("https://example.org/2", (2,)),
        ("example.org/2", ()),  # a key is a key, words are words
        ("https://example.org/9", ()),
        ("transformers", (1,)),
        ("PRACTICE transformers", (1,)),
        ("practice", (4, 1)),  # twice in a text as short tells more
        ("智能", (2,)),
        ("民", (2,)),  # a single character is how pairs begin
        ("智 民主", (2,)),
        ("無", ()),
        ("cafe orleans", (3,)),
        ("shown 3", (3,)),  # in the takeaways
        ("practice nowhere", ()),
        ("?!", ()),
        ('"', ()),
        ("practice OR café", ()),
        ("NOT practice", ()),
        ('title:"practice" NEAR(', ()),
        ("practice*", (4, 1)),
        ("' ; DROP TABLE articles", ()),
        ("practice " * 1000, (4, 1)),
        (" ".join(f"word{n}" for n in range(1000)), ()),
    ],
)
async def test_find(library: Store, words: str, ids: tuple[int, ...]) -> None:
    async with library.read() as view:
        assert await view.articles.find(words, 9) == ids


async def test_find_keeps_to_its_limit(library: Store) -> None:
    async with library.read() as view:
        assert await view.articles.find("", 2) == (4, 3)
        assert await view.articles.find("practice", 1) == (4,)


async def test_an_article_read_again_is_found_by_its_new_words_only(library: Store) -> None:
    async with library.begin() as tx:
        await tx.articles.save([reading(1, text="Diffusion models")])
        assert await tx.articles.find("transformers", 9) == ()
        assert await tx.articles.find("diffusion", 9) == (1,)


async def test_candidates_are_read_stored_before_and_new_for_the_channel(store: Store) -> None:
    await with_sources(store, 1)
    here, there = await declared(store, channel("here"), channel("there"))
    stored = await read_articles(store, 3, source=1)
    async with store.begin() as tx:
        await tx.articles.file([draft(4)], NOW - HOUR)  # not read
        (late,) = await tx.articles.file([draft(5)], NOW)
        await tx.articles.save([reading(late)])
    digest = await composed(store, here, stored[:1])
    async with store.begin() as tx:
        first, second = await tx.candidates.newest(here, NOW, HOME, 9)
        assert [one.id for one in await tx.candidates.newest(there, NOW, HOME, 9)] == [1, 2, 3]
        assert [one.id for one in await tx.candidates.newest(0, NOW + HOUR, HOME, 9)] == [1, 2, 3, late]
        assert [one.id for one in await tx.candidates.newest(0, NOW + HOUR, HOME, 1)] == [late]
        assert await tx.schedules.drop(digest)
        assert [one.id for one in await tx.candidates.newest(here, NOW, HOME, 9)] == [1, 2, 3]
    assert (first.id, second.id) == (2, 3)
    assert (first.title, first.takeaways, first.quality) == ("Title 2", ("Shown 2",), QUALITY.score)
    assert (first.standing, first.max_age, first.update_of) == (Standing(), timedelta(3), None)


async def test_a_candidate_without_a_source_has_no_standing(store: Store) -> None:
    await read_articles(store, 1)
    async with store.read() as view:
        (candidate,) = await view.candidates.newest(0, NOW, HOME, 9)
    assert (candidate.source_id, candidate.standing, candidate.max_age) == (None, None, None)


async def test_backlog_is_offered_as_backlog(store: Store) -> None:
    await with_sources(store, 1)
    async with store.begin() as tx:
        await tx.articles.file([draft(1, source=1, baseline=True)], NOW - HOUR)
        await tx.articles.save([reading(1)])
        (candidate,) = await tx.candidates.newest(0, NOW, HOME, 9)
    assert candidate.baseline


async def test_an_article_tells_where_it_was_posted(store: Store) -> None:
    (channel_id,) = await declared(store)
    stored = await read_articles(store, 2)
    await post(store, await composed(store, channel_id, stored, key="slot"), parts=2)
    async with store.read() as view:
        first, second = await view.articles.get([1, 2])
    assert first.posted == (Appearance("team", "slot"),)
    assert second.posted == ()
