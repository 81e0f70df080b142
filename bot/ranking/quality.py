"""How good an article is, blended of six named parts that can each be shown. Each larger part has a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from bot.model import Article, Quality, QualityParts, Rating, Standing, Takeaway
from bot.ranking.headline import honesty_of
from bot.ranking.substance import substance_of
from bot.ranking.templating import originality_of

_WEIGHTS = {"publisher": 0.10, "substance": 0.35, "headline": 0.15, "support": 0.10, "templating": 0.20, "source": 0.10}
_FLOOR = 0.02  # of a part, so that one alone does not make the whole nothing
_NEUTRAL_RATING = 0.5
_UNPROVEN_TRUST, _MOST_TRUST = 0.2, 0.8  # in a publisher's own rating, without votes and with many good ones
_VOTES_FOR_TRUST = 10  # votes at which half of the trust is earned
_NO_SECTION = 0.6  # support, where the article makes no takeaways of its own that could be wrong
_PRIOR_FOR, _PRIOR_AGAINST = 3.0, 2.0  # votes that every source begins with
_BORNE_OUT = (None, "over_limit", "duplicate")


def quality_of(
    article: Article, takeaways: Sequence[Takeaway] = (), source_standing: Standing | None = None
) -> Quality:
    """An article's quality: the weighted geometric mean of its parts, so that one bad part is not bought off by others.

    (The blend is our own, its weights set so that solid articles of the public extraction corpora land at .65 to .9,
    a feed's two-sentence summary at .45 to .6, thin and promotional texts below .5.)
    """
    standing = source_standing or Standing()
    parts = QualityParts(
        publisher=_publisher(article.rating, standing),
        substance=substance_of(article),
        headline=honesty_of(article),
        support=_support(takeaways),
        templating=originality_of(article),
        source=_source(standing),
    )
    blend = sum(weight * log(max(_FLOOR, getattr(parts, name))) for name, weight in _WEIGHTS.items())
    return Quality(round(exp(blend), 4), parts)


def _publisher(rating: Rating | None, standing: Standing) -> float:
    """The publisher's own rating, drawn to .5 as far as it is not trusted.

    Trust is .2 without votes and moves, with n votes of which a share v is in favour, towards .8 v by n / (n + 10).
    """
    if rating is None or rating.scale <= 0:
        return _NEUTRAL_RATING
    votes = standing.valued + standing.unvalued
    proven = votes / (votes + _VOTES_FOR_TRUST)
    favour = standing.valued / votes if votes else 0.0
    trust = (1 - proven) * _UNPROVEN_TRUST + proven * favour * _MOST_TRUST
    stated = min(1.0, max(0.0, rating.value / rating.scale))
    return round(_NEUTRAL_RATING + trust * (stated - _NEUTRAL_RATING), 4)


def _source(standing: Standing) -> float:
    """The share of votes in favour, shrunk to .6: the mean of a Beta-Bernoulli posterior with prior Beta(3, 2)."""
    votes = standing.valued + standing.unvalued
    return round((standing.valued + _PRIOR_FOR) / (votes + _PRIOR_FOR + _PRIOR_AGAINST), 4)


def _support(takeaways: Sequence[Takeaway]) -> float:
    """The share of the article's own takeaways that its text bears out."""
    own = [takeaway for takeaway in takeaways if takeaway.kind == "section"]
    if not own:
        return _NO_SECTION
    return round(sum(takeaway.reason in _BORNE_OUT for takeaway in own) / len(own), 4)
