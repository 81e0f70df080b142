"""A channel's digests by day: a year of days, and a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.web.drawn import Drawing
from adapters.web.guard import Guard, Refusal, Visit
from bot.model import Channel, Edition


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the channel's zone on which digests came; `articles` is how many they have."""

    day: date
    editions: tuple[Edition, ...]

    @property
    def articles(self) -> int:
        return sum(edition.articles for edition in self.editions)


def days_of(editions: Sequence[Edition], zone: str) -> list[Day]:
    """Newest first, as the editions are."""

    def day_of(edition: Edition) -> date:
        return edition.at.astimezone(ZoneInfo(zone)).date()

    return [Day(day, tuple(some)) for day, some in groupby(editions, day_of)]


class Days:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._drawing = Drawing(guard)

    async def year(self, visit: Visit) -> web.StreamResponse:
        """The days of `?year=`, else of the newest year, by month."""
        channel = await self._guard.channel(visit)
        days = await self._days(channel)
        years = sorted({one.day.year for one in days}, reverse=True)
        asked = visit.request.query.get("year", "")
        year = next((one for one in years if str(one) == asked), years[0] if years else None)
        of_year = [one for one in days if one.day.year == year]
        months = [(month, list(some)) for month, some in groupby(of_year, lambda one: one.day.replace(day=1))]
        return self._guard.page(visit, "days.html", channel=channel, months=months, years=years, year=year)

    async def day(self, visit: Visit) -> web.StreamResponse:
        channel = await self._guard.channel(visit)
        asked = _day_in(visit.request.match_info["day"])
        days = await self._days(channel)
        at = next((number for number, one in enumerate(days) if one.day == asked), None)
        if at is None:
            raise Refusal(404, "day")
        found = [await self._guard.house.archive.digest(edition.digest) for edition in days[at].editions]
        digests = [digest for digest in found if digest is not None and digest.messages]
        return self._guard.page(
            visit,
            "day.html",
            talk=await self._drawing.talk(visit, channel),
            digests=await self._drawing.digest_views(visit, channel, digests),
            day=asked,
            earlier=days[at + 1].day if at + 1 < len(days) else None,
            later=days[at - 1].day if at else None,
        )

    async def _days(self, channel: Channel) -> list[Day]:
        editions = await self._guard.house.statistics.editions(channel.name)
        return days_of(editions, channel.settings.timezone)


def _day_in(text: str) -> date:
    """The day that an address names, 2026-06-09. Raises Refusal."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise Refusal(404, "page")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(404, "page") from None
