"""What an article is worth to a channel now: one number, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Candidate, Standing
from bot.ranking.taste import Taste, interests_met, liking, taste_factor

HALF_LIFE = timedelta(days=3)
_FEWEST_VOTES = 3  # fewer are not spoken of
_LIKED = 0.05  # liking from which on it is spoken of


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, its score, and why."""

    candidate: Candidate
    score: float
    why: tuple[str, ...]


def score_of(candidate: Candidate, *, now: datetime, taste: Taste) -> float:
    """Quality x freshness x taste."""
    met = interests_met(candidate, taste)
    return candidate.quality * freshness_of(candidate, now) * taste_factor(candidate, taste, met)


def freshness_of(candidate: Candidate, now: datetime) -> float:
    """1 for something new, halved every three days."""
    return float(0.5 ** (age_of(candidate, now) / HALF_LIFE))


def age_of(candidate: Candidate, now: datetime) -> timedelta:
    """Never negative: an article dated ahead is new."""
    return max(timedelta(), now - candidate.aged_from)


def reasons_for(candidate: Candidate, *, now: datetime, taste: Taste, others: int) -> tuple[str, ...]:
    """Why a candidate was chosen, in plain words; `others` is how many more sources tell its story."""
    reasons = [f"quality {candidate.quality:.2f}", _when(age_of(candidate, now))]
    if candidate.source_id is not None:
        reasons += _votes("source", taste.sources.get(candidate.source_id))
    if candidate.category is not None:
        reasons += _votes(f"category {candidate.category}", taste.categories.get(candidate.category))
    if others:
        reasons.append(f"also told by {others} other source{'s' if others > 1 else ''}")
    met = interests_met(candidate, taste)
    if met:
        reasons.append(f"matches interests: {', '.join(met)}")
    if candidate.update_of is not None:
        reasons.append("says something new of a story that the channel had")
    return tuple(reasons)


def _votes(what: str, standing: Standing | None) -> list[str]:
    """A line on the votes, where there are enough of them to lean to one side."""
    if standing is None or standing.valued + standing.unvalued < _FEWEST_VOTES:
        return []
    votes = standing.valued + standing.unvalued
    if liking(standing) >= _LIKED:
        return [f"the team values this {what} ({standing.valued} of {votes} votes)"]
    if liking(standing) <= -_LIKED:
        return [f"though the team seldom values this {what} ({standing.valued} of {votes} votes)"]
    return []


def _when(age: timedelta) -> str:
    if age < timedelta(days=1):
        return "new today"
    return "new since yesterday" if age.days == 1 else f"{age.days} days old"
