"""The reference article: five of its own takeaways hold, four templated ones do not, beside a boast of 9/10."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model import Article
from bot.ranking.quality import quality_of
from bot.sources import document
from bot.takeaways import takeaways_of
from bot.takeaways.support import SUPPORTED

# The beginning of each shown takeaway, and a word of a sentence that must be among its evidence.
SHOWN = [
    ("Competition has become", "converge"),
    ("Inference optimization is", "efficiency"),
    ("The open-source gap", "lag"),
    ("Architectural innovation", "cleverness"),
    ("Enterprise adoption", "organisations"),
]


@pytest.fixture(scope="module")
def article(corpora: Path) -> Article:
    path = corpora.parent / "seed" / "article.txt"
    if not path.is_file():
        pytest.skip("corpora: the reference article is not beside them")
    return document.read(path.read_text("utf-8"))


def test_exactly_the_five_that_the_article_bears_out_are_shown(article: Article) -> None:
    takeaways = takeaways_of(article)
    assert len(takeaways) == 9
    assert all(takeaway.kind == "section" for takeaway in takeaways)
    assert [takeaway.reason for takeaway in takeaways] == [None] * 5 + ["off_topic"] * 4
    for takeaway, (beginning, word) in zip(takeaways, SHOWN, strict=False):
        assert takeaway.text.startswith(beginning)
        said = " ".join(article.text[start:end] for start, end in takeaway.evidence)
        assert word in said


def test_each_ends_at_its_own_full_stop_without_a_joining_dash(article: Article) -> None:
    for takeaway in takeaways_of(article):
        assert takeaway.text.endswith(".")
        assert takeaway.text[0].isupper()
        assert ". - " not in takeaway.text


def test_supported_and_unsupported_lie_far_apart(article: Article) -> None:
    scores = [takeaway.support for takeaway in takeaways_of(article)]
    assert min(scores[:5]) > 3 * max(scores[5:])
    assert max(scores[5:]) < SUPPORTED / 2


def test_its_closing_supports_nothing(article: Article) -> None:
    closing = article.text.index("The trajectory we are on")
    assert all(end <= closing for takeaway in takeaways_of(article) for _, end in takeaway.evidence)


def test_it_is_good_enough_to_be_posted_but_its_boast_is_not_believed(article: Article) -> None:
    quality = quality_of(article, takeaways_of(article))
    assert 0.6 <= quality.score < 0.8
    assert quality.parts.publisher < 0.6
    assert quality.parts.support == pytest.approx(5 / 9, abs=1e-3)
