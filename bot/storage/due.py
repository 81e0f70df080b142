"""Which sources are read next: the oldest due, the first of each workspace before the second of any, and whoever shares
a document with one of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Workspace
from bot.storage.columns import microseconds_of
from bot.storage.dialect import CLAIMERS, LISTED, fetched, listed, value_of
from bot.storage.holdings import as_listed, is_among
from bot.storage.tables import sources

_WINDOW = 2_000  # the oldest due, among which turns are shared out; looked through at every claim
_SOON = timedelta(minutes=30)  # who wants the same document within that takes it now
_SHARERS = 2_000  # at a claim; what more there are come with the next


async def due(
    connection: AsyncConnection, now: datetime, limit: int, besides: Collection[Workspace]
) -> Sequence[RowMapping]:
    """Rows of up to `limit` sources that are due, but for those of some workspaces, and of their sharers; nobody else
    is given them until the transaction ends."""
    statement, asked = _OLDEST, dict[str, object](now=now, most=limit)
    if several := bool(besides or await fetched(connection, _SEVERAL)):
        statement, asked["looked_at"] = _IN_TURN, limit * CLAIMERS
    if besides:
        statement, asked["listed"] = _IN_TURN_BESIDES, as_listed(besides)
    rows = (await connection.execute(statement, asked)).mappings().all()
    return (*rows, *await _sharers(connection, rows, now)) if rows and several else rows


async def _sharers(connection: AsyncConnection, claimed: Sequence[RowMapping], now: datetime) -> Sequence[RowMapping]:
    """The other rows of these addresses that are due soon."""
    addresses, soon = {row["address"] for row in claimed}, microseconds_of(now + _SOON)
    found = await fetched(connection, _SHARING, sorted(addresses), soon=soon)
    others = {number for (number,) in found}.difference(row["id"] for row in claimed)
    if not others:
        return ()
    query = select(sources).where(sources.c.id.in_(select(value_of(listed(sorted(others)))))).order_by(sources.c.id)
    return (await connection.execute(query)).mappings().all()


_DUE = sources.c.listed, sources.c.next_at <= bindparam("now"), sources.c.state != "paused"
_OLDEST = (
    select(sources)
    .where(*_DUE)
    .order_by(sources.c.next_at, sources.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
# With the house's sources alone there are no turns to take, and no document that several want.
_SEVERAL = select(sources.c.id).where(sources.c.platform > "").limit(1)


def _in_turn(*which: ColumnElement[bool]) -> Select[Any]:
    """The due sources, the first of each workspace before the second of any."""
    oldest = (
        select(sources.c.id, sources.c.next_at, sources.c.platform, sources.c.workspace)
        .where(*_DUE, *which)
        .order_by(sources.c.next_at, sources.c.id)
        .limit(_WINDOW)
        .subquery()
    )
    place = oldest.c.next_at, oldest.c.id
    turn = func.row_number().over(partition_by=(oldest.c.platform, oldest.c.workspace), order_by=place)
    turns = select(*place, turn.label("turn")).subquery()
    # other claimers, whom SQLite with its one writer does not know, have locked some of these already
    fair = select(turns.c.id).order_by(turns.c.turn, turns.c.next_at, turns.c.id).limit(bindparam("looked_at"))
    return (
        select(sources)
        .join(turns, turns.c.id == sources.c.id)
        .where(*_DUE, sources.c.id.in_(fair))
        .order_by(turns.c.turn, sources.c.next_at, sources.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=sources)
    )


_IN_TURN, _IN_TURN_BESIDES = _in_turn(), _in_turn(~is_among(sources, LISTED))
_SHARING = (
    select(sources.c.id)
    .where(
        sources.c.address.in_(select(value_of(LISTED, sources.c.address.type))),
        sources.c.listed,
        sources.c.next_at <= bindparam("soon"),
        sources.c.state != "paused",
    )
    .order_by(sources.c.next_at, sources.c.id)
    .limit(_SHARERS)
    .with_for_update(skip_locked=True)
)
