"""Tables of what is read: sources, articles, and what articles are found and known by."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.model import Block, Move, QualityParts, Rating, Reason, Rhythm, Takeaway
from bot.storage.columns import Duration, Moment, Packed, Stated
from bot.storage.tables.made import ROW_ID, id_of, metadata, own_id

sources = Table(
    "sources",
    metadata,
    own_id(),
    Column("address", Text, nullable=False),
    Column("listed", Boolean, nullable=False),  # False: forgotten; the row stays for its articles and what they earned
    Column("origin", Text, nullable=False),
    Column("category", Text),
    Column("every", Duration, nullable=False),
    Column("max_age", Duration),
    Column("title", Text),
    Column("state", Text, nullable=False, index=True),
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
    Index("ix_sources_platform_workspace", "platform", "workspace"),
)

FULL = "(text <> '' OR blocks <> '[]')"  # has a text that may be emptied one day

articles = Table(
    "articles",
    metadata,
    own_id(),
    Column("key", Text, nullable=False, unique=True),  # begins with a line of its own where a workspace holds it
    id_of("sources", "source_id", nullable=True),
    Column("state", Text, nullable=False),  # new: waits to be read; read
    Column("complete", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("said", Text, nullable=False),  # fingerprint of the draft that stands here
    Column("first_seen", Moment, nullable=False, index=True),
    Column("aged_from", Moment, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("story", ROW_ID),  # None until read: its own
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
    Column("markup", Text),  # a feed's own HTML, until it is read
    Column("partial", Text),
    Column("site", Text),
    Column("image", Text),
    Index("ix_articles_in_state", "state", "id"),
    Index("ix_articles_full", "first_seen", sqlite_where=text(FULL), postgresql_where=text(FULL)),
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
    id_of("articles", "article_id", primary_key=True),
    id_of("sources", "source_id", primary_key=True),
    Column("said", Text, nullable=False),  # fingerprint of what this source said last
    Index(None, "source_id"),
    sqlite_with_rowid=False,
)

# Other keys that an article is known by: a feed's own name for it, the address that its own leads to.
aliases = Table(
    "aliases",
    metadata,
    Column("key", Text, primary_key=True),
    # as everybody's; a workspace's own begins with a line more
    Column("article_key", Text, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# Fingerprints of the keys of articles that went, so that no source brings them again.
gone = Table(
    "gone",
    metadata,
    Column("fingerprint", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Articles that are not everybody's: which workspace has each, and the key under which it would be everybody's.
holdings = Table(
    "holdings",
    metadata,
    id_of("articles", "article_id", primary_key=True),
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
    id_of("articles", "article_id", primary_key=True),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)
