"""Texts and lists that are far too long, or hardly texts: an answer within a second of processor time, or none."""

import random
import time

import pytest

from bot.model import Article, Block
from bot.takeaways import takeaways_of
from tests.unit.takeaways.build import FERRY, article_of

FAR = 5_000_000  # characters
SAID = "The ferries of Northwick take shore power since March, and noise fell to 44 decibels at the quay. "


def words(count: int, *, stops: float = 0.0, seed: int = 1) -> str:
    chance = random.Random(seed)
    return " ".join(f"w{chance.randrange(20_000)}{'.' if chance.random() < stops else ''}" for _ in range(count))


TEXTS = {
    "empty": "",
    "spaces": " \n" * 1000,
    "five million characters": SAID * (FAR // len(SAID)),
    "without a space": "x" * FAR,
    "ideographs without a stop": "字" * FAR,
    "one sentence": "It works well for everybody here.",
    "right to left": "هذا نص عربي طويل عن الموانئ والسفن. " * 3000,
    "emoji": "😀🎉" * 100_000,
    "stops": "." * FAR,
    "lines": "a\n\n" * 500_000,
    "quotes": '"a. ' * 500_000,
    "brackets": "( a " * 500_000,
    "a sentence of 20,000 words": words(20_000),
    "all words different": words(50_000, stops=0.05),
    "numbers": "1,000 " * 500_000,
}
LISTS = {
    "400 bullets": [f"Point {i}: the ferries of pier {i} take shore power since March." for i in range(400)],
    "400 long bullets": [SAID * 100] * 400,
    "400 long and different bullets": [words(1500, seed=i) for i in range(400)],
    "20,000 bullets": [f"Point {i} says that ferries take shore power." for i in range(20_000)],
    "one endless bullet": [SAID * (FAR // len(SAID))],
    "one bullet without a space": ["x" * FAR],
}


def article_with_list(items: list[str], text: str) -> Article:
    own = Block(kind="list", text="\n".join(items), items=tuple(items))
    return Article(title="A title", text=text, blocks=(Block(kind="heading", text="Key Takeaways"), own))


def seconds_and_shown(article: Article) -> tuple[float, list[str]]:
    began = time.process_time()
    takeaways = takeaways_of(article)
    return time.process_time() - began, [takeaway.text for takeaway in takeaways if takeaway.shown]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_read_within_a_second(text: str) -> None:
    seconds, shown = seconds_and_shown(Article(title="A title", text=text, blocks=()))
    assert seconds <= 1
    assert all(0 < len(takeaway) <= 240 for takeaway in shown)


@pytest.mark.parametrize("items", LISTS.values(), ids=LISTS)
def test_any_list_is_checked_within_a_second(items: list[str]) -> None:
    seconds, shown = seconds_and_shown(article_with_list(items, words(15_000, stops=0.05)))
    assert seconds <= 1
    assert len(shown) <= 5


@pytest.mark.parametrize("text", ["", " \n" * 1000, "😀🎉" * 1000, "." * 1000])
def test_where_nothing_is_said_nothing_is_shown(text: str) -> None:
    assert takeaways_of(Article(title="A title", text=text, blocks=())) == ()


def test_a_run_of_dashes_and_numbers_splits_within_a_second() -> None:
    for text in ("a. - " * 1_000_000, "• " * 2_000_000, "1. " + "a; 2) " * 500_000):
        blocks = (Block(kind="heading", text="Key Takeaways"), Block(kind="paragraph", text=text))
        assert seconds_and_shown(Article(title="A title", text=SAID, blocks=blocks))[0] <= 1


def test_bullets_that_contradict_the_text_are_not_shown() -> None:
    items = (
        "Shore power cost 9.7 million euros, of which the city paid nothing.",
        "Noise at the quay rose to 95 decibels.",
        "Fuel use of the three ferries fell by 31 per cent.",
    )
    article = article_of(*FERRY, own=Block(kind="list", text="\n".join(items), items=items))
    assert [takeaway.reason for takeaway in takeaways_of(article)] == ["unverified", "unverified", None]
