"""Lists of feeds imported, exported and imported again; sources added and checked; by the real command line."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import App, opened
from bot.config import load
from bot.engine.look import Look
from bot.engine.subscriptions import Subscriptions, entries_of
from bot.model import SourceSpec
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.reader import InlineReader
from tests.scenario.cli import Ended, digestbot

FEED = (
    b"<rss version='2.0'><channel><title>A feed</title><item><title>One</title><link>https://x.example/1</link></item>"
)
FEED += b"<item><title>Two</title><link>https://x.example/2</link></item></channel></rss>"
CONFIG = """
[bot]
database = "sqlite:///digest.db"
[fetch]
allow_private = ["127.0.0.0/8"]
spacing = "0s"
"""


def opml(*urls: str, category: str = "ai") -> str:
    outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>\n' for url in urls)
    return f'<opml version="2.0"><body><outline text="{category}">\n{outlines}</outline></body></opml>'


@pytest.fixture
async def site() -> AsyncIterator[str]:
    async def feed(_: web.Request) -> web.Response:
        return web.Response(body=FEED, content_type="application/rss+xml")

    async def home(_: web.Request) -> web.Response:
        return web.Response(text="<html><body><p>Welcome.</p></body></html>", content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/feed", feed), web.get("/rss.xml", feed), web.get("/", home)])
    server = TestServer(app)
    await server.start_server()
    yield f"http://127.0.0.1:{server.port}"
    await server.close()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ended]:
    (tmp_path / "config.toml").write_text(CONFIG)
    return lambda *arguments, stdin=b"": digestbot(*arguments, cwd=tmp_path, stdin=stdin)


async def imported(app: App, address: str) -> Counter[str]:
    subscriptions = app.engine.subscriptions
    return Counter(
        [entry.outcome async for entry in subscriptions.add(await subscriptions.lists(address), check=False)]
    )


async def subscribed(app: App) -> set[tuple[str, str | None]]:
    async with app.store.read() as view:
        return {(source.spec.address, source.spec.category) for source in await view.sources.all()}


@pytest.mark.file
async def test_ten_thousand_feeds_are_imported_exported_and_imported_again_the_same(tmp_path: Path) -> None:
    (tmp_path / "big.opml").write_text(opml(*(f"https://s{number}.example/feed" for number in range(10_000))))
    sets = []
    for name, source in (("one", tmp_path / "big.opml"), ("two", tmp_path / "out.opml")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.toml").write_text(CONFIG)
        async with opened(load(folder / "config.toml"), connect=False, reading=InlineReader) as app:
            assert await imported(app, str(source)) == {"added": 10_000}
            assert await imported(app, str(source)) == {"known": 10_000}
            (tmp_path / "out.opml").write_text(await app.engine.statistics.opml("Ours"))
            sets.append(await subscribed(app))
    assert sets[0] == sets[1]
    assert len(sets[0]) == 10_000


async def test_a_forgotten_source_comes_back_and_one_of_the_file_is_known(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + '[[sources]]\nurl = "https://file.example/feed"\n')
    (tmp_path / "list.opml").write_text(opml("https://file.example/feed", "https://gone.example/feed", category="new"))
    async with opened(load(tmp_path / "config.toml"), connect=False, reading=InlineReader) as app:
        async with app.store.begin() as tx:
            source = await tx.sources.add(SourceSpec(address="https://gone.example/feed"), app.clock.now())
            await tx.sources.remove(source.id)
        assert await imported(app, str(tmp_path / "list.opml")) == {"known": 1, "added": 1}
        assert await subscribed(app) == {("https://file.example/feed", None), ("https://gone.example/feed", "new")}


async def test_with_check_what_cannot_be_read_is_not_added(tmp_path: Path) -> None:
    good, page, dead = (f"https://x.example/{name}" for name in ("feed", "home", "dead"))
    (tmp_path / "config.toml").write_text(CONFIG)
    async with opened(load(tmp_path / "config.toml"), connect=False, reading=InlineReader) as app:
        fetcher = FakeFetcher(
            {good: FEED.decode(), page: f"<html><link rel=alternate type=text/xml href={good}></html>"}
        )
        look = Look(fetcher=fetcher, reader=InlineReader())
        subscriptions = Subscriptions(store=app.store, clock=app.clock, fetcher=fetcher, look=look, in_hand=2)
        entries = entries_of(opml(good, page, dead, "ftp://x.example").encode(), "list")
        told = {e.outline.address: e async for e in subscriptions.add(entries, check=True) if e.outline}
        assert {address: entry.outcome for address, entry in told.items()} == {
            good: "added",
            page: "added",
            dead: "failed",
            "ftp://x.example": "failed",
        }
        assert "there is nothing" in str(told[dead].error)
        assert await subscribed(app) == {(good, "ai"), (page, "ai")}


async def test_what_failed_and_why_is_told_and_the_rest_is_added(site: str, run: Callable[..., Ended]) -> None:
    body = opml("https://x.example/feed", "ftp://x.example", "https://x.example/feed").encode()
    ended = await _beside(run, "sources", "import", "-", f"{site}/feed", f"{site}/nothing", stdin=body)
    assert ended.code == 1
    assert "5 feeds: 1 added, 1 known before, 3 failed" in ended.out
    assert "-: line 3: ftp://x.example is no web address" in ended.err
    assert f"{site}/feed: this is no OPML" in ended.err
    assert f"{site}/nothing: 404" in ended.err
    again = await _beside(run, "sources", "import", "--json", "-", stdin=body)
    assert [record["outcome"] for record in again.records] == ["known", "failed", "known"]
    assert again.records[0] == {
        "input": "-",
        "line": 2,
        "url": "https://x.example/feed",
        "title": "https://x.example/feed",
        "category": "ai",
        "outcome": "known",
        "id": 1,
        "error": None,
    }


async def test_how_sources_are_is_checked_listed_exported_and_told_by_doctor(
    site: str, run: Callable[..., Ended], tmp_path: Path
) -> None:
    declared = "".join(f'[[sources]]\nurl = "{url}"\n' for url in (site, f"{site}/nothing"))
    (tmp_path / "config.toml").write_text(CONFIG + declared)
    checked = await _beside(run, "sources", "check", "--json")
    assert checked.code == 1
    by_id = {record["id"]: record for record in checked.records}
    assert (by_id[1]["ok"], by_id[1]["articles"], by_id[1]["reads"]) == (True, 2, f"{site}/feed")
    assert (by_id[2]["ok"], by_id[2]["state"]) == (False, "new")
    one = await _beside(run, "sources", "check", site)
    assert (one.code, "nothing" in one.out) == (0, False)
    assert (await _beside(run, "sources", "check", "77")).err.startswith("digestbot: 77: no such source")

    await _beside(run, "refresh")
    listed = await _beside(run, "sources", "list")
    assert f"source 2: {site}/nothing: 404 Not Found: check the address (never read; tried again 20" in listed.out
    findings = {one["check"]: one for one in (await _beside(run, "doctor", "--json")).records}
    assert findings["sources"]["detail"] == "2: 1 fine, 1 failing"
    assert "404" in str(findings["source"]["detail"])
    assert "wrote 2 feeds to out.opml" in (await _beside(run, "sources", "export", "out.opml")).out
    assert (tmp_path / "out.opml").read_text() == (await _beside(run, "sources", "export")).out


async def _beside(run: Callable[..., Ended], *arguments: str, stdin: bytes = b"") -> Ended:
    """The command in a process of its own, while this one serves the site."""
    return await asyncio.to_thread(run, *arguments, stdin=stdin)
