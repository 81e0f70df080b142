"""What was posted and voted, looked back on and counted: for pages of statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.model.reading import Standing
from bot.model.sources import Source


@dataclass(frozen=True, slots=True)
class Edition:
    """A digest of which something was posted: when it was due, and how many articles of it are in the channel."""

    digest: int
    at: datetime
    articles: int


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a channel, by the Monday that it begins on in the channel's zone."""

    start: date
    posted: int
    votes: int


@dataclass(frozen=True, slots=True)
class Judged:
    """An article that a channel had, its quality, and how many votes there are for and against it."""

    article: int
    title: str
    quality: float
    valued: int
    unvalued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatistics:
    """A channel looked back on. `weeks`: oldest first, this one last; `judged`: newest first; `sources`: all that its
    team has, with what they earned of it. Of the `considered` candidates for a digest now, `picked` would be in it;
    `stopped` is how many stopped at each gate on the way."""

    weeks: tuple[Week, ...]
    judged: tuple[Judged, ...]
    sources: tuple[tuple[Source, Standing], ...]
    considered: int
    picked: int
    stopped: Mapping[str, int]
