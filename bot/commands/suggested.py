"""What autocomplete offers for an argument, by its kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from zoneinfo import available_timezones

from bot.model import Choice, Workspace
from bot.ports import UnitOfWork

_MOST = 25  # a platform shows no more


async def articles(view: UnitOfWork, typed: str, viewer: Workspace) -> Sequence[Choice]:
    ids = await view.articles.find(typed, _MOST, viewer)
    found = await view.articles.get(ids, posted=False, viewer=viewer)
    return [Choice(stored.article.title, str(stored.id)) for stored in found]


async def sources(view: UnitOfWork, typed: str, viewer: Workspace) -> Sequence[Choice]:
    """By any part of a source's title or address."""
    named = {source.id: source.title or source.spec.address for source in await view.sources.all(viewer)}
    return [Choice(name, str(number)) for number, name in named.items() if typed.lower() in name.lower()][:_MOST]


async def zones(_view: UnitOfWork, typed: str, _viewer: Workspace) -> Sequence[Choice]:
    """By the beginning of a zone's last typed word, or any part of its name: `Lon`, `Europe/L`."""
    wanted = typed.rpartition(" ")[2].lower()
    found = [zone for zone in _zones() if wanted in zone.lower()]
    found.sort(key=lambda zone: not zone.lower().rpartition("/")[2].startswith(wanted))
    return [Choice(zone, zone) for zone in found[:_MOST]]


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


SUGGESTED: dict[str, Callable[[UnitOfWork, str, Workspace], Awaitable[Sequence[Choice]]]] = {
    "article": articles,
    "source": sources,
    "zone": zones,
}
