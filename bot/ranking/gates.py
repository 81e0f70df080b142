"""The gates that a candidate passes on its way into a channel's digest, before candidates compete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache

from bot.model import Candidate, ChannelSettings, Outline, Reason, Served, Stage
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


def outline_gate(settings: ChannelSettings) -> Callable[[Outline], bool]:
    """Whether a candidate passes the gates that its outline is enough for."""
    wanted = cache(lambda category: _wanted(category, settings))
    least = settings.min_quality
    return lambda outline: not outline[6] and outline[1] >= least and wanted(outline[4])


def _wanted(category: str | None, settings: ChannelSettings) -> bool:
    return not settings.categories or (category or "").casefold() in map(str.casefold, settings.categories)


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
    reason = Reason("gate.baseline_kept" if candidate.baseline else "gate.baseline_new")
    return Stage(stage="baseline", passed=not candidate.baseline, value=None, limit=None, reason=reason)


def _category(candidate: Candidate, settings: ChannelSettings) -> Stage:
    wanted = ", ".join(settings.categories)
    own = candidate.category
    passed = _wanted(own, settings)
    if not wanted:
        reason = Reason("gate.category_any")
    elif own is None:
        reason = Reason("gate.category_none", {"wanted": settings.categories})
    else:
        reason = Reason("gate.category", {"own": own, "wanted": settings.categories})
    return Stage(stage="category", passed=passed, value=own, limit=wanted or None, reason=reason)


def _quality(candidate: Candidate, settings: ChannelSettings) -> Stage:
    value, limit = candidate.quality, settings.min_quality
    passed = value >= limit
    digits = 2 if passed or f"{value:.2f}" != f"{limit:.2f}" else 4
    told = {"value": round(value, digits), "limit": round(limit, digits)}
    reason = Reason("gate.quality_enough" if passed else "gate.quality_low", told)
    return Stage(stage="min_quality", passed=passed, value=value, limit=limit, reason=reason)


def _must(found: str | None, terms: tuple[str, ...]) -> Stage:
    told = Reason("gate.must_found", {"found": found}) if found else Reason("gate.must_none", {"wanted": terms})
    return Stage(stage="must", passed=found is not None, value=found, limit=", ".join(terms), reason=told)


def _must_not(found: str | None) -> Stage:
    reason = Reason("gate.must_not_found", {"found": found}) if found else Reason("gate.must_not_none")
    return Stage(stage="must_not", passed=found is None, value=found, limit=None, reason=reason)


def _age(age: timedelta, limit: timedelta) -> Stage:
    passed = age <= limit
    days, most = (round(span / timedelta(days=1), 1) for span in (age, limit))
    reason = Reason("gate.age_within" if passed else "gate.age_beyond", {"age": days, "most": most})
    return Stage(stage="max_age", passed=passed, value=days, limit=most, reason=reason)


def _story(candidate: Candidate, had: Served | None) -> Stage:
    passed = had is None or candidate.update_of is not None
    if had is None:
        reason = Reason("gate.story_new")
    else:
        reason = Reason("gate.story_update" if passed else "gate.story_told", {"digest": had.digest})
    return Stage(stage="story", passed=passed, value=None, limit=None, reason=reason)
