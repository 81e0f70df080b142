"""Rounds of reading that come at once share the work instead of doing it twice."""

import asyncio

from bot.engine.read import Read
from bot.model import Fetched, Validators
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
