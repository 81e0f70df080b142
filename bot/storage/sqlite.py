"""A database in an SQLite file: its name, its pragmas, how its transactions begin. One writer, many readers."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import ConfigError

BUSY_SECONDS = 30.0  # how long a writer waits for the writer of another process
BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN DEFERRED"
_READERS = 8
_PREFIX = "sqlite:///"
# FULL: a commit that was answered survives a power cut, not only a killed process. Votes are final.
_PRAGMAS = ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL")


def file_of(url: str) -> Path:
    """The file that a database URL names. Raises ConfigError; the URL is not repeated where it may hold a password."""
    if url.startswith("postgresql"):
        raise ConfigError("database: this is for an SQLite file; PostgreSQL has its own: pg_dump, pg_restore, amcheck")
    path = url.removeprefix(_PREFIX)
    if not url.startswith(_PREFIX) or not path or ":memory:" in path or "?" in path:
        raise ConfigError("database: must be a file, e.g. sqlite:///digestbot.db or sqlite:////var/lib/digestbot.db")
    return Path(path).absolute()


def engine_for(file: Path, *, writes: bool) -> AsyncEngine:
    """Connections to the file: one that writes, or several that can only read."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(file)),
        connect_args={
            "timeout": BUSY_SECONDS,
            "isolation_level": None,  # we alone say BEGIN
            "async_creator_fn": _connection,
        },
        pool_size=1 if writes else _READERS,
        max_overflow=0,
        pool_timeout=10 * BUSY_SECONDS,
    )
    pragmas = _PRAGMAS if writes else (*_PRAGMAS, "PRAGMA query_only = ON")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    return engine


class _Connection(aiosqlite.Connection):
    """aiosqlite's own, which can be ended more than once. SQLAlchemy does so where a statement that was cancelled is
    cancelled again, and the second end would wait for ever for the thread that the first one ended."""

    _ended = False

    def stop(self) -> asyncio.Future[None] | None:
        if self._ended:
            return None
        self._ended = True
        return super().stop()


def _connection(database: str, **options: Any) -> _Connection:
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does to those that it makes itself
    return connection
