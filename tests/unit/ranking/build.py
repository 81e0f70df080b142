"""Candidates of the tests' own making."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.model import Candidate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def candidate_of(id: int, **changes: object) -> Candidate:  # noqa: A002
    """A candidate of its own story and source, of quality .8, an hour old."""
    facts: dict[str, object] = {
        "title": f"Title {id}",
        "url": f"https://example.org/{id}",
        "quality": 0.8,
        "story": id,
        "aged_from": NOW,
        "source_id": id,
        "takeaways": (f"Something number {id} happened.",),
    }
    return Candidate(id=id, **{**facts, **changes})  # type: ignore[arg-type]
