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
        (
            '<meta property="og:title" content="The old bridge: how it is built">',
            "<h2>The old bridge:</h2>",
            "The old bridge: how it is built",
        ),
        (
            '<meta name="dc.title" content="A bridge is built"><meta property="og:title" content="Look at this">',
            "",
            "A bridge is built",
        ),
    ],
)
def test_the_headline_is_what_readers_see(head: str, body: str, title: str) -> None:
    assert page.read(_page(head, body), "https://herald.example/a").title == title


_ENTRIES = (
    '<h1>Notes of a walker</h1><h2 class="entry-title">Over the pass</h2><h2 class="entry-title">By the lake</h2>'
)
_LINKED = """<h1>Notes of a walker</h1><h2><a rel="bookmark" href="/1">Over the pass</a></h2>
    <h2><a rel="bookmark" href="/2">By the lake</a></h2>"""
_WALKER = "<title>Notes of a walker</title>"


@pytest.mark.parametrize(
    ("url", "head", "body", "title"),
    [
        (
            "https://w.example/essen/old-mills.htm",
            "<title>Trips by the river</title>",
            "<h1>Old-Mills</h1>",
            "Old-Mills",
        ),
        ("https://w.example/old-mills", "<title>The old mills of Essen</title>", "<h1>Old mills</h1>", "Old mills"),
        ("https://w.example/mill", "<title>Trips by the river</title>", "<h1>Mill</h1>", "Trips by the river"),
        (
            "https://w.example/old-mills",
            "<title>Trips by the river</title>",
            "<h2>Old mills</h2>",
            "Trips by the river",
        ),
        ("https://w.example/", _WALKER, _ENTRIES, "Over the pass"),
        ("https://w.example/", _WALKER, _LINKED, "Over the pass"),
        ("https://w.example/", _WALKER, "", "Notes of a walker"),
        ("https://w.example/blog", "<title>blog | A walker's notes</title>", _ENTRIES, "Over the pass"),
        ("https://w.example/walk", _WALKER, _ENTRIES, "Notes of a walker"),
    ],
)
def test_where_the_head_names_no_article_the_address_or_the_first_entry_does(
    url: str, head: str, body: str, title: str
) -> None:
    assert page.read(_page(head, body), url).title == title


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("06.11.2023 13:30 by Olga", date(2023, 11, 6)),
        ("Donnerstag, 5. 6. 2019", date(2019, 6, 5)),
        ("1. Februar 2022, Ada Lovelace", date(2022, 2, 1)),
        ("15 августа 2016, 13:43", date(2016, 8, 15)),
        ("3 de marzo de 2021", date(2021, 3, 3)),
        ("March 3rd is 3 March 2020", None),
        ("March 3, 2024", date(2024, 3, 3)),
        ("2024年3月5日", date(2024, 3, 5)),
        ("31.02.2024", None),
    ],
)
def test_a_line_beside_the_headline_may_begin_with_the_date(line: str, published: date | None) -> None:
    found = page.read(_page("<title>A bridge</title>", f"<h1>A bridge</h1><p>{line}</p>"), "https://herald.example/a")
    assert found.published == published


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


@pytest.mark.parametrize(
    "said", ["admin", "facebook.com/herald", "ada@herald.example", "ada[at]herald.example", "@ada"]
)
def test_an_account_or_an_address_is_no_author(said: str) -> None:
    linked = f'<script type="application/ld+json">{{"@type": "Article", "author": "{said}"}}</script>'
    for head in (linked, f"<meta name='author' content='{said}'>"):
        found = page.read(_page(head, '<span class="byline">By Ada Lovelace</span>'), "https://herald.example/a")
        assert found.author == "Ada Lovelace"


@pytest.mark.parametrize("said", ["/i/blank.jpg", "/spacer.gif", "https://b.scorecardresearch.com/p?c1=2"])
def test_the_picture_is_one_to_be_seen(said: str) -> None:
    head = f"<meta property='og:image' content='{said}'><meta name='twitter:image' content='/mill-pixel-art.jpg'>"
    assert page.read(_page(head, ""), "https://herald.example/a").image == "https://herald.example/mill-pixel-art.jpg"


def test_an_author_that_json_ld_only_refers_to_is_found() -> None:
    head = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "A bridge",
        "author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Lovelace"}]}</script>"""
    assert page.read(_page(head, ""), "https://herald.example/a").author == "Ada Lovelace"


def test_a_date_that_the_head_does_not_state_is_read_off_the_page() -> None:
    found = page.read(
        _page("<title>A bridge</title>", '<span class="date">2024-03-05</span>'), "https://herald.example/a"
    )
    assert found.published == date(2024, 3, 5)
