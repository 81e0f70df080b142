"""What a channel likes: what its votes say of sources and categories, and the interests that it states in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.model import Candidate, Standing
from bot.text.words import content_words_of, folded

_PRIOR = 3.0  # votes for and as many against that everything begins with
_REACH = 2.0  # times more, or less, that votes can make of a score at most
_CATEGORY_SHARE = 0.5  # of what votes on a source do, what votes on its whole category do
_INTEREST = 1.25  # factor for each interest met
_MOST_INTERESTS = 2
_BEGINNING = r"(?<!\w)"
_UNSPACED = "\u0e00"  # scripts from here on do not set their words apart


@dataclass(frozen=True, slots=True)
class Interest:
    """Something that a channel wants to read of, as it said it, and a pattern for each of its words."""

    phrase: str
    words: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Taste:
    """A channel's taste; the empty one favours nothing."""

    sources: Mapping[int, Standing] = field(default_factory=dict)
    categories: Mapping[str, Standing] = field(default_factory=dict)
    interests: tuple[Interest, ...] = ()


def taste_of(candidates: Sequence[Candidate], *, interests: str = "") -> Taste:
    """The taste that votes on the candidates' sources show, and the interests that a channel states between commas."""
    sources: dict[int, Standing] = {}
    categories: dict[str, Standing] = {}
    for candidate in candidates:
        if candidate.source_id is None or candidate.standing is None or candidate.source_id in sources:
            continue
        sources[candidate.source_id] = candidate.standing
        if candidate.category is not None:
            categories[candidate.category] = _sum(categories.get(candidate.category), candidate.standing)
    phrases = (" ".join(phrase.split()) for phrase in re.split(r"[,;\n，、；]", interests))
    return Taste(sources, categories, tuple(interest for phrase in phrases if (interest := _interest(phrase)).words))


def liking(standing: Standing | None) -> float:
    """How far votes are for something, -.5 to .5, and 0 without votes.

    The mean of a Beta-Bernoulli posterior with prior Beta(3, 3), less its prior mean.
    """
    if standing is None:
        return 0.0
    votes = standing.valued + standing.unvalued
    return (standing.valued + _PRIOR) / (votes + 2 * _PRIOR) - 0.5


def interests_met(candidate: Candidate, taste: Taste) -> tuple[str, ...]:
    """The interests of which the candidate's title or takeaways hold every word."""
    if not taste.interests:
        return ()
    text = folded("\n".join((candidate.title, *candidate.takeaways)))
    return tuple(interest.phrase for interest in taste.interests if all(word.search(text) for word in interest.words))


def taste_factor(candidate: Candidate, taste: Taste, met: Sequence[str]) -> float:
    """What taste makes of a score: 1 without votes and interests.

    4 to the power of the liking of source and half that of its category, kept within a factor of two, times 1.25 for
    each of up to two interests met.
    """
    source = liking(taste.sources.get(candidate.source_id)) if candidate.source_id is not None else 0.0
    category = liking(taste.categories.get(candidate.category)) if candidate.category is not None else 0.0
    bent = max(-0.5, min(0.5, source + _CATEGORY_SHARE * category))
    return float(_REACH ** (2 * bent) * _INTEREST ** min(len(met), _MOST_INTERESTS))


def _sum(one: Standing | None, other: Standing) -> Standing:
    if one is None:
        return other
    return Standing(
        posted=one.posted + other.posted,
        valued=one.valued + other.valued,
        unvalued=one.unvalued + other.unvalued,
    )


def _interest(phrase: str) -> Interest:
    """Words match from their beginning, so that "cost" is met by "costs"."""
    stems = dict.fromkeys(content_words_of(phrase))
    return Interest(phrase, tuple(re.compile(_BEGINNING * (stem < _UNSPACED) + re.escape(stem)) for stem in stems))
