"""statistics: what was posted, read and voted, counted for whoever looks back. Changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.engine.compose import Compose
from bot.engine.contest import Composition
from bot.model import Channel, ChannelStatistics, Edition, Source, Standing, StoredArticle, Week, Workspace
from bot.ports import Clock, Store, UnitOfWork
from bot.sources.opml import opml_of

_WEEKS = 26
_JUDGED = 500
_SIBLINGS = 10
_FRESH = timedelta(minutes=1)  # how long what a digest now would be is not worked out again
_WEEK = timedelta(weeks=1)


class Statistics:
    """Implements `ports.Statistics`."""

    def __init__(self, *, store: Store, clock: Clock, compose: Compose) -> None:
        self._store = store
        self._clock = clock
        self._compose = compose
        self._turn = asyncio.Lock()  # choosing among all candidates is work: one at a time, and not at every look
        self._imagined: dict[int, tuple[datetime, Composition]] = {}

    async def of(self, channel: Channel) -> ChannelStatistics:
        zone = ZoneInfo(channel.settings.timezone)
        this_week = _monday(self._clock.now().astimezone(zone).date())
        starts = [this_week - back * _WEEK for back in reversed(range(_WEEKS))]
        since = datetime.combine(starts[0], time(), zone)
        async with self._store.read() as view:
            posted = _by_week(await view.counts.posted(channel, since), zone)
            voted = _by_week(await view.counts.voted(channel, since), zone)
            judged = await view.counts.judged(channel, _JUDGED)
            sources = await _earned(view, channel.spec.home)
        imagined = await self._imagine(channel)
        return ChannelStatistics(
            weeks=tuple(Week(start, posted.get(start, 0), voted.get(start, 0)) for start in starts),
            judged=judged,
            sources=tuple(sources),
            considered=imagined.digest.considered,
            picked=len(imagined.digest.items),
            stopped=Counter(stage.stage for stage in imagined.reasons.values()),
        )

    async def editions(self, channel: str) -> Sequence[Edition]:
        async with self._store.read() as view:
            found = await view.channels.named(channel)
            return await view.counts.editions(found) if found else ()

    async def sources(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        async with self._store.read() as view:
            return await _earned(view, viewer)

    async def opml(self, title: str) -> str:
        async with self._store.read() as view:
            return opml_of((one for one in await view.sources.all() if one.workspace is None), title)

    async def story(self, article_id: int) -> Sequence[StoredArticle]:
        async with self._store.read() as view:
            return await view.articles.get(await view.counts.siblings(article_id, _SIBLINGS))

    async def _imagine(self, channel: Channel) -> Composition:
        """The digest as it would be about now."""
        async with self._turn:
            now = self._clock.now()
            at, composition = self._imagined.get(channel.id, (None, None))
            if at is None or composition is None or not at <= now < at + _FRESH:
                composition = await self._compose.account(channel)
                self._imagined[channel.id] = now, composition
            return composition


async def _earned(view: UnitOfWork, viewer: Workspace | None) -> list[tuple[Source, Standing]]:
    standings = await view.sources.standings(viewer)
    return [(source, standings.get(source.id, Standing())) for source in await view.sources.all(viewer)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_week(counts: Mapping[datetime, int], zone: ZoneInfo) -> Mapping[date, int]:
    weeks: Counter[date] = Counter()
    for at, count in counts.items():
        weeks[_monday(at.astimezone(zone).date())] += count
    return weeks
