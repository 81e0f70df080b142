"""What an article is worth to a channel now: one number, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.model import Candidate, Outline, Reason, Standing
from bot.ranking.taste import (
    Taste,
    interests_met,
    liking,
    most_from_interests,
    most_from_votes,
    taste_factor,
    votes_factor,
)

HALF_LIFE = timedelta(days=3)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FEWEST_VOTES = 3  # fewer are not spoken of
_LIKED = 0.05  # liking from which on it is spoken of


def score_of(candidate: Candidate, *, now: datetime, taste: Taste) -> float:
    """Quality x freshness x taste."""
    met = interests_met(candidate, taste)
    return candidate.quality * freshness_of(candidate, now) * taste_factor(candidate, taste, met)


def contenders(
    outlines: Sequence[Outline], passes: Callable[[Outline], bool], *, now: datetime, taste: Taste
) -> list[tuple[float, int]]:
    """The candidates that pass, as pairs (the most that each can score, id), best first, equals by id."""
    factor = cache(lambda source, category: most_from_interests(taste) * votes_factor(source, category, taste))
    instant, half_life = (now - _EPOCH) // _MICROSECOND, HALF_LIFE / _MICROSECOND
    pairs = [
        (-outline[1] * factor(outline[5], outline[4]) * 0.5 ** (max(0, instant - outline[3]) / half_life), outline[0])
        for outline in outlines
        if passes(outline)
    ]
    pairs.sort()
    return [(-bound, candidate) for bound, candidate in pairs]


def most_of(age: timedelta, taste: Taste) -> float:
    """The most that anything can score that is older than that."""
    return float(most_from_interests(taste) * most_from_votes(taste) * 0.5 ** (age / HALF_LIFE))


def freshness_of(candidate: Candidate, now: datetime) -> float:
    """1 for something new, halved every three days."""
    return float(0.5 ** (age_of(candidate, now) / HALF_LIFE))


def age_of(candidate: Candidate, now: datetime) -> timedelta:
    """Never negative: an article dated ahead is new."""
    return max(timedelta(), now - candidate.aged_from)


def reasons_for(candidate: Candidate, *, now: datetime, taste: Taste, others: int) -> tuple[Reason, ...]:
    """Why a candidate was chosen; `others` is how many more sources tell its story."""
    reasons = [Reason("why.quality", {"value": candidate.quality}), _when(candidate, now)]
    if candidate.source_id is not None:
        reasons += _votes("source", taste.sources.get(candidate.source_id))
    if candidate.category is not None:
        reasons += _votes("category", taste.categories.get(candidate.category), candidate.category)
    if others:
        reasons.append(Reason("why.also_told", {"count": others}))
    met = interests_met(candidate, taste)
    if met:
        reasons.append(Reason("why.interests", {"interests": met}))
    if candidate.update_of is not None:
        reasons.append(Reason("why.update"))
    return tuple(reasons)


def _votes(what: str, standing: Standing | None, name: str = "") -> list[Reason]:
    """What the votes say of a source or category, where there are enough of them to lean to one side."""
    if standing is None or standing.valued + standing.unvalued < _FEWEST_VOTES:
        return []
    votes = standing.valued + standing.unvalued
    if abs(liking(standing)) < _LIKED:
        return []
    key = f"why.{what}_{'liked' if liking(standing) > 0 else 'disliked'}"
    return [Reason(key, {"name": name, "valued": standing.valued, "count": votes})]


def _when(candidate: Candidate, now: datetime) -> Reason:
    """How old it is. One that was handed in ages from then, so of it is told when it was published, where known."""
    age = age_of(candidate, now)
    day = candidate.published.date() if isinstance(candidate.published, datetime) else candidate.published
    if day is not None and (candidate.aged_from.date() - day).days > 1:
        return Reason("why.published", {"date": day.isoformat()})
    if day is None and candidate.source_id is None:
        return Reason("why.handed_in")
    if age < timedelta(days=1):
        return Reason("why.new_today")
    return Reason("why.new_yesterday") if age.days == 1 else Reason("why.days_old", {"days": float(age.days)})
