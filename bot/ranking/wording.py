"""The same story in other words: which titles of a batch belong together by what its words stand beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush, nlargest
from math import sqrt

SAME_TOPIC = 0.2  # mean similarity from which on two groups of titles are one; measured, see decision 0016
_GATHERED = 0.4  # a title goes to a group at once from this mean similarity to its titles on
_TERMS = 12  # that a vector, and a word's company, keep

Vector = dict[str, float]
_Sums = list[Vector]


def vectors_of(titles: Sequence[Sequence[str]]) -> list[Vector]:
    """A unit vector for the words of each title: half the words themselves, half the company they keep in the batch.

    A word's company is the sum of the titles that hold it (the generalised vector space model of Wong et al. 1985,
    learnt from the batch alone): "icahn" meets "ebay" where others name both. No language is known or needed.
    """
    words = [sorted(set(title)) for title in titles]
    company = _company(words)
    return [_vector(own, company) for own in words]


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors, 0..1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def groups_of(vectors: Sequence[Vector], *, alike: float = SAME_TOPIC) -> list[int]:
    """A group number for each vector: average-link clustering (Sokal and Michener 1958), begun from tight groups.

    The mean likeness of two groups is the product of their sums by their sizes, so none is compared pair by pair.
    """
    groups, sums, sizes = _gathered(vectors)
    parents = _joined(sums, sizes, alike)
    return [parents[group] for group in groups]


def _company(titles: Sequence[Sequence[str]]) -> dict[str, list[tuple[str, float]]]:
    """For each word that several titles hold, the words beside it, strongest first, by unit length."""
    holders: dict[str, list[Sequence[str]]] = defaultdict(list)
    for title in titles:
        for word in title:
            holders[word].append(title)
    company = {}
    for word, held_by in holders.items():
        if len(held_by) > 1:
            beside: Vector = defaultdict(float)
            for title in held_by:
                for other in title:
                    beside[other] += 1 / len(title)
            del beside[word]
            length = _length(beside)
            company[word] = [(other, weight / length) for other, weight in _strongest(beside)]
    return company


def _vector(words: Sequence[str], company: dict[str, list[tuple[str, float]]]) -> Vector:
    beside: Vector = defaultdict(float)
    for word in words:
        for other, weight in company.get(word, ()):
            beside[other] += weight
    length = _length(beside)
    vector = defaultdict(float, {word: weight / length for word, weight in beside.items()})
    for word in words:
        vector[word] += 1 / sqrt(len(words))
    strongest = _strongest(vector)
    length = _length(dict(strongest))
    return {word: weight / length for word, weight in strongest}


def _strongest(vector: Vector) -> list[tuple[str, float]]:
    return nlargest(_TERMS, vector.items(), key=lambda term: (term[1], term[0]))


def _length(vector: Vector) -> float:
    return sqrt(sum(weight * weight for weight in vector.values())) or 1.0


def _gathered(vectors: Sequence[Vector]) -> tuple[list[int], _Sums, list[int]]:
    """Tight groups in one pass: the group of each vector, and each group's sum and size."""
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    sizes: list[int] = []
    groups = []
    for vector in vectors:
        found: dict[int, float] = defaultdict(float)
        for word, weight in vector.items():
            for group, held in weights[word].items():
                found[group] += weight * held
        mean, nearest = max(((dot / sizes[group], -group) for group, dot in found.items()), default=(0.0, 0))
        group = -nearest
        if mean < _GATHERED:
            group = len(sizes)
            sizes.append(0)
        sizes[group] += 1
        for word, weight in vector.items():
            weights[word][group] = weights[word].get(group, 0.0) + weight
        groups.append(group)
    sums: _Sums = [{} for _ in sizes]
    for word, held_by in weights.items():
        for group, weight in held_by.items():
            sums[group][word] = weight
    return groups, sums, sizes


def _joined(sums: _Sums, sizes: list[int], alike: float) -> list[int]:
    """What each group ends in, when the two that are most alike in the mean are joined until none are any more."""
    dots = _dots(sums)
    parents = [*range(len(sizes))]
    sizes = [*sizes]
    queue: list[tuple[float, int, int, int, int]] = []

    def queued(one: int, other: int) -> None:
        mean = dots[one][other] / (sizes[one] * sizes[other])
        if mean >= alike:
            heappush(queue, (-mean, one, other, sizes[one], sizes[other]))

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
