"""expire: what is not kept for good -> forgotten, once a day, some rows a transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.engine.read import STORY_MEMORY
from bot.model import Passed
from bot.ports import Clock, Store

_log = structlog.get_logger(__name__)
_SOME = 500  # rows a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long what is kept: voters who do not vote; the texts of articles; articles that no channel had; the words of
    digests. None: for good."""

    voters: timedelta | None = None
    texts: timedelta | None = None
    articles: timedelta | None = None
    digests: timedelta | None = None


class Expire:
    """`voting`: how long a ballot is open."""

    def __init__(self, *, store: Store, clock: Clock, voting: timedelta, keep: Keep) -> None:
        self._store = store
        self._clock = clock
        self._voting = voting
        self._keep = keep
        self._passed = {"articles": 0, "digests": 0}  # what stayed once stays, so it is looked at once

    async def round(self) -> None:
        """Forgets voters who wish it and have no vote on an open ballot, those who long did not vote, what stories are
        found by of articles too old for another to join them, and what is kept no longer."""
        now, keep = self._clock.now(), self._keep
        async with self._store.begin() as tx:
            voters = await tx.retention.forget_voters(
                idle_since=now - keep.voters if keep.voters else None, left_before=now - self._voting
            )
        went = {"voters": voters, "bands": await _all(self._forget_bands, now - STORY_MEMORY)}
        if keep.texts:
            went["texts"] = await _all(self._empty_articles, now - keep.texts)
        if keep.articles:
            went["articles"] = await _all(self._forget_articles, now - keep.articles)
        if keep.digests:
            went["messages"] = await _all(self._forget_wording, now - keep.digests)
        if any(went.values()):
            _log.info("expired", **went)

    async def _forget_bands(self, before: datetime) -> int | None:
        async with self._store.begin() as tx:
            return await tx.retention.forget_bands(before, _SOME) or None

    async def _empty_articles(self, before: datetime) -> int | None:
        async with self._store.begin() as tx:
            return await tx.retention.empty_articles(before, _SOME) or None

    async def _forget_articles(self, before: datetime) -> int | None:
        async with self._store.begin() as tx:
            passed = await tx.retention.forget_articles(self._passed["articles"], before, _SOME)
        return self._gone("articles", passed)

    async def _forget_wording(self, before: datetime) -> int | None:
        async with self._store.begin() as tx:
            passed = await tx.retention.forget_wording(self._passed["digests"], before, _SOME)
        return self._gone("digests", passed)

    def _gone(self, what: str, passed: Passed | None) -> int | None:
        """How much went; the next look is behind it."""
        if passed is None:
            return None
        self._passed[what] = passed.last
        return passed.went


async def _all(forget: Callable[[datetime], Awaitable[int | None]], before: datetime) -> int:
    """Forgets until there is nothing more of before that; how much went."""
    went = 0
    while (some := await forget(before)) is not None:
        went += some
    return went
