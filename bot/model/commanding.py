"""What a member asks by a slash command and what is answered, and what platforms tell of their channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, Protocol

from bot.model.posting import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as typed: `/name text`. `thread`: the one below `place` that it was typed in, if any. `under`:
    the command of which all others are words, on platforms that have but few."""

    name: str
    text: str
    platform: str
    workspace: str
    place: str
    member: str
    admin: bool = False
    locale: str | None = None
    thread: str | None = None
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a command answers; adapters draw it. `messages` are articles, `rows` a table under `columns`."""

    text: str = ""
    messages: tuple[Message, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    private: bool = True
    failed: bool = False


ArgumentKind = Literal["article", "source", "zone", "text"]  # what can be suggested for it; `text`: nothing


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    kind: ArgumentKind = "text"
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """What a command takes. `name` is the whole of it, "digest now"; `private`: only who asked sees the answer."""

    name: str
    arguments: tuple[Argument, ...] = ()
    admin: bool = False
    private: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    value: str


class Told(Protocol):
    """A reason or an error, said by `key` of the catalogues, filled with `values`; without a key, by its own text."""

    @property
    def key(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEvent:
    """What a platform tells of a channel (`place`) or a whole workspace. `missed`: reactions may have been missed.
    `reason`: why nothing can be posted there; "" where the kind of the event says it."""

    kind: Literal["joined", "left", "archived", "lost", "restored", "workspace_gone", "message_deleted", "missed"]
    platform: str
    workspace: str = ""
    place: str | None = None
    message: str | None = None
    reason: str | Told = ""


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one workspace may have: sources in all, messages in a day. None: as many as it likes."""

    sources: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `fix` says how to mend it where it is not ok. `ahead`: how far this machine's clock was ahead
    of the platform's, where its answer told the time."""

    check: str
    ok: bool
    detail: str
    fix: str | None = None
    ahead: timedelta | None = None


def clock_error(date: str | None, now: datetime) -> timedelta | None:
    """How far a clock that shows `now` is ahead of the one that wrote a `Date` header; None where it cannot be read."""
    try:
        return now - parsedate_to_datetime(date or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
