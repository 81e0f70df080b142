"""The tables, as SQLAlchemy sees them. How they come to be is `migrations/`; a test holds the two together.

Wide texts stand last in their row: SQLite reads a row from its start, and most queries want only the narrow columns.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.model import Block, ChannelSettings, Link, Message, Move, QualityParts, Rating, Reason, Rhythm, Takeaway
from bot.storage.columns import Duration, Moment, Packed, Stated

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only under INTEGER


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True)


def _to(target: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    return Column(name, _ID, ForeignKey(f"{target}.id"), nullable=nullable and not primary_key, primary_key=primary_key)


sources = Table(
    "sources",
    metadata,
    _id(),
    Column("address", Text, nullable=False),
    Column("listed", Boolean, nullable=False),  # False: forgotten; the row stays for its articles and what they earned
    Column("origin", Text, nullable=False),
    Column("category", Text),
    Column("every", Duration, nullable=False),
    Column("max_age", Duration),
    Column("title", Text),
    Column("state", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("next_at", Moment, nullable=False, index=True),
    Column("last_success", Moment),
    Column("error", Text),
    Column("failures", Integer, nullable=False),
    Column("platform", Text, nullable=False),  # whose it is: both empty for the house's
    Column("workspace", Text, nullable=False),
    Column("reads", Text, index=True),  # what is fetched instead of its own address
    Column("move", Packed(Move)),
    Column("rhythm", Packed(Rhythm)),
    Column("fault", Packed(Reason)),
    UniqueConstraint("address", "platform", "workspace"),
)

articles = Table(
    "articles",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # begins with a line of its own where a workspace holds it
    _to("sources", "source_id", nullable=True),
    Column("state", Text, nullable=False, index=True),  # new: waits to be read; read
    Column("complete", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("said", Text, nullable=False),  # fingerprint of the draft that stands here
    Column("first_seen", Moment, nullable=False, index=True),
    Column("aged_from", Moment, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("story", _ID),  # None until read: its own
    Column("score", Float),
    Column("title", Text, nullable=False),
    Column("url", Text, index=True),
    Column("author", Text),
    Column("published", Stated),
    Column("generated", Stated),
    Column("category", Text),
    Column("language", Text),
    Column("rating", Packed(Rating)),
    Column("quality", Packed(QualityParts)),
    Column("fingerprint", Packed(tuple[int, ...])),
    Column("takeaways", Packed(tuple[Takeaway, ...]), nullable=False),
    Column("summary", Text),
    Column("text", Text, nullable=False),
    Column("blocks", Packed(tuple[Block, ...]), nullable=False),
    # all that decides between candidates, so that choosing among them reads no row
    Index(
        "ix_articles_outline",
        "state",
        "first_seen",
        "story",
        "score",
        "aged_from",
        "category",
        "source_id",
        "baseline",
    ),
)

sightings = Table(
    "sightings",
    metadata,
    _to("articles", "article_id", primary_key=True),
    _to("sources", "source_id", primary_key=True),
    Column("said", Text, nullable=False),  # fingerprint of what this source said last
    Index(None, "source_id"),
    sqlite_with_rowid=False,
)

# Other keys that an article is known by: a feed's own name for it, the address that its own leads to.
aliases = Table(
    "aliases",
    metadata,
    Column("key", Text, primary_key=True),
    Column("article_key", Text, nullable=False),  # as everybody's; a workspace's own begins with a line more
    sqlite_with_rowid=False,
)

# Articles that are not everybody's: which workspace has each, and the key under which it would be everybody's.
holdings = Table(
    "holdings",
    metadata,
    _to("articles", "article_id", primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("key", "platform", "workspace"),
    sqlite_with_rowid=False,
)

article_bands = Table(
    "article_bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    _to("articles", "article_id", primary_key=True),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

channels = Table(
    "channels",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("stopped", Boolean, nullable=False),  # no longer declared; its history stays
    Column("paused", Text),
    Column("lost", Boolean, nullable=False),  # paused because the platform took the channel away
    Column("settings", Packed(ChannelSettings), nullable=False),  # as declared; the schedule in force is its own row
)

schedules = Table(
    "schedules",
    metadata,
    _to("channels", "channel_id", primary_key=True),
    Column("cron", Text),
    Column("timezone", Text, nullable=False),
    Column("next_run_at", Moment, index=True),
    Column("next_key", Text),
)

digests = Table(
    "digests",
    metadata,
    _id(),
    _to("channels", "channel_id"),
    Column("key", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("considered", Integer, nullable=False),
    UniqueConstraint("channel_id", "key"),
)

digest_items = Table(
    "digest_items",
    metadata,
    _to("digests", "digest_id", primary_key=True),
    _to("articles", "article_id", primary_key=True),
    _to("channels", "channel_id"),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("update_of", _ID),
    Column("takeaways", Packed(tuple[str, ...]), nullable=False),
    Column("why", Packed(tuple[Reason | str, ...]), nullable=False),  # str: as it once was said
    Column("also", Packed(tuple[Link, ...]), nullable=False),
    UniqueConstraint("channel_id", "article_id"),  # never twice in a channel
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    _to("digests", "digest_id"),
    Column("part", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, posted, rejected, uncertain, dropped, removed
    _to("articles", "article_id", nullable=True),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("token", Text),
    Column("attempts", Integer, nullable=False),
    Column("unsure", Boolean, nullable=False),
    Column("first_try_at", Moment),
    Column("settled_at", Moment),
    Column("reason", Text),
    Column("platform", Text),  # where it was posted, as in MessageRef
    Column("workspace", Text),
    Column("place", Text),
    Column("message", Text),
    Column("payload", Packed(Message)),
    UniqueConstraint("digest_id", "part"),
    Index(None, "platform", "workspace", "place", "message"),
    Index(None, "article_id"),
)

# Articles that an admin took out of a channel for good.
removals = Table(
    "removals",
    metadata,
    _to("channels", "channel_id", primary_key=True),
    _to("articles", "article_id", primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

voters = Table(
    "voters",
    metadata,
    _id(),
    Column("hash", Text, unique=True),  # None: forgotten
    Column("leaving", Boolean, nullable=False, server_default=false()),  # wants to be, once no ballot is open
)

# Triggers in the migration make every row final. Without a rowid of its own, a row can be addressed only by the key
# that they guard: `INSERT OR REPLACE` with an explicit rowid would replace another row.
votes = Table(
    "votes",
    metadata,
    Column("workspace", Text, primary_key=True),
    _to("voters", "voter", primary_key=True),
    _to("articles", "article", primary_key=True),
    Column("ballot", Text, primary_key=True),
    Column("option", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("platform", Text, nullable=False),
    Column("cast_at", Moment, nullable=False),
    Index(None, "article"),
    sqlite_with_rowid=False,
)

secrets = Table(
    "secrets",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# What a platform told, by a key that the adapter gives it, until it is dealt with.
inbox = Table(
    "inbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What a language model said of a text, under a hash of the model and all that it was asked.
drafts = Table(
    "drafts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kept_at", Moment, nullable=False),
    Column("texts", Packed(tuple[str, ...]), nullable=False),
    sqlite_with_rowid=False,
)

spending = Table(
    "spending",
    metadata,
    Column("day", Text, primary_key=True),  # in UTC, 2026-06-09
    Column("tokens", BigInteger, nullable=False),
    Column("reached_at", Moment),  # when the day's limit first stood in the way
    sqlite_with_rowid=False,
)
