"""read: articles filed by refresh -> full text, takeaways, quality, story."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog

from bot.engine.intake import Examined, examined
from bot.engine.shares import Shares
from bot.errors import FetchError, SourceError
from bot.model import Article, Reading, Source, Standing, Unread, Workspace
from bot.ports import Clock, Fetcher, Reader, Store, UnitOfWork
from bot.ranking.stories import FEWEST_COMMON_WORDS, bands_of, fingerprint_of, story_of, title_words_of
from bot.sources.identity import canonical_url

_log = structlog.get_logger(__name__)
_BATCH = 20
_SAVED = 5  # in one transaction: their stories are looked for in it, and on SQLite everybody else waits for it
_SHARE = 40  # articles that a workspace has in hand before others come first
_ATTEMPTS = 3
_CLAIM = timedelta(minutes=2)  # whoever dies meanwhile leaves them for the others
_WHOLE_AT = 1500  # characters; a shorter feed text is an abstract, so the page is read
_FIRST_WAIT = timedelta(minutes=2)
STORY_MEMORY = timedelta(days=30)


def _by_owner(waiting: Iterable[Unread]) -> Collection[list[Unread]]:
    groups: dict[Workspace | None, list[Unread]] = {}
    for unread in waiting:
        groups.setdefault(unread.workspace, []).append(unread)
    return groups.values()


class _Text(NamedTuple):
    """An article as it could be had, None where its page may be had later; and the address that its own led to."""

    article: Article | None
    led: str | None = None


class Read:
    def __init__(self, *, store: Store, clock: Clock, fetcher: Fetcher, reader: Reader) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetcher
        self._reader = reader
        self._shares = Shares(_SHARE)
        self._examining = asyncio.Semaphore(1)  # threads would take the processor from each other, and from the loop

    async def due(self) -> None:
        """Rounds, one after another, until none waits."""
        while await self.round():
            pass

    async def round(self, *, limit: int = _BATCH) -> int:
        """Reads up to `limit` waiting articles; how many were looked at. 0: none waits."""
        now = self._clock.now()
        async with self._shares.turn:
            async with self._store.begin() as tx:
                waiting = await tx.articles.unread(limit, now, until=now + _CLAIM, besides=self._shares.spent)
            self._shares.take(unread.workspace for unread in waiting)
        try:
            await self._read(waiting, now)
        finally:
            self._shares.give_back(unread.workspace for unread in waiting)
        return len(waiting)

    async def _read(self, waiting: Sequence[Unread], now: datetime) -> None:
        """Reads these; those of each owner are saved by themselves, as soon as they are read."""
        if not waiting:
            return
        among = {unread.source_id for unread in waiting if unread.source_id is not None}
        async with self._store.read() as view:
            sources = {source.id: source for source in await view.sources.all(ids=among)}
            standings = await view.valuations.reputations(among)

        async def one(group: Sequence[Unread]) -> None:
            texts = await asyncio.gather(*(self._full(unread, sources.get(unread.source_id or 0)) for unread in group))
            for start in range(0, len(group), _SAVED):
                part = slice(start, start + _SAVED)
                await self._save(group[part], texts[part], standings, now)

        done = await asyncio.gather(*map(one, _by_owner(waiting)), return_exceptions=True)
        for error in filter(None, done):
            raise error

    async def _save(
        self,
        waiting: Sequence[Unread],
        texts: list[_Text],
        standings: Mapping[int, Standing],
        now: datetime,
    ) -> None:
        done = [
            (unread, await self._examined(text.article, standings.get(unread.source_id or 0)), text.led)
            for unread, text in zip(waiting, texts, strict=True)
            if text.article is not None
        ]
        put_off = [unread for unread, text in zip(waiting, texts, strict=True) if text.article is None]
        async with self._store.begin() as tx:
            for unread, result, led in done:
                reading = await reading_of(tx, unread.id, result, now)
                await tx.articles.save([replace(reading, alias=led and canonical_url(led))])
            for unread in put_off:
                await tx.articles.put_off(unread.id, now + _FIRST_WAIT * 2**unread.attempts)

    async def _examined(self, article: Article, standing: Standing | None) -> Examined:
        async with self._examining:
            return await asyncio.to_thread(examined, article, standing)

    async def _full(self, unread: Unread, source: Source | None) -> _Text:
        """The article with its own text, or its page's where that is an abstract."""
        try:
            article = await self._reader.unfolded(unread.article)
        except SourceError as error:
            _log.info("what the feed says cannot be read", url=unread.article.url, error=str(error))
            article = replace(unread.article, markup=None)
        if unread.complete or article.url is None or len(article.text) >= _WHOLE_AT:
            return _Text(article)
        try:
            fetched = await self._fetcher.fetch(article.url, trusted=_same_host(article.url, source))
            document = fetched.documents[0]
            page = await self._reader.read(document.body, document.url, document.content_type)
        except SourceError as error:
            passing = isinstance(error, FetchError) and (error.status is None or error.status >= 429)
            if passing and unread.attempts + 1 < _ATTEMPTS:
                return _Text(None)
            _log.info("page not read, the feed's own text is used", url=article.url, error=str(error))
            return _Text(article)
        return _Text(merged(article, page), document.url) if isinstance(page, Article) else _Text(article)


def _same_host(url: str, source: Source | None) -> bool:
    """Only a file's own source may lead into a network that the file opened, and only on its own host."""
    return (
        source is not None and source.origin == "file" and urlsplit(url).netloc == urlsplit(source.spec.address).netloc
    )


def merged(feed: Article, page: Article) -> Article:
    """The page's text with what the feed says of it; the feed's title and time stand, being the publisher's list."""
    if len(page.text) < len(feed.text):
        return replace(feed, partial=page.partial, site=page.site, image=page.image)
    return replace(
        page,
        url=feed.url,
        title=feed.title or page.title,
        author=feed.author or page.author,
        published=feed.published or page.published,
        category=feed.category,
        summary=feed.summary or page.summary,
        language=page.language or feed.language,
    )


async def reading_of(tx: UnitOfWork, article_id: int, result: Examined, now: datetime) -> Reading:
    """The reading to save, its story found among recent articles in the same transaction."""
    fingerprint = fingerprint_of(result.article)
    bands, words = bands_of(fingerprint), title_words_of(result.article.title)
    near = await tx.articles.neighbours(bands, now - STORY_MEMORY, words=words, common=FEWEST_COMMON_WORDS)
    return Reading(
        id=article_id,
        article=result.article,
        takeaways=result.takeaways,
        quality=result.quality,
        story=story_of(article_id, result.article, fingerprint, [one for one in near if one.id != article_id]),
        fingerprint=fingerprint,
        bands=(*bands, *words),
    )
