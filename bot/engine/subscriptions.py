"""Sources as a person looks after them: lists of them in and out, and a look at each to see how it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from bot.engine.look import Look, Seen
from bot.errors import BotError, QuotaReached, SourceError
from bot.model import Source, SourceSpec, Workspace
from bot.ports import Clock, Fetcher, Store
from bot.sources.opml import Outline, outlines_of

T = TypeVar("T")
R = TypeVar("R")
_BATCH = 200  # sources that are added in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An outline of a list `input`, and what came of it: `listed` is not added yet, `known` was there before, perhaps
    further up in the same list. Without an outline, why the list itself could not be read."""

    input: str
    outline: Outline | None = None
    source: Source | None = None
    outcome: Literal["listed", "added", "known", "failed"]
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A source, and what a look at it gave: `seen`, or `failure`."""

    source: Source
    seen: Seen | None = None
    failure: SourceError | None = None


class Subscriptions:
    def __init__(
        self, *, store: Store, clock: Clock, fetcher: Fetcher, look: Look, in_hand: int, each: int | None = None
    ) -> None:
        """`in_hand`: how many sources are looked at side by side; `each`: how many a workspace may have of its own."""
        self._each = each
        self._store = store
        self._clock = clock
        self._fetcher = fetcher
        self._look = look
        self._in_hand = in_hand

    async def lists(self, address: str) -> tuple[Entry, ...]:
        """The outlines of a list at a path, a URL, or in each file of a folder. None is added yet; those that cannot be
        read have failed already."""
        try:
            fetched = await self._fetcher.fetch(address, trusted=True)
        except SourceError as error:
            return (Entry(input=address, outcome="failed", error=str(error)),)
        return tuple(entry for document in fetched.documents for entry in entries_of(document.body, document.url))

    async def add(self, entries: Sequence[Entry], *, check: bool) -> AsyncIterator[Entry]:
        """Adds what these outlines name, for the house, and tells what came of each. With `check` each is read first,
        and what cannot be read is not added."""
        async with self._store.read() as view:
            known = {address: one for one in await view.sources.all() for address in (one.address, one.spec.address)}
        fresh: list[Entry] = []
        seen: set[str] = set()
        for entry in entries:
            if entry.outline is None or entry.outcome != "listed":
                yield entry
            elif entry.outline.address in known:
                yield replace(entry, outcome="known", source=known[entry.outline.address])
            elif entry.outline.address in seen:
                yield replace(entry, outcome="known")
            else:
                seen.add(entry.outline.address)
                fresh.append(entry)
        if check:
            async for entry in _side_by_side(self._looked_at, fresh, self._in_hand):
                for kept in await self._kept([entry]):
                    yield kept
            return
        for start in range(0, len(fresh), _BATCH):
            for kept in await self._kept(fresh[start : start + _BATCH]):
                yield kept

    async def take(self, address: str, owner: Workspace) -> tuple[Source, Seen]:
        """Adds a source for a workspace alone, after a look at it behind the full address guard. Raises SourceError,
        and QuotaReached where the workspace has as many as it may."""
        async with self._store.read() as view:
            known = await view.sources.all(owner, at=address)
            if not known:
                self._allow(await view.quotas.sources(owner) + 1)
        seen = await self._look.at(address)
        async with self._store.begin() as tx:
            source = await tx.sources.add(SourceSpec(address=address), self._clock.now(), owner)
            if not known:
                self._allow(await tx.quotas.sources(owner))  # others may have come meanwhile
        return source, seen

    def _allow(self, count: int) -> None:
        if self._each is not None and count > self._each:
            many = QuotaReached(
                f"the workspace has its {self._each} sources: whoever runs the bot can raise [quotas] sources"
            )
            raise many.told("error.sources_quota", limit=self._each)

    async def check(self, sources: Sequence[Source]) -> AsyncIterator[Checked]:
        """A look at each of these now, in the order in which they answer; nothing is stored."""

        async def one(source: Source) -> Checked:
            trusted = source.origin == "file"
            try:
                seen = await self._look.at(source.spec.address, reads=source.reads, trusted=trusted)
            except SourceError as error:
                return Checked(source=source, failure=error)
            return Checked(source=source, seen=seen)

        async for checked in _side_by_side(one, sources, self._in_hand):
            yield checked

    async def _looked_at(self, entry: Entry) -> Entry:
        assert entry.outline is not None
        try:
            await self._look.at(entry.outline.address)
        except SourceError as error:
            return replace(entry, outcome="failed", error=str(error))
        return entry

    async def _kept(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        outlines = [entry.outline for entry in entries if entry.outline and entry.outcome == "listed"]
        specs = [SourceSpec(address=outline.address, category=outline.category) for outline in outlines]
        async with self._store.begin() as tx:
            added = {source.spec.address: source for source in await tx.sources.add_all(specs, self._clock.now())}
        return [
            replace(entry, source=added.get(entry.outline.address), outcome="added")
            if entry.outline and entry.outcome == "listed"
            else entry
            for entry in entries
        ]


def entries_of(body: bytes, name: str) -> tuple[Entry, ...]:
    """The outlines of a list, none of them added yet; a list that is none is one failure."""
    try:
        outlines = outlines_of(body)
    except BotError as error:
        return (Entry(input=name, outcome="failed", error=f"{name}: {error}"),)
    return tuple(
        Entry(input=name, outline=one, outcome="failed", error=f"{name}: line {one.line}: {one.problem}")
        if one.problem
        else Entry(input=name, outline=one, outcome="listed")
        for one in outlines
    )


async def _side_by_side(work: Callable[[T], Awaitable[R]], many: Iterable[T], at_a_time: int) -> AsyncIterator[R]:
    """Results in the order in which they come, so many in hand at a time."""
    waiting: set[asyncio.Future[R]] = set()
    try:
        for one in many:
            if len(waiting) >= at_a_time:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
            waiting.add(asyncio.ensure_future(work(one)))
        for task in asyncio.as_completed(waiting):
            yield await task
    finally:
        for left in waiting:
            left.cancel()
