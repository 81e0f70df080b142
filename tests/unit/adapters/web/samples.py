"""Channels, digests and articles of our own writing for the web platform's tests."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.model import (
    Appearance,
    Article,
    Ballot,
    BallotOption,
    Channel,
    ChannelSettings,
    ChannelSpec,
    Digest,
    Link,
    Message,
    Posting,
    Quality,
    QualityParts,
    Rating,
    StoredArticle,
    Takeaway,
)

NOW = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
VALUE = Ballot("value", "Worth your time?", (BallotOption("👍", "Valuable", 1), BallotOption("👎", "Not for us", -1)))
TEXT = "The river rose by two metres in one night.\n\nNobody was hurt, the mayor said. The bridge is closed."
NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def channel(name: str = "team", *, platform: str = "web", number: int = 1) -> Channel:
    settings = ChannelSettings(ballots=(VALUE,))
    return Channel(
        id=number,
        spec=ChannelSpec(name=name, platform=platform, place=f"place-{name}", workspace="w", settings=settings),
    )


def span(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def article(
    number: int = 1, *, title: str = "The river rose", url: str | None = "https://news.example/river"
) -> StoredArticle:
    takeaways = (
        Takeaway(text="Two metres overnight", kind="section", support=0.9, shown=True, evidence=(span("two metres"),)),
        Takeaway(text="Act now", kind="section", support=0.1, shown=False, reason="off_topic"),
    )
    return StoredArticle(
        id=number,
        key=str(number),
        article=Article(
            title=title, text=TEXT, url=url, author="Ida", published=NOW, language="en", rating=Rating(9, 10)
        ),
        takeaways=takeaways,
        quality=Quality(
            0.8, QualityParts(publisher=0.9, substance=0.8, headline=1, support=0.7, templating=1, source=0.5)
        ),
        story=number,
        source_id=1,
        source_title="News",
        first_seen=NOW,
        aged_from=NOW,
        posted=(Appearance("team", "2026-06-09T09:00"),),
    )


def message(stored: StoredArticle, rank: int = 1) -> Message:
    return Message(
        kind="article",
        title=stored.article.title,
        url=stored.article.url,
        byline="News · Ida",
        takeaways=stored.shown,
        also=(Link("Elsewhere", "https://other.example/"), Link("Paper only", None)),
        also_lead="Also in 2 sources:",
        why="Why: fresh",
        ballots=(VALUE,),
        article=stored.id,
        rank=rank,
    )


def digest(number: int, where: Channel, *articles: StoredArticle) -> Digest:
    header = Message(kind="header", title=f"Digest {number}", byline="9 June", footer=("A vote is final",))
    return Digest(
        id=number,
        channel=where,
        key=f"k{number}",
        at=NOW,
        state="posted",
        messages=(header, *(message(one, rank) for rank, one in enumerate(articles, 1))),
    )


def posting(said: Message | None, where: Channel) -> Posting:
    return Posting(
        id=1,
        key="abc123",
        digest=1,
        part=1,
        kind="seed" if said is None else "message",
        channel=where,
        message=said,
    )


def nasty() -> StoredArticle:
    """An article whose every word is an attack."""
    stored = article(9, title=NASTY, url="javascript:alert(1)")
    hurt = replace(stored.article, text=NASTY, author=NASTY, category=NASTY, language=NASTY)
    takeaways = (Takeaway(text=NASTY, kind="section", support=1, shown=True, evidence=((0, 5),)),)
    return replace(stored, article=hurt, takeaways=takeaways, source_title=NASTY)
