"""Headline, byline and date of a page, where its head, its headings and its marks say different things."""

from datetime import date

import pytest

from bot.sources import page

_BODY = "<p>" + "The council met on a cold evening and spoke for a long time about the old bridge. " * 6 + "</p>"

_SITE = '<meta property="og:site_name" content="The Herald">'


def _page(head: str, body: str) -> bytes:
    return f"<html><head>{head}</head><body>{body}{_BODY}</body></html>".encode()


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>A bridge is built | The Herald</title>", "", "A bridge is built"),
        ("<title>A bridge is built - The Herald</title>", "<h1>A bridge is built</h1>", "A bridge is built"),
        ("<title>The Herald » A bridge is built</title>", "<h2>A bridge is built</h2>", "A bridge is built"),
        ("<title>A bridge is built | The Herald</title>", '<h1><a href="/">The Herald</a></h1>', "A bridge is built"),
        ('<meta property="og:title" content="A bridge is built">', "<h1>The Herald</h1>", "A bridge is built"),
        (
            '<meta property="og:title" content="Bridge: a bridge is built">',
            "<h1>A bridge is built</h1>",
            "A bridge is built",
        ),
        (
            _SITE + '<meta property="og:title" content="The Herald"><title>A bridge is built</title>',
            "",
            "A bridge is built",
        ),
        ("<title>Self-driving cars</title>", "", "Self-driving cars"),
        ("", "<h1>A bridge is built</h1>", "A bridge is built"),
    ],
)
def test_the_headline_is_what_readers_see(head: str, body: str, title: str) -> None:
    assert page.read(_page(head, body), "https://herald.example/a").title == title


@pytest.mark.parametrize(
    ("body", "author"),
    [
        ('<span class="byline">By Ada Lovelace, March 3</span>', "Ada Lovelace"),
        ('<a rel="author" href="/x">Ada Lovelace</a>', "Ada Lovelace"),
        ('<p class="meta">Von <span class="author vcard">Ada Lovelace</span> am 3. März</p>', "Ada Lovelace"),
        ('<div itemprop="author"><span itemprop="name">Ada Lovelace</span><b>Editor</b></div>', "Ada Lovelace"),
        ('<article><footer><a rel="author" href="/x">Ada Lovelace</a></footer></article>', "Ada Lovelace"),
        ('<div class="comments"><span class="author">Troll</span></div>', None),
        ('<div class="sidebar"><a rel="author" href="/x">Somebody Else</a></div>', None),
        ('<span class="author">admin</span>', None),
        ('<span class="byline">By <style>.a{}</style>Ada Lovelace</span>', "Ada Lovelace"),
        ("<p>By Nobody Marked</p>", None),
    ],
)
def test_the_author_is_whom_the_page_marks_as_such(body: str, author: str | None) -> None:
    assert page.read(_page("<title>A bridge</title>", body), "https://herald.example/a").author == author


def test_an_author_that_json_ld_only_refers_to_is_found() -> None:
    head = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "A bridge",
        "author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Lovelace"}]}</script>"""
    assert page.read(_page(head, ""), "https://herald.example/a").author == "Ada Lovelace"


def test_a_date_that_the_head_does_not_state_is_read_off_the_page() -> None:
    found = page.read(
        _page("<title>A bridge</title>", '<span class="date">2024-03-05</span>'), "https://herald.example/a"
    )
    assert found.published == date(2024, 3, 5)
