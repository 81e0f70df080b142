"""What only SQLite has: its file, its pragmas, how its transactions begin. Another engine's twin would stand here."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, ColumnElement, Insert, Select, Table, TableValuedAlias, bindparam, event, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler

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
    if url.startswith(("postgres://", "postgresql://", "postgresql+")):
        raise ConfigError(
            "database: PostgreSQL comes with the [postgres] extra in a later version; "
            "until then use a file, e.g. sqlite:///digestbot.db"
        )
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


def listed(values: Iterable[object]) -> TableValuedAlias:
    """Values, or rows of them, as a table with `key` (the place, from 0) and `value`: one parameter however many there
    are, so that the statement is compiled once. 500 rows in an IN take longer to say than to find."""
    return func.json_each(json.dumps(list(values))).table_valued("key", "value")


def nth(row: ColumnElement[object], position: int) -> ColumnElement[object]:
    """A field of a row of `listed`."""
    return func.json_extract(row, f"$[{position}]")


# What `listed` gives, for a query that is made once and run by `fetched` with the values of each time.
LISTED = func.json_each(bindparam("listed")).table_valued("key", "value")


async def fetched(
    connection: AsyncConnection, query: Select[Any], values: Iterable[object] = (), **parameters: object
) -> Sequence[tuple[Any, ...]]:
    """The rows of a query on LISTED or on other parameters, in the form in which the tables keep them and in one step:
    half the time of an ordinary query where they are hundreds."""
    compiled = _compiled(query)
    given = {**compiled.params, "listed": json.dumps(list(values)), **parameters}
    driver: Any = (await connection.get_raw_connection()).driver_connection
    rows: Sequence[tuple[Any, ...]] = await driver.execute_fetchall(
        compiled.string, [given[name] for name in compiled.positiontup or ()]
    )
    return rows


@cache
def _compiled(query: Select[Any]) -> SQLCompiler:
    compiled = query.compile(dialect=sqlite.dialect())
    assert isinstance(compiled, SQLCompiler)
    return compiled


async def insert_many(connection: AsyncConnection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Inserts rows whose values stand in the order and the form in which the table keeps them: half the time of an
    ordinary insert of as many, which looks at each value first."""
    await connection.exec_driver_sql(_insertion(table), list(rows))


@cache
def _insertion(table: Table) -> str:
    return str(table.insert().compile(dialect=sqlite.dialect()))


def insert_new(table: Table) -> Insert:
    """An INSERT that leaves rows alone which are there already."""
    return sqlite.insert(table).on_conflict_do_nothing()
