"""A channel's statistics: posts and votes a week, sources by value, quality against votes, what is left out and why."""

from __future__ import annotations

from aiohttp import web

from adapters.web.guard import Guard, Visit
from adapters.web.health import name_of
from adapters.web.plots import bands, bars, dots
from bot.model import Source, Standing

WIDTH, HEIGHT = 600, 240  # of the plot of quality against votes
_SOURCES = 20


class StatisticsPage:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def page(self, visit: Visit) -> web.StreamResponse:
        channel = await self._guard.channel(visit)
        found = await self._guard.house.statistics.of(channel)
        counted = channel.settings.show_counts == "always"  # else the plot would tell how single articles fared
        sources = sorted(found.sources, key=_by_value)[:_SOURCES]
        return self._guard.page(
            visit,
            "statistics.html",
            channel=channel,
            found=found,
            posted=bars([week.posted for week in found.weeks]),
            voted=bars([week.votes for week in found.weeks]),
            sources=[(name_of(source, visit.visitor, self._folder(visit)), standing) for source, standing in sources],
            most=max([1, *(standing.valued for _, standing in sources)]),
            counted=counted,
            dots=dots(found.judged, width=WIDTH, height=HEIGHT) if counted else (),
            bands=bands(found.judged) if counted else (),
            width=WIDTH,
            height=HEIGHT,
            stopped=sorted(found.stopped.items(), key=lambda one: (-one[1], one[0])),
        )

    def _folder(self, visit: Visit) -> str:
        return self._guard.house.say("web.sources.folder", visit.locale)


def _by_value(one: tuple[Source, Standing]) -> tuple[int, int, int]:
    source, standing = one
    return -standing.valued, -standing.posted, source.id
