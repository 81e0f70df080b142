"""refresh: sources that are due -> bytes -> parsed -> new articles filed under their identity."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.engine.admins import tell_admins
from bot.errors import BotError, SourceError
from bot.locales import say
from bot.model import Article, Document, Fetched, NewArticle, ParsedFeed, Source, SourceReport
from bot.ports import ChatPlatform, Clock, Fetcher, Jobs, Reader, Store
from bot.sources.discover import feeds_of
from bot.sources.identity import identity_of
from bot.sources.pace import after_failure, after_success, is_given_up

_log = structlog.get_logger(__name__)
_BATCH = 50
_CLAIM = timedelta(minutes=5)
_BASELINE_NEWEST = 5
_BASELINE_AGE = timedelta(days=7)
_COMPLETE_AT = 1500  # characters; a shorter feed text is an abstract, so the page is read


class Refresh:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        fetcher: Fetcher,
        reader: Reader,
        jobs: Jobs,
        platforms: Mapping[str, ChatPlatform],
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetcher
        self._reader = reader
        self._jobs = jobs
        self._platforms = platforms

    async def round(self, *, limit: int = _BATCH) -> tuple[SourceReport, ...]:
        """Reads up to `limit` sources that are due, and files what they carry. Empty: none was due."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            sources = await tx.sources.claim(now, now + _CLAIM, limit)
        if not sources:
            return ()
        looks = await asyncio.gather(*(self._look(source) for source in sources))
        async with self._store.begin() as tx:
            drafts = [draft for _, found in looks for draft in found]
            if drafts:
                await tx.articles.file(drafts, now)
                await self._jobs.defer(tx, "read")
            await tx.sources.report([report for report, _ in looks])
        for source, (report, _) in zip(sources, looks, strict=True):
            if report.paused:
                await self._tell(source, str(report.error))
        return tuple(report for report, _ in looks)

    async def _look(self, source: Source) -> tuple[SourceReport, list[NewArticle]]:
        now = self._clock.now()
        try:
            fetched = await self._fetcher.fetch(source.spec.address, source.validators, trusted=source.origin == "file")
            if fetched.unchanged:
                return _report(source, now, fetched), []
            return await self._parse(source, fetched, now)
        except BotError as error:
            _log.warning("source failed", source=source.spec.address, error=str(error))
            return _failed(source, now, error), []
        except Exception as error:  # a defect, which must not cost the other sources of the round their turn
            _log.exception("source broke", source=source.spec.address)
            return _failed(source, now, SourceError(f"{source.spec.address}: {type(error).__name__}: {error}")), []

    async def _tell(self, source: Source, reason: str) -> None:
        """Tells admins, once on each platform, that a source is no longer read: those of the workspace whose it is, of
        the house's those in a channel of the configuration file."""
        _log.warning("source paused", source=source.spec.address, reason=reason)
        async with self._store.read() as view:
            channels = await view.channels.all()
        owner = source.workspace
        near = [c for c in channels if (c.origin == "file" if owner is None else c.spec.home == owner)]
        for channel in {channel.spec.platform: channel for channel in reversed(near)}.values():
            notice = say("notice.source_paused", channel.settings.locale, source=source.spec.address, reason=reason)
            await tell_admins(self._platforms, channel, notice)

    async def _parse(self, source: Source, fetched: Fetched, now: datetime) -> tuple[SourceReport, list[NewArticle]]:
        """Every document is tried; the source fails only where none could be read."""
        drafts: list[NewArticle] = []
        errors: list[str] = []
        title = None
        for document in fetched.documents:
            try:
                parsed = await self._parsed(document, source)
            except SourceError as error:
                errors.append(str(error))
                continue
            title = title or (parsed.title if isinstance(parsed, ParsedFeed) and not source.spec.local else None)
            drafts.extend(drafts_of(parsed, source, now))
        if errors and len(errors) == len(fetched.documents):
            raise SourceError("; ".join(errors[:3]))
        for problem in errors:
            _log.warning("document left out", source=source.spec.address, error=problem)
        report = _report(source, now, fetched)
        return replace(report, title=title, error="; ".join(errors[:3]) or None), drafts

    async def _parsed(self, document: Document, source: Source) -> ParsedFeed | Article:
        """A document as read; a site's page that names a feed stands for that feed."""
        parsed = await self._reader.read(document.body, document.url, document.content_type)
        if isinstance(parsed, ParsedFeed) or source.spec.local:
            return parsed
        for feed in feeds_of(document.body, document.url):
            fetched = await self._fetcher.fetch(feed, trusted=source.origin == "file")
            inner = await self._reader.read(*_parts(fetched.documents[0]))
            if isinstance(inner, ParsedFeed):
                return inner
        return parsed


def _parts(document: Document) -> tuple[bytes, str, str | None]:
    return document.body, document.url, document.content_type


def _report(source: Source, now: datetime, fetched: Fetched) -> SourceReport:
    return SourceReport(
        source_id=source.id,
        next_at=after_success(source, now, fetched.fresh_for),
        validators=fetched.validators,
        succeeded_at=now,
    )


def _failed(source: Source, now: datetime, error: BotError) -> SourceReport:
    return SourceReport(
        source_id=source.id,
        next_at=after_failure(source, now, error),
        validators=source.validators,
        error=str(error),
        paused=is_given_up(source, error),
    )


def drafts_of(parsed: ParsedFeed | Article, source: Source, now: datetime) -> list[NewArticle]:
    """The articles of a document as they are filed.

    Age runs from `published` for feeds, else from now. Of a new feed's backlog the newest five within seven days are
    candidates, the rest is baseline; folders have no backlog.
    """
    if isinstance(parsed, Article):
        return [draft_of(parsed, source=source, now=now, complete=True)]
    fresh = parsed.articles
    if source.last_success is None and not source.spec.local:
        recent = [a for a in fresh if now - _aged_from(a, now) <= _BASELINE_AGE]
        fresh = tuple(sorted(recent, key=lambda a: _aged_from(a, now), reverse=True)[:_BASELINE_NEWEST])
    chosen = {id(article) for article in fresh}
    return [
        draft_of(
            replace(article, language=article.language or parsed.language),
            source=source,
            now=now,
            complete=source.spec.local or article.url is None or len(article.text) >= _COMPLETE_AT,
            baseline=id(article) not in chosen,
        )
        for article in parsed.articles
    ]


def draft_of(
    article: Article, *, source: Source | None, now: datetime, complete: bool, baseline: bool = False
) -> NewArticle:
    """An article as it is filed: under its identity, in its source's category where that has one."""
    category = (source.spec.category if source else None) or article.category
    remote = source is not None and not source.spec.local
    return NewArticle(
        key=identity_of(article),
        article=replace(article, category=category),
        source_id=source.id if source else None,
        aged_from=_aged_from(article, now) if remote else now,
        workspace=source.workspace if source else None,
        baseline=baseline,
        complete=complete,
    )


def _aged_from(article: Article, now: datetime) -> datetime:
    """When a feed's article was published, never later than now; a bare date counts from its midnight, UTC."""
    published = article.published
    if published is None:
        return now
    if not isinstance(published, datetime):
        published = datetime(published.year, published.month, published.day, tzinfo=now.tzinfo)
    return min(published, now)
