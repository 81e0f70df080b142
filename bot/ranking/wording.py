"""The same story in other words: which titles of a batch belong together by what its words stand beside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice, repeat
from math import hypot, sqrt
from operator import mul

SAME_TOPIC = 0.5  # likeness of two groups, against that within them, from which on they are one; see decision 0036
_USUAL = 0.55  # likeness of two titles of one group
_GATHERED = 0.4  # a title goes to a group at once from this mean similarity to its titles on
_TERMS = 48  # that a vector, and a word's company, keep
_FAR = 16  # of these, whose own company is looked at
_HEAD = 8  # of a vector, by which likely groups are found
_LIKELY = 3  # groups of which the likeness is reckoned in full
_WEAKEST = 0.05  # of the strongest term; weaker ones are not kept
_LONE = 0.25  # weight of a word that no other title holds, against 1
_NEAR = 2.0  # weight of a word's own company, against 1 of the company that this keeps

Vector = dict[str, float]
_Sums = list[Vector]


def vectors_of(titles: Sequence[Sequence[str]]) -> list[Vector]:
    """A unit vector for the words of each title: half the words themselves, half the company they keep in the batch.

    A word's company is the sum of the titles that hold it (the generalised vector space model of Wong et al. 1985,
    learnt from the batch alone), and then the company of that company: "icahn" meets "paypal" where others name both
    beside "ebay". No language is known or needed.
    """
    words = [tuple(sorted(set(title))) for title in titles]
    held = Counter(word for title in words for word in title)
    own = {
        title: _strongest({word: 1.0 if held[word] > 1 else _LONE for word in title}, 0.0)
        for title in dict.fromkeys(words)
    }
    company = _widened(_company([own[title] for title in words]))
    vectors = {title: _vector(vector, company) for title, vector in own.items()}
    return [vectors[title] for title in words]


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two unit vectors, 0..1; for a sum of such, the sum of their cosines."""
    return float(sum(map(mul, one.values(), map(other.get, one, repeat(0.0)))))


def groups_of(vectors: Sequence[Vector], *, alike: float = SAME_TOPIC) -> list[int]:
    """A group number for each vector: average-link clustering (Sokal and Michener 1958), begun from tight groups.

    The mean likeness of two groups is the product of their sums by their sizes, so none is compared pair by pair. It is
    held against the likeness within the two, since of one loose story the parts are less alike than two tight stories.
    """
    groups, sums, sizes = _gathered(vectors)
    parents = _joined(sums, sizes, alike)
    return [parents[group] for group in groups]


def _company(titles: Sequence[Vector]) -> dict[str, Vector]:
    """For each word that several titles hold, the words beside it, strongest first, by unit length."""
    holders: dict[str, list[Vector]] = defaultdict(list)
    for title in titles:
        for word in title:
            holders[word].append(title)
    company = {}
    for word, held_by in holders.items():
        if len(held_by) > 1:
            beside: Vector = defaultdict(float)
            for title in held_by:
                for other, weight in title.items():
                    beside[other] += weight
            del beside[word]
            company[word] = _strongest(beside, _WEAKEST)
    return company


def _widened(company: Mapping[str, Vector]) -> dict[str, Vector]:
    """The company of each word, and the company that this keeps."""
    wide = {}
    for word, near in company.items():
        beside = defaultdict(float, {other: _NEAR * weight for other, weight in near.items()})
        for other, weight in islice(near.items(), _FAR):
            for far, held in company.get(other, {}).items():
                beside[far] += weight * held
        beside.pop(word, None)
        wide[word] = _strongest(beside, _WEAKEST)
    return wide


def _vector(own: Vector, company: Mapping[str, Vector]) -> Vector:
    vector: Vector = defaultdict(float)
    for word in own:
        if word in company:
            for other, weight in company[word].items():
                vector[other] += weight
    length = hypot(*vector.values()) or 1.0
    for word, weight in own.items():
        vector[word] += length * weight
    return _strongest(vector, _WEAKEST)


def _strongest(vector: Vector, weakest: float) -> Vector:
    """The vector's strongest terms, strongest first, by unit length."""
    least = weakest * max(vector.values(), default=0.0)
    terms = sorted([(weight, word) for word, weight in vector.items() if weight >= least], reverse=True)[:_TERMS]
    length = hypot(*[weight for weight, _ in terms]) or 1.0
    return {word: weight / length for weight, word in terms}


def _gathered(vectors: Sequence[Vector]) -> tuple[list[int], _Sums, list[int]]:
    """Tight groups in one pass: the group of each vector, and each group's sum and size."""
    heads: dict[str, dict[int, float]] = defaultdict(dict)
    sums: _Sums = []
    sizes: list[int] = []
    groups = []
    for vector in vectors:
        head = [*islice(vector.items(), _HEAD)]
        found: dict[int, float] = defaultdict(float)
        for word, weight in head:
            for group, held in heads[word].items():
                found[group] += weight * held
        likely = sorted([(weight / sizes[group], -group) for group, weight in found.items()])[-_LIKELY:]
        means = [(likeness(vector, sums[-group]) / sizes[-group], group) for _, group in likely]
        mean, nearest = max(means, default=(0.0, 0))
        if mean >= _GATHERED:
            group = -nearest
        else:
            group = len(sizes)
            sizes.append(0)
            sums.append(defaultdict(float))
        sizes[group] += 1
        for word, weight in head:
            heads[word][group] = heads[word].get(group, 0.0) + weight
        for word, weight in vector.items():
            sums[group][word] += weight
        groups.append(group)
    return groups, sums, sizes


def _joined(sums: _Sums, sizes: list[int], alike: float) -> list[int]:
    """What each group ends in, when the two that are most alike are joined until none are any more."""
    dots = _dots(sums)
    own = [likeness(total, total) for total in sums]
    parents = [*range(len(sizes))]
    sizes = [*sizes]
    queue: list[tuple[float, int, int, int, int]] = []

    def within(group: int) -> float:
        """The mean likeness of a group's titles to each other, as if it held one more pair that is as usual."""
        size = sizes[group]
        return (own[group] - size + 2 * _USUAL) / (size * (size - 1) + 2)

    def queued(one: int, other: int) -> None:
        mean = dots[one][other] / (sizes[one] * sizes[other])
        share = mean / sqrt(within(one) * within(other))
        if share >= alike:
            heappush(queue, (-share, one, other, sizes[one], sizes[other]))

    for one, near in enumerate(dots):
        for other in near:
            if other < one:
                queued(one, other)
    while queue:
        _, one, other, *then = heappop(queue)
        if parents[one] != one or parents[other] != other or then != [sizes[one], sizes[other]]:
            continue  # one of them was joined meanwhile
        gone, stays = (one, other) if len(dots[one]) < len(dots[other]) else (other, one)
        parents[gone] = stays
        own[stays] += own[gone] + 2 * dots[stays][gone]
        sizes[stays] += sizes[gone]
        for other, dot in dots[gone].items():
            del dots[other][gone]
            if other != stays:
                dots[other][stays] = dots[stays][other] = dots[stays].get(other, 0.0) + dot
        dots[gone] = {}
        for other in dots[stays]:
            queued(stays, other)
    return [_end(group, parents) for group in range(len(parents))]


def _dots(sums: _Sums) -> list[dict[int, float]]:
    """For each group, the products of its sum with those of the groups that share a word with it."""
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for group, total in enumerate(sums):
        for word, weight in total.items():
            holders[word].append((group, weight))
    dots: list[dict[int, float]] = [defaultdict(float) for _ in sums]
    for held_by in holders.values():
        for place, (one, weight) in enumerate(held_by):
            near = dots[one]
            for other, held in held_by[:place]:
                near[other] += weight * held
    for one, near in enumerate(dots):
        for other, dot in [*near.items()]:
            dots[other][one] = dot
    return dots


def _end(group: int, parents: Sequence[int]) -> int:
    while parents[group] != group:
        group = parents[group]
    return group
