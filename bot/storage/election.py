"""Which of many processes does what only one may do: who holds a lock of PostgreSQL, for as long as its session lives.

PostgreSQL gives the lock back when the holder's connection breaks, or when nothing is heard of it for a while, as of a
process that is frozen. On SQLite there is one process, and it is elected.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.dialect import elected_key
from bot.storage.failures import told
from bot.storage.postgres import driver_error

_log = structlog.get_logger(__name__)
_PULSE = 1.0  # seconds between two signs of life, and between two attempts
_SILENCE = "10s"  # without a sign of life, and the lock is given to another


class Election:
    """Does work while elected to it by its name; in each database one process at a time is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._away: set[str] = set()  # works of which it was said that the database is away

    async def lead(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled: waits to be elected, works, and ends the work where the lock is lost. Returns where the work
        does."""
        if self._database.conninfo is None:
            return await work()
        while True:
            try:
                with told(self._database.name, driver_error()):
                    if await self._led(name, work):
                        return None
            except StorageError as error:
                if name not in self._away:
                    _log.warning("who is elected waits for the database", work=name, error=str(error))
                self._away.add(name)
            await asyncio.sleep(_PULSE)

    async def _led(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work was done to its end."""
        import psycopg

        options = f"-c idle_session_timeout={_SILENCE}"
        connection: Any = await psycopg.AsyncConnection.connect(
            self._database.conninfo or "", autocommit=True, options=options, connect_timeout=10, application_name=name
        )
        async with connection:
            self._away.discard(name)
            while not await _holds(connection, name):  # noqa: ASYNC110 - nobody else would tell us
                await asyncio.sleep(_PULSE)
            _log.info("elected", work=name)
            return await _while_alive(connection, work)


async def _holds(connection: Any, name: str) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", elected_key(name))).fetchone()
    return bool(row[0])


async def _while_alive(connection: Any, work: Callable[[], Awaitable[None]]) -> bool:
    """Works while the session that holds the lock answers. Raises what the work raises, or the session."""

    async def alive() -> None:
        while True:
            await asyncio.sleep(_PULSE)
            await connection.execute("SELECT 1")

    working, living = asyncio.ensure_future(work()), asyncio.create_task(alive())
    try:
        await asyncio.wait((working, living), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        living.result()
        return False
    finally:
        for task in (working, living):
            task.cancel()
        for task in (working, living):
            with suppress(asyncio.CancelledError, Exception):
                await task
