"""What the engine needs of the world around it: time, reading, drafts, jobs. Protocols only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.model import (
    Article,
    Fetched,
    ParsedFeed,
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
    async def read(self, body: bytes, url: str, content_type: str | None) -> ParsedFeed | Article:
        """Raises ParseError. Runs in a worker process with a time and a memory limit."""


class Summarizer(Protocol):
    async def drafts(self, article: Article) -> tuple[str, ...]:
        """Raises SummaryError."""


Handler = Callable[..., Awaitable[None]]


class Jobs(Protocol):
    """A job is a hint to look at one row; losing or doubling one is harmless."""

    async def defer(self, tx: UnitOfWork, task: str, **ids: int) -> None: ...
    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """Until cancelled."""
