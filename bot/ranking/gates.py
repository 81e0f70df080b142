"""The gates that a candidate passes on its way into a channel's digest, before candidates compete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.model import Candidate, ChannelSettings, Served, Stage
from bot.ranking.patterns import first_match
from bot.ranking.score import age_of


def barred(
    candidate: Candidate, settings: ChannelSettings, *, served: Mapping[int, Served], now: datetime
) -> Stage | None:
    """The first gate that the candidate does not pass; None where it may compete. Raises ConfigError: a bad pattern."""
    return next((stage for stage in _gates(candidate, settings, served, now) if not stage.passed), None)


def stages(
    candidate: Candidate, settings: ChannelSettings, *, served: Mapping[int, Served], now: datetime
) -> tuple[Stage, ...]:
    """Every gate with its outcome, also those after one that was not passed."""
    return tuple(_gates(candidate, settings, served, now))


def _gates(
    candidate: Candidate, settings: ChannelSettings, served: Mapping[int, Served], now: datetime
) -> Iterator[Stage]:
    yield _baseline(candidate)
    yield _category(candidate, settings)
    yield _quality(candidate, settings)
    text = "\n".join((candidate.title, *candidate.takeaways))
    if settings.must:
        yield _must(first_match(settings.must, text), settings.must)
    if settings.must_not:
        yield _must_not(first_match(settings.must_not, text))
    if candidate.max_age is not None:
        yield _age(age_of(candidate, now), candidate.max_age)
    yield _story(candidate, served.get(candidate.story))


def _baseline(candidate: Candidate) -> Stage:
    if candidate.baseline:
        reason = "was there before the source was added, and is kept as its backlog"
    else:
        reason = "new since its source was added"
    return Stage(stage="baseline", passed=not candidate.baseline, value=None, limit=None, reason=reason)


def _category(candidate: Candidate, settings: ChannelSettings) -> Stage:
    wanted = ", ".join(settings.categories)
    own = candidate.category
    passed = not wanted or (own or "").casefold() in {category.casefold() for category in settings.categories}
    if not wanted:
        reason = "the channel takes every category"
    elif own is None:
        reason = f"has no category; the channel takes {wanted}"
    else:
        reason = f"category {own}; the channel takes {wanted}"
    return Stage(stage="category", passed=passed, value=own, limit=wanted or None, reason=reason)


def _quality(candidate: Candidate, settings: ChannelSettings) -> Stage:
    value, limit = candidate.quality, settings.min_quality
    passed = value >= limit
    digits = 2 if passed or f"{value:.2f}" != f"{limit:.2f}" else 4
    reason = f"quality {value:.{digits}f} {'≥' if passed else '<'} {limit:.{digits}f}"
    return Stage(stage="min_quality", passed=passed, value=value, limit=limit, reason=reason)


def _must(found: str | None, terms: tuple[str, ...]) -> Stage:
    wanted = ", ".join(terms)
    reason = f"matches “{found}”" if found is not None else f"matches none of: {wanted}"
    return Stage(stage="must", passed=found is not None, value=found, limit=wanted, reason=reason)


def _must_not(found: str | None) -> Stage:
    reason = f"matches “{found}”, which the channel keeps out" if found is not None else "matches nothing kept out"
    return Stage(stage="must_not", passed=found is None, value=found, limit=None, reason=reason)


def _age(age: timedelta, limit: timedelta) -> Stage:
    passed = age <= limit
    days, most = (round(span / timedelta(days=1), 1) for span in (age, limit))
    reason = f"{days:g} days old, {'at most' if passed else 'more than'} {most:g}"
    return Stage(stage="max_age", passed=passed, value=days, limit=most, reason=reason)


def _story(candidate: Candidate, had: Served | None) -> Stage:
    passed = had is None or candidate.update_of is not None
    if had is None:
        reason = "the channel has not had this story"
    elif passed:
        reason = f"the channel had this story in digest {had.digest}; this adds a takeaway"
    else:
        reason = f"the channel had this story in digest {had.digest}, and this adds no takeaway"
    return Stage(stage="story", passed=passed, value=None, limit=None, reason=reason)
