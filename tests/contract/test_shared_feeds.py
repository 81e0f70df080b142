"""A feed that several workspaces take: one request for all of them, and to each what is its own, on every store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.engine.refresh import Refresh
from bot.jobs.local import LocalJobs
from bot.model import Fetched, Source, SourceReport, SourceSpec, Validators, Workspace
from bot.ports import Store
from bot.sources.fetch import SourceFetcher
from tests.contract.things import HOUR, NOW
from tests.fakes.clock import FakeClock
from tests.fakes.reader import InlineReader

ONE, TWO, THREE = (Workspace("slack", f"T{number}") for number in (1, 2, 3))
FEED = "https://example.org/feed"


class Publisher:
    """A feed on a server of its own, which notes how each request was answered."""

    def __init__(self) -> None:
        self.titles = ["first"]
        self.status = 200
        self.answered: list[int] = []

    async def answer(self, request: web.Request) -> web.Response:
        tag = f'"{len(self.titles)}"'
        unchanged = request.headers.get("If-None-Match") == tag
        self.answered.append(self.status if self.status != 200 else 304 if unchanged else 200)
        if self.answered[-1] != 200:
            return web.Response(status=self.answered[-1])
        items = "".join(f"<item><title>{t}</title><link>https://example.org/{t}</link></item>" for t in self.titles)
        body = f"<rss version='2.0'><channel><title>Feed</title>{items}</channel></rss>"
        return web.Response(body=body, headers={"ETag": tag}, content_type="application/rss+xml")


class Near(SourceFetcher):
    """Reaches the loopback, where the publisher is, for what comes from chat too."""

    async def fetch(self, address: str, validators: Validators = Validators(), *, trusted: bool = False) -> Fetched:  # noqa: B008
        return await super().fetch(address, validators, trusted=True)


class Town:
    def __init__(self, store: Store, publisher: Publisher, address: str, fetcher: SourceFetcher) -> None:
        self.store, self.publisher, self.address, self.clock = store, publisher, address, FakeClock(NOW)
        self._verb = Refresh(
            store=store, clock=self.clock, fetcher=fetcher, reader=InlineReader(), jobs=LocalJobs(), platforms={}
        )

    async def add(self, *owners: Workspace | None) -> list[int]:
        async with self.store.begin() as tx:
            spec = SourceSpec(address=self.address, every=HOUR)
            return [(await tx.sources.add(spec, self.clock.now(), owner)).id for owner in owners]

    async def reads(self, *, after: timedelta = timedelta()) -> list[int]:
        """How the server answered what was due then."""
        self.clock.advance(seconds=after.total_seconds())
        self.publisher.answered.clear()
        await self._verb.due()
        return list(self.publisher.answered)

    async def sources(self) -> tuple[Source, ...]:
        async with self.store.read() as view:
            return await view.sources.all()

    async def articles_of(self, owner: Workspace) -> dict[str, int]:
        """What is there for a workspace: numbers by titles, and that no other has them."""
        async with self.store.read() as view:
            found = await view.articles.get(await view.articles.find("", 99, owner), viewer=owner)
            for other in {ONE, TWO, THREE} - {owner}:
                assert await view.articles.get([one.id for one in found], viewer=other) == ()
        return {one.article.title: one.id for one in found}


@pytest.fixture
async def town(store: Store) -> AsyncIterator[Town]:
    publisher = Publisher()
    site = web.Application()
    site.router.add_get("/feed", publisher.answer)
    async with TestServer(site) as server, Near(allow_private=["127.0.0.0/8"]) as fetcher:
        yield Town(store, publisher, f"http://127.0.0.1:{server.port}/feed", fetcher)


async def test_three_that_take_a_feed_cost_one_request_and_each_has_its_articles(town: Town) -> None:
    await town.add(ONE, TWO, THREE)
    assert await town.reads() == [200]
    assert await town.reads(after=HOUR) == [304]
    town.publisher.titles.append("second")
    assert await town.reads(after=HOUR) == [200]
    each = [await town.articles_of(owner) for owner in (ONE, TWO, THREE)]
    assert [sorted(one) for one in each] == [["first", "second"]] * 3
    assert {(one.state, one.next_at - town.clock.now(), one.failures) for one in await town.sources()} == {
        ("ok", HOUR, 0)
    }


async def test_who_comes_later_is_read_at_once_and_asks_together_with_the_others_from_then_on(town: Town) -> None:
    await town.add(ONE, TWO)
    await town.reads()
    town.clock.advance(minutes=20)
    await town.add(THREE)
    assert await town.reads() == [200]
    assert sorted(await town.articles_of(THREE)) == ["first"]
    assert await town.reads(after=timedelta(minutes=40)) == [304]
    assert await town.reads(after=timedelta(minutes=59)) == []
    town.publisher.titles.append("second")
    assert await town.reads(after=timedelta(minutes=1)) == [200]
    assert [sorted(await town.articles_of(one)) for one in (ONE, TWO, THREE)] == [["first", "second"]] * 3


async def test_who_had_the_same_before_gets_nothing_new_of_what_is_read_for_a_newcomer(town: Town) -> None:
    (first,) = await town.add(ONE)
    await town.reads()
    before = await town.articles_of(ONE)
    town.clock.advance(minutes=40)
    await town.add(TWO)
    assert await town.reads() == [200]
    assert await town.articles_of(ONE) == before
    assert {one.next_at - town.clock.now() for one in await town.sources()} == {HOUR}
    assert first == (await town.sources())[0].id


async def test_a_feed_that_fails_fails_for_each_at_one_request_and_comes_back_for_each(town: Town) -> None:
    await town.add(ONE, TWO, THREE)
    await town.reads()
    town.publisher.status = 503
    assert await town.reads(after=HOUR) == [503]
    failing = await town.sources()
    assert {(one.state, one.failures, one.error is None) for one in failing} == {("failing", 1, False)}
    town.publisher.status = 200
    assert await town.reads(after=HOUR * 1.2) == [304]
    assert {(one.state, one.failures) for one in await town.sources()} == {("ok", 0)}


async def test_one_that_takes_it_no_more_leaves_it_to_the_others(town: Town) -> None:
    numbers = await town.add(ONE, TWO, THREE)
    await town.reads()
    async with town.store.begin() as tx:
        await tx.sources.remove(numbers[1])
    town.publisher.titles.append("second")
    assert await town.reads(after=HOUR) == [200]
    each = [sorted(await town.articles_of(owner)) for owner in (ONE, TWO, THREE)]
    assert each == [["first", "second"], ["first"], ["first", "second"]]


async def reported(store: Store, *reports: SourceReport) -> None:
    async with store.begin() as tx:
        await tx.sources.report(reports)


async def test_what_is_claimed_with_a_source_is_what_others_want_soon_of_its_address(store: Store) -> None:
    owners: Sequence[Workspace] = [Workspace("slack", name) for name in ("due", "soon", "later", "gone", "paused")]
    async with store.begin() as tx:
        due, soon, later, gone, paused = [
            (await tx.sources.add(SourceSpec(address=FEED, every=HOUR), NOW, owner)).id for owner in owners
        ]
        elsewhere = (await tx.sources.add(SourceSpec(address=f"{FEED}/2", every=HOUR), NOW, owners[0])).id
        await tx.sources.remove(gone)
    put_off = SourceReport(source_id=soon, next_at=NOW + HOUR / 3, put_off=True)
    await reported(
        store,
        put_off,
        replace(put_off, source_id=later, next_at=NOW + HOUR),
        replace(put_off, source_id=elsewhere, next_at=NOW + HOUR / 3),
        SourceReport(source_id=paused, next_at=NOW, error="gone", paused=True),
    )
    async with store.begin() as tx:
        claimed = await tx.sources.claim(NOW, NOW + HOUR, 1)
        assert [one.id for one in claimed] == [due, soon]
        assert {one.next_at for one in claimed} == {NOW + HOUR}
        assert [one.id for one in await tx.sources.claim(NOW + HOUR / 2, NOW + HOUR, 9)] == [elsewhere]


async def test_many_that_take_one_feed_are_filed_in_transactions_that_stay_short(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.refresh._DRAFTS", 2)
    await town.add(ONE, TWO, THREE)
    assert await town.reads() == [200]
    assert [sorted(await town.articles_of(owner)) for owner in (ONE, TWO, THREE)] == [["first"]] * 3
