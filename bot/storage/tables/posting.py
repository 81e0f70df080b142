"""Tables of what is posted: channels with their schedules, digests, and the messages of each."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from bot.model import ChannelSettings, Link, Message, Reason
from bot.storage.columns import Moment, Packed
from bot.storage.tables.made import ROW_ID, id_of, metadata, own_id

channels = Table(
    "channels",
    metadata,
    own_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("stopped", Boolean, nullable=False),  # no longer declared; its history stays
    Column("paused", Text),
    Column("lost", Boolean, nullable=False),  # paused because the platform took the channel away
    # as declared; the schedule in force is its own row
    Column("settings", Packed(ChannelSettings, alike=True), nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    id_of("channels", "channel_id", primary_key=True),
    Column("cron", Text),
    Column("timezone", Text, nullable=False),
    Column("next_run_at", Moment),
    Column("next_key", Text),
    Index("ix_schedules_due", "next_run_at", "channel_id"),
)

digests = Table(
    "digests",
    metadata,
    own_id(),
    id_of("channels", "channel_id"),
    Column("key", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("considered", Integer, nullable=False),
    UniqueConstraint("channel_id", "key"),
    Index("ix_digests_in_state", "state", "at", "id"),
)

digest_items = Table(
    "digest_items",
    metadata,
    id_of("digests", "digest_id", primary_key=True),
    id_of("articles", "article_id", primary_key=True),
    id_of("channels", "channel_id"),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("update_of", ROW_ID),
    Column("takeaways", Packed(tuple[str, ...]), nullable=False),
    Column("why", Packed(tuple[Reason | str, ...]), nullable=False),  # str: as it once was said
    Column("also", Packed(tuple[Link, ...]), nullable=False),
    UniqueConstraint("channel_id", "article_id"),  # never twice in a channel
    Index(None, "article_id"),
)

outbox = Table(
    "outbox",
    metadata,
    own_id(),
    Column("key", Text, nullable=False, unique=True),
    id_of("digests", "digest_id"),
    Column("part", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, posted, rejected, uncertain, dropped, removed
    id_of("articles", "article_id", nullable=True),
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
    id_of("channels", "channel_id", primary_key=True),
    id_of("articles", "article_id", primary_key=True),
    Column("at", Moment, nullable=False),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)
