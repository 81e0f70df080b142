"""When a channel's schedule runs next, in its own zone, over every change of the clocks. Time is a parameter.

Every scheduled wall-clock time runs once: one that a clock change skips runs as much later as the clocks jumped, one
that comes twice runs the first time. A schedule that runs several times in every hour of the day follows real time
instead, through a repeated hour too. An occurrence's key is its scheduled wall-clock time, `2026-03-29T09:00`; in the
second pass of a repeated hour, which only such a schedule runs in, the offset is added: `2026-11-01T01:30-05:00`.
"""

from __future__ import annotations

import difflib
import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from bot.errors import ConfigError
from bot.model import Channel, Occurrence
from bot.schedule.cron import cron_of

_LONGEST_JUMP = timedelta(hours=25)  # Samoa once left out a whole day
_MINUTE = timedelta(minutes=1)
_KEY = "%Y-%m-%dT%H:%M"


def next_run(cron: str, zone: str, after: datetime, *, offset: timedelta = timedelta()) -> Occurrence:
    """The first occurrence after an aware instant, where each comes `offset` later than the schedule says; its key is
    the schedule's own time. Raises ConfigError for a schedule or zone that is not one."""
    after = after.astimezone(UTC) - offset
    minute = after.replace(second=0, microsecond=0)
    best = _next_run(cron, zone, minute)
    if best.at <= after:  # in a zone that once was off by seconds
        best = _next_run(cron, zone, after)
    return replace(best, at=best.at + offset) if offset else best


@lru_cache(maxsize=4096)  # a hundred thousand channels have a few schedules, and are due at the same minutes
def _next_run(cron: str, zone: str, after: datetime) -> Occurrence:
    schedule, place = cron_of(cron), zone_of(zone)
    # Near a change of the clocks, times in their written order are not in the order in which they come: begin with
    # the slowest clock around, and end where the fastest has passed what was found.
    wall = _wall(after, min(_offsets(place, after)))
    best: Occurrence | None = None
    while best is None or wall < _wall(best.at, max(_offsets(place, best.at))):
        wall = schedule.after(wall)
        for run in _runs(wall, place, in_real_time=schedule.finer_than_an_hour):
            if run.at > after and (best is None or run.at < best.at):
                best = run
    return best


def next_slot(channel: Channel, after: datetime) -> Occurrence | None:
    """When the channel's first digest after an aware instant is due, with its jitter; None: it has no schedule."""
    settings = channel.settings
    if settings.schedule is None:
        return None
    offset = offset_of(channel.name, settings.jitter)
    return next_run(settings.schedule, settings.timezone, after, offset=offset)


def latest_slot(channel: Channel, first: Occurrence, now: datetime) -> Occurrence:
    """The latest slot up to `now` of a channel that has a schedule and missed `first`."""
    settings = channel.settings
    assert settings.schedule is not None
    offset = offset_of(channel.name, settings.jitter)
    return latest_missed(settings.schedule, settings.timezone, first, now, offset=offset)


def offset_of(channel: str, jitter: timedelta) -> timedelta:
    """How much later than its schedule a channel's digests come: whole seconds below `jitter`, always the same ones
    for a name, and spread evenly over many names."""
    number = int.from_bytes(blake2b(channel.encode(), digest_size=8).digest(), "big")
    return timedelta(seconds=number % max(1, int(jitter.total_seconds())))


def latest_missed(
    cron: str, zone: str, first: Occurrence, now: datetime, *, offset: timedelta = timedelta()
) -> Occurrence:
    """The latest occurrence up to `now`, which `first` is the earliest of; a year's downtime takes some 20 steps."""
    latest, until = first, now
    if next_run(cron, zone, first.at, offset=offset).at > now:  # as a rule
        return first
    while until - latest.at >= _MINUTE:
        middle = latest.at + (until - latest.at) / 2
        found = next_run(cron, zone, middle, offset=offset)
        if found.at <= now:
            latest = found
        else:
            until = middle
    return latest


def zone_of(name: str) -> ZoneInfo:
    """Raises ConfigError with the nearest names."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, as "America"
        near = _near(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; it takes a name such as Europe/London"
        error = ConfigError(f"time zone {name!r} is not known{hint}")
        key = "error.zone_near" if near else "error.zone"
        raise error.told(key, zone=name, near=near) from None


def _runs(wall: datetime, zone: ZoneInfo, *, in_real_time: bool) -> list[Occurrence]:
    """When a wall-clock time runs: once whatever the clocks do, or whenever they really show it."""
    if not in_real_time:  # fold=0: the first of two, and by the old clock where the new one skips it
        return [Occurrence(wall.replace(tzinfo=zone, fold=0).astimezone(UTC), f"{wall:{_KEY}}")]
    instants = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = [at.astimezone(zone) for at in instants]
    return [
        Occurrence(local.astimezone(UTC), local.isoformat(timespec="minutes") if local.fold else f"{local:{_KEY}}")
        for local in shown
        if local.replace(tzinfo=None) == wall
    ]


def _offsets(zone: ZoneInfo, at: datetime) -> list[timedelta]:
    """The zone's offsets from UTC about that instant, before and after a change of the clocks."""
    around = (at - _LONGEST_JUMP, at, at + _LONGEST_JUMP)
    return [instant.astimezone(zone).utcoffset() or timedelta() for instant in around]


def _wall(at: datetime, offset: timedelta) -> datetime:
    return at.replace(tzinfo=None) + offset


def _near(name: str) -> list[str]:
    """London, europe/london and Europe/Londn all mean Europe/London."""
    zones = {zone.lower(): zone for zone in sorted(zoneinfo.available_timezones(), reverse=True)}
    cities = {zone.rpartition("/")[2]: zones[zone] for zone in zones if "/" in zone}
    asked = name.strip().lower().replace(" ", "_")
    meant = zones.get(asked) or cities.get(asked)
    near = [zones[zone] for zone in difflib.get_close_matches(asked, zones, n=2, cutoff=0.7)]
    near += [cities[city] for city in difflib.get_close_matches(asked, cities, n=1, cutoff=0.8)]
    return [meant] if meant else list(dict.fromkeys(near))
