"""What the engine needs of the world around it: time, reading, drafts, jobs. Protocols only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import (
    Article,
    Fetched,
    Levels,
    ParsedFeed,
    Spending,
    Validators,
)
from bot.ports.store import UnitOfWork


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""

    async def sleep(self, seconds: float) -> None: ...


class Fetcher(Protocol):
    async def fetch(self, address: str, validators: Validators = ..., *, trusted: bool = False) -> Fetched:
        """Raises FetchError. `trusted` addresses (the file's own) may reach the networks that the config opened."""


class Reader(Protocol):
    """What reads in worker processes, each document with a time and a memory limit."""

    async def read(
        self, body: bytes, url: str, content_type: str | None, *, whole: bool = True
    ) -> ParsedFeed | Article:
        """Raises ParseError. Not `whole`: a feed's articles may come with their markup unread, for `unfolded`."""

    async def unfolded(self, article: Article) -> Article:
        """The article with the text that its markup says. Raises ParseError."""


class Summarizer(Protocol):
    async def drafts(self, article: Article) -> tuple[str, ...]:
        """A model's proposals, unchecked; none where it has nothing to say. The same text is asked about once.
        Raises SummaryError where there is no asking it now."""


class Drafts(Protocol):
    """What a model said under a key, and what a day (UTC) cost; each call is a transaction of its own."""

    async def of(self, key: str) -> tuple[str, ...] | None: ...
    async def keep(self, key: str, texts: tuple[str, ...], now: datetime) -> None: ...
    async def reserve(self, tokens: int, now: datetime, *, most: int) -> bool:
        """Counts these tokens as spent, unless the day would come to more than `most`: then False, and the day is
        marked as used up."""

    async def correct(self, tokens: int, now: datetime) -> None:
        """Adds to what was counted on that day; negative takes back."""

    async def spent(self, now: datetime) -> Spending: ...


class Vitals(Protocol):
    async def levels(self, now: datetime) -> Levels:
        """Of every verb's inbox, by indices alone."""


Handler = Callable[..., Awaitable[None]]


class Jobs(Protocol):
    """A job is a hint to look at one row; losing or doubling one is harmless."""

    async def defer(self, tx: UnitOfWork, task: str, *, urgent: bool = False, **ids: int) -> None:
        """A hint that is there once the transaction is committed. `urgent`: somebody waits for it."""

    async def defer_all(self, tx: UnitOfWork, task: str, hints: Sequence[Mapping[str, int]]) -> None:
        """The same of many at once."""

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """Until cancelled."""
