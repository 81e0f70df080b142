"""Which sources are worth dropping: only where there is enough to tell, and never for a team that does not vote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Standing
from bot.ranking.dropping import worth_dropping


def earned(posted: int, valued: int, unvalued: int = 0) -> Standing:
    return Standing(posted=posted, valued=valued, unvalued=unvalued)


LIKED = earned(60, 24)


@pytest.mark.parametrize(
    ("other", "dropped"),
    [
        (earned(40, 0), True),
        (earned(40, 0, 30), True),
        (earned(40, 1), True),
        (earned(19, 0), False),  # too few to tell
        (earned(40, 6), False),  # seldom, but not so seldom
        (earned(40, 40), False),
        (earned(1000, 60), True),
        (earned(0, 0), False),
    ],
)
def test_a_source_is_judged_by_how_often_it_is_valued_beside_the_others(other: Standing, dropped: bool) -> None:
    assert (2 in worth_dropping({1: LIKED, 2: other})) is dropped
    assert 1 not in worth_dropping({1: LIKED, 2: other})


def test_where_nobody_votes_nothing_is_said_of_any_source() -> None:
    assert worth_dropping({1: earned(500, 0), 2: earned(40, 0)}) == frozenset()
    assert worth_dropping({}) == frozenset()


def test_many_members_who_value_the_same_postings_do_not_make_the_rest_look_worse() -> None:
    """A posting that ten members valued is one success, not ten: the rate stays a share of postings."""
    assert worth_dropping({1: earned(30, 300), 2: earned(30, 20)}) == frozenset()


standings = st.builds(earned, st.integers(0, 500), st.integers(0, 500))


@given(st.dictionaries(st.integers(1, 9), standings, max_size=9))
def test_never_all_sources_are_worth_dropping(all_of_them: dict[int, Standing]) -> None:
    posted = {source for source, standing in all_of_them.items() if standing.posted}
    assert not posted or worth_dropping(all_of_them) < posted


@given(standings, st.integers(0, 500))
def test_a_source_that_is_kept_is_kept_the_more_with_more_votes_for_it(standing: Standing, more: int) -> None:
    better = earned(standing.posted, standing.valued + more)
    assert (2 in worth_dropping({1: LIKED, 2: better})) <= (2 in worth_dropping({1: LIKED, 2: standing}))
