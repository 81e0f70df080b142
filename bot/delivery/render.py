"""Digest -> neutral messages in the channel's words, and the rows that put them in the outbox. Pure.

One message carries at most one article: a header, then a message each, then the seeds.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from hashlib import blake2b

from bot.model import ChannelSettings, Digest, DigestItem, Message, NewPosting, Occurrence, Reason, StoredArticle
from bot.text.titles import undated

Say = Callable[..., str]  # (key, locale, **values) -> words
SayDate = Callable[..., str]  # (when, locale, zone) -> words


def posting_key(channel: int, slot: str, part: int) -> str:
    """The same for every attempt at this part of this slot: 20 hex digits."""
    return blake2b(f"{channel}/{slot}/{part}".encode(), digest_size=10).hexdigest()


def messages_of(digest: Digest, *, say: Say, say_date: SayDate, following: Occurrence | None) -> tuple[Message, ...]:
    """The digest's messages in order; a quiet digest is one note, or nothing where the channel wants silence."""
    settings = digest.channel.settings
    locale, zone = settings.locale, settings.timezone
    footer = (say("digest.next", locale, when=say_date(following.at, locale, zone)),) if following else ()
    if not digest.items:
        if settings.quiet == "silent":
            return ()
        return (Message(kind="note", title=say("digest.quiet", locale), footer=footer),)
    header = Message(
        kind="header",
        title=_title(digest, say=say),
        byline=say("digest.subtitle", locale, when=say_date(digest.at, locale, zone), count=len(digest.items)),
        footer=(*((say("digest.notice", locale),) if settings.ballots else ()), *footer),
    )
    return (header, *(article_message(item, settings, say=say) for item in digest.items))


def _title(digest: Digest, *, say: Say) -> str:
    best, name, locale = digest.channel.settings.best, digest.channel.name, digest.channel.settings.locale
    if best is None:
        return say("digest.title", locale, channel=name)
    return say("digest.best", locale, channel=name, count=max(1, best.days))


def article_message(item: DigestItem, settings: ChannelSettings, *, say: Say) -> Message:
    """One article of a digest as a message: the article, and why it is there."""
    locale = settings.locale
    message = message_of(item.article, settings, say=say)
    return replace(
        message,
        title=f"{say('digest.update', locale)} {message.title}" if item.update_of else message.title,
        takeaways=item.takeaways,
        also=item.also,
        also_lead=say("digest.also", locale, count=len(item.also)) if item.also else "",
        why=say("digest.why", locale, reasons=_told(item.why, locale, say=say)) if item.why else "",
        rank=item.rank,
    )


def _told(reasons: Sequence[Reason], locale: str, *, say: Say) -> list[str]:
    return [say(reason.key, locale, **reason.values) for reason in reasons]


def message_of(stored: StoredArticle, settings: ChannelSettings, *, say: Say) -> Message:
    """An article as a message of its own."""
    return Message(
        kind="article",
        title=undated(stored.article.title),
        url=stored.article.url,
        byline=byline_of(stored, say=say, locale=settings.locale),
        takeaways=stored.shown,
        ballots=settings.ballots,
        article=stored.id,
    )


def byline_of(stored: StoredArticle, *, say: Say, locale: str) -> str:
    """Source, author, quality and what stands before the text in one line, each once."""
    author = stored.article.author
    parts = [stored.source_title, author if author != stored.source_title else None]
    if stored.quality is not None:
        parts.append(say("digest.quality", locale, score=stored.quality.score))
    if stored.article.partial is not None:
        parts.append(say(f"digest.{stored.article.partial}", locale))
    return " · ".join(part for part in parts if part)


def postings_of(digest: Digest, messages: Sequence[Message]) -> tuple[NewPosting, ...]:
    """Outbox rows for the messages, and a last one for the seeds where the channel has any."""
    rows = [
        NewPosting(key=posting_key(digest.channel.id, digest.key, part), part=part, kind="message", payload=asdict(m))
        for part, m in enumerate(messages)
    ]
    if digest.items and digest.channel.settings.seed:
        part = len(rows)
        rows.append(
            NewPosting(key=posting_key(digest.channel.id, digest.key, part), part=part, kind="seed", payload=None)
        )
    return tuple(rows)
