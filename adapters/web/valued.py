"""What a channel's team valued: its page, and which sources are worth dropping."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from adapters.web.format import host_name, safe_url
from adapters.web.guard import Guard, Visit

LAST = timedelta(days=30)
_SHOWN = 20


class ValuedPage:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._standings = guard.house.standings

    async def page(self, visit: Visit) -> web.StreamResponse:
        channel = await self._guard.channel(visit)
        home = channel.spec.home
        valued = await self._standings.best(home, LAST, _SHOWN)
        return self._guard.page(
            visit,
            "valued.html",
            channel=channel,
            valued=valued,
            dropping=await self._standings.dropping(home),
            days=LAST.days,
            hosts={stored.id: host_name(safe_url(stored.article.url)) for stored, _ in valued},
            counted=channel.settings.show_counts == "always",
        )
