"""standings: what votes made of articles and sources, put together for whoever asks. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.model import Source, Standing, StoredArticle, Valued, Workspace
from bot.ports import Clock, Store, UnitOfWork
from bot.ranking.dropping import worth_dropping

_NOW = timedelta(seconds=1)  # what was voted at this very moment is in it


class Standings:
    """Implements `ports.Standings`."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def best(
        self, viewer: Workspace | None, last: timedelta, limit: int
    ) -> Sequence[tuple[StoredArticle, Valued]]:
        async with self._store.read() as view:
            found = await self.voted(view, viewer, last, limit)
            valued = {one.article: one for one in found if one.value > 0}
            return [(stored, valued[stored.id]) for stored in await view.articles.get([*valued], viewer=viewer)]

    async def voted(self, view: UnitOfWork, viewer: Workspace | None, last: timedelta, limit: int) -> Sequence[Valued]:
        """All that was voted on, also what votes are against; most valued first."""
        now = self._clock.now()
        return await view.valuations.best(now - last, now + _NOW, limit, viewer)

    async def dropping(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        async with self._store.read() as view:
            standings = await view.sources.standings(viewer)
            dropping = worth_dropping(standings)
            return [(one, standings[one.id]) for one in await view.sources.all(viewer) if one.id in dropping]
