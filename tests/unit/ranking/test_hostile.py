"""Texts and titles that are far too long, or hardly words: quality and story within a second of processor time."""

import time

import pytest

from bot.model import Article
from bot.ranking.quality import quality_of
from bot.ranking.stories import bands_of, cluster, fingerprint_of, title_words_of
from bot.takeaways import takeaways_of
from tests.unit.takeaways.test_hostile import TEXTS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_quality_and_story_of_any_text_are_worked_out_within_a_second(text: str) -> None:
    began = time.process_time()
    article = Article(title="A title", text=text)
    quality = quality_of(article)
    bands = bands_of(fingerprint_of(article))
    assert time.process_time() - began <= 1
    assert 0 <= quality.score <= 1
    assert len(bands) <= 17


@pytest.mark.parametrize("title", TEXTS.values(), ids=TEXTS)
def test_any_title_is_read_within_a_second(title: str) -> None:
    began = time.process_time()
    article = Article(title=title, summary=title, text="Ferries of Tarn go electric this spring, says the harbour.")
    takeaways = takeaways_of(article)
    quality_of(article, takeaways)
    words = title_words_of(article.title)
    assert time.process_time() - began <= 1
    assert len(words) <= 32


def test_titles_without_end_are_told_apart_within_a_second() -> None:
    began = time.process_time()
    cluster([Article(title=text, text="") for text in TEXTS.values()])
    assert time.process_time() - began <= 1
