"""Schedules: which channel's turn has come, the slots that were opened, and which of them wait for what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Text, delete, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, Digest, Occurrence
from bot.storage.columns import microseconds_of
from bot.storage.dialect import insert_new, listed, nth, value_of
from bot.storage.rows import CHANNELS, channel_of, digests_of, portions
from bot.storage.tables import channels, digest_items, digests, outbox, schedules

_AT_ONCE = 100  # channels
_NUMBER, _WORDS = BigInteger(), Text()
_AWAKE = CHANNELS.where(schedules.c.cron.is_not(None), ~channels.c.stopped, channels.c.paused.is_(None)).order_by(
    schedules.c.next_run_at, schedules.c.channel_id
)


class SqlSchedules:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, now: datetime, limit: int) -> tuple[Channel, ...]:
        """Also channels whose next run was never worked out: they come first."""
        found: list[Channel] = []
        for when in (schedules.c.next_run_at.is_(None), schedules.c.next_run_at <= now):  # each in an index's order
            query = _AWAKE.where(when).limit(limit - len(found))
            rows = await self._connection.execute(query.with_for_update(skip_locked=True, of=schedules))
            for some in portions(rows.mappings().all(), _AT_ONCE):
                await asyncio.sleep(0)  # hundreds in one go would hold the loop
                found += map(channel_of, some)
        return tuple(found)

    async def open(self, slots: Mapping[int, Occurrence]) -> Mapping[int, int]:
        asked = listed([channel, slot.key, microseconds_of(slot.at)] for channel, slot in slots.items())
        channel, key, at = nth(asked, 0, _NUMBER), nth(asked, 1, _WORDS), nth(asked, 2, _NUMBER)
        rows = select(channel, key, at, literal("due"), literal(0)).where(asked.c.key >= 0).order_by(asked.c.key)
        opened = await self._connection.execute(
            insert_new(self._connection, digests)
            .from_select(["channel_id", "key", "at", "state", "considered"], rows)
            .returning(digests.c.channel_id, digests.c.id)
        )
        return {row.channel_id: row.id for row in opened}

    async def planned(self, ids: Sequence[int]) -> Mapping[int, Occurrence]:
        query = select(schedules.c.channel_id, schedules.c.next_run_at, schedules.c.next_key).where(
            schedules.c.channel_id.in_(select(value_of(listed(ids)))), schedules.c.next_run_at.is_not(None)
        )
        return {channel: Occurrence(*run) for channel, *run in await self._connection.execute(query)}

    async def plan(self, runs: Mapping[int, Occurrence | None]) -> None:
        asked = listed([channel, run and microseconds_of(run.at), run and run.key] for channel, run in runs.items())
        await self._connection.execute(
            update(schedules)
            .where(schedules.c.channel_id == nth(asked, 0, _NUMBER))
            .values(next_run_at=nth(asked, 1, _NUMBER), next_key=nth(asked, 2, _WORDS))
        )

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
