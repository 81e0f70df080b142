"""Plain values to fill a store with."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from bot.model import (
    Article,
    ChannelSettings,
    ChannelSpec,
    DigestItem,
    Fate,
    Message,
    MessageRef,
    NewArticle,
    NewPosting,
    Occurrence,
    Quality,
    QualityParts,
    Reading,
    Reason,
    StoredArticle,
    Takeaway,
    Vote,
    Workspace,
)
from bot.ports import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Workspace("web", "local")
QUALITY = Quality(0.75, QualityParts(publisher=0.9, substance=0.8, headline=1, support=1, templating=1, source=0.5))


def draft(number: int, *, source: int | None = None, text: str | None = None, baseline: bool = False) -> NewArticle:
    article = Article(
        title=f"Article {number}", text=text or f"The body of number{number}.", url=f"https://example.org/{number}"
    )
    return NewArticle(key=f"example.org/{number}", article=article, source_id=source, aged_from=NOW, baseline=baseline)


def reading(
    article_id: int, *, text: str = "A body.", story: int | None = None, bands: tuple[int, ...] = ()
) -> Reading:
    return Reading(
        id=article_id,
        article=Article(title=f"Title {article_id}", text=text, url=f"https://example.org/{article_id}"),
        takeaways=(
            Takeaway(text=f"Shown {article_id}", kind="section", support=1, shown=True, evidence=((0, 5),)),
            Takeaway(text="Hidden", kind="section", support=0, shown=False, reason="off_topic"),
        ),
        quality=QUALITY,
        story=story or article_id,
        fingerprint=(article_id, 2**64 - 1),
        bands=bands,
    )


async def read_articles(store: Store, count: int, *, source: int | None = None) -> list[StoredArticle]:
    """Articles filed an hour before NOW, and read."""
    async with store.begin() as tx:
        ids = await tx.articles.file([draft(n, source=source) for n in range(1, count + 1)], NOW - HOUR)
        await tx.articles.save([reading(article_id) for article_id in ids])
        return list(await tx.articles.get(ids))


def channel(name: str = "team", *, schedule: str | None = "0 9 * * *", layout: str = "messages") -> ChannelSpec:
    settings = ChannelSettings(schedule=schedule, timezone="Europe/London", layout=layout)  # type: ignore[arg-type]
    return ChannelSpec(name=name, platform="web", place=f"place-{name}", workspace="local", settings=settings)


async def declared(store: Store, *specs: ChannelSpec) -> list[int]:
    async with store.begin() as tx:
        await tx.channels.declare(specs or [channel()])
        return [one.id for one in await tx.channels.all()]


def item(rank: int, article: StoredArticle) -> DigestItem:
    why = (Reason("why.new_today"), Reason("why.also_told", {"count": 2}))
    return DigestItem(rank=rank, article=article, takeaways=article.shown, score=1 / rank, why=why)


def postings(key: str, articles: list[StoredArticle]) -> list[NewPosting]:
    """A header and a message for each article."""
    messages = [Message(kind="header", title="Digest")]
    messages += [Message(kind="article", title=one.article.title, article=one.id) for one in articles]
    return [
        NewPosting(key=f"{key}{part}", part=part, kind="message", payload=asdict(message))
        for part, message in enumerate(messages)
    ]


async def due(store: Store, channel_id: int, key: str = "2026-03-02T09:00", at: datetime = NOW) -> int:
    async with store.begin() as tx:
        (digest,) = (await tx.schedules.open({channel_id: Occurrence(at, key)})).values()
    return digest


async def composed(
    store: Store, channel_id: int, articles: list[StoredArticle], *, key: str = "k", at: datetime = NOW
) -> int:
    """A digest with these articles, waiting to be posted."""
    digest_id = await due(store, channel_id, key, at)
    async with store.begin() as tx:
        digest = replace(await tx.outbox.digest(digest_id), state="composed", considered=7)
        items = [item(rank, article) for rank, article in enumerate(articles, start=1)]
        await tx.outbox.settle(digest, items, postings(key, articles))
    return digest_id


async def post(store: Store, digest_id: int, *, parts: int) -> None:
    """Posts the first parts of a digest, each as the message of its number."""
    for part in range(parts):
        async with store.begin() as tx:
            posting = await tx.outbox.lease(digest_id, token="t", now=NOW, until=NOW + HOUR)
            assert posting is not None
            fate = Fate(state="posted", at=NOW, ref=ref(str(part), posting.channel.spec.place))
            assert await tx.outbox.close(posting.id, "t", fate)


def ref(message: str, place: str = "place-team") -> MessageRef:
    return MessageRef("web", "local", place, message)


def vote(
    article: int,
    *,
    voter: str = "v1",
    option: str = "👍",
    ballot: str = "value",
    workspace: str = "local",
    value: float = 1,
) -> Vote:
    return Vote(
        article=article,
        ballot=ballot,
        option=option,
        value=value,
        platform="web",
        workspace=workspace,
        voter=voter,
        cast_at=NOW,
    )
