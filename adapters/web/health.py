"""How the sources are: when each was last read, what was wrong, when it is tried again, and what it earned."""

from __future__ import annotations

from pathlib import PurePath

from aiohttp import web

from adapters.web.format import host_name, safe_url
from adapters.web.guard import Guard, Visit
from adapters.web.visitor import Visitor
from bot.model import Source, Workspace

_TEAM = Workspace("web", "web")
_STATES = ("failing", "paused", "new", "ok")  # what needs somebody comes first


class HealthPage:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def page(self, visit: Visit) -> web.StreamResponse:
        """An admin sees all that is read, anybody else what the web's own team has, and no address or error: these may
        hold secrets, or name files of this machine."""
        channels = await self._guard.channels(visit)
        zone = channels[0].settings.timezone if channels else "UTC"
        sources = await self._guard.house.statistics.sources(None if visit.visitor.admin else _TEAM)
        folder = self._guard.house.say("web.sources.folder", visit.locale)
        ordered = sorted(sources, key=lambda one: (_STATES.index(one[0].state), one[0].id))
        return self._guard.page(
            visit,
            "sources.html",
            sources=[(source, name_of(source, visit.visitor, folder), standing) for source, standing in ordered],
            zone=zone,
        )

    async def opml(self, visit: Visit) -> web.StreamResponse:
        """The addresses, for another reader; for admins, as they may hold secrets."""
        await self._guard.channels(visit)
        text = await self._guard.house.statistics.opml(self._guard.house.say("web.sources.title", visit.locale))
        headers = {
            "Content-Disposition": 'attachment; filename="digestbot.opml"',
            "Cache-Control": "private, no-cache",
        }
        return web.Response(text=text, content_type="text/x-opml", headers=headers)


def name_of(source: Source, visitor: Visitor, folder: str) -> str:
    """What a source is called: its title; else for admins its address, of a folder the last part; for others its host,
    or `folder`."""
    address = source.spec.address
    if source.title:
        return source.title
    if source.spec.local:
        return (visitor.admin and PurePath(address).name) or folder
    return address if visitor.admin else host_name(safe_url(address)) or folder
