"""The contract of filing: what changes its address, its title or its name in a feed stays the article that it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.model import Article, NewArticle, Workspace
from bot.ports import Store
from tests.contract.test_store_articles import with_sources
from tests.contract.things import HOUR, NOW, reading

ONE, OTHER = Workspace("slack", "T1"), Workspace("slack", "T2")


def item(
    url: str,
    *,
    guid: str | None = "guid:1:a",
    title: str = "A title",
    published: datetime | None = NOW,
    source: int = 1,
    workspace: Workspace | None = None,
) -> NewArticle:
    return NewArticle(
        key=url,
        article=Article(title=title, text=f"The text of {title}.", url=url, published=published),
        source_id=source,
        aged_from=NOW,
        alias=guid,
        workspace=workspace,
    )


OLD, NEW = "https://example.org/old-slug", "https://example.org/new-slug"


@pytest.mark.parametrize(
    "later",
    [
        item(OLD, published=NOW + HOUR),  # dated anew
        item(OLD, title="Another title"),
        item(OLD, guid="guid:1:b"),  # its name changed
        item(OLD, guid="guid:2:x", source=2),  # another feed
        item(NEW),  # its address changed
        item(NEW, title="Another title"),
        item(NEW, published=NOW + HOUR),
    ],
)
async def test_what_changed_in_one_way_or_two_is_the_same_article(store: Store, later: NewArticle) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        (first,) = await tx.articles.file([item(OLD)], NOW)
        assert await tx.articles.file([later], NOW + HOUR) == (first,)
        assert await tx.articles.file([later, item(OLD)], NOW + HOUR) == (first, first)
        assert len(await tx.articles.find("", 9)) == 1


async def test_a_name_that_is_used_again_for_something_else_makes_no_article_vanish(store: Store) -> None:
    await with_sources(store)
    other = item(NEW, title="Something else", published=NOW + HOUR)
    async with store.begin() as tx:
        (first,) = await tx.articles.file([item(OLD)], NOW)
        (second,) = await tx.articles.file([other], NOW + HOUR)
        assert first != second
        assert await tx.articles.file([item(OLD), other], NOW + HOUR) == (first, second)


async def test_an_article_that_moved_is_known_at_its_new_address_to_every_source(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        (first,) = await tx.articles.file([item(OLD)], NOW)
        await tx.articles.file([item(NEW, title="Another title")], NOW + HOUR)
        assert await tx.articles.file([item(NEW, guid=None, source=2)], NOW + HOUR) == (first,)
        (stored,) = await tx.articles.get([first])
        assert stored.article.url == NEW
        assert await tx.articles.find(NEW, 9) == (first,)


async def test_the_address_that_an_article_led_to_is_its_own_unless_another_is_there(store: Store) -> None:
    await with_sources(store)
    short, page = "https://short.example/1", "https://example.org/page"
    async with store.begin() as tx:
        (first,) = await tx.articles.file([item(short)], NOW)
        await tx.articles.save([replace(reading(first), alias=page)])
        assert await tx.articles.file([item(page, guid=None, title="B", source=2)], NOW) == (first,)
        (theirs,) = await tx.articles.file([item(OLD, guid=None, title="C")], NOW)
        await tx.articles.save([replace(reading(first), alias=OLD)])
        assert await tx.articles.file([item(OLD, guid=None, title="C")], NOW) == (theirs,)


async def test_workspaces_stay_apart_whatever_an_article_is_called(store: Store) -> None:
    await with_sources(store)
    async with store.begin() as tx:
        (own,) = await tx.articles.file([item(OLD, workspace=ONE)], NOW)
        assert await tx.articles.file([item(NEW, title="Another title", workspace=ONE)], NOW) == (own,)
        (house,) = await tx.articles.file([item(NEW, guid=None, title="The house's", source=2)], NOW)
        (theirs,) = await tx.articles.file([item(NEW, guid="guid:2:a", workspace=OTHER, source=2, title="T")], NOW)
        (stored,) = await tx.articles.get([own])
    assert len({own, house}) == 2
    assert theirs == house
    assert stored.article.title == "Another title"
