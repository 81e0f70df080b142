"""How times, spans of time and nouns stand in a column, the same on every engine. Which columns there are: `tables.py`.

An instant is an integer, microseconds since 1970 UTC: exact, ordered, without a zone to get wrong, and equal on SQLite
(which has no type for time) and PostgreSQL, so that rows can be copied between them as they are.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

from bot.model import When
from bot.storage.codec import packed, unpacked

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH_OF_DATE = len("2026-06-09")


class Moment(TypeDecorator[datetime]):
    """An aware instant; comes back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment_of(value)


class Duration(TypeDecorator[timedelta]):
    """A span of time, in microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


class Stated(TypeDecorator[When]):
    """A time as a page states it: RFC 3339 in UTC, or a bare date, which stays one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: When | None, dialect: Dialect) -> str | None:
        return stated_of(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> When | None:
        if value is None:
            return None
        return date.fromisoformat(value) if len(value) == _LENGTH_OF_DATE else datetime.fromisoformat(value)


class Packed(TypeDecorator[Any]):
    """A noun, or a tuple of them, as JSON text: read and written whole, never searched inside."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: object, *, alike: bool = False) -> None:
        """`alike`: thousands of rows hold one of a few values, so that each of those is made once."""
        super().__init__()
        self.kind = kind
        self.alike = alike

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else packed(self.kind, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        if value is None:
            return None
        return _one_of_few(self.kind, value) if self.alike else unpacked(self.kind, value)


_one_of_few = lru_cache(maxsize=256)(unpacked)


def microseconds_of(instant: datetime) -> int:
    """An instant as a column keeps it."""
    return (_aware(instant) - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The other way round."""
    return _EPOCH + timedelta(microseconds=microseconds)


def stated_of(value: When | None) -> str | None:
    """A time as a page states it, as a column keeps it."""
    if isinstance(value, datetime):
        return _aware(value).astimezone(UTC).isoformat().replace("+00:00", "Z")
    return None if value is None else value.isoformat()


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {value.isoformat()}")
    return value
