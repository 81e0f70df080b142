"""When a source is read next: its own rhythm, what it and its server ask for, and how it has been failing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from heapq import nlargest
from zlib import crc32

from bot.errors import BotError, FetchError
from bot.model import ParsedFeed, Rhythm, Source

_GONE = 410
_MOST_FAILURES = 20  # in a row; with a rhythm of an hour the twentieth comes after 16 days
_LONGEST_BACK_OFF = timedelta(days=1)
_MOST_PATIENCE = 4  # times `every` that a source is left alone at most while all is well, whoever asks for it
_JITTER = 0.1  # share of a back-off by which it differs, so that what failed together does not come back together
_LOOKS_A_GAP = 10  # times that a source is looked at between two of its articles, where `every` allows it
_NEWEST = 10  # articles that tell the rhythm
_LONGEST_ASKED = timedelta(days=365)
# https://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": _LONGEST_ASKED,
}


def after_success(source: Source, now: datetime, *, fresh_for: float, rhythm: Rhythm) -> datetime:
    """Not before `every`, nor later than four times that. In between counts the longest of: the seconds for which the
    server called its answer fresh, what the feed asks for, and a tenth of the time from one article to the next."""
    every = source.spec.every
    if source.spec.local:
        return now + every
    own = (rhythm.between(now) or timedelta()) / _LOOKS_A_GAP
    asked = max(timedelta(seconds=fresh_for), rhythm.asked or timedelta(), own)
    return now + max(every, min(asked, _MOST_PATIENCE * every))


def after_failure(source: Source, now: datetime, error: BotError) -> datetime:
    """Twice the wait each time, up to a day, and never before the server's own Retry-After."""
    every = source.spec.every
    wait = min(every * (1 << min(source.failures, 10)), max(_LONGEST_BACK_OFF, every))
    chance = crc32(f"{source.id}:{source.failures}".encode()) / 2**32
    asked = error.retry_after if isinstance(error, FetchError) else None
    return now + max(wait * (1 + _JITTER * chance), timedelta(seconds=asked or 0))


def is_given_up(source: Source, error: BotError) -> bool:
    """Whether a source is left alone after this failure: it is gone for good, or fails again and again. Where something
    else was read than its own address, that is asked first."""
    gone = isinstance(error, FetchError) and error.status == _GONE and source.reads is None
    return gone or source.failures + 1 >= _MOST_FAILURES


def rhythm_of(feed: ParsedFeed, now: datetime) -> Rhythm:
    """The rhythm of a feed as its dates and its hints tell it; dates to come are not believed."""
    stated = (article.published for article in feed.articles)
    times = nlargest(_NEWEST, (when for when in stated if isinstance(when, datetime) and when <= now))
    return Rhythm(
        gap=(times[0] - times[-1]) / (len(times) - 1) if len(times) > 1 else None,
        newest=times[0] if times else None,
        asked=_asked(feed.hints),
    )


def _asked(hints: Mapping[str, str]) -> timedelta | None:
    """The longer of RSS's `ttl`, in minutes, and `sy:updatePeriod`, so many times in which it changes."""
    minutes, often = _number(hints.get("ttl")), _number(hints.get("frequency")) or 1
    period = _PERIODS.get(hints.get("period", "").strip().lower())
    waits = [timedelta(minutes=minutes) if minutes else None, period / often if period else None]
    return max((min(wait, _LONGEST_ASKED) for wait in waits if wait is not None), default=None)


def _number(text: str | None) -> int | None:
    digits = (text or "").strip()[:7]
    return int(digits) if digits.isascii() and digits.isdecimal() else None
