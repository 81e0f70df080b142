"""The demo's samples: in several formats, each read as it was written, and told apart as they should be."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.model import Article
from bot.ranking.quality import quality_of
from bot.ranking.stories import cluster
from bot.samples import folder
from bot.sources import document, feed, page
from bot.takeaways import takeaways_of

SHOWN = {  # title -> author, kind of its takeaways, how many are shown
    "One queue for 1,900 cron jobs: what the move cost and what it bought": ("Maren Okafor", "section", 5),
    "We asked the on-call engineers to write the alerts, then deleted 83 per cent of them": (
        "Tomasz Brandvold",
        "extracted",
        None,
    ),
    "Open Fields Institute releases 41 million soil-moisture readings from 1,200 farms": ("Helena Marsh", "section", 4),
    "Open Fields Institute publishes 41 million soil-moisture readings from 1,200 farms": (
        "Field & Data staff",
        "extracted",
        None,
    ),
    "Cheap air sensors match the reference station, once humidity is taken out": ("Idris Calloway", "extracted", None),
    "The orchard that replaced its dashboard with a spreadsheet": ("Wen Castellane", "section", 4),
    "The cache that remembered too much: a post-mortem": ("Priya Sandoval", "section", 4),
    "A town library dropped passwords, and the help desk went quiet": ("Gideon Achterberg", "extracted", None),
    "用再生水冷卻機房的一百八十天": ("林以晴", "section", 5),
    "Small Models on the Night Train: What Happens When the Network Goes Away": ("Sunniva Aldane", "section", 5),
    "From 41 minutes to 9: where the time in our build really went": ("Ilse Varga", "section", 4),
    "The index nobody used: reading a query planner's mind": ("Rafael Ondine", "extracted", None),
}
TEMPLATED = "Brushstroke 5 and the Future of Creative Work: A Comprehensive Overview"
THIN = "This ONE Weird Setting Made Our Servers 10X FASTER (You Won't Believe #3!!!)"
SAME_STORY = [title for title in SHOWN if title.startswith("Open Fields")]


@cache
def articles() -> dict[str, Article]:
    read = [article for path in sorted(folder().iterdir()) for article in read_file(path)]
    assert len({article.title for article in read}) == len(read)
    return {article.title: article for article in read}


def read_file(path: Path) -> tuple[Article, ...]:
    match path.suffix:
        case ".rss" | ".atom" | ".json":
            return feed.parse(path.read_bytes(), path.as_uri(), None).articles
        case ".html":
            return (page.read(path.read_bytes(), path.as_uri()),)
        case ".txt" | ".md":
            return (document.read(path.read_text("utf-8")),)
        case _:
            raise AssertionError(f"{path.name} is in a format that no reader takes")


def test_all_samples_are_read_under_their_titles() -> None:
    assert set(articles()) == {*SHOWN, TEMPLATED, THIN}


@pytest.mark.parametrize("title", SHOWN)
def test_a_good_sample_is_read_with_author_takeaways_and_quality(title: str) -> None:
    author, kind, count = SHOWN[title]
    article = articles()[title]
    takeaways = takeaways_of(article)
    shown = [takeaway for takeaway in takeaways if takeaway.shown]
    assert article.author == author
    assert {takeaway.kind for takeaway in shown} == {kind}
    assert len(shown) == (count or len(shown)) >= 3
    assert [takeaway for takeaway in takeaways if takeaway.reason == "off_topic"] == []
    assert quality_of(article, takeaways).score > 0.65


@pytest.mark.parametrize("title", [TEMPLATED, THIN])
def test_templated_and_thin_samples_stay_below_what_a_channel_takes(title: str) -> None:
    article = articles()[title]
    assert quality_of(article, takeaways_of(article)).score < 0.6


def test_the_templated_takeaways_are_kept_out_beside_a_rating_of_ten_of_ten() -> None:
    article = articles()[TEMPLATED]
    own = [takeaway for takeaway in takeaways_of(article) if takeaway.kind == "section"]
    assert [takeaway.reason for takeaway in own] == ["off_topic"] * 4
    assert article.rating is not None
    assert article.rating.value == article.rating.scale == 10


def test_two_outlets_tell_one_story_and_nobody_else_tells_another_twice() -> None:
    stories = dict(zip(articles(), cluster(list(articles().values())), strict=True))
    first, second = SAME_STORY
    assert stories[first] == stories[second]
    assert len(set(stories.values())) == len(stories) - 1


def test_every_sample_has_a_date_in_2026() -> None:
    for article in articles().values():
        when = article.published or article.generated
        assert isinstance(when, date), article.title
        assert when.year == 2026, article.title


def test_good_samples_are_as_long_as_articles_are() -> None:
    for title in SHOWN:
        words = len(articles()[title].text.split())
        characters = len(articles()[title].text)
        assert 300 <= words <= 750 or (words < 100 and 600 <= characters <= 1200), (title, words, characters)


def test_all_addresses_are_of_the_domains_kept_for_examples() -> None:
    text = "\n".join(path.read_text("utf-8") for path in folder().iterdir())
    hosts = set(re.findall(r"https?://([^/\s\"'<>]+)", text))
    namespaces = {"purl.org", "www.w3.org", "schema.org", "jsonfeed.org"}
    assert [host for host in hosts - namespaces if not re.search(r"(^|\.)example\.(com|org|net)$", host)] == []
