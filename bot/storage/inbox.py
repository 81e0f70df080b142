"""What platforms told and the house has not dealt with yet: `ports.Inbox`. Sealed, as it says who chose what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.dialect import insert_new, listed, value_of
from bot.storage.tables import inbox
from bot.storage.vault import seal_of

_log = structlog.get_logger(__name__)
_PURPOSE = b"digestbot inbox"


class SealedInbox:
    """What waits is one transaction, and each caller is answered after its commit."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._seal = seal_of(secret, _PURPOSE)
        self._new: list[tuple[str, bytes, asyncio.Future[None]]] = []
        self._done: list[str] = []
        self._committer: asyncio.Task[None] | None = None

    async def keep(self, key: str, told: bytes) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._new.append((key, self._seal.encrypt(told), kept))
        self._begin()
        await kept

    def done(self, key: str) -> None:
        self._done.append(key)
        self._begin()

    async def left(self, prefix: str) -> Mapping[str, bytes]:
        async with self._database.read() as view:
            query = select(inbox.c.key, inbox.c.sealed).where(inbox.c.key.startswith(prefix, autoescape=True))
            rows = (await view.connection.execute(query)).all()
        left = {}
        for key, sealed in rows:
            try:
                left[key] = self._seal.decrypt(sealed)
            except InvalidToken:
                _log.warning("what a platform told cannot be read: the secret has changed since", key=key)
                self.done(key)
        return left

    async def aclose(self) -> None:
        if self._committer is not None:
            await self._committer

    def _begin(self) -> None:
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit())

    async def _commit(self) -> None:
        """Group by group, until nothing waits; while one group commits the next gathers."""
        while self._new or self._done:
            new, done = self._new, self._done
            self._new, self._done = [], []
            try:
                async with self._database.begin() as tx:
                    if new:
                        rows = [{"key": key, "sealed": sealed} for key, sealed, _ in new]
                        await tx.connection.execute(insert_new(tx.connection, inbox), rows)
                    if done:
                        await tx.connection.execute(
                            delete(inbox).where(inbox.c.key.in_(select(value_of(listed(done), inbox.c.key.type))))
                        )
            except Exception as error:  # what is done is told again when the house is next opened, and found done
                for _, _, kept in new:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, _, kept in new:
                    if not kept.done():
                        kept.set_result(None)
