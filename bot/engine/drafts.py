"""Documents -> drafts of articles: under which identity, of what age, and which of them are a backlog."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Article, NewArticle, ParsedFeed, Source
from bot.sources.identity import aliases_of, identities_of, identity_of

_BASELINE_NEWEST = 5
_BASELINE_AGE = timedelta(days=7)


def drafts_of(parsed: ParsedFeed | Article, source: Source, now: datetime) -> list[NewArticle]:
    """The articles of a document as they are filed.

    Age runs from `published` for feeds, else from now. Of a new feed's backlog the newest five within seven days are
    candidates, the rest is baseline; folders have no backlog.
    """
    if isinstance(parsed, Article):
        return [draft_of(parsed, source=source, now=now, complete=True)]
    fresh = parsed.articles
    if source.last_success is None and not source.spec.local:
        recent = [a for a in fresh if now - _aged_from(a, now) <= _BASELINE_AGE]
        fresh = tuple(sorted(recent, key=lambda a: _aged_from(a, now), reverse=True)[:_BASELINE_NEWEST])
    chosen = {id(article) for article in fresh}
    articles = parsed.articles
    named = zip(articles, identities_of(articles), aliases_of(articles, source.id), strict=True)
    return [
        draft_of(
            article,
            source=source,
            now=now,
            complete=id(article) not in chosen or source.spec.local,  # of a backlog nothing is fetched, unasked
            baseline=id(article) not in chosen,
            names=(key, alias),
        )
        for article, key, alias in named
    ]


def draft_of(
    article: Article,
    *,
    source: Source | None,
    now: datetime,
    complete: bool,
    baseline: bool = False,
    names: tuple[str, str | None] | None = None,
) -> NewArticle:
    """An article as it is filed: under its identity, in its source's category where that has one. `names`: identity and
    alias, where its neighbours have a say in them."""
    category = (source.spec.category if source else None) or article.category
    remote = source is not None and not source.spec.local
    key, alias = names or (identity_of(article), None)
    return NewArticle(
        key=key,
        alias=alias,
        article=article if category == article.category else replace(article, category=category),
        source_id=source.id if source else None,
        aged_from=_aged_from(article, now) if remote else now,
        workspace=source.workspace if source else None,
        baseline=baseline,
        complete=complete,
    )


def _aged_from(article: Article, now: datetime) -> datetime:
    """When a feed's article was published, never later than now; a bare date counts from its midnight, UTC."""
    published = article.published
    if published is None:
        return now
    if not isinstance(published, datetime):
        published = datetime(published.year, published.month, published.day, tzinfo=now.tzinfo)
    return min(published, now)
