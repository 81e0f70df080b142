"""Sources: what is asked for, what is known of each, and how one reading of it went. Times are aware UTC datetimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.model.choosing import Reason
from bot.model.reading import Origin, Workspace

SourceState = Literal["new", "ok", "failing", "paused"]


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets the next fetch say "unchanged"."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """A source as somebody asked for it. `address` is an http(s) URL, or the absolute path of a folder or file."""

    address: str
    category: str | None = None
    every: timedelta = timedelta(hours=1)
    max_age: timedelta | None = None

    @property
    def local(self) -> bool:
        return "://" not in self.address


@dataclass(frozen=True, slots=True)
class Move:
    """Where an address sends for good (301, 308): `to` where, since when, and how many readings in a row said so."""

    to: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a feed changes: `gap` is the mean time between its newest articles, `newest` when the last one came,
    `asked` how long the feed itself says that it can be left alone. None: it does not tell."""

    gap: timedelta | None = None
    newest: datetime | None = None
    asked: timedelta | None = None

    def between(self, now: datetime) -> timedelta | None:
        """The time from one article to the next, which grows with a silence."""
        return max(self.gap, now - self.newest) if self.gap is not None and self.newest is not None else None

    def a_week(self, now: datetime) -> float | None:
        """How many articles come in a week."""
        between = self.between(now)
        return timedelta(days=7) / between if between else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, site or folder that we read, and how its last reading went.

    `reads` is what is fetched instead of its own address: the feed found on a site, or where it moved for good.
    """

    id: int
    spec: SourceSpec
    origin: Origin
    workspace: Workspace | None = None  # whose it is; None: the house's, read for everybody
    title: str | None = None
    state: SourceState = "new"
    validators: Validators = Validators()
    next_at: datetime
    last_success: datetime | None = None
    error: str | None = None
    fault: Reason | None = None  # the same in no language yet, where the error has words for members
    failures: int = 0
    reads: str | None = None
    move: Move | None = None  # one that is not believed yet
    rhythm: Rhythm = Rhythm()

    @property
    def address(self) -> str:
        """What is fetched."""
        return self.reads or self.spec.address


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one reading of a source went. A success tells all that is known of the source from now on; a failure changes
    nothing of it but what it says, and where it went astray: what was read instead of its own address is forgotten."""

    source_id: int
    next_at: datetime
    validators: Validators = Validators()
    title: str | None = None  # None: as it was
    succeeded_at: datetime | None = None  # None: it failed, `error` says how
    error: str | None = None
    fault: Reason | None = None
    reads: str | None = None
    move: Move | None = None
    rhythm: Rhythm = Rhythm()
    astray: bool = False
    paused: bool = False  # it failed for good: it is not read again until somebody adds it anew
    put_off: bool = False  # it was not asked at all: too many wait for its host
