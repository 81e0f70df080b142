from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Candidate, Outline, Standing
from bot.ranking.score import contenders, score_of
from bot.ranking.select import choose, is_settled
from bot.ranking.taste import taste_of
from tests.unit.ranking.build import NOW, candidate_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TASTE = taste_of({1: Standing(valued=9), 2: Standing(unvalued=9)}, {"ai": Standing(valued=40)}, interests="harbour")
CANDIDATES = st.lists(
    st.builds(
        lambda number, quality, story, source, hours, title, category: candidate_of(
            number,
            quality=quality,
            story=story,
            source_id=source,
            aged_from=NOW - timedelta(hours=hours),
            title=title,
            category=category,
        ),
        st.integers(1, 10_000),
        st.floats(0.3, 1),
        st.integers(1, 30),
        st.none() | st.integers(1, 4),
        st.integers(-5, 200),
        st.sampled_from(["Harbour", "Hills"]),
        st.sampled_from([None, "ai", "art"]),
    ),
    unique_by=lambda candidate: candidate.id,
    max_size=40,
)


def outline_of(one: Candidate) -> Outline:
    aged = (one.aged_from - EPOCH) // timedelta(microseconds=1)
    return one.id, one.quality, one.story, aged, one.category, one.source_id, one.baseline


@given(CANDIDATES, st.integers(1, 5), st.integers(1, 40))
def test_few_looked_at_in_full_choose_as_all_do_once_they_are_settled(
    candidates: list[Candidate], limit: int, size: int
) -> None:
    by_id = {one.id: one for one in candidates}
    ranked = contenders([outline_of(one) for one in candidates], lambda _: True, now=NOW, taste=TASTE)
    assert [*by_id] == [] or {number for _, number in ranked} == set(by_id)
    assert all(bound >= score_of(by_id[number], now=NOW, taste=TASTE) - 1e-12 for bound, number in ranked)
    few = choose([by_id[number] for _, number in ranked[:size]], limit=limit, now=NOW, taste=TASTE).picked
    if size < len(ranked) and is_settled(few, limit, ranked[size][0]):
        everything = choose(candidates, limit=limit, now=NOW, taste=TASTE).picked
        assert [one.candidate.id for one in few] == [one.candidate.id for one in everything]
