"""What votes make of a channel, simulated on news of three categories; `python -m bench taste` runs all seeds."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from bench.taste import CASES, share_of
from tests.conformance.test_stories_headlines import headlines

SEEDS = 7


@pytest.mark.parametrize(
    ("case", "least", "most"),
    [
        ("three voters value one category and no other", 0.9, 1.0),
        ("three voters value a category each", 0.1, 0.6),
        ("three voters vote at random", 0.1, 0.6),
        ("one voter among ten values one category", 0.2, 0.5),
    ],
)
def test_a_channel_gets_what_its_team_values(corpora: Path, case: str, least: float, most: float) -> None:
    rows = headlines(corpora)
    shares = [share_of("e", CASES[case]("e"), rows, seed=seed) for seed in range(SEEDS)]
    assert least <= statistics.median(shares) <= most
