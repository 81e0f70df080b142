"""The forms of single values: durations, sizes, addresses, words. Each gives the value or a ValueError that says what
is allowed; where in the file it stood is added elsewhere. Pure."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.errors import ConfigError
from bot.votes.ballots import folded_emoji

Network = IPv4Network | IPv6Network
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form:
    """What a key takes, in words that follow "must be"; stands in the key's annotation."""

    text: str


DURATION = 'a duration such as "20s", "30m", "6h", "7d" or "1h30m"'
PAUSE = 'a duration from "0s" to "1h"'
SIZE = 'a size such as "500kB" or "10MB", or a number of bytes'
NETWORK = 'a network or address such as "10.0.0.0/8" or "192.168.1.7"'
WEB_URL = "a URL that begins with http:// or https://"
SHARDS = 'like "0-3/16": from the first to the last, counted from 0, of how many'
DATABASE = '"sqlite:///digestbot.db" (a file), or "postgresql://user@host/name"'
WORDS = "words, or a pattern between slashes such as /sponsored/i"
NAME = "letters, digits, - and _, at most 64, the first a letter or digit"
PLATFORM = 'the name of a platform such as "web", or "module:function"'
LOCALE = 'a language such as "en", "de" or "zh-Hant"'
ZONE = 'a time zone such as "UTC" or "Europe/London"'
CRON = 'five fields such as "0 9 * * mon-fri"'
QUOTAS = "numbers from 1 to 20 by category, such as { releases = 1 }"
OPTIONS = 'a list of 1 to 20 options such as [{ emoji = "👍", label = "Valuable", value = 1 }]'

_MOST_EMOJI = 20  # reactions that Discord takes on one message
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_LONGEST = timedelta(days=3650)
_LONGEST_PAUSE = timedelta(hours=1)
_SHARDS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})")
_SCHEMES_OF_POSTGRES = ("postgresql://", "postgresql+psycopg://")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def duration(text: str, name: str) -> timedelta:
    """The duration that `name`, say a command's option, was given. Raises ConfigError."""
    try:
        return duration_of(text)
    except ValueError as error:
        raise ConfigError(f"{name} {text!r}: {error}") from None


def spelled(parse: Callable[[str], T]) -> Callable[[object], object]:
    """Reads a value out of its text; what is no text passes, for its type to be checked."""
    return lambda value: parse(value) if isinstance(value, str) else value


def duration_of(text: str) -> timedelta:
    seconds = _seconds_of(text)
    if seconds is None:
        raise ValueError(f"must be {DURATION}")
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise ValueError("must be longer than nothing and at most ten years")
    return timedelta(seconds=seconds)


def pause_of(text: str) -> timedelta:
    seconds = _seconds_of(text)
    if seconds is None or seconds > _LONGEST_PAUSE.total_seconds():
        raise ValueError(f"must be {PAUSE}")
    return timedelta(seconds=seconds)


def _seconds_of(text: str) -> int | None:
    """None where the text is no duration."""
    parts = re.findall(r"([0-9]{1,9})([smhdw])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def size_of(text: str) -> int:
    """Bytes; kB, MB and GB are powers of a thousand."""
    match = re.fullmatch(r"([0-9]{1,9}) ?(b|kb|mb|gb)", text.lower())
    if match is None or not int(match[1]):
        raise ValueError(f"must be {SIZE}")
    return int(match[1]) * _BYTES[match[2]]


def network_of(value: object) -> Network:
    try:
        return ip_network(str(value), strict=False)  # str: a bare number would be an address too
    except ValueError:
        raise ValueError(f"must be {NETWORK}") from None


def web_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not close
        fine = False
    if not fine or re.search(r"\s", text):
        raise ValueError(f"must be {WEB_URL}")
    return text


def database_url(text: str) -> str:
    """The value is kept out of the message: it may hold a password."""
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///") and ":memory:" not in text and "?" not in text:
        return text
    try:
        fine = text.startswith(_SCHEMES_OF_POSTGRES) and len(urlsplit(text).path) > 1
    except ValueError:
        fine = False
    if not fine:
        raise ValueError(f"must be {DATABASE}")
    return text


def absolute_database(url: str, folder: Path) -> str:
    """An SQLite file's path resolved against the folder; any other URL as it is."""
    prefix, _, path = url.partition(":///")
    return f"{prefix}:///{folder / Path(path).expanduser()}" if prefix == "sqlite" else url


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds a server that listens there."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def shards(text: str) -> str:
    """The first and the last of a bot's shards that a gateway has, counted from 0, of how many."""
    found = _SHARDS.fullmatch(text)
    if found is None or not int(found[1]) <= int(found[2] or found[1]) < int(found[3]):
        raise ValueError(f"must be {SHARDS}")
    return text


def zone_name(text: str) -> str:
    _next_run("0 0 * * *", text)
    return text


def cron(text: str) -> str:
    _next_run(text, "UTC")
    return text


def _next_run(schedule: str, zone: str) -> None:
    from bot.schedule.calendar import next_run  # APScheduler takes its time to import, and most commands need no cron

    try:
        next_run(schedule, zone, _EPOCH)
    except ConfigError as error:
        raise ValueError(str(error).removeprefix(f"schedule {schedule!r}: ")) from None


def word_or_pattern(text: str) -> str:
    from bot.ranking.patterns import first_match

    if not text.strip():
        raise ValueError(f"must be {WORDS}")
    try:
        first_match((text,), "")
    except ConfigError as error:
        raise ValueError(str(error).removeprefix(f"pattern {text}: ")) from None
    return text


def nearest(word: str, known: Collection[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word.lower(), known, n=1)), None)


def meant(word: str, known: Collection[str]) -> str:
    """The end of a sentence: a guess, or nothing where no known word is near."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


def check_names(names: Sequence[str], known: Collection[str], noun: str) -> None:
    """Each name is known and stands once."""
    for name, count in Counter(names).items():
        if name not in known:
            raise ValueError(f"there is no {noun} {name!r}{meant(name, known) or '; there are ' + ', '.join(known)}")
        if count > 1:
            raise ValueError(f"has {name!r} twice")


def check_emoji(emoji: Sequence[str]) -> None:
    """No two choose the same, whatever their skin tone; and a message has room for them."""
    doubled = [one for one, count in Counter(map(folded_emoji, emoji)).items() if count > 1]
    if doubled:
        raise ValueError(f"has {' '.join(doubled)} twice, so a reaction would mean two things")
    if len(emoji) > _MOST_EMOJI:
        raise ValueError(f"has {len(emoji)} emoji, but a message takes at most {_MOST_EMOJI}")
