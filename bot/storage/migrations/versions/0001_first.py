"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE = (
    f"PRAGMA application_id = {0x64676274}",  # "dgbt": says that the file is ours
    "CREATE VIRTUAL TABLE article_words USING fts5(title, takeaways, text)",  # rowid: the article; texts by fts_text
    """CREATE TRIGGER votes_no_update BEFORE UPDATE ON votes
    BEGIN SELECT RAISE(ABORT, 'a vote is final: it cannot be changed'); END""",
    """CREATE TRIGGER votes_no_delete BEFORE DELETE ON votes
    BEGIN SELECT RAISE(ABORT, 'a vote is final: it cannot be deleted'); END""",
    # REPLACE deletes the row in its way without firing a delete trigger, so it is stopped before it does.
    """CREATE TRIGGER votes_no_replace BEFORE INSERT ON votes
    WHEN EXISTS (SELECT 1 FROM votes WHERE workspace = NEW.workspace AND voter = NEW.voter
                 AND article = NEW.article AND ballot = NEW.ballot)
    BEGIN SELECT RAISE(ABORT, 'a vote is final: this ballot was cast before'); END""",
)

_POSTGRES = (
    """CREATE TABLE article_words (article bigint PRIMARY KEY REFERENCES articles (id), words tsvector NOT NULL)""",
    "CREATE INDEX ix_article_words_words ON article_words USING gin (words)",
    """CREATE FUNCTION votes_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a vote is final: it cannot be changed or deleted'; END $$""",
    # An INSERT over a vote is refused by the primary key, unless it says what to do then: DO UPDATE is an update.
    """CREATE TRIGGER votes_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON votes
    FOR EACH STATEMENT EXECUTE FUNCTION votes_are_final()""",
)


def upgrade() -> None:
    _sources()
    _articles()
    _indexes_of_articles()
    _channels()
    _digests()
    _outbox()
    _votes()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)


def _id() -> "sa.Column[int]":
    return sa.Column("id", _ID, primary_key=True)


def _to(target: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, _ID, sa.ForeignKey(f"{target}.id"), nullable=nullable, primary_key=primary_key)


def _sources() -> None:
    op.create_table(
        "sources",
        _id(),
        sa.Column("address", sa.Text, nullable=False, unique=True),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("every", sa.BigInteger, nullable=False),
        sa.Column("max_age", sa.BigInteger),
        sa.Column("title", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("next_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("last_success", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
    )


def _articles() -> None:
    op.create_table(
        "articles",
        _id(),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        _to("sources", "source_id", nullable=True),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_at", sa.BigInteger),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False, index=True),
        sa.Column("aged_from", sa.BigInteger, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("story", _ID),
        sa.Column("score", sa.Float),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, index=True),
        sa.Column("author", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("generated", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("rating", sa.Text),
        sa.Column("quality", sa.Text),
        sa.Column("fingerprint", sa.Text),
        sa.Column("takeaways", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
    )


def _indexes_of_articles() -> None:
    op.create_table(
        "sightings",
        _to("articles", "article_id", primary_key=True),
        _to("sources", "source_id", primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Index(None, "source_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article_bands",
        sa.Column("band", sa.BigInteger, primary_key=True),
        _to("articles", "article_id", primary_key=True),
        sa.Index(None, "article_id"),
        sqlite_with_rowid=False,
    )


def _channels() -> None:
    op.create_table(
        "channels",
        _id(),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Text),
        sa.Column("settings", sa.Text, nullable=False),
    )
    op.create_table(
        "schedules",
        _to("channels", "channel_id", primary_key=True),
        sa.Column("cron", sa.Text),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("next_run_at", sa.BigInteger, index=True),
        sa.Column("next_key", sa.Text),
    )


def _digests() -> None:
    op.create_table(
        "digests",
        _id(),
        _to("channels", "channel_id"),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("considered", sa.Integer, nullable=False),
        sa.UniqueConstraint("channel_id", "key"),
    )
    op.create_table(
        "digest_items",
        _to("digests", "digest_id", primary_key=True),
        _to("articles", "article_id", primary_key=True),
        _to("channels", "channel_id"),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("update_of", _ID),
        sa.Column("takeaways", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("also", sa.Text, nullable=False),
        sa.UniqueConstraint("channel_id", "article_id"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        _id(),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        _to("digests", "digest_id"),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _to("articles", "article_id", nullable=True),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("token", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("first_try_at", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("platform", sa.Text),
        sa.Column("workspace", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("payload", sa.Text),
        sa.UniqueConstraint("digest_id", "part"),
        sa.Index(None, "platform", "workspace", "place", "message"),
        sa.Index(None, "article_id"),
    )


def _votes() -> None:
    op.create_table("voters", _id(), sa.Column("hash", sa.Text, unique=True))
    op.create_table(
        "votes",
        sa.Column("workspace", sa.Text, primary_key=True),
        _to("voters", "voter", primary_key=True),
        _to("articles", "article", primary_key=True),
        sa.Column("ballot", sa.Text, primary_key=True),
        sa.Column("option", sa.Text, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("cast_at", sa.BigInteger, nullable=False),
        sa.Index(None, "article"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secrets",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
