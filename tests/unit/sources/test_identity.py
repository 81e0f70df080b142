"""Which items of a feed are one article, and by which other names it is known."""

from __future__ import annotations

import pytest

from bot.model import Article
from bot.sources import feed
from bot.sources.identity import aliases_of, canonical_url, identities_of

HOME, PAGE = "https://example.org/", "https://example.org/notes"


def item(title: str, url: str | None = PAGE, guid: str | None = None, text: str = "") -> Article:
    return Article(title=title, url=url, guid=guid, text=text)


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ([item("One"), item("One")], 1),  # twice in one feed
        ([item("One", guid="a"), item("ONE ", guid="b")], 1),
        ([item("One", "https://example.org/notes?utm_source=rss"), item("One", "http://www.example.org/notes/")], 1),
        ([item("One", HOME, "a"), item("Two", HOME, "b"), item("Three", HOME, "c")], 3),  # all link to the home
        ([item("One", HOME), item("Two", HOME)], 2),
        ([item("June", f"{PAGE}#June"), item("July", f"{PAGE}#July")], 2),  # places in one page
        ([item("June", f"{PAGE}#June"), item("July", f"{PAGE}#July"), item("July", f"{PAGE}#July")], 2),
        ([item("One", None, text="a"), item("One", None, text="b")], 2),
        ([item("One", "https://example.org/1"), item("Two", "https://example.org/2")], 2),
    ],
)
def test_items_that_share_an_address_are_one_where_they_share_the_title(items: list[Article], count: int) -> None:
    assert len(set(identities_of(items))) == count


def test_what_shares_its_address_keeps_its_identity_when_others_come_and_go() -> None:
    june, july, august = (item(month, f"{PAGE}#{month}", month) for month in ("June", "July", "August"))
    assert identities_of([june, july])[1] == identities_of([july, august])[0]
    home = [item(title, HOME, title) for title in ("One", "Two", "Three")]
    assert identities_of(home[:2])[1] == identities_of(home[1:])[0]


@pytest.mark.parametrize(
    ("items", "aliases"),
    [
        ([item("One", guid="tag:1")], ["guid:7:tag:1"]),
        ([item("One", guid=PAGE)], [None]),
        ([item("One")], [None]),
        ([item("One", guid="same"), item("Two", guid="same"), item("Three", guid="own")], [None, None, "guid:7:own"]),
        ([item("One", guid="x" * 9_000)], ["guid:7:" + "x" * 500]),
    ],
)
def test_a_feeds_own_name_for_an_article_is_an_alias_where_it_names_that_alone(
    items: list[Article], aliases: list[str | None]
) -> None:
    assert aliases_of(items, 7) == aliases


@pytest.mark.parametrize(
    "told",
    [
        "fbclid=IwAR0x",
        "gclid=1",
        "utm_source=a&utm_medium=b",
        "mc_cid=1&mc_eid=2",
        "CMP=twt_gu",
        "partner=rss&emc=rss",
        "mod=rss_markets",
        "source=rss----5e5bef33608a---4",
        "ftag=RSS64",
        "at_medium=RSS",
        "_hsenc=x",
        "__twitter_impression=true",
        "PHPSESSID=9",
    ],
)
def test_what_tells_where_a_reader_came_from_is_no_part_of_an_address(told: str) -> None:
    assert canonical_url(f"{PAGE}?id=1&{told}") == canonical_url(f"{PAGE}?{told}&id=1") == f"{PAGE}?id=1"


def test_a_session_is_no_part_of_an_address() -> None:
    assert canonical_url(f"{PAGE};jsessionid=0A1.node") == canonical_url(f"{PAGE}%3Bjsessionid=1/") == PAGE


@pytest.mark.parametrize("sign", ["\\ud800", "\\u0000"])  # half a letter, and what PostgreSQL keeps in no text
def test_no_name_or_address_holds_what_cannot_be_kept(sign: str) -> None:
    said = f'"id": "a{sign}b", "url": "https://example.org/{sign}", "title": "x", "language": "e{sign}n"'
    (article,) = feed.parse(f'{{"items": [{{{said}}}]}}'.encode(), HOME, None).articles
    assert (article.guid, article.url, article.language) == ("ab", None, "en")
    assert identities_of([article, item("Two", "https://example.org/\ud800")])[1] == "https://example.org/%5Cud800"
