"""Quotas: what each workspace took of what it may take, and what its admins are told of that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, Workspace
from bot.storage.dialect import alone as only
from bot.storage.dialect import insert_new
from bot.storage.holdings import is_of
from bot.storage.rows import channels_by_id
from bot.storage.tables import channels, digests, notices, outbox, sources

_ON_THEIR_WAY = ("pending", "posted", "uncertain")


class SqlQuotas:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sources(self, owner: Workspace) -> int:
        query = select(func.count()).select_from(sources).where(sources.c.listed, is_of(sources, owner))
        return int((await self._connection.execute(query)).scalar_one())

    async def messages(self, home: Workspace, since: datetime, *, alone: bool = False) -> int:
        if alone:
            await only(self._connection, "posts")
        query = (
            select(func.count())
            .select_from(outbox.join(digests).join(channels, channels.c.id == digests.c.channel_id))
            .where(
                is_of(channels, home),
                digests.c.at > since,
                outbox.c.kind == "message",
                outbox.c.state.in_(_ON_THEIR_WAY),
            )
        )
        return int((await self._connection.execute(query)).scalar_one())

    async def notice(self, channel: Channel, kind: str, now: datetime, *, before: datetime) -> bool:
        home = channel.spec.home
        values = {"channel_id": channel.id, "at": now, "told": False}
        again = await self._connection.execute(
            update(notices).where(is_of(notices, home), notices.c.kind == kind, notices.c.at < before).values(values)
        )
        if again.rowcount:
            return True
        first = await self._connection.execute(
            insert_new(self._connection, notices)
            .values(platform=home.platform, workspace=home.name, kind=kind, **values)
            .returning(notices.c.kind)
        )
        return first.first() is not None

    async def untold(self) -> tuple[tuple[Channel, str], ...]:
        found = await self._connection.execute(
            update(notices).where(~notices.c.told).values(told=True).returning(notices.c.channel_id, notices.c.kind)
        )
        rows = found.all()
        known = await channels_by_id(self._connection, [channel for channel, _ in rows])
        return tuple((known[channel], kind) for channel, kind in rows)
