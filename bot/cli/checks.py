"""What doctor finds on this machine and in the store: disk, port, sources, schedules. Platforms look at themselves."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.model import Channel, Finding, Source
from bot.records import time_text
from bot.schedule.calendar import next_run

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
        return Finding("http", False, f"{where} {reason}", "Stop what uses it, or set another [http] host or port.")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def sources(known: Sequence[Source]) -> Iterable[Finding]:
    """One finding for all that are well, and one for each that is not."""
    if not known:
        yield Finding("sources", False, "there is none, so nothing is read", "Add one: digestbot sources add URL")
        return
    wrong = [finding for source in known if (finding := _wrong(source))]
    unread = sum(source.last_success is None for source in known)
    later = f", {unread} not read yet" if unread else ""
    yield Finding("sources", True, f"{len(known) - len(wrong)} of {len(known)} are well{later}")
    yield from wrong


def _wrong(source: Source) -> Finding | None:
    address = source.spec.address
    if source.spec.local and not Path(address).exists():
        return Finding(
            "source", False, f"{address} is not there", f"Make it (mkdir -p {address}), or correct its path."
        )
    if source.state not in ("failing", "paused"):
        return None
    again = "it is left alone" if source.state == "paused" else f"next try {time_text(source.next_at)}"
    fix = f"See what is there: digestbot inspect {address}"
    if source.state == "paused":
        fix += f"; once that works: digestbot sources add {address}"
    return Finding("source", False, f"{source.title or address}: {source.error or 'no reason is known'}; {again}", fix)


def schedules(channels: Iterable[Channel], now: datetime) -> Iterable[Finding]:
    """When each channel's next digest is due."""
    for channel in channels:
        cron, zone = channel.settings.schedule, channel.settings.timezone
        if channel.stopped:
            continue  # it is no longer in the file
        if channel.paused:
            fix = "Give the bot its place back there; posting then goes on by itself." if channel.lost else None
            yield Finding("schedule", not channel.lost, f"{channel.name} is paused: {channel.paused}", fix)
        elif cron:
            due = next_run(cron, zone, now).at.astimezone(ZoneInfo(zone))
            yield Finding("schedule", True, f"{channel.name}: the next digest is due {due:%a %Y-%m-%d %H:%M} {zone}")
        else:
            yield Finding("schedule", True, f"{channel.name}: no schedule, so digests come by command alone")
