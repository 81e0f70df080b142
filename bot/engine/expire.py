"""expire: what is not kept for good -> forgotten, once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.engine.read import STORY_MEMORY
from bot.ports import Clock, Store

_log = structlog.get_logger(__name__)
_SOME = 500  # articles a transaction


class Expire:
    """`voting`: how long a ballot is open; `idle`: how long a voter who does not vote is kept; `texts`: how long the
    text of an article is. None: for good."""

    def __init__(
        self, *, store: Store, clock: Clock, voting: timedelta, idle: timedelta | None, texts: timedelta | None
    ) -> None:
        self._store = store
        self._clock = clock
        self._voting = voting
        self._idle = idle
        self._texts = texts

    async def round(self) -> None:
        """Forgets voters who wish it and have no vote on an open ballot, those who long did not vote, what stories are
        found by of articles too old for another to join them, and old texts."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            voters = await tx.retention.forget_voters(
                idle_since=now - self._idle if self._idle else None, left_before=now - self._voting
            )
        bands = texts = 0
        while some := await self._forget_bands(now - STORY_MEMORY):
            bands += some
        while self._texts and (some := await self._empty(now - self._texts)):
            texts += some
        if voters or bands or texts:
            _log.info("expired", voters=voters, bands=bands, texts=texts)

    async def _forget_bands(self, before: datetime) -> int:
        async with self._store.begin() as tx:
            return await tx.retention.forget_bands(before, _SOME)

    async def _empty(self, before: datetime) -> int:
        async with self._store.begin() as tx:
            return await tx.retention.empty_articles(before, _SOME)
