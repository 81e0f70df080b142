"""ingest: what was inspected, kept; so that a page handed to us can be in a digest and be voted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.drafts import draft_of
from bot.engine.intake import Examined
from bot.engine.read import reading_of
from bot.model import Workspace
from bot.ports import Clock, Store


class Ingest:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, articles: Sequence[Examined], workspace: Workspace | None = None) -> tuple[int, ...]:
        """Files these articles with what was read out of them, for this workspace or, without one, for everybody;
        their ids, in the order given."""
        now = self._clock.now()
        drafts = [draft_of(one.article, source=None, now=now, complete=True) for one in articles]
        async with self._store.begin() as tx:
            ids = await tx.articles.file([replace(draft, workspace=workspace) for draft in drafts], now)
            for article_id, one in zip(ids, articles, strict=True):
                (stands,) = await tx.articles.get([article_id], posted=False)
                if workspace is None or stands.article == one.article:  # else it is everybody's, in the house's words
                    await tx.articles.save([await reading_of(tx, article_id, one, now)])
        return ids
