"""The store, on an SQLite file with one writer at a time, or on PostgreSQL with as many as there are. Readers wait for
nobody. What is kept how: a file per port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ports
from bot.storage import postgres, sqlite
from bot.storage.articles import SqlArticles
from bot.storage.candidates import SqlCandidates
from bot.storage.channels import SqlChannels
from bot.storage.counts import SqlCounts
from bot.storage.dialect import elected_key
from bot.storage.failures import told
from bot.storage.lock import is_locked, run_lock
from bot.storage.migrate import prepare
from bot.storage.outbox import SqlOutbox
from bot.storage.postgres import conninfo_of, driver_error, is_postgres, name_of, prepare_postgres
from bot.storage.quotas import SqlQuotas
from bot.storage.removals import SqlRemovals
from bot.storage.retention import SqlRetention
from bot.storage.schedules import SqlSchedules
from bot.storage.sources import SqlSources
from bot.storage.sqlite import BEGIN_READ, BEGIN_WRITE, file_of
from bot.storage.valuations import SqlValuations
from bot.storage.votes import SqlVotes


class Transaction:
    """Implements `ports.UnitOfWork` on one connection inside one transaction."""

    def __init__(self, connection: AsyncConnection, native: object) -> None:
        self.connection = connection
        self.sources: ports.Sources = SqlSources(connection)
        self.articles: ports.Articles = SqlArticles(connection)
        self.candidates: ports.Candidates = SqlCandidates(connection)
        self.schedules: ports.Schedules = SqlSchedules(connection)
        self.outbox: ports.Outbox = SqlOutbox(connection)
        self.votes: ports.Votes = SqlVotes(connection)
        self.channels: ports.Channels = SqlChannels(connection)
        self.removals: ports.Removals = SqlRemovals(connection)
        self.valuations: ports.Valuations = SqlValuations(connection)
        self.counts: ports.Counts = SqlCounts(connection)
        self.retention: ports.Retention = SqlRetention(connection)
        self.quotas: ports.Quotas = SqlQuotas(connection)
        self._native = native
        self._calls: list[Callable[[], None]] = []

    @property
    def native(self) -> object:
        return self._native

    def after_commit(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    async def commit(self) -> None:
        """Commits, then calls. A commit on its way is not stopped by being cancelled: it ends, then that is raised."""
        work = asyncio.ensure_future(self.connection.commit())
        try:
            await asyncio.shield(work)
        finally:
            await asyncio.wait([work])
            if not work.cancelled() and work.exception() is None:
                for call in self._calls:
                    call()


class Database:
    """Implements `ports.Store` on an SQLite file, or on PostgreSQL where `file` is None. `name`: what it is called in
    messages."""

    def __init__(
        self, name: str, *, writer: AsyncEngine, reader: AsyncEngine, file: Path | None = None, url: str = ""
    ) -> None:
        self.name = name
        self._file = file
        self._url = url
        self._writer = writer
        self._reader = reader
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if file else nullcontext()
        self._drivers = () if file else (driver_error(),)

    @classmethod
    async def open(cls, url: str, *, migrate: bool = True) -> Self:
        """The database behind a URL, brought to this version's tables. Raises ConfigError and StorageError."""
        if is_postgres(url):
            await asyncio.to_thread(prepare_postgres, url, migrate=migrate)
            engines = [postgres.engine_for(url, writes=writes) for writes in (True, False)]
            return cls(name_of(url), writer=engines[0], reader=engines[1], url=conninfo_of(url))
        file = file_of(url)
        await asyncio.to_thread(prepare, file, migrate=migrate)
        engines = [sqlite.engine_for(file, writes=writes) for writes in (True, False)]
        return cls(str(file), writer=engines[0], reader=engines[1], file=file)

    @property
    def file(self) -> Path | None:
        """Of SQLite."""
        return self._file

    @property
    def conninfo(self) -> str | None:
        """How another library reaches the same PostgreSQL, password and all; None of SQLite."""
        return None if self._file else self._url

    async def aclose(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        with told(self.name, *self._drivers):
            async with self._turn, self._writer.connect() as connection:
                tx = await _opened(connection, BEGIN_WRITE if self._file else None)
                yield tx
                await tx.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        with told(self.name, *self._drivers):
            async with self._reader.connect() as connection:
                yield await _opened(connection, BEGIN_READ if self._file else None)

    def lock_for_run(self) -> AbstractContextManager[None]:
        """Held by `digestbot run`. Raises StorageError where another process holds it, naming that process. On
        PostgreSQL any number may run."""
        return run_lock(self._file) if self._file else nullcontext()

    async def is_running(self) -> bool:
        """Whether some process delivers what waits in the outbox: on SQLite, whoever holds the lock of `digestbot
        run`; on PostgreSQL, whoever is elected to."""
        if self._file:
            return is_locked(self._file)
        space, number = elected_key("deliver")
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        asked = f"SELECT count(*) FROM pg_locks WHERE {here} AND classid = {space} AND objid = {number} AND granted"  # noqa: S608
        async with self.read() as view:
            return bool((await view.connection.exec_driver_sql(asked)).scalar())

    async def time(self) -> datetime:
        """What time it is to PostgreSQL."""
        async with self.read() as view:
            now: datetime = (await view.connection.execute(select(func.clock_timestamp()))).scalar_one()
            return now.astimezone(UTC)


async def _opened(connection: AsyncConnection, begin: str | None) -> Transaction:
    """Closing the connection rolls back whatever was not committed. PostgreSQL's driver says BEGIN by itself."""
    await connection.begin()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if begin is not None:
        await driver.execute(begin)
    return Transaction(connection, driver)
