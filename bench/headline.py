"""Is a headline borne out by its text, and does it fish for clicks? Pages with their own text and another's; real ones.

`python -m bench headline ARTICLES DATES`: the folders of the unpacked `article_extraction` and `dates_metadata`; the
headlines are those of `story_clusters`. The floor is the share of a title's content words that stand in the text.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.errors import ParseError
from bot.model import Article
from bot.ranking.headline import fishing_in, honesty_of
from bot.sources import page
from bot.text.words import content_words_of
from tests.conformance.page_truths import Truth, truths_in
from tests.conformance.takeaway_figures import area, nearest_others
from tests.conformance.test_stories_headlines import headlines
from tests.conftest import corpora_folder

_SHORTEST = 500  # characters of a text that a title can be held against
_SHOWN = 20
_LOW, _HIGH = 0.5, 0.9


def main(arguments: Sequence[str]) -> None:
    if len(arguments) < 2:
        raise SystemExit("python -m bench headline ARTICLES DATES")
    read = filter(None, map(_read, truths_in(Path(arguments[0]), Path(arguments[1]))))
    pages = [article for article in read if len(article.text) >= _SHORTEST]
    others = nearest_others([frozenset(content_words_of(article.text)) for article in pages])
    print(f"{len(pages)} pages; another's text is the nearest by words\n")
    print(f"| measure | AUC | own below {_LOW} | another's from {_HIGH} | ms |\n|---|---|---|---|---|")
    for name, measure in {"digestbot": honesty_of, "share of words": _share}.items():
        print(f"| {name} | {' | '.join(_figures(measure, pages, others))} |")
    titles = sorted({row["TITLE"] for row in headlines(corpora_folder())})
    fishing = [title for title in titles if fishing_in(title)]
    print(f"\n{len(titles)} news headlines, {len(fishing)} of which fish for clicks, such as")
    print("\n".join(f"- {title}" for title in random.Random(7).sample(fishing, min(_SHOWN, len(fishing)))))


def _read(truth: Truth) -> Article | None:
    try:
        return page.read(truth.html, truth.url)
    except ParseError:
        return None


def _figures(measure: Callable[[Article], float], pages: Sequence[Article], others: Sequence[int]) -> list[str]:
    began = time.process_time()
    own = [measure(article) for article in pages]
    spent = 1000 * (time.process_time() - began) / len(pages)
    foreign = [measure(replace(article, text=pages[other].text)) for article, other in zip(pages, others, strict=True)]
    parted = area({0: own}, {0: foreign}, [0])
    low, high = (sum(score < _LOW for score in own), sum(score >= _HIGH for score in foreign))
    return [f"{parted:.3f}", f"{low / len(own):.0%}", f"{high / len(foreign):.0%}", f"{spent:.2f}"]


def _share(article: Article) -> float:
    asked, told = set(content_words_of(article.title)), set(content_words_of(article.text))
    return len(asked & told) / max(1, len(asked))
