"""What passes between the engine and its store and fetcher: facts in, decisions out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model.posting import Channel, Posting
from bot.model.reading import Article, Quality, Takeaway, Workspace
from bot.model.sources import Validators
from bot.model.voting import MessageRef

NAMED = "guid:"  # so an alias begins that is a feed's own name for an article, and no address


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as had. `url` is where they came from after redirects, or the path of a file."""

    url: str
    body: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An address as found now: its documents (a folder has many), or unchanged since the validators were taken.
    `fresh_for`: the seconds for which the server calls this fresh. `moved`: where it sent us for good, if it did."""

    documents: tuple[Document, ...]
    validators: Validators
    unchanged: bool = False
    fresh_for: float = 0.0
    moved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article to be filed under its identity. `alias`: another key that it may be known by. `complete`: there is
    nothing more to fetch for it. `workspace`: who brought it, and alone may see it; None: the house, for everybody."""

    key: str
    article: Article
    source_id: int | None
    aged_from: datetime
    alias: str | None = None
    workspace: Workspace | None = None
    baseline: bool = False
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A filed article that waits to be read. `workspace`: whose it is; None: everybody's."""

    id: int
    article: Article
    source_id: int | None
    complete: bool
    attempts: int
    workspace: Workspace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading an article gave. `bands` index its fingerprint and its title; `story` is an article id, maybe its
    own; `alias` the key of the address that its own led to."""

    id: int
    article: Article
    takeaways: tuple[Takeaway, ...]
    quality: Quality
    story: int
    fingerprint: tuple[int, ...]
    bands: tuple[int, ...]
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A recent article that shares a band, or words of its title, with the one being read."""

    id: int
    story: int
    fingerprint: tuple[int, ...]
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosting:
    """A message for the outbox; `payload` None with kind `seed`."""

    key: str
    part: int
    kind: str
    payload: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a leased posting: posted (`ref`), put off (`retry_at`), `rejected` or `uncertain` (`reason`)."""

    state: str  # posted, pending, rejected, uncertain, removed
    at: datetime
    ref: MessageRef | None = None
    retry_at: datetime | None = None
    unsure: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Rows that were looked at in order of their numbers: the last one's, and how much went."""

    last: int
    went: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A posting of which nobody knows whether it is there, since when and why; its digest waits for somebody to look.
    `at`: its digest's instant."""

    posting: Posting
    at: datetime
    since: datetime
    reason: str

    @property
    def title(self) -> str:
        return self.posting.message.title if self.posting.message else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The posted message that a reaction is on: its article (None: a header), its channel, its digest's instant."""

    article: int | None
    channel: Channel
    at: datetime
