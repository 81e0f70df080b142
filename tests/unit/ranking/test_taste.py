from datetime import UTC, date, datetime, timedelta

import pytest

from bot.model import Candidate, Standing
from bot.ranking.score import freshness_of, reasons_for, score_of
from bot.ranking.taste import Taste, interests_met, liking, taste_factor
from bot.records import said
from tests.unit.ranking.build import NOW, candidate_of, taste_for


def factor(candidate: Candidate, taste: Taste) -> float:
    return taste_factor(candidate, taste, interests_met(candidate, taste))


def test_without_votes_and_interests_taste_changes_nothing() -> None:
    for taste in (Taste(), taste_for([candidate_of(1, standing=Standing(posted=40), category="ai")])):
        assert factor(candidate_of(1, category="ai"), taste) == 1


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(), 0),
        (None, 0),
        (Standing(valued=3), 1 / 6),
        (Standing(unvalued=3), -1 / 6),
        (Standing(valued=997), 0.497),
    ],
)
def test_liking_grows_with_votes_from_nothing(standing: Standing | None, expected: float) -> None:
    assert liking(standing) == pytest.approx(expected, abs=1e-3)


def test_a_valued_source_counts_more_and_its_category_with_it() -> None:
    loved = candidate_of(1, source_id=1, category="ai", standing=Standing(valued=20))
    loathed = candidate_of(2, source_id=2, category="ads", standing=Standing(unvalued=20))
    taste = taste_for([loved, loathed])
    other_of_category = candidate_of(3, source_id=3, category="ai")
    assert factor(loathed, taste) < 1 < factor(other_of_category, taste) < factor(loved, taste)


@pytest.mark.parametrize("votes", [1, 10, 100_000])
def test_votes_never_do_more_than_double_or_halve(votes: int) -> None:
    loved = candidate_of(1, category="ai", standing=Standing(valued=votes))
    loathed = candidate_of(2, category="ads", standing=Standing(unvalued=votes))
    taste = taste_for([loved, loathed])
    assert 1 < factor(loved, taste) <= 2
    assert 0.5 <= factor(loathed, taste) < 1


@pytest.mark.parametrize(
    ("interests", "met"),
    [
        ("inference cost, open models", ("inference cost",)),
        ("Open  Models; costs of inference", ("costs of inference",)),
        ("推理成本", ("推理成本",)),
        ("the", ()),
        ("", ()),
        ("host", ()),
        ("c++ (weird) [", ()),
    ],
)
def test_interests_are_met_where_title_or_takeaways_hold_their_words(interests: str, met: tuple[str, ...]) -> None:
    candidate = candidate_of(1, title="Inference gets cheap", takeaways=("The costs fell. 推理成本下降。",))
    assert interests_met(candidate, taste_for([candidate], interests=interests)) == met


def test_interests_raise_a_score_but_not_without_bound() -> None:
    candidate = candidate_of(1, title="Inference cost of open models on small chips")
    one, two, many = (
        taste_for([], interests=said) for said in ("inference", "inference, chips", "inference, chips, cost")
    )
    assert factor(candidate, one) == 1.25
    assert factor(candidate, many) == factor(candidate, two) == pytest.approx(1.25**2)


@pytest.mark.parametrize(("days", "fresh"), [(-1, 1), (0, 1), (3, 0.5), (6, 0.25)])
def test_freshness_halves_every_three_days(days: int, fresh: float) -> None:
    assert freshness_of(candidate_of(1, aged_from=NOW - timedelta(days=days)), NOW) == pytest.approx(fresh)


def test_a_score_is_quality_by_freshness_by_taste() -> None:
    candidate = candidate_of(1, title="Inference", quality=0.8, aged_from=NOW - timedelta(days=3))
    assert score_of(candidate, now=NOW, taste=taste_for([], interests="inference")) == pytest.approx(0.8 * 0.5 * 1.25)


@pytest.mark.parametrize(
    ("changes", "others", "reason"),
    [
        ({"quality": 0.816}, 0, "quality 0.82"),
        ({}, 0, "new today"),
        ({"published": NOW - timedelta(hours=2), "source_id": None}, 0, "new today"),
        ({"published": date(2019, 11, 19), "source_id": None}, 0, "published on 2019-11-19"),
        ({"published": datetime(2019, 11, 19, 8, tzinfo=UTC)}, 0, "published on 2019-11-19"),
        ({"source_id": None}, 0, "handed in"),
        ({"aged_from": NOW - timedelta(hours=30)}, 0, "new since yesterday"),
        ({"aged_from": NOW - timedelta(days=5)}, 0, "5 days old"),
        ({"standing": Standing(valued=5, unvalued=1)}, 0, "the team values this source (5 of 6 votes)"),
        ({"standing": Standing(valued=1, unvalued=5)}, 0, "though the team seldom values this source (1 of 6 votes)"),
        (
            {"category": "ai", "standing": Standing(valued=5, unvalued=1)},
            0,
            "the team values this category ai (5 of 6 votes)",
        ),
        ({}, 1, "also told by 1 other source"),
        ({}, 2, "also told by 2 other sources"),
        ({"title": "On inference costs"}, 0, "matches interests: inference cost"),
        ({"update_of": 4}, 0, "says something new of a story that the channel had"),
    ],
)
def test_reasons_are_plain_words(changes: dict[str, object], others: int, reason: str) -> None:
    candidate = candidate_of(1, **changes)
    taste = taste_for([candidate], interests="inference cost")
    assert reason in map(said, reasons_for(candidate, now=NOW, taste=taste, others=others))


def test_a_vote_or_two_is_not_spoken_of() -> None:
    candidate = candidate_of(1, standing=Standing(valued=2))
    reasons = reasons_for(candidate, now=NOW, taste=taste_for([candidate]), others=0)
    assert [reason.key for reason in reasons] == ["why.quality", "why.new_today"]
