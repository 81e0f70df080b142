from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Candidate, Reason, Selection, Standing
from bot.ranking.select import adds_takeaway, choose
from bot.records import said
from tests.unit.ranking.build import NOW, candidate_of, taste_for


def ids(selection: Selection) -> list[int]:
    return [pick.candidate.id for pick in selection.picked]


def test_the_best_come_first_and_the_rest_are_told_why_not() -> None:
    candidates = [candidate_of(i, quality=quality) for i, quality in enumerate([0.6, 0.9, 0.7, 0.8], start=1)]
    selection = choose(candidates, limit=2, now=NOW)
    assert ids(selection) == [2, 4]
    assert selection.picked[0].score == 0.9
    assert selection.reasons[3].stage == "limit"
    assert said(selection.reasons[3].reason) == "score 0.70 is below the last pick's 0.80"
    assert set(selection.reasons) == {1, 3}


def test_a_story_is_told_once_by_its_best_article_with_the_others_beside_it() -> None:
    best = candidate_of(3, quality=0.9, story=7, title="Best")
    others = [candidate_of(i, quality=0.8, story=7) for i in (1, 2)]
    selection = choose([*others, best, candidate_of(4, quality=0.5)], limit=5, now=NOW)
    assert ids(selection) == [3, 4]
    assert [other.id for other in selection.picked[0].also] == [1, 2]
    assert Reason("why.also_told", {"count": 2}) in selection.picked[0].why
    assert selection.reasons[1].stage == "story"
    assert said(selection.reasons[1].reason) == "same story as #3 “Best”, which scores higher"


def test_other_articles_of_the_same_source_are_not_other_sources() -> None:
    told = [candidate_of(i, quality=q, story=1, source_id=9) for i, q in ((1, 0.9), (2, 0.8))]
    selection = choose(told, limit=5, now=NOW)
    assert not any(reason.key == "why.also_told" for reason in selection.picked[0].why)


def test_a_story_that_was_served_is_refused_unless_it_says_something_new() -> None:
    old, update = candidate_of(1, story=7), candidate_of(2, story=7, quality=0.5, update_of=44)
    selection = choose([old, update], limit=5, now=NOW, served=frozenset({7}))
    assert ids(selection) == [2]
    assert said(selection.reasons[1].reason) == "the channel had this story, and this adds no takeaway"
    assert selection.picked[0].also == ()


def test_equals_go_by_id() -> None:
    assert ids(choose([candidate_of(i) for i in (3, 1, 2)], limit=2, now=NOW)) == [1, 2]


def test_another_source_comes_before_more_of_the_same() -> None:
    same = [candidate_of(i, quality=0.9 - i / 100, source_id=1) for i in (1, 2, 3)]
    other = candidate_of(4, quality=0.75, source_id=2)
    selection = choose([*same, other], limit=3, now=NOW)
    assert ids(selection) == [1, 4, 2]
    assert selection.reasons[3].stage == "variety"
    assert said(selection.reasons[3].reason) == "score 0.87 counts as 0.56, as the digest has others of this source"


def test_variety_never_leaves_a_slot_empty() -> None:
    assert len(choose([candidate_of(i, source_id=1) for i in range(1, 9)], limit=5, now=NOW).picked) == 5


def test_an_article_that_was_handed_in_stands_for_the_site_that_it_is_from() -> None:
    here = [candidate_of(n, source_id=None, url=f"https://www.tarn.example/{n}", quality=0.8) for n in (1, 2)]
    there = candidate_of(3, source_id=None, url="https://quay.example/3", quality=0.7)
    assert ids(choose([*here, there], limit=2, now=NOW)) == [1, 3]


def test_articles_of_no_source_and_no_address_do_not_count_as_one_source() -> None:
    candidates = [candidate_of(i, quality=0.9 - i / 100, source_id=None, url=None) for i in (1, 2, 3)]
    assert ids(choose([*candidates, candidate_of(4, quality=0.8)], limit=3, now=NOW)) == [1, 2, 3]


def test_of_a_category_no_more_are_picked_than_its_quota() -> None:
    releases = [candidate_of(i, quality=0.9 - i / 100, category="Releases") for i in (1, 2, 3)]
    others = [candidate_of(4, quality=0.6, category="ai"), candidate_of(5, quality=0.5, category=None)]
    selection = choose([*releases, *others], limit=4, now=NOW, quotas={"releases": 1})
    assert ids(selection) == [1, 4, 5]
    assert {selection.reasons[i].stage for i in (2, 3)} == {"quota"}
    assert said(selection.reasons[2].reason) == "the digest has its 1 of “Releases” already"


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abc")), max_size=12), st.integers(1, 6), st.integers(1, 3))
def test_a_quota_takes_no_place_from_other_categories(found: list[tuple[float, str]], limit: int, most: int) -> None:
    candidates = [candidate_of(i, quality=q, category=c, source_id=i) for i, (q, c) in enumerate(found, start=1)]
    chosen = [pick.candidate for pick in choose(candidates, limit=limit, now=NOW, quotas={"a": most}).picked]
    others = [c for c in candidates if c.category != "a"]
    room = min(most, len(candidates) - len(others)) + len(others)
    assert len(chosen) == min(limit, room)
    assert sum(c.category == "a" for c in chosen) <= most


def test_taste_changes_the_order() -> None:
    candidates = [
        candidate_of(1, quality=0.8, standing=Standing(unvalued=9)),
        candidate_of(2, quality=0.75, standing=Standing(valued=9)),
    ]
    assert ids(choose(candidates, limit=1, now=NOW)) == [1]
    assert ids(choose(candidates, limit=1, now=NOW, taste=taste_for(candidates))) == [2]


@pytest.mark.parametrize(("candidates", "limit"), [([], 5), ([candidate_of(1)], 0)])
def test_nothing_is_chosen_from_nothing_or_for_nothing(candidates: list[Candidate], limit: int) -> None:
    selection = choose(candidates, limit=limit, now=NOW)
    assert selection.picked == ()
    assert set(selection.reasons) == {candidate.id for candidate in candidates}


@pytest.mark.parametrize(
    ("takeaways", "served", "adds"),
    [
        (("Fuel use fell by 31 per cent.",), ("Fuel use fell by 31 per cent.",), False),
        (("Fuel use of the ferries fell.",), ("The ferries' fuel use fell by a third.",), False),
        (("Fuel use fell.", "The mayor of Tarn resigned over the plan."), ("Fuel use fell.",), True),
        (("Half is from here, half from there: fuel, noise.",), ("Fuel is half.", "Noise from here or there."), False),
        ((), ("Fuel use fell.",), False),
        (("Fuel use fell.",), (), True),
        (("…",), (), False),
    ],
)
def test_an_update_must_say_what_was_not_said(takeaways: tuple[str, ...], served: tuple[str, ...], adds: bool) -> None:
    assert adds_takeaway(takeaways, served) is adds


CANDIDATES = st.lists(
    st.builds(
        lambda number, quality, story, source, hours, update: candidate_of(
            number,
            quality=quality,
            story=story,
            source_id=source,
            aged_from=NOW - timedelta(hours=hours),
            update_of=update,
        ),
        st.integers(1, 10_000),
        st.sampled_from([0.5, 0.7, 0.7001, 0.9]),
        st.integers(1, 8),
        st.none() | st.integers(1, 4),
        st.integers(-5, 200),
        st.none() | st.just(3),
    ),
    unique_by=lambda candidate: candidate.id,
    max_size=25,
)


@given(CANDIDATES, st.integers(0, 8), st.frozensets(st.integers(1, 8), max_size=3), st.randoms())
def test_a_selection_is_small_single_complete_and_does_not_hang_on_the_order(
    candidates: list[Candidate], limit: int, served: frozenset[int], shuffler: object
) -> None:
    selection = choose(candidates, limit=limit, now=NOW, served=served)
    picked = ids(selection)
    stories = [pick.candidate.story for pick in selection.picked]
    open_stories = {c.story for c in candidates if c.story not in served or c.update_of is not None}
    assert len(picked) == min(limit, len(open_stories))
    assert len(set(stories)) == len(stories)
    assert set(picked) | set(selection.reasons) == {candidate.id for candidate in candidates}
    assert not set(picked) & set(selection.reasons)
    assert not any(stage.passed for stage in selection.reasons.values())
    shuffled = list(candidates)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(shuffled, limit=limit, now=NOW, served=served) == selection
