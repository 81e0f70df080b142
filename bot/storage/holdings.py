"""Whose an article is: everybody's, unless a workspace holds it; then it is there for that workspace alone.

What a workspace brings is filed for it apart, so that none reads or writes another's words, until the house brings the
same; what it holds by then it keeps, instead of the house's. For one team all this is a look into an empty table.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping

from sqlalchemy import ColumnElement, FromClause, TableValuedAlias, Text, and_, exists, insert, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import NewArticle, Workspace
from bot.storage.dialect import nth
from bot.storage.tables import articles, holdings


def is_of(table: FromClause, workspace: Workspace) -> ColumnElement[bool]:
    """Whether a row is this workspace's, by the two columns that say so."""
    return and_(table.c.platform == workspace.platform, table.c.workspace == workspace.name)


def is_among(table: FromClause, workspaces: TableValuedAlias) -> ColumnElement[bool]:
    """Whether a row is one of these workspaces', which are listed as `as_listed` has them."""
    platform, name = nth(workspaces, 0, Text()), nth(workspaces, 1, Text())
    return exists().select_from(workspaces).where(table.c.platform == platform, table.c.workspace == name)


def as_listed(workspaces: Iterable[Workspace]) -> str:
    return json.dumps([(one.platform, one.name) for one in workspaces])


def seen_by(viewer: Workspace | None) -> ColumnElement[bool]:
    """Whether an article is there for who asks: its own, and of everybody's what it does not hold itself."""
    if viewer is None:
        return true()
    held = exists().where(holdings.c.article_id == articles.c.id)
    own = exists().where(holdings.c.article_id == articles.c.id, is_of(holdings, viewer))
    instead = exists().where(is_of(holdings, viewer), holdings.c.key == articles.c.key)
    return or_(own, and_(~held, ~instead))


def key_for(draft: NewArticle, known: Container[str] = ()) -> str:
    """The key that a draft is filed under: a workspace's own, but for what is everybody's already among `known`."""
    if draft.workspace is None:
        return draft.key
    own = f"\n{draft.workspace.platform}/{draft.workspace.name}\n{draft.key}"  # none of the house's begins so
    return draft.key if draft.key in known and own not in known else own


def keyed(key: str) -> ColumnElement[bool]:
    """Whether an article is filed under that key, whoever holds it."""
    return or_(articles.c.key == key, articles.c.id.in_(select(holdings.c.article_id).where(holdings.c.key == key)))


async def hold(connection: AsyncConnection, drafts: Mapping[int, NewArticle]) -> None:
    """Makes articles that were just filed, by their ids, their workspaces' own, where workspaces brought them."""
    rows = [
        {"article_id": article_id, "key": draft.key, "platform": owner.platform, "workspace": owner.name}
        for article_id, draft in drafts.items()
        if (owner := draft.workspace) is not None
    ]
    if rows:
        await connection.execute(insert(holdings), rows)
