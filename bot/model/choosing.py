"""How a channel's digest is chosen: what may be in it, what is picked, and why each article was or was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.reading import Standing, When


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in no language yet: a key of the catalogues, and the values that fill its words."""

    key: str
    values: Mapping[str, str | int | float | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What choosing needs to know of an article that a channel has not had."""

    id: int
    title: str
    url: str | None
    quality: float
    story: int
    aged_from: datetime
    takeaways: tuple[str, ...] = ()
    category: str | None = None
    source_id: int | None = None
    source_title: str | None = None
    standing: Standing | None = None
    max_age: timedelta | None = None
    published: When | None = None
    baseline: bool = False
    update_of: int | None = None  # the channel had this story in that digest, and this article adds a takeaway


# A candidate in outline, a row and no more, since there may be a hundred thousand: its id, quality, story, from when it
# ages (microseconds since 1970 UTC), category, source, and whether it is baseline.
Outline = tuple[int, float, int, int, str | None, int | None, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One gate on an article's way into a digest: what was measured against what, and the outcome."""

    stage: str
    passed: bool
    value: float | str | None
    limit: float | str | None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A chosen article, its score, why it was chosen, and the other articles of its story."""

    candidate: Candidate
    score: float
    why: tuple[Reason, ...]
    also: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The picks, best first, and for every other candidate the stage it stopped at (by article id)."""

    picked: tuple[Pick, ...]
    reasons: Mapping[int, Stage]


@dataclass(frozen=True, slots=True)
class Served:
    """What a channel had of a story: in which digest first, and the takeaways it was told."""

    story: int
    digest: int
    takeaways: tuple[str, ...]
