"""refresh: sources that are due -> bytes -> parsed -> new articles filed under their identity."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.engine.admins import tell_admins
from bot.engine.drafts import drafts_of
from bot.engine.look import Look, Seen, fault_of, reason_of
from bot.engine.shares import Shares
from bot.errors import BotError, Crowded, SourceError, StorageError
from bot.locales import say
from bot.model import NewArticle, Source, SourceReport, Validators
from bot.ports import ChatPlatform, Clock, Fetcher, Jobs, Reader, Store
from bot.sources.moves import after_answer, is_astray
from bot.sources.pace import after_failure, after_success, is_given_up, rhythm_of

_log = structlog.get_logger(__name__)
_BATCH = 100  # sources whose results are one transaction, but for those that take long
_SLOW = 2.0  # seconds that the results of a round wait for each other, and after which what is over gives way to more
_QUICK = 0.1  # the same where they are not all of one owner: what is slow for one is waited for by no other
_CLAIM = timedelta(minutes=5)
_DRAFTS = 1_000  # filed in one transaction, or some more
_Begun = dict[asyncio.Task[list["_Visit"]], list[Source]]
_Visit = tuple[Source, SourceReport, list[NewArticle]]


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
        in_hand: int = 200,
    ) -> None:
        """`in_hand`: how many sources are looked at side by side."""
        self._store = store
        self._clock = clock
        self._look = Look(fetcher=fetcher, reader=reader)
        self._batch = min(_BATCH, in_hand)
        self.lanes = in_hand // self._batch  # rounds side by side, so that a slow host holds up its own alone
        self._shares = Shares(in_hand // 4)
        self._jobs = jobs
        self._platforms = platforms

    async def due(self, told: Callable[[SourceReport], None] = lambda _report: None) -> None:
        """Reads all that is due by now, in all lanes. `told` is called with each report."""
        now = self._clock.now()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.lanes):
                    group.create_task(self.lane(told, due_by=now))
        except* BotError as errors:
            raise errors.exceptions[0] from None

    async def lane(
        self, told: Callable[[SourceReport], None] = lambda _report: None, *, due_by: datetime | None = None
    ) -> None:
        """Rounds, one after another, until nothing is due; what is slow does not keep the next from beginning."""
        loop = asyncio.get_running_loop()
        began = -_SLOW
        async with self._in_hand() as visits:
            while True:
                if not visits or loop.time() - began > _SLOW:
                    visits |= await self._begin(due_by, self._batch - len(visits))
                    began = loop.time()
                if not visits:
                    return
                for report in await self._end(visits):
                    told(report)

    @asynccontextmanager
    async def _in_hand(self) -> AsyncIterator[_Begun]:
        """Visits that are begun; whatever ends this, none is left over, nor need others wait for the claim to end."""
        visits: _Begun = {}
        try:
            yield visits
        finally:
            left = [source for sharers in visits.values() for source in sharers]
            for one in visits:
                one.cancel()
            self._shares.give_back(source.workspace for source in left)
            if left:
                now = self._clock.now()
                with suppress(StorageError):  # which may be what ends it
                    async with self._store.begin() as tx:
                        await tx.sources.report([_put_off(source, now) for source in left])

    async def _begin(self, due_by: datetime | None, limit: int) -> _Begun:
        """Visits to up to `limit` sources that are due, and to whose feeds are the same."""
        now = self._clock.now()
        async with self._shares.turn:
            async with self._store.begin() as tx:
                sources = await tx.sources.claim(due_by or now, now + _CLAIM, limit, besides=self._shares.spent)
            self._shares.take(source.workspace for source in sources)
        return {asyncio.create_task(self._visit(sharers)): sharers for sharers in _by_document(sources)}

    async def _end(self, visits: _Begun) -> list[SourceReport]:
        """Waits a while for these, files what those brought that are over, and takes them out."""
        patience = _QUICK if len({one.workspace for sharers in visits.values() for one in sharers}) > 1 else _SLOW
        await asyncio.wait(visits, timeout=patience)
        over = [(visits.pop(one), one.result()) for one in tuple(visits) if one.done()]  # in the order of the claim
        try:
            return await self._file([visit for _, brought in over for visit in brought], self._clock.now())
        finally:
            self._shares.give_back(source.workspace for sharers, _ in over for source in sharers)

    async def _file(self, visits: Sequence[_Visit], now: datetime) -> list[SourceReport]:
        """Files what these visits brought, in as few transactions as are short."""
        for some in _portions(visits):
            async with self._store.begin() as tx:
                drafts = [draft for _, _, found in some for draft in found]
                if drafts:
                    await tx.articles.file(drafts, now)
                    await self._jobs.defer(tx, "read")
                await tx.sources.report([report for _, report, _ in some])
        for source, report, _ in visits:
            if report.paused:
                await self._tell(source, report)
        return [report for _, report, _ in visits]

    async def _visit(self, sharers: Sequence[Source]) -> list[_Visit]:
        """One look at a document, and what it means to each who wants it. It is asked for only as it changed where they
        all had the same of it before."""
        now, first = self._clock.now(), sharers[0]
        asked = first.validators if all(one.validators == first.validators for one in sharers) else Validators()
        try:
            seen = await self._look.at(
                first.spec.address,
                reads=first.reads,
                validators=asked,
                trusted=first.origin == "file",
                guess=any(one.last_success is None or one.failures > 0 for one in sharers),
            )
        except Crowded as crowd:
            wait = timedelta(seconds=crowd.retry_after or 0)
            return [(one, _put_off(one, now + wait), []) for one in sharers]
        except BotError as error:
            _log.warning("source failed", source=first.spec.address, error=str(error))
            return [(one, _failed(one, now, error), []) for one in sharers]
        except Exception as error:  # a defect, which must not cost the other sources of the round their turn
            _log.exception("source broke", source=first.spec.address)
            broke = SourceError(f"{first.spec.address}: {type(error).__name__}: {error}")
            return [(one, _failed(one, now, broke), []) for one in sharers]
        told = [(one, seen if one.validators == asked else _since(one.validators, seen)) for one in sharers]
        return [
            (one, _report(one, now, new), [draft for parsed in new.parsed for draft in drafts_of(parsed, one, now)])
            for one, new in told
        ]

    async def _tell(self, source: Source, report: SourceReport) -> None:
        """Tells admins, once on each platform, that a source is no longer read: those of the workspace whose it is, of
        the house's those in a channel of the configuration file."""
        _log.warning("source paused", source=source.spec.address, reason=report.error)
        async with self._store.read() as view:
            channels = await view.channels.all()
        owner = source.workspace
        near = [c for c in channels if (c.origin == "file" if owner is None else c.spec.home == owner)]
        for channel in {channel.spec.platform: channel for channel in reversed(near)}.values():
            locale, fault = channel.settings.locale, report.fault
            reason = say(fault.key, locale, **fault.values) if fault else str(report.error)
            reason = reason.rstrip(".。")
            notice = say("notice.source_paused", locale, source=source.spec.address, reason=reason)
            await tell_admins(self._platforms, channel, notice)


def _by_document(sources: Iterable[Source]) -> Collection[list[Source]]:
    """The sources, together those that one answer serves. What the file's may reach, others may not."""
    found: dict[tuple[str, str | None, bool], list[Source]] = {}
    for source in sources:
        found.setdefault((source.spec.address, source.reads, source.origin == "file"), []).append(source)
    return found.values()


def _portions(visits: Iterable[_Visit]) -> Iterator[list[_Visit]]:
    """The visits in order, some `_DRAFTS` drafts at a time: many may share a document."""
    some: list[_Visit] = []
    drafts = 0
    for visit in visits:
        some.append(visit)
        drafts += len(visit[2])
        if drafts >= _DRAFTS:
            yield some
            some, drafts = [], 0
    if some:
        yield some


def _since(validators: Validators, seen: Seen) -> Seen:
    """What is new to who had what these validators tell: nothing, where it is the same."""
    return replace(seen, parsed=()) if validators.body_hash == seen.fetched.validators.body_hash else seen


def _put_off(source: Source, until: datetime) -> SourceReport:
    return SourceReport(source_id=source.id, next_at=until, put_off=True)


def _report(source: Source, now: datetime, seen: Seen) -> SourceReport:
    feed = seen.feed if not source.spec.local else None
    rhythm = rhythm_of(feed, now) if feed else source.rhythm
    looked = source if seen.reads == source.reads else replace(source, reads=seen.reads)
    reads, move = after_answer(looked, seen.fetched.moved, now)
    if reads != seen.reads:
        _log.info("source moved", source=source.spec.address, to=reads)
    return SourceReport(
        source_id=source.id,
        next_at=after_success(source, now, fresh_for=seen.fetched.fresh_for, rhythm=rhythm),
        validators=seen.fetched.validators,
        title=feed.title if feed else None,
        succeeded_at=now,
        error=reason_of(seen.problems),
        reads=reads,
        move=move,
        rhythm=rhythm,
    )


def _failed(source: Source, now: datetime, error: BotError) -> SourceReport:
    return SourceReport(
        source_id=source.id,
        next_at=after_failure(source, now, error),
        error=str(error),
        fault=fault_of(error),
        astray=is_astray(source, error),
        paused=is_given_up(source, error),
    )
