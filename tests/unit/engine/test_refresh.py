"""A round of sources: a slow one holds up no other's news, and what is broken off is there for others at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.engine import refresh
from bot.engine.refresh import Refresh
from bot.jobs.local import LocalJobs
from bot.model import Fetched, SourceSpec, Validators
from bot.ports import Store
from bot.storage.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.reader import InlineReader

FEED = "<rss version='2.0'><channel><title>F</title><item><title>{0}</title><link>{0}</link></item></channel></rss>"
QUICK, SLOW = "https://quick.example/feed", "https://slow.example/feed"


class WaitingFetcher(FakeFetcher):
    """A web of which one page comes when it is let."""

    def __init__(self) -> None:
        super().__init__({address: FEED.format(f"{address}/1") for address in (QUICK, SLOW)})
        self.let = asyncio.Event()

    async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
        if address == SLOW:
            await self.let.wait()
        return await super().fetch(address, validators, trusted=trusted)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = await Database.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield database
    await database.aclose()


async def begun(store: Store, fetcher: WaitingFetcher) -> asyncio.Task[None]:
    """A reading of both sources, of which the quick one's article is there already."""
    clock = FakeClock()
    async with store.begin() as tx:
        for address in (QUICK, SLOW):
            await tx.sources.add(SourceSpec(address=address), clock.now())
    verb = Refresh(store=store, clock=clock, fetcher=fetcher, reader=InlineReader(), jobs=LocalJobs(), platforms={})
    task: asyncio.Task[None] = asyncio.create_task(verb.due())
    async with asyncio.timeout(20):
        while not await found(store):
            await asyncio.sleep(0.01)
    return task


async def found(store: Store) -> list[str | None]:
    async with store.read() as view:
        return [one.article.url for one in await view.articles.unread(9, FakeClock().now())]


async def test_what_a_slow_source_is_waited_for_with_is_filed_before_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_SLOW", 0.05)
    fetcher = WaitingFetcher()
    task = await begun(store, fetcher)
    assert await found(store) == [f"{QUICK}/1"]
    fetcher.let.set()
    await task
    assert await found(store) == [f"{QUICK}/1", f"{SLOW}/1"]


async def test_a_source_whose_reading_is_broken_off_is_due_again_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_SLOW", 0.05)
    task = await begun(store, WaitingFetcher())
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    now = FakeClock().now()
    async with store.begin() as tx:
        assert [one.spec.address for one in await tx.sources.claim(now, now, 9)] == [SLOW]
