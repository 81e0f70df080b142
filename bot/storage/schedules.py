"""Schedules: which channel's turn has come, the slots that were opened, and which of them wait for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, Digest, Occurrence
from bot.storage.dialect import insert_new, listed, value_of
from bot.storage.rows import CHANNELS, channel_of, digests_of
from bot.storage.tables import channels, digest_items, digests, outbox, schedules

_PLAN = (
    update(schedules)
    .where(schedules.c.channel_id == bindparam("channel"))
    .values(next_run_at=bindparam("at"), next_key=bindparam("key"))
)


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

    async def open(self, channel_id: int, occurrence: Occurrence) -> int | None:
        opened = await self._connection.execute(
            insert_new(self._connection, digests)
            .values(channel_id=channel_id, key=occurrence.key, at=occurrence.at, state="due", considered=0)
            .returning(digests.c.id)
        )
        digest: int | None = opened.scalar_one_or_none()
        return digest

    async def planned(self, ids: Sequence[int]) -> Mapping[int, Occurrence]:
        query = select(schedules.c.channel_id, schedules.c.next_run_at, schedules.c.next_key).where(
            schedules.c.channel_id.in_(select(value_of(listed(ids)))), schedules.c.next_run_at.is_not(None)
        )
        return {channel: Occurrence(*run) for channel, *run in await self._connection.execute(query)}

    async def plan(self, runs: Mapping[int, Occurrence | None]) -> None:
        rows = [{"channel": one, "at": run and run.at, "key": run and run.key} for one, run in runs.items()]
        if rows:
            await self._connection.execute(_PLAN, rows)

    async def in_state(self, state: str, limit: int) -> tuple[Digest, ...]:
        query = select(digests).where(digests.c.state == state).order_by(digests.c.at, digests.c.id).limit(limit)
        rows = await self._connection.execute(query)
        return await digests_of(self._connection, rows.mappings().all(), whole=False)

    async def drop(self, digest_id: int) -> bool:
        # who leases one of its postings at this moment comes before or after
        await self._connection.execute(select(outbox.c.id).where(outbox.c.digest_id == digest_id).with_for_update())
        tried = exists().where(outbox.c.digest_id == digests.c.id, outbox.c.attempts > 0)
        dropped = await self._connection.execute(
            update(digests)
            .where(digests.c.id == digest_id, digests.c.state.in_(("due", "composed")), ~tried)
            .values(state="dropped")
        )
        if dropped.rowcount != 1:
            return False
        await self._connection.execute(delete(digest_items).where(digest_items.c.digest_id == digest_id))
        await self._connection.execute(update(outbox).where(outbox.c.digest_id == digest_id).values(state="dropped"))
        return True
