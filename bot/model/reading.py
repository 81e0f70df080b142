"""What is read: documents, articles, their takeaways and quality. Where from: `sources.py`.

Times are aware UTC datetimes; a bare `date` stands where a page states no more. Spans are half-open code-point
offsets into `Article.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal

When = datetime | date
Span = tuple[int, int]
Origin = Literal["file", "command"]

Wall = Literal["paywall", "consent"]
BlockKind = Literal["heading", "paragraph", "list", "table", "callout", "data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document in reading order. `text[start:end]` of its article is this block; empty: not body."""

    kind: BlockKind
    text: str
    level: int = 0  # of a heading, 1 highest
    items: tuple[str, ...] = ()  # of a list, table (a row each) or callout
    start: int = 0
    end: int = 0

    def __reduce__(self) -> tuple[object, ...]:
        # Blocks come from other processes by the thousand, and a dataclass's own way takes five times as long.
        return _block, (self.kind, self.text, self.level, self.items, self.start, self.end)


def _block(kind: BlockKind, text: str, level: int, items: tuple[str, ...], start: int, end: int) -> Block:
    return Block(kind=kind, text=text, level=level, items=items, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a publisher says of its own article: `value` out of `scale`."""

    value: float
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as read. `text` is its body alone; `blocks` the whole document, takeaway sections included. `guid` is
    what its feed calls it by, where that is not its address; it is not stored. `markup` is the HTML that its feed has
    of it, while nobody has read that: then there are neither text nor blocks yet. `partial`: what stands in the way of
    the rest of the text. `image`: the address of its picture."""

    title: str
    text: str = ""
    url: str | None = None
    author: str | None = None
    published: When | None = None
    generated: When | None = None
    category: str | None = None
    language: str | None = None
    summary: str | None = None
    rating: Rating | None = None
    blocks: tuple[Block, ...] = ()
    markup: str | None = None
    partial: Wall | None = None
    site: str | None = None
    image: str | None = None
    guid: str | None = field(default=None, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        return _article, _FIELDS(self)


_FIELDS = attrgetter(*Article.__slots__)


def _article(*values: Any) -> Article:
    return Article(**dict(zip(Article.__slots__, values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed as read; `hints` may hold `ttl` (minutes), `period` and `frequency` as the feed states them."""

    title: str
    url: str | None
    language: str | None
    articles: tuple[Article, ...]
    hints: Mapping[str, str] = field(default_factory=dict)


TakeawayKind = Literal["section", "extracted", "model"]
HiddenReason = Literal["off_topic", "duplicate", "promotional", "unverified", "over_limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeaway:
    """One thing that an article says; `support` 0..1 and `evidence` come from the article's own text."""

    text: str
    kind: TakeawayKind
    support: float
    shown: bool
    reason: HiddenReason | None = None
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """The tokens that a language model was given on a day, and when the day's limit first stood in the way."""

    tokens: int = 0
    reached: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityParts:
    """The named parts of a quality, each 0..1."""

    publisher: float
    substance: float
    headline: float
    support: float
    templating: float
    source: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good an article is, 0..1, and the parts that make it so."""

    score: float
    parts: QualityParts


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team on a platform: a Slack workspace, a Discord server. What it adds is its own; other teams never see it."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the articles of a source or category earned: how many were posted, and the votes for and against."""

    posted: int = 0
    valued: int = 0  # votes with a positive value
    unvalued: int = 0  # votes with a negative value
    voters: int = 0  # how many cast them; 0: not counted


@dataclass(frozen=True, slots=True)
class Appearance:
    """A digest that an article was in."""

    channel: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article in the store. Before it is read, `quality` is None and there are no takeaways."""

    id: int
    key: str  # identity: canonical URL, or a hash of title and text; of a workspace's own, after a line that says whose
    article: Article
    takeaways: tuple[Takeaway, ...] = ()
    quality: Quality | None = None
    story: int
    source_id: int | None
    source_title: str | None
    first_seen: datetime
    aged_from: datetime
    baseline: bool = False  # backlog of a new source: kept, never a candidate
    posted: tuple[Appearance, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The takeaways that a digest may say."""
        return tuple(takeaway.text for takeaway in self.takeaways if takeaway.shown)
