"""Sources: what is read, when next, and what it earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, case, distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.model import Origin, Source, SourceReport, SourceSpec, Standing, Validators, Workspace
from bot.storage.holdings import is_of
from bot.storage.tables import channels, digests, outbox, sightings, sources, votes

_LISTED = select(sources).where(sources.c.listed)
_HOUSE = Workspace("", "")  # how the house's own stand in the columns that say whose a source is


class SqlSources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def declare(self, specs: Sequence[SourceSpec], now: datetime) -> None:
        for spec in specs:
            await self._put(spec, "file", now, _HOUSE)
        declared = [spec.address for spec in specs]
        await self._connection.execute(
            update(sources)
            .where(sources.c.listed, sources.c.origin == "file", sources.c.address.not_in(declared))
            .values(listed=False)
        )

    async def add(self, spec: SourceSpec, now: datetime, workspace: Workspace | None = None) -> Source:
        owner = workspace or _HOUSE
        for whose in (_HOUSE, owner):
            known = await self._at(spec.address, whose)
            if known is not None and known["listed"]:
                return await self._woken(_source_of(known), now)
        await self._put(spec, "command", now, owner)
        known = await self._at(spec.address, owner)
        assert known is not None  # it was just put there
        return _source_of(known)

    async def _woken(self, source: Source, now: datetime) -> Source:
        """A source that was given up on is tried again when somebody adds it anew."""
        if source.state != "paused":
            return source
        awake = {"state": "failing", "failures": 0, "next_at": now}
        await self._connection.execute(update(sources).where(sources.c.id == source.id).values(awake))
        return replace(source, state="failing", failures=0, next_at=now)

    async def _at(self, address: str, owner: Workspace) -> RowMapping | None:
        query = select(sources).where(sources.c.address == address, is_of(sources, owner))
        return (await self._connection.execute(query)).mappings().one_or_none()

    async def _put(self, spec: SourceSpec, origin: Origin, now: datetime, owner: Workspace) -> None:
        """One that was forgotten starts anew under its old number; a known one keeps its state, perhaps due sooner."""
        known = await self._at(spec.address, owner)
        asked = {"origin": origin, "category": spec.category, "every": spec.every, "max_age": spec.max_age}
        if known is None:
            new = {"address": spec.address, "platform": owner.platform, "workspace": owner.name, **asked, **_anew(now)}
            await self._connection.execute(sources.insert().values(new))
        else:
            state = {"next_at": min(known["next_at"], now + spec.every)} if known["listed"] else _anew(now)
            await self._connection.execute(
                update(sources).where(sources.c.id == known["id"]).values({**asked, **state})
            )

    async def remove(self, source_id: int) -> None:
        found = await self._connection.execute(_LISTED.where(sources.c.id == source_id))
        row = found.mappings().one_or_none()
        if row is None:
            raise StorageError(f"source {source_id} is unknown: see digestbot sources list")
        if row["origin"] == "file":
            raise StorageError(f"source {row['address']} is declared in the configuration file: remove it there")
        await self._connection.execute(update(sources).where(sources.c.id == source_id).values(listed=False))

    async def all(self, viewer: Workspace | None = None) -> tuple[Source, ...]:
        query = _LISTED.order_by(sources.c.id)
        if viewer is not None:
            query = query.where(or_(is_of(sources, _HOUSE), is_of(sources, viewer)))
        rows = await self._connection.execute(query)
        return tuple(_source_of(row) for row in rows.mappings())

    async def claim(self, now: datetime, until: datetime, limit: int) -> tuple[Source, ...]:
        rows = await self._connection.execute(
            _LISTED.where(sources.c.next_at <= now, sources.c.state != "paused")
            .order_by(sources.c.next_at, sources.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # SQLite has one writer, and passes this over
        )
        claimed = tuple(_source_of(row) for row in rows.mappings())
        ids = [source.id for source in claimed]
        await self._connection.execute(update(sources).where(sources.c.id.in_(ids)).values(next_at=until))
        return tuple(replace(source, next_at=until) for source in claimed)

    async def report(self, reports: Sequence[SourceReport]) -> None:
        succeeded = [_success(report) for report in reports if report.succeeded_at is not None]
        failed = [
            _failure(report) | {"now": "paused" if report.paused else "failing"}
            for report in reports
            if report.succeeded_at is None
        ]
        if succeeded:
            await self._connection.execute(_SUCCEED, succeeded)
        if failed:
            await self._connection.execute(_FAIL, failed)

    async def standings(self, viewer: Workspace | None = None) -> Mapping[int, Standing]:
        return await standings(self._connection, viewer)

    async def reputations(self) -> Mapping[int, Standing]:
        owners = select(sources.c.id, sources.c.platform, sources.c.workspace)
        owned = {source: Workspace(*owner) for source, *owner in await self._connection.execute(owners)}
        query = _VOTED.add_columns(votes.c.platform, votes.c.workspace).group_by(votes.c.platform, votes.c.workspace)
        by: dict[int, dict[Workspace, Standing]] = {}
        for source, valued, unvalued, voters, *who in await self._connection.execute(query):
            by.setdefault(source, {})[Workspace(*who)] = Standing(valued=valued, unvalued=unvalued, voters=voters)
        judged: dict[int, Standing] = {}
        for source, votings in by.items():
            judges = votings.keys() if owned[source] == _HOUSE else votings.keys() & {owned[source]}
            if len(judges) == 1:
                judged[source] = votings[next(iter(judges))]
        return judged


def _anew(now: datetime) -> dict[str, object]:
    return {
        "listed": True,
        "title": None,
        "state": "new",
        "etag": None,
        "last_modified": None,
        "body_hash": None,
        "next_at": now,
        "last_success": None,
        "error": None,
        "failures": 0,
    }


_SUCCEED = (
    update(sources)
    .where(sources.c.id == bindparam("source"))
    .values(
        next_at=bindparam("next"),
        title=func.coalesce(bindparam("name"), sources.c.title),
        state="ok",
        etag=bindparam("tag"),
        last_modified=bindparam("modified"),
        body_hash=bindparam("hash"),
        last_success=bindparam("at"),
        error=bindparam("problem"),
        failures=0,
    )
)
_FAIL = (
    update(sources)
    .where(sources.c.id == bindparam("source"))
    .values(
        next_at=bindparam("next"),
        state=bindparam("now"),
        error=bindparam("problem"),
        failures=sources.c.failures + 1,
    )
)


def _success(report: SourceReport) -> dict[str, object]:
    return {
        **_failure(report),
        "name": report.title,
        "tag": report.validators.etag,
        "modified": report.validators.last_modified,
        "hash": report.validators.body_hash,
        "at": report.succeeded_at,
    }


def _failure(report: SourceReport) -> dict[str, object]:
    return {"source": report.source_id, "next": report.next_at, "problem": report.error}


_CARRIED = sightings.c.source_id
_POSTED = (
    select(_CARRIED, func.count(distinct(outbox.c.article_id)))
    .join_from(sightings, outbox, outbox.c.article_id == sightings.c.article_id)
    .where(outbox.c.state == "posted")
    .group_by(_CARRIED)
)
VOTED = (
    func.sum(case((votes.c.value > 0, 1), else_=0)),
    func.sum(case((votes.c.value < 0, 1), else_=0)),
    func.count(distinct(votes.c.voter)),
)
_VOTED = (
    select(_CARRIED, *VOTED).join_from(sightings, votes, votes.c.article == sightings.c.article_id).group_by(_CARRIED)
)


async def standings(connection: AsyncConnection, viewer: Workspace | None) -> dict[int, Standing]:
    """Of every source that earned anything; an article carried by several counts for each."""
    posted, voted = _POSTED, _VOTED
    if viewer is not None:
        posted = posted.join(digests, digests.c.id == outbox.c.digest_id).join(channels).where(is_of(channels, viewer))
        voted = voted.where(is_of(votes, viewer))
    found = {source: Standing(posted=count) for source, count in await connection.execute(posted)}
    for source, valued, unvalued, voters in await connection.execute(voted):
        found[source] = replace(found.get(source, Standing()), valued=valued, unvalued=unvalued, voters=voters)
    return found


def _source_of(row: RowMapping) -> Source:
    return Source(
        id=row["id"],
        spec=SourceSpec(address=row["address"], category=row["category"], every=row["every"], max_age=row["max_age"]),
        origin=row["origin"],
        workspace=None if row["platform"] == "" else Workspace(row["platform"], row["workspace"]),
        title=row["title"],
        state=row["state"],
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"]),
        next_at=row["next_at"],
        last_success=row["last_success"],
        error=row["error"],
        failures=row["failures"],
    )
