"""The best of what a team has had: by votes, each story once, and why the others are not in it."""

from __future__ import annotations

from bot.model import Valued
from bot.ranking.best import most_valued
from tests.unit.ranking.build import candidate_of


def test_the_most_valued_come_first_and_every_other_has_a_reason() -> None:
    candidates = [candidate_of(n) for n in range(1, 6)]
    valued = [Valued(3, 5, 5, 0), Valued(1, 2, 3, 1), Valued(2, 1, 1, 0), Valued(4, -1, 0, 1)]
    selection = most_valued(candidates, valued, limit=2)
    assert [(pick.candidate.id, pick.score) for pick in selection.picked] == [(3, 5), (1, 2)]
    assert [pick.why[0].values for pick in selection.picked] == [{"valued": 5, "count": 5}, {"valued": 3, "count": 4}]
    keys = {article: stage.reason.key for article, stage in selection.reasons.items()}
    assert keys == {2: "gate.valued_less", 4: "gate.valued_against", 5: "gate.valued_unvoted"}
    assert not any(stage.passed for stage in selection.reasons.values())


def test_a_story_is_there_once() -> None:
    candidates = [candidate_of(1, story=7), candidate_of(2, story=7)]
    selection = most_valued(candidates, [Valued(2, 3, 3, 0), Valued(1, 2, 2, 0)], limit=5)
    assert [pick.candidate.id for pick in selection.picked] == [2]
    assert selection.reasons[1].reason.key == "gate.valued_story"


def test_what_is_no_candidate_takes_no_place() -> None:
    selection = most_valued([candidate_of(1)], [Valued(9, 8, 8, 0), Valued(1, 1, 1, 0)], limit=1)
    assert [pick.candidate.id for pick in selection.picked] == [1]


def test_articles_whose_votes_are_equal_for_and_against_are_not_the_best() -> None:
    assert most_valued([candidate_of(1)], [Valued(1, 0, 4, 4)], limit=1).picked == ()
