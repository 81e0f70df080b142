"""A database in an SQLite file: its name, its pragmas, how its transactions begin. One writer, many readers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from bot.errors import ConfigError

BUSY_SECONDS = 30.0  # how long a writer waits for the writer of another process
BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN DEFERRED"
_READERS = 8
_AT_ONCE = 256  # rows that come with the statement which asks for them
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
        pool_reset_on_return=None,  # `roll_back`, where there is something to
    )
    pragmas = _PRAGMAS if writes else (*_PRAGMAS, "PRAGMA query_only = ON")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "reset")
    def roll_back(connection: DBAPIConnection, entry: ConnectionPoolEntry, state: PoolResetState) -> None:
        driver: Any = entry.driver_connection
        if not state.terminate_only and driver.in_transaction:
            connection.rollback()

    return engine


class _Cursor(aiosqlite.Cursor):
    """A statement and its first rows in one visit to the connection's thread. aiosqlite's own makes four, each of which
    costs more than a short statement does."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, None)  # type: ignore[arg-type]
        self._rows: list[Any] = []
        self._more = False

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        return await self._run(partial(self._conn._conn.execute, sql, parameters))

    async def executemany(self, sql: str, parameters: Any) -> Self:
        return await self._run(partial(self._conn._conn.executemany, sql, parameters))

    async def _run(self, statement: Callable[[], sqlite3.Cursor]) -> Self:
        def run() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = statement()
            return cursor, cursor.fetchmany(_AT_ONCE) if cursor.description else []

        self._cursor, self._rows = await self._conn._execute(run)  # type: ignore[no-untyped-call]
        self._more = len(self._rows) == _AT_ONCE
        return self

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        size = size or self.arraysize
        if not self._rows and self._more:
            return list(await super().fetchmany(size))
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows + list(await super().fetchall()) if self._more else rows

    async def close(self) -> None:
        """What was read to its end needs no closing."""
        if self._more:
            await super().close()


class _Connection(aiosqlite.Connection):
    """aiosqlite's own, with our cursors, and which can be ended more than once: SQLAlchemy does so where a statement
    that was cancelled is cancelled again, and the second end would wait for ever for the thread that the first one
    ended."""

    _ended = False

    def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)

    def stop(self) -> asyncio.Future[None] | None:
        if self._ended:
            return None
        self._ended = True
        return super().stop()


def _connection(database: str, **options: Any) -> _Connection:
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does to those that it makes itself
    return connection
