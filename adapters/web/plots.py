"""Where the marks of a plot stand; the templates draw them as SVG. Pure. Coordinates grow to the right and down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from bot.model import Judged

_BANDS = 5  # of quality, for the table
_LARGEST = 9.0  # radius of a dot


@dataclass(frozen=True, slots=True)
class Bar:
    """In a plot of 100 by 100; `value` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    judged: Judged


@dataclass(frozen=True, slots=True)
class Band:
    """The articles of a quality from `low` up to `high`: how many, and the votes on them."""

    low: float
    high: float
    articles: int
    valued: int
    unvalued: int

    @property
    def share(self) -> float | None:
        """Of the votes, how many are for; None where there are none."""
        votes = self.valued + self.unvalued
        return self.valued / votes if votes else None


def bars(values: Sequence[int]) -> tuple[Bar, ...]:
    """A bar for each value, the highest as high as the plot."""
    highest, step = max([1, *values]), 100 / max(1, len(values))
    return tuple(
        Bar(round(number * step + step * 0.1, 2), round(100 - height, 2), round(step * 0.8, 2), round(height, 2), value)
        for number, value in enumerate(values)
        for height in [100 * value / highest]
    )


def dots(judged: Sequence[Judged], *, width: float, height: float) -> tuple[Dot, ...]:
    """A dot for each article: to the right by its quality, up by the share of votes that are for it, larger by the
    square root of how many they are. The largest come first, so that none hides a smaller one."""
    most = max([1, *(one.valued + one.unvalued for one in judged)])
    found = [
        Dot(
            round(width * min(1.0, max(0.0, one.quality)), 1),
            round(height * one.unvalued / votes, 1),
            round(max(2.5, _LARGEST * sqrt(votes / most)), 1),
            one,
        )
        for one in judged
        if (votes := one.valued + one.unvalued)
    ]
    return tuple(sorted(found, key=lambda dot: -dot.radius))


def bands(judged: Sequence[Judged]) -> tuple[Band, ...]:
    """The same in numbers, best quality first."""
    found = []
    for number in reversed(range(_BANDS)):
        here = [one for one in judged if min(_BANDS - 1, int(one.quality * _BANDS)) == number]
        valued, unvalued = sum(one.valued for one in here), sum(one.unvalued for one in here)
        found.append(Band(number / _BANDS, (number + 1) / _BANDS, len(here), valued, unvalued))
    return tuple(found)
