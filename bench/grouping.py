"""How well titles are grouped by story: average precision of pairs, BCubed; and the halves to choose and measure on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence


def halves(stories: Sequence[Hashable]) -> tuple[list[int], list[int]]:
    """The places of every second story in order of appearance, and of the others."""
    order = {story: place for place, story in enumerate(dict.fromkeys(stories))}
    one = [place for place, story in enumerate(stories) if order[story] % 2 == 0]
    return one, [place for place, story in enumerate(stories) if order[story] % 2]


def average_precision(likeness: Sequence[Sequence[float]], stories: Sequence[Hashable]) -> float:
    """Of all pairs by their likeness, highest first; pairs that are equally alike count together."""
    alike: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for place, row in enumerate(likeness):
        for other in range(place):
            counts = alike[round(row[other], 6)]
            counts[0] += stories[place] == stories[other]
            counts[1] += 1
    found = seen = 0
    total = 0.0
    for _, (same, all_) in sorted(alike.items(), reverse=True):
        found, seen = found + same, seen + all_
        total += same * found / seen
    return total / found


def bcubed_f1(groups: Sequence[Hashable], stories: Sequence[Hashable]) -> float:
    """The harmonic mean of BCubed precision and recall (Bagga and Baldwin 1998)."""
    cells = Counter(zip(groups, stories, strict=True))
    sizes, true = Counter(groups), Counter(stories)
    precision = sum(n * n / sizes[group] for (group, _), n in cells.items())
    recall = sum(n * n / true[story] for (_, story), n in cells.items())
    return 2 * precision * recall / (precision + recall) / len(stories)
