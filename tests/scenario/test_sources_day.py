"""Days of a source on a local server: new, unchanged, edited, renamed, busy, broken, moved, gone; all once, nothing
missed, and no request too many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import App
from bot.engine.refresh import Refresh
from bot.model import Fetched, Source, SourceReport, SourceSpec, StoredArticle, Validators
from bot.sources.workers import WorkerReader
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.platform import FakePlatform
from tests.scenario.world import article_text, read_all, world

BEGIN = datetime(2026, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEP = timedelta(minutes=10)  # how often the bot looks whether a source is due
CONFIG = """
[bot]
database = "sqlite:///digest.db"
locale = "de"

[fetch]
allow_private = ["127.0.0.0/8"]
spacing = "0s"

[[sources]]
url = "{address}/feed.xml"
every = "1h"

[[channels]]
name = "web"
platform = "web"
schedule = "0 9 * * *"
min_quality = 0.0
max_articles = 10
"""


@dataclass(frozen=True)
class Item:
    title: str
    slug: str
    guid: str
    text: str
    dated: datetime


class Publisher:
    """A feed by the clock: its items, and how the server is. Notes when it was asked, and how it answered."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.items: list[Item] = []
        self.mood: int | tuple[int, dict[str, str]] = 200
        self.new_home: int = 200  # what the address that it moved to answers
        self.asked: list[tuple[datetime, str, int]] = []

    def publish(self, number: int) -> None:
        words = (f"Story {number}", str(number), f"tag:{number}", article_text(number) * 3)
        self.items.insert(0, Item(*words, self.clock.now()))

    def change(self, number: int, **what: str | datetime) -> None:
        self.items = [replace(one, **what) if one.slug == str(number) else one for one in self.items]  # type: ignore[arg-type]

    async def answer(self, request: web.Request) -> web.Response:
        response = self._response(request)
        self.asked.append((self.clock.now(), request.path, response.status))
        return response

    def _response(self, request: web.Request) -> web.Response:
        status, headers = self.mood if isinstance(self.mood, tuple) else (self.mood, {})
        if request.path == "/moved.xml":
            status, headers = self.new_home, {}
        if status != 200:
            return web.Response(status=status, headers=headers)
        tag = f'"{hash(repr(self.items)):x}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(body=self.feed(), headers={"ETag": tag}, content_type="application/rss+xml")

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{one.title}</title><link>https://example.org/{one.slug}</link>"
            f"<guid isPermaLink='false'>{one.guid}</guid>"
            f"<pubDate>{one.dated:%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{one.text}</description></item>"
            for one in self.items
        )
        return f"<rss version='2.0'><channel><title>Day</title>{items}</channel></rss>".encode()

    def visits(self, path: str) -> list[datetime]:
        return [at for at, asked, _ in self.asked if asked == path]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGIN)


@pytest.fixture
async def publisher(clock: FakeClock) -> Publisher:
    return Publisher(clock)


@pytest.fixture
async def app(publisher: Publisher, clock: FakeClock, tmp_path: Path) -> AsyncIterator[App]:
    site = web.Application()
    site.add_routes([web.get(path, publisher.answer) for path in ("/feed.xml", "/moved.xml")])
    server = TestServer(site)
    await server.start_server()
    async with world(tmp_path, clock, config=CONFIG.format(address=f"http://127.0.0.1:{server.port}")) as app:
        app.platforms["web"] = FakePlatform()
        yield app
    await server.close()


async def pass_time(app: App, clock: FakeClock, hours: float) -> None:
    """The bot looks at what is due every ten minutes, for so long."""
    until = clock.now() + timedelta(hours=hours)
    while clock.now() < until:
        await read_all(app)
        clock.set(min(until, clock.now() + STEP))


async def source_of(app: App) -> Source:
    async with app.store.read() as view:
        (source,) = [source for source in await view.sources.all() if not source.spec.local]
    return source


async def articles_of(app: App) -> dict[str, StoredArticle]:
    """What is stored, by address; an address twice fails."""
    async with app.store.read() as view:
        found = await view.articles.get(await view.articles.find("", 1000))
    by_address = {str(one.article.url): one for one in found}
    assert len(by_address) == len(found)
    return by_address


async def posted(app: App) -> list[str]:
    """What the channel had, digest after digest."""
    platform = app.platforms["web"]
    assert isinstance(platform, FakePlatform)
    return platform.titles


async def post_a_digest(app: App) -> None:
    async with app.store.read() as view:
        (channel,) = await view.channels.all()
    digest = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
    await app.engine.deliver.digest(digest.id)


async def test_a_day_of_a_source(app: App, publisher: Publisher, clock: FakeClock) -> None:
    for number in range(3):
        publisher.publish(number)
    await pass_time(app, clock, 3)
    statuses = [status for _, _, status in publisher.asked]
    assert statuses[:2] == [200, 304]
    assert set(statuses[1:]) == {304}
    assert len(await articles_of(app)) == 3
    await post_a_digest(app)
    assert sorted(await posted(app)) == ["Story 0", "Story 1", "Story 2"]

    publisher.change(0, dated=clock.now())
    publisher.change(1, text=article_text(101) * 3)
    publisher.change(2, title="A title of its own", guid="tag:other")
    publisher.publish(3)
    publisher.items.append(publisher.items[0])  # twice in one feed
    await pass_time(app, clock, 2)
    publisher.change(0, slug="moved-slug")
    await pass_time(app, clock, 2)
    stored = await articles_of(app)
    assert sorted(stored) == [
        *(f"https://example.org/{number}" for number in (1, 2, 3)),
        "https://example.org/moved-slug",
    ]
    assert article_text(101).split("\n")[3] in stored["https://example.org/1"].article.text
    assert stored["https://example.org/2"].article.title == "A title of its own"
    publisher.items.pop()

    publisher.mood = (429, {"Retry-After": str(3 * 3600)})
    publisher.publish(4)
    await pass_time(app, clock, 1.5)
    publisher.mood = 200
    refused = publisher.asked[-1][0]
    assert publisher.asked[-1][2] == 429
    await pass_time(app, clock, 4)
    assert next(at for at, _, _ in publisher.asked if at > refused) - refused >= 3 * HOUR
    assert "https://example.org/4" in await articles_of(app)

    publisher.mood = 500
    publisher.publish(5)
    before = len(publisher.asked)
    await pass_time(app, clock, 9)
    broken = [at for at, _, _ in publisher.asked[before:]]
    waits = [later - earlier for earlier, later in pairwise(broken)]
    assert [wait // HOUR for wait in waits] == [1, 2, 4]
    assert (await source_of(app)).state == "failing"

    publisher.mood = (301, {"Location": "/moved.xml"})
    await pass_time(app, clock, 9)
    assert ("/moved.xml", 200) in [(path, status) for _, path, status in publisher.asked]
    assert (await source_of(app)).state == "ok"

    publisher.mood = 410
    await pass_time(app, clock, 24)
    assert publisher.asked[-1][2] == 410
    assert [status for _, _, status in publisher.asked].count(410) == 1
    assert (await source_of(app)).state == "paused"

    await post_a_digest(app)
    assert sorted(await posted(app)) == [f"Story {number}" for number in range(6)]  # each once, none missed
    assert len(await articles_of(app)) == 6
    visits = publisher.visits("/feed.xml")
    assert all(later - earlier >= HOUR for earlier, later in pairwise(visits))
    assert len(publisher.asked) <= 30  # in 53 hours


async def test_a_source_that_moved_for_good_is_asked_where_it_is_and_at_home_when_it_is_gone_there(
    app: App, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish(1)
    await pass_time(app, clock, 2)
    source = await source_of(app)
    await post_a_digest(app)
    publisher.mood = (308, {"Location": "/moved.xml"})
    await pass_time(app, clock, 24)
    assert (await source_of(app)).reads is None  # it may be a mistake
    await pass_time(app, clock, 48)
    moved = await source_of(app)
    assert moved.reads is not None
    assert moved.reads.endswith("/moved.xml")
    assert (moved.id, moved.spec, moved.state) == (source.id, source.spec, "ok")
    last = publisher.visits("/feed.xml")[-1]
    publisher.publish(2)
    await pass_time(app, clock, 12)
    assert publisher.visits("/feed.xml")[-1] == last
    await post_a_digest(app)
    assert await posted(app) == ["Story 1", "Story 2"]
    async with app.store.begin() as tx:
        assert (await tx.sources.add(SourceSpec(address=moved.reads), clock.now())).id == source.id

    publisher.new_home, publisher.mood = 410, 200
    publisher.publish(3)
    await pass_time(app, clock, 12)
    home = await source_of(app)
    assert (home.state, home.reads) == ("ok", None)
    assert len(await articles_of(app)) == 3


async def test_a_source_is_asked_by_its_own_rhythm(app: App, publisher: Publisher, clock: FakeClock) -> None:
    for number in range(3):
        publisher.publish(number)
        publisher.change(number, dated=clock.now() - (3 - number) * timedelta(days=30))
    await pass_time(app, clock, 24)
    visits = publisher.visits("/feed.xml")
    assert len(visits) == 6
    assert all(4 * HOUR <= later - earlier < 4 * HOUR + STEP for earlier, later in pairwise(visits))


async def test_what_is_gone_is_left_alone_and_admins_are_told_once(
    app: App, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.mood = 410
    await pass_time(app, clock, 72)
    source = await source_of(app)
    assert len(publisher.asked) == 1
    assert source.state == "paused"
    platform = app.platforms["web"]
    assert isinstance(platform, FakePlatform)
    (notice,) = platform.notices
    assert notice.startswith(
        f"{source.spec.address} wird nicht mehr gelesen: {source.spec.address} gibt es nicht mehr (410)"
    )

    publisher.mood = 200
    publisher.publish(1)
    async with app.store.begin() as tx:
        await tx.sources.add(SourceSpec(address=source.spec.address), clock.now())
    await read_all(app)
    assert (await source_of(app)).state == "ok"
    assert list(await articles_of(app)) == ["https://example.org/1"]


async def test_what_fails_again_and_again_is_left_alone_in_the_end(
    app: App, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.mood = 503
    for _ in range(60):
        clock.set(max(clock.now(), (await source_of(app)).next_at))
        await app.engine.refresh.due()
        clock.advance(hours=1)
    assert len(publisher.asked) == 20
    assert (await source_of(app)).state == "paused"
    assert publisher.asked[-1][0] - BEGIN > timedelta(days=14)


async def test_a_source_that_breaks_our_own_code_costs_no_other_its_turn(
    app: App, publisher: Publisher, clock: FakeClock
) -> None:
    class Breaking(FakeFetcher):
        async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
            if address.endswith("/feed.xml"):
                raise RuntimeError("a defect")
            return await super().fetch(address, validators, trusted=trusted)

    good = "https://example.org/good"
    async with app.store.begin() as tx:
        await tx.sources.add(SourceSpec(address=good), clock.now())
    publisher.publish(1)
    async with WorkerReader(workers=1) as reader:
        refresh = Refresh(
            store=app.store,
            clock=clock,
            fetcher=Breaking({good: publisher.feed().decode()}),
            reader=reader,
            jobs=app.jobs,
            platforms={},
        )
        reports: list[SourceReport] = []
        await refresh.due(reports.append)
    assert [report.error is None for report in reports] == [False, True]
    assert "a defect" in str(reports[0].error)
    assert list(await articles_of(app)) == ["https://example.org/1"]
