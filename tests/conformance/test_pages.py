"""Article pages: body, title, author and date against what people say of them. All of it is `bench extraction`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.errors import ParseError
from bot.sources import page
from tests.conformance.page_truths import Extract, Truth, extract_of, score_of, truths_in

EVERY = 4  # of the pages without a body to compare with; a test has not the time for all


def test_pages_are_read_as_well_as_they_were(corpus: Callable[[str], Path]) -> None:
    truths = truths_in(corpus("article_extraction"), corpus("dates_metadata"))
    bodies = [truth for truth in truths if truth.body is not None]
    others = [truth for truth in truths if truth.body is None][::EVERY]
    score = score_of([(truth, _read(truth)) for truth in (*bodies, *others)])
    print(score)
    assert score.f1 >= 0.95
    assert score.told >= 0.94
    assert score.leaked <= 0.06
    assert score.title >= 0.91
    assert score.author >= 0.65
    assert score.date >= 0.83
    assert score.pages["body"] == len(bodies) > 40
    assert min(score.pages.values()) >= 30


def _read(truth: Truth) -> Extract:
    try:
        return extract_of(page.read(truth.html, truth.url))
    except ParseError:
        return Extract("", None, None, frozenset())
