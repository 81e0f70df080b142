"""The reference article: what must be read out of it, to the letter."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.model import Article, Rating
from bot.ranking.quality import quality_of
from bot.sources.document import read
from bot.takeaways import takeaways_of


@pytest.fixture(scope="module")
def article(corpora: Path) -> Article:
    file = corpora.parent / "seed" / "article.txt"
    if not file.is_file():
        pytest.skip("corpora: the reference article is not beside them")
    return read(file.read_text("utf-8"))


def test_its_facts_are_read(article: Article) -> None:
    assert article.title == "The Model Wars Heat Up: What June 2026 Tells Us About AI's Next Chapter"
    assert (article.author, article.category, article.rating) == ("glm-5.1:cloud", "ai", Rating(9, 10))
    assert article.generated == datetime(2026, 6, 9, 9, 22, 34, 72000, tzinfo=UTC)
    assert article.published == date(2026, 6, 9)
    for word in ("Sponsored", "Emotion", "Value Assessment", "Modelglm", "Your vote", "Key Takeaways"):
        assert word not in article.text


def test_its_five_own_takeaways_are_shown_and_the_templated_four_are_not(article: Article) -> None:
    takeaways = takeaways_of(article)
    assert [t.shown for t in takeaways] == [True] * 5 + [False] * 4
    assert {t.reason for t in takeaways[5:]} == {"off_topic"}
    for takeaway in takeaways:
        assert takeaway.kind == "section"
        assert takeaway.text.endswith(".")
        assert not takeaway.text.startswith(("-", "•"))
    for takeaway in takeaways[:5]:
        assert takeaway.evidence
        assert all(0 <= start < end <= len(article.text) for start, end in takeaway.evidence)


def test_it_is_good_enough_for_a_digest(article: Article) -> None:
    assert quality_of(article, takeaways_of(article)).score >= 0.6
