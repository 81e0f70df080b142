"""Sources: what is read, when next, and what it earned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.model import Origin, Rhythm, Source, SourceReport, SourceSpec, Standing, Validators, Workspace
from bot.storage.dialect import alone, listed, run_many, value_of
from bot.storage.due import due
from bot.storage.holdings import is_of
from bot.storage.standings import standings
from bot.storage.tables import sources

_LISTED = select(sources).where(sources.c.listed)
_HOUSE = Workspace("", "")  # how the house's own stand in the columns that say whose a source is


class SqlSources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def declare(self, specs: Sequence[SourceSpec], now: datetime) -> None:
        await alone(self._connection, "sources")
        for spec in specs:
            await self._put(spec, "file", now, _HOUSE)
        declared = [spec.address for spec in specs]
        await self._connection.execute(
            update(sources)
            .where(sources.c.listed, sources.c.origin == "file", sources.c.address.not_in(declared))
            .values(listed=False)
        )

    async def add(self, spec: SourceSpec, now: datetime, workspace: Workspace | None = None) -> Source:
        await alone(self._connection, "sources")
        owner = workspace or _HOUSE
        for whose in (_HOUSE, owner):
            known = await self._read_at(spec.address, whose)
            if known is not None:
                return await self._woken(_source_of(known), now)
        await self._put(spec, "command", now, owner)
        known = await self._at(spec.address, owner)
        assert known is not None  # it was just put there
        return _source_of(known)

    async def add_all(self, specs: Sequence[SourceSpec], now: datetime) -> tuple[Source, ...]:
        await alone(self._connection, "sources")
        addresses = [spec.address for spec in specs]
        mine = select(sources).where(sources.c.address.in_(addresses), is_of(sources, _HOUSE))
        known = {row["address"]: row["listed"] for row in (await self._connection.execute(mine)).mappings()}
        fresh = [_row(spec, "command", now, _HOUSE) for spec in specs if spec.address not in known]
        if fresh:
            await self._connection.execute(sources.insert(), fresh)
        for spec in specs:
            if known.get(spec.address) is False:
                await self._put(spec, "command", now, _HOUSE)
        rows = await self._connection.execute(mine.order_by(sources.c.id))
        return tuple(_source_of(row) for row in rows.mappings() if not known.get(row["address"]))

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

    async def _read_at(self, address: str, owner: Workspace) -> RowMapping | None:
        """The source that has this address, else one that moved there or whose feed was found there."""
        query = _LISTED.where(_is_at(address), is_of(sources, owner))
        query = query.order_by(sources.c.address != address, sources.c.id).limit(1)
        return (await self._connection.execute(query)).mappings().one_or_none()

    async def _put(self, spec: SourceSpec, origin: Origin, now: datetime, owner: Workspace) -> None:
        """One that was forgotten starts anew under its old number; a known one keeps its state, perhaps due sooner."""
        known = await self._at(spec.address, owner)
        if known is None:
            await self._connection.execute(sources.insert().values(_row(spec, origin, now, owner)))
        else:
            state = {"next_at": min(known["next_at"], now + spec.every)} if known["listed"] else _anew(now)
            await self._connection.execute(
                update(sources).where(sources.c.id == known["id"]).values({**_asked(spec, origin), **state})
            )

    async def remove(self, source_id: int) -> None:
        found = await self._connection.execute(_LISTED.where(sources.c.id == source_id))
        row = found.mappings().one_or_none()
        if row is None:
            raise StorageError(f"source {source_id} is unknown: see digestbot sources list")
        if row["origin"] == "file":
            raise StorageError(f"source {row['address']} is declared in the configuration file: remove it there")
        await self._connection.execute(update(sources).where(sources.c.id == source_id).values(listed=False))

    async def all(
        self, viewer: Workspace | None = None, ids: Collection[int] | None = None, *, at: str | None = None
    ) -> tuple[Source, ...]:
        query = _LISTED.order_by(sources.c.id)
        if at is not None:
            query = query.where(_is_at(at))
        if ids is not None:
            query = query.where(sources.c.id.in_(select(value_of(listed(ids)))))
        if viewer is not None:
            query = query.where(or_(is_of(sources, _HOUSE), is_of(sources, viewer)))
        rows = await self._connection.execute(query)
        return tuple(_source_of(row) for row in rows.mappings())

    async def claim(
        self, now: datetime, until: datetime, limit: int, *, besides: Collection[Workspace] = ()
    ) -> tuple[Source, ...]:
        rows = await due(self._connection, now, limit, besides)
        claimed = tuple(_source_of(row, until) for row in rows)
        if claimed:
            await run_many(self._connection, _PUT_OFF, [{"source": one.id, "next": until} for one in claimed])
        return claimed

    async def report(self, reports: Sequence[SourceReport]) -> None:
        succeeded = [_success(report) for report in reports if report.succeeded_at is not None]
        put_off = [{"source": report.source_id, "next": report.next_at} for report in reports if report.put_off]
        failed = [
            _failure(report) | {"now": "paused" if report.paused else "failing"}
            for report in reports
            if report.succeeded_at is None and not report.put_off
        ]
        astray = [{"source": report.source_id} for report in reports if report.astray]
        batches = ((_SUCCEED, succeeded), (_FAIL, failed), (_PUT_OFF, put_off), (_GO_HOME, astray))
        for statement, rows in batches:
            if rows:
                await run_many(self._connection, statement, rows)

    async def standings(self, viewer: Workspace | None = None) -> Mapping[int, Standing]:
        return await standings(self._connection, viewer)


def _is_at(address: str) -> ColumnElement[bool]:
    """Whether a source has this address, or reads it instead of its own."""
    return or_(sources.c.address == address, sources.c.reads == address)


def _row(spec: SourceSpec, origin: Origin, now: datetime, owner: Workspace) -> dict[str, object]:
    whose = {"platform": owner.platform, "workspace": owner.name}
    return {"address": spec.address, **whose, **_asked(spec, origin), **_anew(now)}


def _asked(spec: SourceSpec, origin: Origin) -> dict[str, object]:
    return {"origin": origin, "category": spec.category, "every": spec.every, "max_age": spec.max_age}


_FORGOTTEN = dict.fromkeys(("etag", "last_modified", "body_hash", "reads", "move"))


def _anew(now: datetime) -> dict[str, object]:
    return {
        **_FORGOTTEN,
        "listed": True,
        "title": None,
        "state": "new",
        "next_at": now,
        "last_success": None,
        "error": None,
        "fault": None,
        "failures": 0,
        "rhythm": None,
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
        fault=bindparam("why"),
        failures=0,
        reads=bindparam("instead"),
        move=bindparam("moving"),
        rhythm=bindparam("beat"),
    )
)
_FAIL = (
    update(sources)
    .where(sources.c.id == bindparam("source"))
    .values(
        next_at=bindparam("next"),
        state=bindparam("now"),
        error=bindparam("problem"),
        fault=bindparam("why"),
        failures=sources.c.failures + 1,
    )
)
_PUT_OFF = update(sources).where(sources.c.id == bindparam("source")).values(next_at=bindparam("next"))
_GO_HOME = update(sources).where(sources.c.id == bindparam("source")).values(_FORGOTTEN)


def _success(report: SourceReport) -> dict[str, object]:
    return {
        **_failure(report),
        "name": report.title,
        "tag": report.validators.etag,
        "modified": report.validators.last_modified,
        "hash": report.validators.body_hash,
        "at": report.succeeded_at,
        "instead": report.reads,
        "moving": report.move,
        "beat": report.rhythm,
    }


def _failure(report: SourceReport) -> dict[str, object]:
    return {"source": report.source_id, "next": report.next_at, "problem": report.error, "why": report.fault}


def _source_of(row: RowMapping, next_at: datetime | None = None) -> Source:
    return Source(
        id=row["id"],
        spec=SourceSpec(address=row["address"], category=row["category"], every=row["every"], max_age=row["max_age"]),
        origin=row["origin"],
        workspace=None if row["platform"] == "" else Workspace(row["platform"], row["workspace"]),
        title=row["title"],
        state=row["state"],
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"]),
        next_at=next_at or row["next_at"],
        last_success=row["last_success"],
        error=row["error"],
        fault=row["fault"],
        failures=row["failures"],
        reads=row["reads"],
        move=row["move"],
        rhythm=row["rhythm"] or Rhythm(),
    )
