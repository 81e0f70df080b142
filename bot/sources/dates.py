"""Dates as pages and feeds write them -> aware UTC datetimes, or bare dates. Guesses nothing out of running text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from bot.model import When

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_EARLIEST, _LATEST = 1971, 2079  # years; what lies outside is a slip of the pen or a "never"


def when_of(text: str | None) -> When | None:
    """The date or time that a text states in ISO 8601 or RFC 2822 form; None where it states none that can be."""
    text = (text or "").strip()
    if not text or len(text) > 64:
        return None
    try:
        if _ISO_DATE.fullmatch(text):
            return plausible(date.fromisoformat(text))
        return plausible(datetime.fromisoformat(text))
    except ValueError:
        pass
    try:
        return plausible(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def plausible(when: When | None) -> When | None:
    """The instant in UTC (a time without a zone is taken for UTC), a bare date as it is, or None where absurd."""
    if isinstance(when, datetime):
        try:
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    return when if when is not None and _EARLIEST <= when.year <= _LATEST else None
