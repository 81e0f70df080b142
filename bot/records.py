"""The nouns as the JSON that section 6 of the design promises; the one place that knows those field names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.locales import say
from bot.model import (
    Article,
    CastVote,
    Digest,
    Finding,
    Quality,
    QualityParts,
    Reason,
    Source,
    SourceReport,
    Stage,
    Standing,
    StoredArticle,
    Takeaway,
    Tally,
    Uncertain,
    Valued,
    When,
)

Record = dict[str, object]


def time_text(when: When | None) -> str | None:
    """RFC 3339 in UTC with Z, milliseconds where there are any; a bare date stays YYYY-MM-DD."""
    if when is None or not isinstance(when, datetime):
        return when.isoformat() if when else None
    exact = when.astimezone(UTC).replace(tzinfo=None)
    return exact.isoformat(timespec="milliseconds" if exact.microsecond else "seconds") + "Z"


def article_record(article: Article, takeaways: Sequence[Takeaway], quality: Quality | None) -> Record:
    """ARTICLE of the design; `partial` says what stands before the rest of the text: null, "paywall" or "consent"."""
    rating = article.rating
    return {
        "url": article.url,
        "title": article.title,
        "author": article.author,
        "published": time_text(article.published),
        "generated": time_text(article.generated),
        "category": article.category,
        "language": article.language,
        "text": article.text,
        "summary": article.summary,
        "rating": {"value": _number(rating.value), "scale": _number(rating.scale)} if rating else None,
        "quality": quality_record(quality) if quality else None,
        "takeaways": [takeaway_record(takeaway) for takeaway in takeaways],
        "partial": article.partial,
        "site": article.site,
        "image": article.image,
    }


def quality_record(quality: Quality) -> Record:
    parts = {name: round(getattr(quality.parts, name), 3) for name in QualityParts.__dataclass_fields__}
    return {"score": round(quality.score, 3), "parts": parts}


def takeaway_record(takeaway: Takeaway) -> Record:
    return {
        "text": takeaway.text,
        "kind": takeaway.kind,
        "support": round(takeaway.support, 3),
        "shown": takeaway.shown,
        "reason": takeaway.reason,
        "evidence": [list(span) for span in takeaway.evidence],
    }


def stored_record(stored: StoredArticle) -> Record:
    """ARTICLE plus what the store knows of it."""
    return {
        "id": stored.id,
        **article_record(stored.article, stored.takeaways, stored.quality),
        "story": stored.story,
        "first_seen": time_text(stored.first_seen),
        "posted": [{"channel": one.channel, "slot": one.slot} for one in stored.posted],
    }


def preview_record(digest: Digest) -> Record:
    """A line of `preview --format json`."""
    return {
        "channel": digest.channel.name,
        "slot": digest.key if digest.key != "preview" else time_text(digest.at),
        "considered": digest.considered,
        "items": [
            {
                "rank": item.rank,
                "article": {
                    "id": item.article.id,
                    **article_record(item.article.article, item.article.takeaways, item.article.quality),
                },
                "takeaways": list(item.takeaways),
                "score": round(item.score, 3),
                "why": [said(reason) for reason in item.why],
                "also": [{"title": link.title, "url": link.url} for link in item.also],
            }
            for item in digest.items
        ],
    }


def tally_record(tally: Tally, article: Article) -> Record:
    """A line of `votes`."""
    return {
        "article": tally.article,
        "url": article.url,
        "title": article.title,
        "workspace": tally.workspace,
        "ballot": tally.ballot,
        "tally": dict(tally.counts),
        "votes": sum(tally.counts.values()),
    }


def valued_record(valued: Valued, stored: StoredArticle) -> Record:
    """A line of `best` about an article."""
    return {
        "article": valued.article,
        "url": stored.article.url,
        "title": stored.article.title,
        "source": stored.source_title,
        "value": _number(valued.value),
        "valued": valued.valued,
        "unvalued": valued.unvalued,
        "posted": [{"channel": one.channel, "slot": one.slot} for one in stored.posted],
    }


def dropping_record(source: Source, standing: Standing) -> Record:
    """A line of `best` about a source that is worth dropping."""
    return {
        "source": source.id,
        "url": source.spec.address,
        "title": source.title,
        "posted": standing.posted,
        "valued": standing.valued,
        "worth_dropping": True,
    }


def cast_record(vote: CastVote) -> Record:
    """A line of `export votes`."""
    return {
        "article": vote.article,
        "platform": vote.platform,
        "workspace": vote.workspace,
        "ballot": vote.ballot,
        "option": vote.option,
        "value": _number(vote.value),
        "day": vote.day.isoformat(),
    }


def source_record(source: Source, standing: Standing, now: datetime, *, worth_dropping: bool = False) -> Record:
    """A line of `sources list`; `every` in the configuration's form. `reads`: what is fetched instead of `url`; `week`:
    articles a week, as the feed's dates tell; `workspace`: null for what is everybody's."""
    week = source.rhythm.a_week(now)
    return {
        "id": source.id,
        "url": source.spec.address,
        "title": source.title,
        "category": source.spec.category,
        "every": duration_text(int(source.spec.every.total_seconds())),
        "state": source.state,
        "last_success": time_text(source.last_success),
        "error": source.error,
        "next": time_text(source.next_at),
        "reads": source.reads,
        "newest": time_text(source.rhythm.newest),
        "week": None if week is None else round(week, 1),
        "posted": standing.posted,
        "valued": standing.valued,
        "worth_dropping": worth_dropping,
        "workspace": source.workspace.name if source.workspace else None,
    }


def why_record(article: int, channel: str, gates: Sequence[Stage]) -> Record:
    """A line of `why`."""
    stages: list[Mapping[str, object]] = [
        {
            "stage": gate.stage,
            "passed": gate.passed,
            "value": gate.value,
            "limit": gate.limit,
            "reason": said(gate.reason),
        }
        for gate in gates
    ]
    return {"article": article, "channel": channel, "stages": stages}


def said(reason: Reason) -> str:
    """A reason in English, whatever a channel speaks: programs read it."""
    return say(reason.key, "en", **reason.values)


def duration_text(seconds: int) -> str:
    """The shortest whole form: 3600 -> "1h", 90 -> "90s"."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def digest_record(digest: Digest) -> Record:
    """A line of `tick`, `compose`, `deliver` and `post`."""
    return {
        "digest": digest.id,
        "channel": digest.channel.name,
        "slot": digest.key,
        "state": digest.state,
        "considered": digest.considered,
        "articles": [item.article.id for item in digest.items],
    }


def uncertain_record(uncertain: Uncertain) -> Record:
    """A line of `settle`."""
    posting = uncertain.posting
    return {
        "digest": posting.digest,
        "channel": posting.channel.name,
        "part": posting.part,
        "title": uncertain.title,
        "reason": uncertain.reason,
        "since": time_text(uncertain.since),
    }


def report_record(report: SourceReport) -> Record:
    """A line of `refresh`."""
    return {"source": report.source_id, "error": report.error, "next": time_text(report.next_at)}


def finding_record(finding: Finding) -> Record:
    """A line of `doctor`."""
    return {"check": finding.check, "ok": finding.ok, "detail": finding.detail, "fix": finding.fix}
