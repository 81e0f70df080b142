"""Real article pages: solid ones land where a channel's usual bar lets them through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from bot.errors import ParseError
from bot.ranking.quality import quality_of
from bot.sources import page
from bot.takeaways import takeaways_of

PAGES = 60


def test_most_real_articles_of_some_length_are_good_and_none_is_off_the_scale(corpus: Callable[[str], Path]) -> None:
    paths = sorted((corpus("article_extraction") / "article_extraction_benchmark" / "html").glob("*.html"))[:PAGES]
    scores = []
    for path in paths:
        try:
            article = page.read(path.read_bytes(), "https://example.org/page")
        except ParseError:
            continue
        if len(article.text) > 1500:
            scores.append(quality_of(article, takeaways_of(article)).score)
    tenth, middle, most = (quantiles(scores, n=10)[i] for i in (0, 4, 8))
    print(f"{len(scores)} pages: quality {tenth:.2f} at the tenth, {middle:.2f} at half, {most:.2f} at nine tenths")
    assert len(scores) >= 20
    assert tenth >= 0.6
    assert 0.65 <= middle <= 0.9
