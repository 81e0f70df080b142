"""Schedules: which channel's turn has come, and the slots that were opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, Occurrence
from bot.storage.dialect import insert_new
from bot.storage.rows import CHANNELS, channel_of
from bot.storage.tables import channels, digests, schedules


class SqlSchedules:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, now: datetime, limit: int) -> tuple[Channel, ...]:
        """Also channels whose next run was never worked out: they come first."""
        rows = await self._connection.execute(
            CHANNELS.where(
                schedules.c.cron.is_not(None),
                or_(schedules.c.next_run_at.is_(None), schedules.c.next_run_at <= now),
                ~channels.c.stopped,
                channels.c.paused.is_(None),
            )
            .order_by(schedules.c.next_run_at.nulls_first(), channels.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=schedules)
        )
        return tuple(channel_of(row) for row in rows.mappings())

    async def set_next(self, channel_id: int, occurrence: Occurrence | None) -> None:
        await self._connection.execute(
            update(schedules)
            .where(schedules.c.channel_id == channel_id)
            .values(next_run_at=occurrence and occurrence.at, next_key=occurrence and occurrence.key)
        )

    async def open(self, channel_id: int, occurrence: Occurrence) -> int | None:
        opened = await self._connection.execute(
            insert_new(digests)
            .values(channel_id=channel_id, key=occurrence.key, at=occurrence.at, state="due", considered=0)
            .returning(digests.c.id)
        )
        digest: int | None = opened.scalar_one_or_none()
        return digest

    async def next_of(self, channel_id: int) -> Occurrence | None:
        query = select(schedules.c.next_run_at, schedules.c.next_key).where(
            schedules.c.channel_id == channel_id, schedules.c.next_run_at.is_not(None)
        )
        found = (await self._connection.execute(query)).one_or_none()
        return Occurrence(*found) if found else None
