"""compose: schedules that are due -> slots -> candidates and votes -> a digest and its postings, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex

import structlog

from bot.delivery.render import messages_of, postings_of
from bot.engine.drafting import Drafting
from bot.errors import StaleWrite
from bot.locales import say, say_date
from bot.model import (
    Candidate,
    Channel,
    Digest,
    DigestItem,
    Link,
    Occurrence,
    Pick,
    Reason,
    Served,
    Stage,
    StoredArticle,
)
from bot.ports import Clock, Jobs, Store, UnitOfWork
from bot.ranking.best import most_valued
from bot.ranking.select import adds_takeaway, barred, choose, stages
from bot.ranking.taste import taste_of
from bot.schedule.calendar import latest_missed, next_run, offset_of

_log = structlog.get_logger(__name__)
_SLOTS = 500
_VALUED = 1000  # articles, from which a best-of digest takes what its channel has not had
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A digest as it would be, and why every other candidate is not in it (by article id)."""

    digest: Digest
    reasons: Mapping[int, Stage]


class Compose:
    def __init__(self, *, store: Store, clock: Clock, jobs: Jobs, drafting: Drafting | None = None) -> None:
        self._store = store
        self._drafting = drafting
        self._clock = clock
        self._jobs = jobs

    # ------------------------------------------------------------ slots

    async def tick(self, *, limit: int = _SLOTS) -> tuple[int, ...]:
        """Opens the slot of every channel whose time has come, the latest missed one only; ids of the new digests."""
        now = self._clock.now()
        opened = []
        async with self._store.begin() as tx:
            for channel in await tx.schedules.due(now, limit):
                cron, zone = channel.settings.schedule, channel.settings.timezone
                if cron is None:
                    await tx.schedules.set_next(channel.id, None)
                    continue
                offset = offset_of(channel.name, channel.settings.jitter)
                planned = await tx.schedules.next_of(channel.id)
                if planned is not None:
                    latest = latest_missed(cron, zone, planned, now, offset=offset)
                    if now - latest.at <= channel.settings.catch_up:
                        digest = await tx.schedules.open(channel.id, latest)
                        if digest is not None:
                            opened.append(digest)
                            await self._jobs.defer(tx, "compose", digest=digest)
                    else:
                        _log.warning("slot missed for longer than catch_up", channel=channel.name, slot=latest.key)
                await tx.schedules.set_next(channel.id, next_run(cron, zone, now, offset=offset))
        return tuple(opened)

    async def open_now(self, channel: Channel) -> int:
        """A slot of its own for somebody who asks for a digest now; the digest's id."""
        now = self._clock.now()
        key = f"asked-{now:%Y-%m-%dT%H:%M:%SZ}-{token_hex(3)}"
        async with self._store.begin() as tx:
            digest = await tx.schedules.open(channel.id, Occurrence(now, key))
            assert digest is not None  # the key is new
            await self._jobs.defer(tx, "compose", digest=digest)
        return digest

    async def sweep(self) -> None:
        """Asks again for what a lost hint left behind, and drops digests that nobody should get any more."""
        now = self._clock.now()
        async with self._store.read() as view:
            due = await view.schedules.in_state("due", _SLOTS)
            late = [d for d in (*due, *await view.schedules.in_state("composed", _SLOTS)) if _too_late(d, now)]
            waiting = await view.outbox.waiting(now, _SLOTS)
        if not (due or late or waiting):
            return
        async with self._store.begin() as tx:
            for digest in late:
                if await tx.schedules.drop(digest.id):
                    _log.warning("digest dropped, older than catch_up", channel=digest.channel.name, slot=digest.key)
            for digest in due:
                await self._jobs.defer(tx, "compose", digest=digest.id)
            for digest_id in waiting:
                await self._jobs.defer(tx, "deliver", digest=digest_id)

    # ------------------------------------------------------------ digests

    async def settle(self, digest_id: int) -> Digest:
        """Composes a due digest and writes it with its postings; one that is settled already is given back as it is."""
        for _ in range(_TRIES):
            async with self._store.read() as view:
                digest = await view.outbox.digest(digest_id)
                if digest.state != "due":
                    return digest
                composition = await self.composition(view, digest)
                following = await view.schedules.next_of(digest.channel.id)
            digest = composition.digest
            if self._drafting is not None:
                digest = await self._drafting.worded(digest)
            messages = messages_of(digest, say=say, say_date=say_date, following=following)
            postings = postings_of(digest, messages)
            digest = replace(digest, state="composed" if postings else "quiet")
            try:
                async with self._store.begin() as tx:
                    await tx.outbox.settle(digest, digest.items, postings)
                    if postings:
                        await self._jobs.defer(tx, "deliver", digest=digest.id)
            except StaleWrite:
                continue  # another digest of this channel took an article meanwhile: choose again
            _log.info("composed", channel=digest.channel.name, slot=digest.key, articles=len(digest.items))
            return digest
        raise StaleWrite(f"digest {digest_id} changed under {_TRIES} attempts to compose it")

    async def composition(self, view: UnitOfWork, digest: Digest, *, anew: bool = False) -> Composition:
        """What this digest would be. `anew` chooses as if the channel had never had anything."""
        channel = digest.channel
        served = {} if anew else {s.story: s for s in await view.channels.served(channel.id)}
        found = await view.articles.candidates(0 if anew else channel.id, digest.at, channel.spec.home)
        return await self.chosen(view, digest, found, served)

    async def chosen(
        self, view: UnitOfWork, digest: Digest, found: Sequence[Candidate], served: Mapping[int, Served]
    ) -> Composition:
        """The best of these candidates as the digest's items."""
        settings, home = digest.channel.settings, digest.channel.spec.home
        candidates = [with_news(candidate, served) for candidate in found]
        reasons: dict[int, Stage] = {}
        open_to = []
        for candidate in candidates:
            stage = barred(candidate, settings, served=served, now=digest.at)
            if stage is None:
                open_to.append(candidate)
            else:
                reasons[candidate.id] = stage
        if settings.best is not None:
            valued = await view.valuations.best(digest.at - settings.best, digest.at, _VALUED, home)
            selection = most_valued(open_to, valued, limit=settings.max_articles)
        else:
            taste = taste_of(candidates, interests=settings.interests)
            selection = await asyncio.to_thread(
                choose, open_to, limit=settings.max_articles, now=digest.at, taste=taste, served=frozenset(served)
            )
        picked = [pick.candidate.id for pick in selection.picked]
        stored = {one.id: one for one in await view.articles.get(picked, posted=False, viewer=home)}
        items = [item_of(rank, pick, stored[pick.candidate.id]) for rank, pick in enumerate(selection.picked, start=1)]
        composed = replace(digest, considered=len(candidates), items=tuple(items))
        return Composition(digest=composed, reasons={**reasons, **selection.reasons})

    async def preview(
        self, channel: Channel, *, last: timedelta | None = None, most: int | None = None
    ) -> tuple[Composition, ...]:
        """The digest as it would be posted now; with `last`, every scheduled one of that past, simulated in turn, or
        the `most` newest of them."""
        now = self._clock.now()
        async with self._store.read() as view:
            if last is None:
                return (await self.composition(view, _imagined(channel, Occurrence(now, "preview"))),)
            compositions = []
            served: dict[int, Served] = {}
            had: set[int] = set()
            slots = _past_slots(channel, now - last, now)
            for number, slot in enumerate(slots[-most:] if most else slots, start=1):
                found = await view.articles.candidates(0, slot.at, channel.spec.home)
                new = [candidate for candidate in found if candidate.id not in had]
                composition = await self.chosen(view, _imagined(channel, slot), new, served)
                for item in composition.digest.items:
                    had.add(item.article.id)
                    served.setdefault(item.article.story, Served(item.article.story, number, item.takeaways))
                compositions.append(composition)
            return tuple(compositions)

    async def why(self, channel: Channel, article: StoredArticle) -> tuple[Stage, ...]:
        """Each gate on this article's way into the channel's next digest."""
        now = self._clock.now()
        async with self._store.read() as view:
            served = {s.story: s for s in await view.channels.served(channel.id)}
            found = {c.id: c for c in await view.articles.candidates(channel.id, now, channel.spec.home)}
            candidate = found.get(article.id)
            if candidate is None:
                removed = await view.removals.is_removed(channel.id, article.id)
                return (_not_new(article, removed=removed),)
            composition = await self.chosen(view, _imagined(channel, Occurrence(now, "why")), [*found.values()], served)
        gates = stages(with_news(candidate, served), channel.settings, served=served, now=now)
        last = composition.reasons.get(article.id)
        if last is not None and all(gate.passed for gate in gates):
            return (*gates, last)
        return gates


def _imagined(channel: Channel, slot: Occurrence) -> Digest:
    return Digest(id=0, channel=channel, key=slot.key, at=slot.at, state="due")


def _too_late(digest: Digest, now: datetime) -> bool:
    return now - digest.at > digest.channel.settings.catch_up


def _past_slots(channel: Channel, start: datetime, end: datetime) -> list[Occurrence]:
    """The channel's slots in (start, end]; a channel without a schedule is shown day by day at this time of day."""
    cron, zone = channel.settings.schedule, channel.settings.timezone
    offset = offset_of(channel.name, channel.settings.jitter)
    if cron is None:
        cron, zone, offset = f"{end.minute} {end.hour} * * *", "UTC", timedelta()
    slots = []
    slot = next_run(cron, zone, start, offset=offset)
    while slot.at <= end:
        slots.append(slot)
        slot = next_run(cron, zone, slot.at, offset=offset)
    return slots


def _not_new(article: StoredArticle, *, removed: bool) -> Stage:
    key = "gate.unread" if article.quality is None else "gate.had"
    reason = Reason("gate.removed" if removed else key)
    return Stage(stage="new", passed=False, value=article.first_seen.isoformat(), limit=None, reason=reason)


def with_news(candidate: Candidate, served: Mapping[int, Served]) -> Candidate:
    """The candidate, marked as an update where its story was served and it says something new."""
    had = served.get(candidate.story)
    if had is None or not adds_takeaway(candidate.takeaways, had.takeaways):
        return candidate
    return replace(candidate, update_of=had.digest)


def item_of(rank: int, pick: Pick, stored: StoredArticle) -> DigestItem:
    """A pick's place in the digest."""
    return DigestItem(
        rank=rank,
        article=stored,
        takeaways=stored.shown,
        score=pick.score,
        why=pick.why,
        also=tuple(Link(other.title, other.url) for other in pick.also),
        update_of=pick.candidate.update_of,
    )
