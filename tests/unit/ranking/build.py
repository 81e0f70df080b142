"""Candidates of the tests' own making."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.model import Candidate, Standing
from bot.ranking.taste import Taste, taste_of

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


def taste_for(candidates: Sequence[Candidate], *, interests: str = "") -> Taste:
    """The taste that the standings of the candidates' sources show, each voting on its category as on itself."""
    standings = {c.source_id: c.standing for c in candidates if c.source_id is not None and c.standing is not None}
    categories: dict[str, Standing] = {c.category: c.standing for c in candidates if c.category and c.standing}
    return taste_of(standings, categories, interests=interests)
