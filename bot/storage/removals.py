"""Removals: articles that an admin took out of a channel, and what becomes of their postings there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StaleWrite
from bot.model import Fate, MessageRef, Posting
from bot.storage.dialect import insert_new
from bot.storage.outbox import SqlOutbox, ref_of, settled_alone
from bot.storage.tables import digests, outbox, removals

_ENDED = ("rejected", "dropped")  # such a posting is nowhere


class SqlRemovals:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._outbox = SqlOutbox(connection)

    async def remove(self, channel_id: int, article_id: int, now: datetime) -> tuple[Posting, MessageRef | None] | None:
        await settled_alone(self._connection, channel_id)
        found = await self._connection.execute(
            select(outbox)
            .join_from(outbox, digests)
            .where(
                digests.c.channel_id == channel_id,
                outbox.c.article_id == article_id,
                outbox.c.state.not_in(_ENDED),
            )
            .with_for_update(of=outbox)
        )
        row = found.mappings().one_or_none()  # a channel has an article once
        if row is not None and row["state"] == "pending" and row["lease_until"] and row["lease_until"] > now:
            raise StaleWrite(f"article {article_id} is being posted at this moment")
        await self._connection.execute(
            insert_new(self._connection, removals).values(channel_id=channel_id, article_id=article_id, at=now)
        )
        if row is None:
            return None
        fate = Fate(state="removed", at=now, unsure=row["unsure"])
        await self._outbox.end(row["id"], fate, outbox.c.state != "removed")
        if row["message"] is None and not row["unsure"]:
            return None
        (posting,) = await self._outbox.postings(row["digest_id"], [row])
        return posting, ref_of(row) if row["message"] else None

    async def is_removed(self, channel_id: int, article_id: int) -> bool:
        here = exists().where(removals.c.channel_id == channel_id, removals.c.article_id == article_id)
        return bool((await self._connection.execute(select(here))).scalar())
