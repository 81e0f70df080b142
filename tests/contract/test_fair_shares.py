"""What waits for one workspace's slow hosts holds up no other's sources and articles, on every store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from itertools import count

import pytest

from bot.engine import refresh
from bot.engine.read import Read
from bot.engine.refresh import Refresh
from bot.engine.shares import in_turn
from bot.jobs.local import LocalJobs
from bot.model import Fetched, SourceSpec, Validators, Workspace
from bot.ports import Store
from tests.contract.things import HOUR, NOW, draft
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.reader import InlineReader

NOISY, QUIET = Workspace("slack", "T1"), Workspace("slack", "T2")
FEED = "<rss version='2.0'><channel><title>F</title><item><title>News</title><link>{0}</link></item></channel></rss>"
QUICK = "https://quick.example/feed"


class SlowWeb(FakeFetcher):
    """Of a slow host nobody hears anything."""

    def __init__(self) -> None:
        pages = {QUICK: FEED.format("https://quick.example/1"), "https://quick.example/1": "<p>A page.</p>"}
        super().__init__(pages)
        self.waiting = 0

    async def fetch(self, address: str, validators: Validators | None = None, *, trusted: bool = False) -> Fetched:
        if address.startswith("https://slow"):
            self.waiting += 1
            await asyncio.Event().wait()
        return await super().fetch(address, validators, trusted=trusted)


class Crowd:
    """The verbs on a web of slow hosts, and their loops."""

    def __init__(self, store: Store, *, in_hand: int = 200) -> None:
        self.store, self.web, self._number = store, SlowWeb(), count(1)
        self._loops: list[asyncio.Task[None]] = []
        world = {"store": store, "clock": FakeClock(NOW), "fetcher": self.web, "reader": InlineReader()}
        self.refresh = Refresh(**world, jobs=LocalJobs(), platforms={}, in_hand=in_hand)  # type: ignore[arg-type]
        self.read = Read(**world)  # type: ignore[arg-type]

    async def takes(self, owner: Workspace, *addresses: str) -> None:
        async with self.store.begin() as tx:
            for address in addresses:
                await tx.sources.add(SourceSpec(address=address), NOW, owner)

    async def files(self, owner: Workspace, *addresses: str) -> None:
        one = draft(0)
        drafts = [
            replace(one, key=address, workspace=owner, article=replace(one.article, url=address))
            for address in addresses
        ]
        async with self.store.begin() as tx:
            await tx.articles.file(drafts, NOW)

    def begins(self, loop: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        self._loops.append(asyncio.ensure_future(loop()))  # type: ignore[arg-type]
        return self._loops[-1]

    async def has(self, owner: Workspace, *, read: bool) -> bool:
        async with self.store.read() as view:
            found = await view.articles.get(await view.articles.find("", 9, owner), viewer=owner)
        return any(one.quality is not None or not read for one in found)

    async def waits_for(self, number: int) -> bool:
        return self.web.waiting == number

    async def ends(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)


@pytest.fixture
async def crowd(store: Store) -> AsyncIterator[Crowd]:
    made = Crowd(store)
    yield made
    await made.ends()


def slow(number: int) -> list[str]:
    return [f"https://slow{one}.example/feed" for one in range(number)]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await true():
            await asyncio.sleep(0.01)


async def test_a_thousand_slow_feeds_take_a_share_and_leave_the_rest_to_others(crowd: Crowd) -> None:
    await crowd.takes(NOISY, *slow(300))
    lanes = [crowd.begins(crowd.refresh.lane) for _ in range(crowd.refresh.lanes)]
    async with asyncio.timeout(20):
        await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)  # one has them, the other finds nothing to do
    assert crowd.web.waiting == 100
    await crowd.takes(QUIET, QUICK)
    crowd.begins(crowd.refresh.lane)
    await until(lambda: crowd.has(QUIET, read=False))
    assert crowd.web.waiting == 100


async def test_a_lane_that_waits_for_slow_feeds_goes_on_with_what_is_due(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "_SLOW", 0.05)
    crowd = Crowd(store, in_hand=50)
    await crowd.takes(NOISY, *slow(30))
    crowd.begins(crowd.refresh.lane)
    await until(lambda: crowd.waits_for(30))
    await crowd.takes(QUIET, QUICK)
    await until(lambda: crowd.has(QUIET, read=False))
    await crowd.ends()


async def test_slow_pages_are_waited_for_by_their_own_workspace_alone(crowd: Crowd) -> None:
    await crowd.files(NOISY, *slow(100))
    loops = [crowd.begins(crowd.read.due) for _ in range(3)]
    async with asyncio.timeout(20):
        await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)  # two have its share, the third nothing to do
    await until(lambda: crowd.waits_for(40))
    await crowd.files(QUIET, "https://quick.example/1")
    crowd.begins(crowd.read.due)
    await until(lambda: crowd.has(QUIET, read=True))


async def test_what_is_claimed_with_slow_pages_is_saved_before_them(crowd: Crowd) -> None:
    await crowd.files(NOISY, *slow(100))
    await crowd.files(QUIET, "https://quick.example/1")
    crowd.begins(crowd.read.due)
    await until(lambda: crowd.has(QUIET, read=True))
    assert crowd.web.waiting == 19


async def test_who_has_a_share_in_hand_is_passed_over(store: Store) -> None:
    crowd = Crowd(store)
    await crowd.takes(NOISY, *slow(3))
    await crowd.takes(QUIET, QUICK)
    await crowd.files(NOISY, *slow(3))
    await crowd.files(QUIET, QUICK)
    async with store.begin() as tx:
        for besides, claimed in (((QUIET, NOISY), 0), ((NOISY,), 1), ((Workspace("discord", "T2"),), 3)):
            assert len(await tx.sources.claim(NOW, NOW + HOUR, 9, besides=besides)) == claimed
            assert len(await tx.articles.unread(9, NOW, until=NOW + HOUR, besides=besides)) == claimed


async def test_articles_are_claimed_in_turn(store: Store) -> None:
    crowd = Crowd(store)
    await crowd.files(NOISY, *slow(3))
    await crowd.files(QUIET, QUICK)
    async with store.begin() as tx:
        await tx.articles.file([draft(1)], NOW)
        waiting = await tx.articles.unread(3, NOW)
    assert [one.workspace for one in waiting] == [NOISY, QUIET, None]


def test_the_first_of_each_comes_before_the_second_of_any() -> None:
    things = [(NOISY, 1), (NOISY, 2), (QUIET, 1), (NOISY, 3), (QUIET, 2)]
    assert in_turn(things, lambda one: one[0]) == [(NOISY, 1), (QUIET, 1), (NOISY, 2), (QUIET, 2), (NOISY, 3)]
