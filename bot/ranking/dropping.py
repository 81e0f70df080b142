"""Which sources are worth dropping: posted often, and valued far less than the others together. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from bot.model import Standing

_FEWEST = 20  # articles posted, before anything is said of a source
_STRENGTH = 5.0  # articles that every source begins with, valued as often as the others': so many as in quality's prior
_CERTAIN = 1.645  # standard deviations: 95 %, one-sided
_SHARE = 0.5  # of how often the others are valued


def worth_dropping(standings: Mapping[int, Standing]) -> frozenset[int]:
    """The sources of which it is all but certain that they are valued less than half as often as the others together.

    A posting is a success where it was valued, at most once for each; a source's rate then is a Beta-Bernoulli
    posterior about the rate of the others, of which the upper 95 % bound is taken (mean + 1.645 standard deviations).
    Where nobody votes at all, nothing is known of any source, and none is worth dropping.
    """
    posted = sum(standing.posted for standing in standings.values())
    valued = sum(map(_successes, standings.values()))
    return frozenset(
        source
        for source, one in standings.items()
        if _FEWEST <= one.posted < posted and _falls_short(one, (valued - _successes(one)) / (posted - one.posted))
    )


def _falls_short(standing: Standing, others: float) -> bool:
    n = standing.posted + _STRENGTH
    mean = (_successes(standing) + _STRENGTH * others) / n
    return mean + _CERTAIN * sqrt(mean * (1 - mean) / (n + 1)) < _SHARE * others


def _successes(standing: Standing) -> int:
    return min(standing.valued, standing.posted)
