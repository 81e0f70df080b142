"""Rounds of reading that come at once share the work instead of doing it twice."""

import asyncio
from dataclasses import replace

import pytest

from bot.engine.read import Read
from bot.errors import ParseError
from bot.model import Article, Fetched, Validators
from bot.ports import Store
from tests.contract.things import draft
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.reader import InlineReader


class NotingFetcher(FakeFetcher):
    def __init__(self, pages: dict[str, str]) -> None:
        super().__init__(pages)
        self.asked: list[str] = []

    async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
        self.asked.append(address)
        await asyncio.sleep(0)  # another round gets its turn meanwhile
        return await super().fetch(address, validators, trusted=trusted)


async def test_rounds_at_once_read_each_article_once(store: Store) -> None:
    clock = FakeClock()
    async with store.begin() as tx:
        await tx.articles.file([draft(number) for number in range(5)], clock.now())
    fetcher = NotingFetcher({f"https://example.org/{number}": "<p>A page.</p>" for number in range(5)})
    read = Read(store=store, clock=clock, fetcher=fetcher, reader=InlineReader())
    looked = await asyncio.gather(*(read.round(limit=2) for _ in range(4)))
    assert looked == [2, 2, 1, 0]
    assert sorted(fetcher.asked) == [f"https://example.org/{number}" for number in range(5)]


_WALLED = """<html><head><title>A bridge</title></head><body><article><h1>A bridge</h1><p>The harbour bridge is to be
    rebuilt in April, said Ilse Varga, who asked for 14 million.</p><p>Subscribe to continue reading.</p>"""
_ASKED = """<html><body><p>We and our 842 partners store and/or access information on a device. Accept all</p></body>"""


@pytest.mark.parametrize(
    ("page", "partial", "text"),
    [
        (_WALLED, "paywall", "The harbour bridge is to be"),
        (_ASKED, "consent", "The bridge of Brackwater is rebuilt."),
    ],
)
async def test_of_a_page_behind_a_wall_the_wall_is_not_read(store: Store, page: str, partial: str, text: str) -> None:
    clock = FakeClock()
    abstract = "The bridge of Brackwater is rebuilt."
    async with store.begin() as tx:
        await tx.articles.file([draft(1, text=abstract)], clock.now())
    fetcher = FakeFetcher({"https://example.org/1": page})
    await Read(store=store, clock=clock, fetcher=fetcher, reader=InlineReader()).round()
    async with store.read() as view:
        (stored,) = await view.articles.get([1])
    assert stored.article.partial == partial
    assert stored.article.text.startswith(text)
    assert not any(word in f"{stored.article.text}{stored.shown}" for word in ("Subscribe", "partners"))


_LONG = "The council of Brackwater met on a cold evening and spoke about the bridge. " * 30


async def test_a_feeds_markup_is_read_and_a_long_one_spares_its_page(store: Store) -> None:
    clock = FakeClock()
    article = Article(title="A bridge", url="https://example.org/1", markup=f"<p>{_LONG}</p>")
    async with store.begin() as tx:
        await tx.articles.file([replace(draft(1), article=article)], clock.now())
    fetcher = NotingFetcher({})
    await Read(store=store, clock=clock, fetcher=fetcher, reader=InlineReader()).round()
    async with store.read() as view:
        (stored,) = await view.articles.get([1])
    assert stored.article.markup is None
    assert stored.article.text == _LONG.strip()
    assert fetcher.asked == []


class _Unable(InlineReader):
    async def unfolded(self, article: Article) -> Article:
        raise ParseError(f"{article.url}: takes too long")


async def test_an_article_whose_markup_cannot_be_read_is_kept_without_text(store: Store) -> None:
    clock = FakeClock()
    article = Article(title="A bridge", url="https://example.org/1", summary="It is built.", markup="<p>x")
    async with store.begin() as tx:
        await tx.articles.file([replace(draft(1), article=article, complete=True)], clock.now())
    await Read(store=store, clock=clock, fetcher=FakeFetcher({}), reader=_Unable()).round()
    async with store.read() as view:
        (stored,) = await view.articles.get([1])
        assert await view.articles.unread(9, clock.now()) == ()
    assert (stored.article.text, stored.article.summary, stored.article.markup) == ("", "It is built.", None)
