"""When a source is read next: its own rhythm, what its server asks for, and how it has been failing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from bot.errors import BotError, FetchError
from bot.model import Source

_GONE = 410
_MOST_FAILURES = 20  # in a row; with a rhythm of an hour the twentieth comes after 16 days
_LONGEST_BACK_OFF = timedelta(days=1)
_MOST_PATIENCE = 4  # times its rhythm that a server may ask us to stay away while all is well
_JITTER = 0.1  # share of a back-off by which it differs, so that what failed together does not come back together


def after_success(source: Source, now: datetime, fresh_for: float) -> datetime:
    """`fresh_for` are the seconds for which the server called its answer fresh."""
    every = source.spec.every
    return now + max(every, min(timedelta(seconds=fresh_for), _MOST_PATIENCE * every))


def after_failure(source: Source, now: datetime, error: BotError) -> datetime:
    """Twice the wait each time, up to a day, and never before the server's own Retry-After."""
    every = source.spec.every
    wait = min(every * (1 << min(source.failures, 10)), max(_LONGEST_BACK_OFF, every))
    chance = crc32(f"{source.id}:{source.failures}".encode()) / 2**32
    asked = error.retry_after if isinstance(error, FetchError) else None
    return now + max(wait * (1 + _JITTER * chance), timedelta(seconds=asked or 0))


def is_given_up(source: Source, error: BotError) -> bool:
    """Whether a source is left alone after this failure: it is gone for good, or fails again and again."""
    return (isinstance(error, FetchError) and error.status == _GONE) or source.failures + 1 >= _MOST_FAILURES
