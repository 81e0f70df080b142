"""What a language model said, so that it is asked once; and what it was given a day: `ports.Drafts`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update

from bot.model import Spending
from bot.storage.database import Database, Transaction
from bot.storage.dialect import insert_new
from bot.storage.tables import drafts, spending


class StoredDrafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, key: str) -> tuple[str, ...] | None:
        async with self._database.read() as view:
            found = await view.connection.execute(select(drafts.c.texts).where(drafts.c.key == key))
            texts: tuple[str, ...] | None = found.scalar_one_or_none()
        return texts

    async def keep(self, key: str, texts: tuple[str, ...], now: datetime) -> None:
        async with self._database.begin() as tx:
            await tx.connection.execute(insert_new(tx.connection, drafts).values(key=key, kept_at=now, texts=texts))

    async def reserve(self, tokens: int, now: datetime, *, most: int) -> bool:
        async with self._database.begin() as tx:
            day = await _day(tx, now)
            granted = spending.c.tokens + tokens <= most
            done = await tx.connection.execute(
                update(spending).where(spending.c.day == day, granted).values(tokens=spending.c.tokens + tokens)
            )
            if done.rowcount == 0:
                first = (spending.c.day == day) & spending.c.reached_at.is_(None)
                await tx.connection.execute(update(spending).where(first).values(reached_at=now))
        return done.rowcount > 0

    async def correct(self, tokens: int, now: datetime) -> None:
        async with self._database.begin() as tx:
            day = await _day(tx, now)
            await tx.connection.execute(
                update(spending).where(spending.c.day == day).values(tokens=spending.c.tokens + tokens)
            )

    async def spent(self, now: datetime) -> Spending:
        async with self._database.read() as view:
            query = select(spending.c.tokens, spending.c.reached_at).where(spending.c.day == _named(now))
            row = (await view.connection.execute(query)).one_or_none()
        return Spending(*row) if row else Spending()


async def _day(tx: Transaction, now: datetime) -> str:
    """The day's row, made where there is none."""
    day = _named(now)
    await tx.connection.execute(insert_new(tx.connection, spending).values(day=day, tokens=0))
    return day


def _named(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
