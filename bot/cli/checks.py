"""What doctor finds on this machine and in the store. Platforms look at themselves."""

from __future__ import annotations

import errno
import shutil
import socket
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.model import Channel, Finding, Source
from bot.records import time_text
from bot.schedule.calendar import next_slot

_STATES = {"ok": "fine", "new": "not read yet", "failing": "failing", "paused": "left alone"}
_SHOWN = 10  # sources that are told of one by one
_CLOCK_ERROR = timedelta(minutes=2)  # a `Date` header is a whole second, and it takes a while until we look at it
_LEAST_FREE = 200_000_000  # bytes: a week of a busy bot


def disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    detail = f"{free // 1_000_000:,} MB are free where the database is, {folder}"
    fix = (
        None if free >= _LEAST_FREE else "Free some space, set [bot] keep_texts, or move the database to another disk."
    )
    return Finding("disk", fix is None, detail, fix)


def port(host: str, number: int, *, running: bool) -> Finding:
    """Whether the web server could listen there; while the bot runs, it does."""
    where = f"port {number} on {host}"
    if running:
        return Finding("http", True, f"the running bot serves {where}")
    try:
        with socket.create_server((host, number), family=_family(host)):
            return Finding("http", True, f"{where} is free")
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is in use by another program" if taken else f"cannot be listened on: {error.strerror}"
        fix = "Stop what uses it, or set another [http] host or port"
        return Finding("http", False, f"{where} {reason}", f"{fix}: port = {number + 1}" if taken else f"{fix}.")


def clock(told: Mapping[str, timedelta], now: datetime) -> Finding:
    """Whether this machine knows what time it is; `told`: how far it is ahead of each platform's clock."""
    here = f"it is {now:%Y-%m-%dT%H:%MZ} by this machine's clock"
    if not told:
        return Finding("clock", True, f"{here}; no platform is there to compare it with")
    name, ahead = max(told.items(), key=lambda one: abs(one[1]))
    if abs(ahead) <= _CLOCK_ERROR:
        return Finding("clock", True, f"{here}, and by {name}'s")
    minutes = round(abs(ahead) / timedelta(minutes=1))
    off = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    side, late = ("ahead of", "early") if ahead > timedelta() else ("behind", "late")
    detail = f"{here}, {off} {side} {name}'s: digests would come that much too {late}, and Slack may refuse requests"
    fix = f"Set it: sudo timedatectl set-ntp true, or sudo date -u -s '{now - ahead:%Y-%m-%d %H:%M:%S}'"
    return Finding("clock", False, detail, fix)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def sources(known: Sequence[Source]) -> Iterable[Finding]:
    """How the sources are in one line, and what is wrong with each that cannot be read, the longest silent first."""
    if not known:
        yield Finding("sources", False, "there is none, so nothing is read", "Add one: digestbot sources add URL")
        return
    count = Counter(_STATES[source.state] for source in known)
    told = ", ".join(f"{count[state]} {state}" for state in dict.fromkeys(_STATES.values()) if count[state])
    none_read = all(source.last_success is None and source.state in ("failing", "paused") for source in known)
    fix = "None of them was ever read: look whether this machine reaches the internet." if none_read else None
    yield Finding("sources", not none_read, f"{len(known)}: {told}", fix)
    ill = [source for source in known if source.state in ("failing", "paused") or _gone(source)]
    ill.sort(key=lambda source: (source.last_success is not None, source.last_success, source.id))
    yield from map(_ill, ill[:_SHOWN])
    if len(ill) > _SHOWN:
        yield Finding("source", False, f"{len(ill) - _SHOWN} more", "digestbot sources list shows all.")


def _gone(source: Source) -> bool:
    return source.spec.local and not Path(source.spec.address).exists()


def _ill(source: Source) -> Finding:
    address = source.spec.address
    if _gone(source):
        return Finding(
            "source", False, f"{address} is not there", f"Make it (mkdir -p {address}), or correct its path."
        )
    since = f"not read since {time_text(source.last_success)}" if source.last_success else "never read"
    which = f"{source.id} ({source.title})" if source.title else str(source.id)
    again = f"It is tried again {time_text(source.next_at)}." if source.state == "failing" else "It is left alone."
    fix = f"{again} digestbot sources check {source.id} tries it now; if it is gone, remove it."
    return Finding("source", False, f"{which}: {source.error} ({since})", fix)


def schedules(channels: Iterable[Channel], now: datetime) -> Iterable[Finding]:
    """When each channel's next digest is due."""
    for channel in channels:
        if channel.stopped:
            continue  # it is no longer in the file
        if channel.paused:
            fix = "Give the bot its place back there; posting then goes on by itself." if channel.lost else None
            yield Finding("schedule", not channel.lost, f"{channel.name} is paused: {channel.paused}", fix)
        elif planned := next_slot(channel, now):
            zone = channel.settings.timezone
            due = planned.at.astimezone(ZoneInfo(zone))
            yield Finding("schedule", True, f"{channel.name}: the next digest is due {due:%a %Y-%m-%d %H:%M} {zone}")
        else:
            yield Finding("schedule", True, f"{channel.name}: no schedule, so digests come by command alone")
