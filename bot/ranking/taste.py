"""What a channel likes: what its votes say of sources and categories, and the interests that it states in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import copysign, sqrt

from bot.model import Candidate, Standing
from bot.text.words import content_words_of, folded

_PRIOR = 3.0  # votes for and as many against that everything begins with
_REACH = 2.0  # times more, or less, that votes can make of a score at most
_ALONE = 0.98  # of what votes say, how much is not believed of a single voter; of n, an n-squareth of that
_CERTAIN = 2.5  # standard deviations
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


def taste_of(sources: Mapping[int, Standing], categories: Mapping[str, Standing], *, interests: str = "") -> Taste:
    """The taste that votes on sources and categories show, and the interests that a channel states between commas."""
    phrases = (" ".join(phrase.split()) for phrase in re.split(r"[,;\n，、；]", interests))
    stated = tuple(interest for phrase in phrases if (interest := _interest(phrase)).words)
    return Taste(sources, categories, stated)


def liking(standing: Standing | None) -> float:
    """How far votes are for something, -.5 to .5, and 0 without votes.

    The mean of a Beta-Bernoulli posterior with prior Beta(3, 3), less its prior mean; and of that a share that grows
    with how many voted, so that one enthusiast does not own a channel: a fiftieth for one, three quarters for two,
    nine tenths for three.
    """
    if standing is None:
        return 0.0
    return (_mean(standing) - 0.5) * _believed(standing)


def sure_liking(standing: Standing | None) -> float:
    """`liking` less 2.5 standard deviations of the posterior, towards 0: as far as votes are surely for or against.

    A category that mixed votes set back by chance would be posted no more, and so never be voted on again.
    """
    if standing is None:
        return 0.0
    mean, votes = _mean(standing), standing.valued + standing.unvalued
    doubt = _CERTAIN * sqrt(mean * (1 - mean) / (votes + 2 * _PRIOR + 1))
    return copysign(max(0.0, abs(mean - 0.5) - doubt), mean - 0.5) * _believed(standing)


def _believed(standing: Standing) -> float:
    return 1 - _ALONE / standing.voters**2 if standing.voters else 1.0


def _mean(standing: Standing) -> float:
    return (standing.valued + _PRIOR) / (standing.valued + standing.unvalued + 2 * _PRIOR)


def interests_met(candidate: Candidate, taste: Taste) -> tuple[str, ...]:
    """The interests of which the candidate's title or takeaways hold every word."""
    if not taste.interests:
        return ()
    text = folded("\n".join((candidate.title, *candidate.takeaways)))
    return tuple(interest.phrase for interest in taste.interests if all(word.search(text) for word in interest.words))


def taste_factor(candidate: Candidate, taste: Taste, met: Sequence[str]) -> float:
    """What taste makes of a score: 1 without votes and interests. The votes' factor, times 1.25 for each of up to two
    interests met."""
    return votes_factor(candidate.source_id, candidate.category, taste) * _INTEREST ** min(len(met), _MOST_INTERESTS)


def votes_factor(source: int | None, category: str | None, taste: Taste) -> float:
    """What votes make of a score: 4 to the power of the liking of the source and of its category, together within a
    factor of two."""
    liked = liking(taste.sources.get(source)) if source is not None else 0.0
    liked += sure_liking(taste.categories.get(category)) if category is not None else 0.0
    return float(_REACH ** (2 * max(-0.5, min(0.5, liked))))


def most_from_votes(taste: Taste) -> float:
    """The greatest factor that votes can make."""
    return _REACH if taste.sources or taste.categories else 1.0


def most_from_interests(taste: Taste) -> float:
    """The greatest factor that the stated interests can make."""
    return float(_INTEREST ** min(len(taste.interests), _MOST_INTERESTS))


def _interest(phrase: str) -> Interest:
    """Words match from their beginning, so that "cost" is met by "costs"."""
    stems = dict.fromkeys(content_words_of(phrase))
    return Interest(phrase, tuple(re.compile(_BEGINNING * (stem < _UNSPACED) + re.escape(stem)) for stem in stems))
