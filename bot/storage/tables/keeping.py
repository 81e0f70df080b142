"""Tables of what is kept for good or sealed: votes, secrets, what waits to be dealt with, what a model said."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    LargeBinary,
    Table,
    Text,
    false,
)

from bot.storage.columns import Moment, Packed
from bot.storage.tables.made import id_of, metadata, own_id

voters = Table(
    "voters",
    metadata,
    own_id(),
    Column("hash", Text, unique=True),  # None: forgotten
    Column("leaving", Boolean, nullable=False, server_default=false()),  # wants to be, once no ballot is open
)

# Triggers in the migration make every row final. Without a rowid of its own, a row can be addressed only by the key
# that they guard: `INSERT OR REPLACE` with an explicit rowid would replace another row.
votes = Table(
    "votes",
    metadata,
    Column("workspace", Text, primary_key=True),
    id_of("voters", "voter", primary_key=True),
    id_of("articles", "article", primary_key=True),
    Column("ballot", Text, primary_key=True),
    Column("option", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("platform", Text, nullable=False),
    Column("cast_at", Moment, nullable=False),
    Index(None, "article"),
    Index("ix_votes_newest", "workspace", "cast_at"),
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

# What admins of a workspace are told by themselves, once in a while.
notices = Table(
    "notices",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    id_of("channels", "channel_id"),
    Column("at", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
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
