"""Five-field cron expressions: checked field by field, and the next wall-clock time that one names. Knows no zones.

APScheduler does the arithmetic. It is handed plain lists of numbers, since its own reader counts weekdays from Monday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from apscheduler.triggers.cron import CronTrigger

from bot.errors import ConfigError

_TICK = timedelta(microseconds=1)
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int  # the largest number that may be written
    last: int  # where "*" and an open step end
    names: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        words = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.low} to {self.high}{words}, as *, a list (1,3), a range (1-5) or a step (*/2, 1-5/2)"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MINUTE = _Field("minute", 0, 59, 59)
_HOUR = _Field("hour", 0, 23, 23)
_DAY = _Field("day of month", 1, 31, 31)
_MONTH = _Field("month", 1, 12, 12, _MONTHS)
_WEEKDAY = _Field("weekday", 0, 7, 6, _WEEKDAYS)  # Sunday is 0 and 7
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
_PART = re.compile(r"(?:\*|(?P<first>[0-9a-z]+)(?:-(?P<last>[0-9a-z]+))?)(?:/(?P<step>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Cron:
    """A checked schedule. `finer_than_an_hour`: it runs several times in each hour of the day."""

    trigger: CronTrigger
    finer_than_an_hour: bool

    def after(self, wall: datetime) -> datetime:
        """The next wall-clock time after `wall`; both are naive."""
        found: datetime = self.trigger.get_next_fire_time(None, wall.replace(tzinfo=UTC) + _TICK)
        return found.replace(tzinfo=None)


@lru_cache(maxsize=1024)
def cron_of(text: str) -> Cron:
    """Raises ConfigError, which names the field and says what is allowed."""
    parts = text.lower().split()
    if len(parts) != len(_FIELDS):
        raise ConfigError(
            f"schedule {text!r} has {len(parts)} field{'s' * (len(parts) != 1)}, not five: "
            'minute, hour, day of month, month, weekday; for example "0 9 * * mon-fri"'
        ).told("error.cron_fields", text=text, count=len(parts))
    minutes, hours, days, months, weekdays = (_checked(text, *one) for one in enumerate(parts))
    weekdays = {(day - 1) % 7 for day in weekdays}  # APScheduler's Monday is 0
    every_day, every_weekday = _covers(_DAY, days), len(weekdays) == 7
    if not every_day and not every_weekday:
        raise ConfigError(
            f"schedule {text!r} names both a day of month and a weekday, which crons understand differently: "
            "put * for one of them"
        ).told("error.cron_both_days", text=text)
    if min(days) > max(_LONGEST_MONTH[month - 1] for month in months):
        error = ConfigError(f"schedule {text!r} never runs: no such month has a day {min(days)}")
        raise error.told("error.cron_never", text=text)
    trigger = CronTrigger(
        minute=_listed(minutes),
        hour="*" if _covers(_HOUR, hours) else _listed(hours),
        day="*" if every_day else _listed(days),
        month="*" if _covers(_MONTH, months) else _listed(months),
        day_of_week="*" if every_weekday else _listed(weekdays),
        timezone=UTC,
    )
    return Cron(trigger, finer_than_an_hour=len(minutes) > 1 and _covers(_HOUR, hours))


def _checked(text: str, place: int, part: str) -> set[int]:
    """The numbers of the schedule's part in this place, from 0."""
    field = _FIELDS[place]
    try:
        return _numbers(field, part)
    except ValueError as error:
        told = {"part": part, "number": place + 1, "low": field.low, "high": field.high}
        raise ConfigError(f"schedule {text!r}: {error}").told("error.cron_part", text=text, **told) from None


def _numbers(field: _Field, text: str) -> set[int]:
    return {number for part in text.split(",") for number in _range(field, part)}


def _range(field: _Field, part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(f"{field.name} {part!r} cannot be read; it takes {field.allowed}")
    first = _number(field, match["first"]) if match["first"] else field.low
    if match["last"]:
        last = _number(field, match["last"])
    else:
        last = first if match["first"] and not match["step"] else field.last
    if first > last and field is _WEEKDAY:
        last += 7  # "sat-sun", "fri-mon": a week goes round
    if first > last:
        raise ValueError(f"{field.name} {part!r} runs backwards; write it as two ranges, as in 22-23,0-2")
    step = int(match["step"] or 1)
    if not 1 <= step <= max(last - first, 1):
        raise ValueError(f"{field.name} {part!r} has a step of {step}, which does not fit {first} to {last}")
    return range(first, last + 1, step)


def _number(field: _Field, word: str) -> int:
    if word in field.names:
        return field.low + field.names.index(word)
    if not word.isdecimal() or not field.low <= int(word) <= field.high:
        raise ValueError(f"{field.name} {word!r} is not allowed; it takes {field.allowed}")
    return int(word)


def _covers(field: _Field, numbers: set[int]) -> bool:
    return len(numbers) == field.last - field.low + 1


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))
