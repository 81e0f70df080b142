"""Channels: who is posted to, whether now, and what each had."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Channel, ChannelSpec, Digest, Served
from bot.storage.dialect import alone
from bot.storage.rows import CHANNELS, channel_of, digests_of
from bot.storage.tables import articles, channels, digest_items, digests, schedules


class SqlChannels:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def declare(self, specs: Sequence[ChannelSpec]) -> None:
        await alone(self._connection, "channels")
        for spec in specs:
            await self._put(spec)
        gone = channels.c.origin == "file", channels.c.name.not_in([spec.name for spec in specs])
        stopped = select(channels.c.id).where(*gone, ~channels.c.stopped)
        await self._connection.execute(
            update(schedules).where(schedules.c.channel_id.in_(stopped)).values(next_run_at=None, next_key=None)
        )
        await self._connection.execute(update(channels).where(*gone).values(stopped=True))

    async def _put(self, spec: ChannelSpec) -> None:
        """The schedule in force gives way only to a schedule that was declared otherwise before: one set by command
        outlives a restart. A channel that moved is no longer paused for what was wrong where it was, and its workspace
        is to be found out anew."""
        values = {
            "platform": spec.platform,
            "place": spec.place,
            "workspace": spec.workspace,
            "origin": "file",
            "stopped": False,
            "settings": spec.settings,
        }
        found = await self._connection.execute(select(channels).where(channels.c.name == spec.name))
        known = found.mappings().one_or_none()
        if known is None:
            added = insert(channels).values(name=spec.name, lost=False, **values).returning(channels.c.id)
            channel_id = (await self._connection.execute(added)).scalar_one()
            schedule = {"cron": spec.settings.schedule, "timezone": spec.settings.timezone}
            await self._connection.execute(insert(schedules).values(channel_id=channel_id, **schedule))
            return
        same_place = (known["platform"], known["place"]) == (spec.platform, spec.place)
        if same_place and not spec.workspace:
            values["workspace"] = known["workspace"]  # it was learnt from the platform
        if not same_place or values["workspace"] != known["workspace"]:
            values |= {"paused": None, "lost": False}
        await self._connection.execute(update(channels).where(channels.c.id == known["id"]).values(values))
        before = known["settings"]
        if (before.schedule, before.timezone) != (spec.settings.schedule, spec.settings.timezone):
            await self._schedule(known["id"], cron=spec.settings.schedule, timezone=spec.settings.timezone)

    async def all(self, *, platform: str | None = None, place: str | None = None) -> tuple[Channel, ...]:
        query = CHANNELS.order_by(channels.c.id)
        if platform is not None:
            query = query.where(channels.c.platform == platform)
        if place is not None:
            query = query.where(channels.c.place == place)
        rows = await self._connection.execute(query)
        return tuple(channel_of(row) for row in rows.mappings())

    async def named(self, name: str) -> Channel | None:
        found = await self._connection.execute(CHANNELS.where(channels.c.name == name))
        row = found.mappings().one_or_none()
        return channel_of(row) if row else None

    async def locate(self, channel_id: int, workspace: str) -> None:
        await self._connection.execute(update(channels).where(channels.c.id == channel_id).values(workspace=workspace))

    async def pause(self, channel_id: int, reason: str | None, *, lost: bool = False) -> bool:
        this = [channels.c.id == channel_id]
        if lost:
            this.append(channels.c.lost if reason is None else channels.c.paused.is_(None))
        done = await self._connection.execute(
            update(channels).where(*this).values(paused=reason, lost=lost and reason is not None)
        )
        return done.rowcount == 1

    async def reschedule(self, channel_id: int, *, cron: str | None, timezone: str | None) -> None:
        """None leaves that half as it is. The next run has to be worked out anew."""
        given = {name: value for name, value in (("cron", cron), ("timezone", timezone)) if value is not None}
        if given:
            await self._schedule(channel_id, **given)

    async def _schedule(self, channel_id: int, **values: str | None) -> None:
        await self._connection.execute(
            update(schedules)
            .where(schedules.c.channel_id == channel_id)
            .values(next_run_at=None, next_key=None, **values)
        )

    async def served(self, channel_id: int) -> tuple[Served, ...]:
        rows = await self._connection.execute(
            select(func.coalesce(articles.c.story, articles.c.id), digest_items.c.digest_id, digest_items.c.takeaways)
            .join_from(digest_items, articles)
            .where(digest_items.c.channel_id == channel_id)
            .order_by(digest_items.c.digest_id, digest_items.c.rank)
        )
        had: dict[int, Served] = {}
        for story, digest, takeaways in rows:
            first = had.get(story, Served(story, digest, ()))
            had[story] = Served(story, first.digest, first.takeaways + takeaways)
        return tuple(had.values())

    async def history(self, channel_id: int, before: int | None, limit: int) -> tuple[Digest, ...]:
        query = select(digests).where(digests.c.channel_id == channel_id, digests.c.state.in_(("composed", "posted")))
        if before is not None:
            query = query.where(digests.c.id < before)
        rows = await self._connection.execute(query.order_by(digests.c.id.desc()).limit(limit))
        return await digests_of(self._connection, rows.mappings().all(), whole=True)
