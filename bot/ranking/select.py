"""Which candidates make a digest: the best of each story, the best stories first, not all of one source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.model import Candidate, Pick, Reason, Selection, Stage
from bot.ranking.gates import barred, outline_gate, stages
from bot.ranking.score import reasons_for, score_of
from bot.ranking.taste import Taste
from bot.text.words import content_words_of

__all__ = ["adds_takeaway", "barred", "choose", "is_settled", "outline_gate", "stages"]

_SAME_SOURCE = 0.8  # factor for each article of the same source that is in the digest already
_ROUNDED = 1e-4  # what a pick's score may have lost
_TOLD = 0.6  # share of a takeaway's words in what a channel was told, from which on it says nothing new

_Scored = tuple[float, Candidate]
_Origin = int | str | None


def choose(
    candidates: Sequence[Candidate],
    *,
    limit: int,
    now: datetime,
    taste: Taste | None = None,
    served: frozenset[int] = frozenset(),
    quotas: Mapping[str, int] = MappingProxyType({}),
) -> Selection:
    """At most `limit` picks, best first, and for every other candidate why it is none. Same inputs, same selection.

    Each story sends its best article. Picks are made one by one by score, times 0.8 for every article of the same
    source picked before, so a slot is never left empty for variety's sake; equals go by id. Of a category in `quotas`
    so many are picked at most.
    """
    taste = taste or Taste()
    places = {category.casefold(): most for category, most in quotas.items()}
    reasons = {c.id: _had() for c in candidates if c.story in served and c.update_of is None}
    scored = [(score_of(c, now=now, taste=taste), c) for c in candidates if c.id not in reasons]
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    stories: dict[int, list[_Scored]] = defaultdict(list)
    for pair in scored:
        stories[pair[1].story].append(pair)
    picked, left = _picked([told[0] for told in stories.values()], limit, places)
    for (_, best), *others in stories.values():
        reasons |= {other.id: _same_story(best) for _, other in others}
    reasons |= {candidate.id: _below(score, candidate, factor, picked, places) for score, candidate, factor in left}
    return Selection(tuple(_pick(pair, stories, now, taste) for pair in picked), reasons)


def is_settled(picked: Sequence[Pick], limit: int, bound: float) -> bool:
    """Whether candidates that score at most `bound` could change nothing in a digest of so many."""
    if len(picked) < limit:
        return False
    sources: Counter[_Origin] = Counter()
    for pick in picked:
        if pick.score * _factor(pick.candidate, sources) - _ROUNDED < bound:
            return False
        sources[_origin(pick.candidate)] += 1
    return True


def adds_takeaway(candidate_takeaways: Sequence[str], served_takeaways: Sequence[str]) -> bool:
    """Whether one of the takeaways says something that the others, together, do not."""
    told = {word for takeaway in served_takeaways for word in content_words_of(takeaway)}
    for takeaway in candidate_takeaways:
        words = set(content_words_of(takeaway))
        if words and len(words & told) < _TOLD * len(words):
            return True
    return False


def _picked(
    best: Sequence[_Scored], limit: int, places: Mapping[str, int]
) -> tuple[list[_Scored], list[tuple[float, Candidate, float]]]:
    """The picks in order, and what is left, each with the factor that its source's picks put on it."""
    waiting = list(best)  # sorted by score, since stories were met in that order
    picked: list[_Scored] = []
    sources: Counter[_Origin] = Counter()
    left = dict(places)
    while len(picked) < limit:
        place, highest = -1, -1.0
        for i, (score, candidate) in enumerate(waiting):
            if score <= highest:
                break
            counted = score * _factor(candidate, sources)
            if counted > highest and left.get(_category(candidate), 1) > 0:
                place, highest = i, counted
        if place < 0:
            break
        pair = waiting.pop(place)
        picked.append(pair)
        sources[_origin(pair[1])] += 1
        if (category := _category(pair[1])) in left:
            left[category] -= 1
    return picked, [(score, candidate, _factor(candidate, sources)) for score, candidate in waiting]


def _category(candidate: Candidate) -> str:
    return (candidate.category or "").casefold()


def _factor(candidate: Candidate, sources: Counter[_Origin]) -> float:
    origin = _origin(candidate)
    return float(_SAME_SOURCE ** sources[origin]) if origin else 1.0


def _origin(candidate: Candidate) -> _Origin:
    """Its source; of an article that was handed in, the site that it is from; None where neither is known."""
    return candidate.source_id or urlsplit(candidate.url or "").netloc.removeprefix("www.") or None


def _pick(pair: _Scored, stories: dict[int, list[_Scored]], now: datetime, taste: Taste) -> Pick:
    score, candidate = pair
    also = tuple(other for _, other in stories[candidate.story] if other.id != candidate.id)
    tellers = {_origin(other) for other in also} - {_origin(candidate), None}
    return Pick(
        candidate=candidate,
        score=round(score, 4),
        why=reasons_for(candidate, now=now, taste=taste, others=len(tellers)),
        also=also,
    )


def _had() -> Stage:
    return Stage(stage="story", passed=False, value=None, limit=None, reason=Reason("gate.story_had"))


def _same_story(best: Candidate) -> Stage:
    reason = Reason("gate.same_story", {"article": best.id, "title": best.title})
    return Stage(stage="story", passed=False, value=best.story, limit=None, reason=reason)


def _below(
    score: float, candidate: Candidate, factor: float, picked: Sequence[_Scored], places: Mapping[str, int]
) -> Stage:
    """Why a story's best article was left: by its score, by its category's quota, or by its source's other picks."""
    value = round(score, 4)
    if not picked:
        return Stage(stage="limit", passed=False, value=value, limit=None, reason=Reason("gate.limit_none"))
    last = min(score for score, _ in picked)
    most = places.get(_category(candidate))
    if most is not None and most <= sum(_category(one) == _category(candidate) for _, one in picked):
        reason = Reason("gate.quota", {"category": candidate.category or "", "most": most})
        return Stage(stage="quota", passed=False, value=candidate.category, limit=most, reason=reason)
    if score >= last and factor < 1:
        reason = Reason("gate.variety", {"score": score, "counted": score * factor})
        return Stage(stage="variety", passed=False, value=value, limit=round(last, 4), reason=reason)
    reason = Reason("gate.limit", {"score": score, "last": last})
    return Stage(stage="limit", passed=False, value=value, limit=round(last, 4), reason=reason)
