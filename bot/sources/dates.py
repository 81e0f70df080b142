"""Dates as pages and feeds write them -> aware UTC datetimes, or bare dates. Guesses nothing out of running text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.model import When
from bot.sources.spelled import spelled_when

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_RFC_2822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (GMT|[+-](?:[01]\d|2[0-3])[0-5]\d)",
    re.ASCII,
)
_SECONDS = re.compile(r"(\d{10})(?:\d{3})?", re.ASCII)  # since 1970, or thousandths of them
_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: at for at, name in enumerate(_NAMES.split(), 1)}
_EARLIEST, _LATEST = 1971, 2079  # years; what lies outside is a slip of the pen or a "never"


def when_of(text: str | None) -> When | None:
    """The date or time that a text states in ISO 8601, RFC 2822, Unix's or a spelled form; None where none can be."""
    text = (text or "").strip()
    if not text or len(text) > 64:
        return None
    if (stated := _RFC_2822.fullmatch(text)) is not None:
        return plausible(_told(stated))
    if (seconds := _SECONDS.fullmatch(text)) is not None:
        return plausible(datetime.fromtimestamp(int(seconds[1]), UTC))
    try:
        if _ISO_DATE.fullmatch(text):
            return plausible(date.fromisoformat(text))
        return plausible(datetime.fromisoformat(text))
    except ValueError:
        pass
    if (spelled := spelled_when(text)) is not None:
        return plausible(spelled)
    try:
        return plausible(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _told(stated: re.Match[str]) -> datetime | None:
    """As `parsedate_to_datetime` reads it, in a fifth of the time: feeds are full of them."""
    day, month, year, hour, minute, second, zone = stated.groups()
    shift = 0 if zone in ("GMT", "-0000") else int(zone[:3]) * 60 + int(zone[0] + zone[3:])
    try:
        at = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        return at - timedelta(minutes=shift)
    except (KeyError, ValueError, OverflowError):
        return None


def plausible(when: When | None) -> When | None:
    """The instant in UTC (a time without a zone is taken for UTC), a bare date as it is, or None where absurd."""
    if isinstance(when, datetime):
        try:
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    return when if when is not None and _EARLIEST <= when.year <= _LATEST else None
