import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Neighbour
from bot.ranking.stories import SAME_STORY, bands_of, cluster, fingerprint_of, similarity, story_of, title_words_of
from tests.unit.takeaways.build import FERRY, article_of

PINNED = (1004195635444749986, 194976582248039334, 315365223486850000)
WORDS = [f"word{i}" for i in range(2000)]


def text_of(seed: int, words: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def edited(text: str, every: int) -> str:
    """The text with each `every`th word replaced."""
    return " ".join(f"new{i}" if i % every == 0 else word for i, word in enumerate(text.split()))


def alike(one: Article, other: Article) -> float:
    return similarity(fingerprint_of(one), fingerprint_of(other))


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    fingerprint = fingerprint_of(article_of(*FERRY, title="Ferries charge with shore power"))
    assert fingerprint[:3] == PINNED
    assert all(0 <= value < 1 << 63 for value in (*fingerprint, *bands_of(fingerprint)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Article(title="A", text=text_of(1)), Article(title="B", text=text_of(1))),
        (Article(title="A", text=text_of(1)), Article(title="B", text=edited(text_of(1), 20))),
        (Article(title="A", text=text_of(1)), Article(title="B", text=text_of(1) + " " + text_of(2, 60))),
        (Article(title="Oil falls to $101 after China data"), Article(title="Oil Falls To $101 After China Data ")),
        (
            Article(title="Oil falls to $101 after China data", text="Prices fell."),
            Article(title="Oil falls to $101 after China data", text=text_of(3)),
        ),
        (
            Article(title="", text="推理成本下降了四成，能耗也減少。" * 4),
            Article(title="", text="推理成本下降了四成，能耗也減少了。" * 4),
        ),
    ],
    ids=["equal", "edited", "longer", "equal titles", "title and full text", "unspaced"],
)
def test_near_identical_texts_are_one_story(one: Article, other: Article) -> None:
    assert alike(one, other) >= SAME_STORY
    assert set(bands_of(fingerprint_of(one))) & set(bands_of(fingerprint_of(other)))
    assert cluster([one, other]) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Article(title="A", text=text_of(1)), Article(title="A", text=text_of(2))),
        (Article(title="Home"), Article(title="Home")),
        (Article(title=""), Article(title="")),
        (Article(title="Daily briefing", text="All the news."), Article(title="Daily briefing", text="More of it.")),
        (Article(title="Apple opens shop in Paris"), Article(title="Apple closes shop in Rome")),
        (
            Article(title="Stocks that moved most at midday today", text=text_of(1)),
            Article(title="Stocks that moved most at midday today", text=text_of(2)),
        ),
    ],
    ids=["different", "one word", "empty", "a series", "few words in common", "a series with long texts"],
)
def test_different_texts_are_different_stories(one: Article, other: Article) -> None:
    assert alike(one, other) < SAME_STORY
    assert cluster([one, other]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour ferries of Tarn go electric in spring", "Tarn's harbour ferries go electric this spring"),
        ("Ferry worker, 58, killed by falling crane in Tarn", "Tarn harbour: crane kills ferry worker"),
        ("塔恩港渡輪今年春天改用電力", "塔恩港的渡輪春天改用電力"),
        ("Hafenfähren in Tarn fahren ab Frühjahr elektrisch", "Tarn: Hafenfähren fahren ab dem Frühjahr elektrisch"),
    ],
    ids=["English", "a number that only one says", "Chinese", "German"],
)
def test_two_sites_tell_one_story_under_nearly_the_same_title(one: str, other: str) -> None:
    first = Article(title=one, text=text_of(1), url="https://one.example.org/a")
    second = Article(title=other, text=text_of(2), url="https://other.example.org/b")
    assert cluster([first, second]) == [0, 0]
    assert len({*title_words_of(one)} & {*title_words_of(other)}) >= 3
    series = Article(title=other, text=text_of(2), url="https://www.one.example.org/b")
    assert cluster([first, series]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour ferries of Tarn: results for 2025", "Harbour ferries of Tarn: results for 2026"),
        ("Apple opens shop in Paris", "Apple closes shop in Rome"),
        ("塔恩港渡輪改用電力", "塔恩港渡輪船員罷工"),
        ("", ""),
    ],
)
def test_two_sites_tell_two_stories_under_titles_that_differ(one: str, other: str) -> None:
    first = Article(title=one, text=text_of(1), url="https://one.example.org/a")
    second = Article(title=other, text=text_of(2), url="https://other.example.org/b")
    assert cluster([first, second]) == [0, 1]


def test_similarity_is_an_estimate_of_the_share_of_common_shingles() -> None:
    text = text_of(5, 1000)
    other = edited(text, 10)
    one_shingles, other_shingles = (
        {tuple(words[i : i + 3]) for i in range(len(words) - 2)} for words in (text.split(), other.split())
    )
    true = len(one_shingles & other_shingles) / len(one_shingles | other_shingles)
    assert alike(Article(title="", text=text), Article(title="", text=other)) == pytest.approx(true, abs=0.15)


def test_an_article_joins_the_story_of_its_best_neighbour() -> None:
    article, near, far = (
        fingerprint_of(Article(title="", text=text)) for text in (text_of(1), edited(text_of(1), 20), text_of(2))
    )
    neighbours = [
        Neighbour(7, 70, far, "", None),
        Neighbour(8, 80, near, "", None),
        Neighbour(9, 90, article, "", None),
        Neighbour(10, 100, article, "", None),
    ]
    assert story_of(11, Article(title=""), article, neighbours) == 90
    assert story_of(11, Article(title=""), article, neighbours[:2]) == 80
    assert story_of(11, Article(title=""), article, neighbours[:1]) == 11
    assert story_of(11, Article(title=""), article, []) == 11


def test_thousands_of_articles_are_clustered_within_seconds() -> None:
    articles = [Article(title=f"T{i % 1500}", text=text_of(i % 1500, 100)) for i in range(3000)]
    began = time.process_time()
    stories = cluster(articles)
    assert time.process_time() - began < 15
    assert stories == [i % 1500 for i in range(3000)]


@given(st.text(), st.text(), st.text())
def test_anything_has_a_fingerprint_and_is_similar_within_bounds(title: str, text: str, other: str) -> None:
    one, two = fingerprint_of(Article(title=title, text=text)), fingerprint_of(Article(title=title, text=other))
    assert 0 <= similarity(one, two) == similarity(two, one) <= 1
    assert all(0 <= value < 1 << 63 for value in (*one, *bands_of(one)))
