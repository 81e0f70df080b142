"""The best of what a team has had: what its votes valued most in a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Candidate, Pick, Reason, Selection, Stage, Valued


def most_valued(candidates: Sequence[Candidate], valued: Sequence[Valued], *, limit: int) -> Selection:
    """At most `limit` picks in the order of `valued`, each with votes that are for it on the whole, each story once;
    for every other candidate why it is none."""
    here = {candidate.id: candidate for candidate in candidates}
    ranked = [(one, here[one.article]) for one in valued if one.article in here]
    picked: list[Pick] = []
    stories: set[int] = set()
    reasons: dict[int, Stage] = {candidate.id: _stage("gate.valued_unvoted", None) for candidate in candidates}
    for one, candidate in ranked:
        if one.value <= 0:
            reasons[candidate.id] = _stage("gate.valued_against", one)
        elif candidate.story in stories:
            reasons[candidate.id] = _stage("gate.valued_story", one)
        elif len(picked) == limit:
            reasons[candidate.id] = _stage("gate.valued_less", one)
        else:
            stories.add(candidate.story)
            picked.append(Pick(candidate=candidate, score=one.value, why=(_why(one),)))
            del reasons[candidate.id]
    return Selection(tuple(picked), reasons)


def _why(one: Valued) -> Reason:
    return Reason("why.valued", {"valued": one.valued, "count": one.valued + one.unvalued})


def _stage(key: str, one: Valued | None) -> Stage:
    return Stage(stage="valued", passed=False, value=one.value if one else None, limit=None, reason=Reason(key))
