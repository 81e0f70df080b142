"""SciTLDR: summaries told from those of the nearest other abstract, and sentences chosen as people would sum up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest

from bot.takeaways import takeaways_of
from tests.conformance.takeaway_figures import Abstract, abstracts, area, rouge, supports


@pytest.fixture(scope="module")
def documents(corpus: Callable[[str], Path]) -> list[Abstract]:
    return abstracts(corpus("summaries"))


@pytest.mark.parametrize(("authors", "least"), [(True, 0.98), (False, 0.945)], ids=["the author's", "reviewers' too"])
def test_a_summary_is_borne_out_by_its_own_article_and_not_by_the_nearest_other(
    documents: list[Abstract], authors: bool, least: float
) -> None:
    own, foreign = supports(documents, titled=True, authors=authors)
    found = area(own, foreign, range(len(documents)))
    print(f"AUC {found:.4f}")
    assert found >= least


def test_the_chosen_sentence_says_more_of_what_people_wrote_than_the_first(documents: list[Abstract]) -> None:
    chosen = [takeaways_of(one.article(), limit=1)[0].text for one in documents]
    for n, least, lead in ((1, 0.34, 1.2), (2, 0.15, 1.4)):
        ours = fmean(rouge(text, one.summaries, n) for text, one in zip(chosen, documents, strict=True))
        first = fmean(rouge(one.sentences[0], one.summaries, n) for one in documents)
        print(f"ROUGE-{n} {ours:.3f}, of the first sentences {first:.3f}")
        assert ours >= max(least, lead * first)
