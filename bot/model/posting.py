"""Where digests go: channels, slots, digests, and the messages that say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.model.choosing import Reason
from bot.model.reading import Origin, StoredArticle, Workspace
from bot.model.voting import Ballot, MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    schedule: str | None = None  # five-field cron; None: only when asked
    timezone: str = "UTC"
    locale: str = "en"
    max_articles: int = 5
    min_quality: float = 0.6
    categories: tuple[str, ...] = ()  # empty: all
    quotas: tuple[tuple[str, int], ...] = ()  # categories, each with the most articles of it in a digest
    ballots: tuple[Ballot, ...] = ()
    seed: tuple[str, ...] = ()  # names of the ballots whose emoji the bot puts there itself
    layout: Literal["messages", "thread"] = "messages"
    catch_up: timedelta = timedelta(hours=6)
    jitter: timedelta = timedelta()  # digests come up to this much later than the schedule says
    quiet: Literal["silent", "say"] = "silent"
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    interests: str = ""
    best: timedelta | None = None  # the digests say what was valued most in that time, not what is new
    show_counts: Literal["always", "voted", "never"] = "always"
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel as somebody asked for it. `place` is the platform's own id of the channel."""

    name: str
    platform: str
    place: str
    workspace: str  # "" where it is not known yet
    settings: ChannelSettings = ChannelSettings()

    @property
    def home(self) -> Workspace:
        """Whose channel it is."""
        return Workspace(self.platform, self.workspace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    id: int
    spec: ChannelSpec
    origin: Origin = "file"
    paused: str | None = None  # why nothing is posted there, if nothing is
    stopped: bool = False  # paused because it is no longer in the configuration file
    lost: bool = False  # paused because the platform took it away, so its giving it back resumes it
    next_run: datetime | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def settings(self) -> ChannelSettings:
        return self.spec.settings


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run of a schedule: the instant, and the wall-clock time in the channel's zone that names it."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """An article's place in a digest."""

    rank: int
    article: StoredArticle
    takeaways: tuple[str, ...]
    score: float
    why: tuple[Reason, ...]
    also: tuple[Link, ...] = ()
    update_of: int | None = None  # the digest in which the channel first had this story


DigestState = Literal["due", "composed", "posted", "quiet", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One occurrence of a channel's schedule and what was made of it; (channel, key) is unique."""

    id: int
    channel: Channel
    key: str
    at: datetime
    state: DigestState
    considered: int = 0
    items: tuple[DigestItem, ...] = ()
    messages: tuple[Message, ...] = ()  # those that were posted, in their order


MessageKind = Literal["header", "article", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one message says, in words already chosen for the channel's language; adapters draw it, none rewords it."""

    kind: MessageKind
    title: str
    url: str | None = None
    byline: str = ""
    takeaways: tuple[str, ...] = ()
    also: tuple[Link, ...] = ()
    also_lead: str = ""  # "Also in 2 sources:"
    why: str = ""
    footer: tuple[str, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    article: int | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One message of a digest in the outbox. A `seed` posting carries no message: it puts the emoji on the others."""

    id: int
    key: str  # stable over every attempt, at most 25 characters of [a-z0-9]
    digest: int
    part: int
    kind: Literal["message", "seed"]
    channel: Channel
    message: Message | None
    parent: MessageRef | None = None  # the header, where the layout is a thread
    attempts: int = 0
    first_try_at: datetime | None = None
    unsure: bool = False  # an earlier attempt may have reached the platform
