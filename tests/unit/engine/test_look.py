"""What a look at an address finds: a feed there, or the feed that a site has elsewhere; with every request counted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.engine.look import Look
from bot.errors import FetchError, SourceError
from bot.model import Fetched, Validators
from bot.sources.fetch import SourceFetcher
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.reader import InlineReader

FEED = "<rss version='2.0'><channel><title>A feed</title><item><title>One</title><link>/1</link></item></channel></rss>"
EMPTY = "<!doctype html><html><head><title>Home</title></head><body></body></html>"
LINKED = "<!doctype html><html><head><link rel=alternate type=application/rss+xml href={0}></head><body></body></html>"
ARTICLE = "<!doctype html><html><head><title>T</title></head><body><article><h1>T</h1><p>{}</p></article></body></html>"
WORDS = "Some words of an article that goes on for a while, and then for a while more. " * 5


class Site:
    """Pages by path; what is not there is 404. Notes what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, str | int] = {}
        self.asked: list[str] = []
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        page = self.pages.get(request.path, 404)
        if isinstance(page, int):
            return web.Response(status=page)
        return web.Response(text=page, content_type="application/xml" if page.startswith("<rss") else "text/html")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    one = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", one.answer)
    server = TestServer(app)
    await server.start_server()
    one.address = f"http://127.0.0.1:{server.port}"
    yield one
    await server.close()


@pytest.fixture
async def look() -> AsyncIterator[Look]:
    async with SourceFetcher(timeout=5.0, allow_private=["127.0.0.0/8"]) as fetcher:
        yield Look(fetcher=fetcher, reader=InlineReader())


@pytest.mark.parametrize(
    ("pages", "reads", "asked"),
    [
        ({"/": FEED}, None, ["/"]),
        ({"/": LINKED.format("/a"), "/a": FEED}, "/a", ["/", "/a"]),
        ({"/": LINKED.format("/gone") + LINKED.format("/a"), "/a": FEED}, "/a", ["/", "/gone", "/a"]),
        ({"/": EMPTY, "/feed": FEED}, "/feed", ["/", "/feed"]),
        ({"/": EMPTY, "/feed": EMPTY, "/rss.xml": FEED}, "/rss.xml", ["/", "/feed", "/feed.xml", "/rss.xml"]),
        ({"/": ARTICLE.format(WORDS), "/feed": 403}, None, ["/", "/feed"]),  # who minds is not asked further
    ],
)
async def test_a_site_stands_for_its_feed(
    site: Site, look: Look, pages: dict[str, str | int], reads: str | None, asked: list[str]
) -> None:
    site.pages = pages
    seen = await look.at(site.address, trusted=True)
    assert seen.reads == (site.address + reads if reads else None)
    assert (seen.feed is not None) is (FEED in pages.values())
    assert site.asked == asked


async def test_what_was_found_is_asked_alone_from_then_on(site: Site, look: Look) -> None:
    site.pages = {"/": LINKED.format("/a"), "/a": FEED}
    found = await look.at(site.address, trusted=True)
    site.asked.clear()
    again = await look.at(site.address, reads=found.reads, validators=found.fetched.validators, trusted=True)
    assert (again.fetched.unchanged, again.reads, site.asked) == (True, found.reads, ["/a"])


async def test_a_page_without_a_feed_is_an_article_and_is_guessed_at_only_on_demand(site: Site, look: Look) -> None:
    site.pages = {"/": ARTICLE.format(WORDS)}
    seen = await look.at(site.address, trusted=True, guess=False)
    assert ([article.title for article in seen.articles], seen.reads, site.asked) == (["T"], None, ["/"])
    await look.at(site.address, trusted=True)
    assert len(site.asked) == 9


async def test_a_site_whose_feed_is_in_trouble_is_in_trouble_itself(site: Site, look: Look) -> None:
    site.pages = {"/": LINKED.format("/a") + WORDS, "/a": 503}
    with pytest.raises(FetchError, match="503"):
        await look.at(site.address, trusted=True)


@pytest.mark.parametrize("page", ["plain words", EMPTY.replace("<title>Home</title>", "")])
async def test_where_nothing_can_be_read_the_address_is_told(site: Site, look: Look, page: str) -> None:
    site.pages = {"/": page} if page.startswith("<") else {}
    with pytest.raises(SourceError, match=site.address):
        await look.at(site.address, trusted=True)


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://www.youtube.com/user/x", "https://www.youtube.com/feeds/videos.xml?user=x"),
        ("https://github.com/python/cpython", "https://github.com/python/cpython/releases.atom"),
        ("https://mastodon.example/@me", "https://mastodon.example/@me.rss"),
    ],
)
async def test_a_platforms_page_is_not_even_fetched(address: str, feed: str) -> None:
    class Counting(FakeFetcher):
        asked: tuple[str, ...] = ()

        async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
            self.asked += (address,)
            return await super().fetch(address, validators, trusted=trusted)

    fetcher = Counting({feed: FEED})
    seen = await Look(fetcher=fetcher, reader=InlineReader()).at(address)
    assert (seen.reads, fetcher.asked) == (feed, (feed,))
    other = Counting({address: ARTICLE.format(WORDS)})
    assert (await Look(fetcher=other, reader=InlineReader()).at(address, guess=False)).articles
