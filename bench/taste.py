"""What votes make of a channel's digests, simulated on news of three categories: business, technology, entertainment.

`python -m bench taste [FIRST]`: ten daily digests of five out of sixty new articles, twenty of each category, from
hundreds of publishers; quality is drawn evenly from .6 to .9. Voters vote on all that is posted. 20 seeds from FIRST
on (0), median and spread.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.model import Candidate, Standing
from bot.ranking.select import choose
from bot.ranking.taste import taste_of
from tests.conformance.test_stories_headlines import headlines
from tests.conftest import corpora_folder

DIGESTS, LIMIT, EACH, SEEDS = 10, 5, 20, 20
_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
Voter = Callable[[Candidate, random.Random], bool]


@dataclass
class _Votes:
    valued: int = 0
    unvalued: int = 0

    def standing(self, voters: int) -> Standing:
        return Standing(valued=self.valued, unvalued=self.unvalued, voters=voters)


def main(arguments: Sequence[str]) -> None:
    first = int(arguments[0]) if arguments else 0
    rows = headlines(corpora_folder())
    for name, voters in CASES.items():
        for category in "bte":
            shares = sorted(
                share_of(category, voters(category), rows, seed=seed) for seed in range(first, first + SEEDS)
            )
            print(f"{name}, category {category}: {statistics.median(shares):.2f} ({shares[0]:.2f} to {shares[-1]:.2f})")


def share_of(category: str, voters: Sequence[Voter], rows: Sequence[Mapping[str, str]], *, seed: int) -> float:
    """The share of a category in the digest after ten that were voted on. By chance: a third."""
    chance = random.Random(seed)
    by_category = {one: [row for row in rows if row["CATEGORY"] == one] for one in "bte"}
    publishers = {name: number for number, name in enumerate(sorted({row["PUBLISHER"] for row in rows}), start=1)}
    sources: dict[int, _Votes] = {}
    categories: dict[str, _Votes] = {}
    for day in range(DIGESTS + 1):
        now = _BEGAN + timedelta(days=day)
        drawn = [row for some in by_category.values() for row in chance.sample(some, EACH)]
        candidates = [_candidate(place, row, publishers, now, chance) for place, row in enumerate(drawn, start=1)]
        taste = taste_of(*({key: one.standing(len(voters)) for key, one in by.items()} for by in (sources, categories)))
        picked = [pick.candidate for pick in choose(candidates, limit=LIMIT, now=now, taste=taste).picked]
        for one in picked:
            assert one.source_id is not None
            assert one.category is not None
            votes = sources.setdefault(one.source_id, _Votes()), categories.setdefault(one.category, _Votes())
            for voter in voters:
                values = voter(one, chance)
                for kept in votes:
                    kept.valued += values
                    kept.unvalued += not values
    return sum(one.category == category for one in picked) / LIMIT


def _candidate(
    number: int, row: Mapping[str, str], publishers: Mapping[str, int], now: datetime, chance: random.Random
) -> Candidate:
    return Candidate(
        id=number,
        title=row["TITLE"],
        url=row["URL"],
        quality=chance.uniform(0.6, 0.9),
        story=number,
        aged_from=now - timedelta(hours=chance.uniform(0, 24)),
        category=row["CATEGORY"],
        source_id=publishers[row["PUBLISHER"]],
    )


def _values(category: str) -> Voter:
    return lambda candidate, _: candidate.category == category


def _mixed(_candidate: Candidate, chance: random.Random) -> bool:
    return chance.random() < 0.5


CASES: dict[str, Callable[[str], Sequence[Voter]]] = {
    "three voters value one category and no other": lambda category: [_values(category)] * 3,
    "three voters value a category each": lambda _: [_values(one) for one in "bte"],
    "three voters vote at random": lambda _: [_mixed] * 3,
    "one voter among ten values one category": lambda category: [_values(category)],
}
