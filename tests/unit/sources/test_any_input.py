"""Whatever the bytes and letters, the readers raise ParseError or give an article whose spans hold."""

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import Article
from bot.sources import document, feed, page

_NAMES = """
rss channel item title link description guid pubDate feed entry content summary updated author name id enclosure
html head body article p div ul li ol table tr td h1 h2 blockquote a b br img script style object embed pre code
meta time
"""
_KEYS = """
items title url id authors author name tags language content_html content_text summary date_published
"""
_ATTRIBUTES = [
    "",
    " href='//[x'",
    " xml:base='http://['",
    " type='xhtml'",
    " type='html' mode='base64'",
    " class='summary'",
]
_WORDS = [
    "Key Takeaways",
    "TL;DR",
    "Sponsored",
    "2026-99-99T25:61Z",
    "Mon, 32 Foo 99999",
    "&bogus;",
    "&#x110000;",
    "9/10",
    "•",
]

_tags = st.sampled_from(_NAMES.split())
_openings = st.builds("<{}{}>".format, _tags, st.sampled_from(_ATTRIBUTES))
_closings = st.builds("</{}>".format, _tags)
_odd = st.sampled_from(
    ["<![CDATA[", "]]>", "<!--", "-->", "<?xml ", "<!DOCTYPE ", "<", ">", "&", "\0", "\ud800", "\u202e"]
)
_markup = st.lists(_openings | _closings | _odd | st.sampled_from(_WORDS) | st.text(max_size=20), max_size=40).map(
    "".join
)
_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS.split()), inner),
    max_leaves=15,
)
_encodings = st.sampled_from(["utf-8", "utf-16", "latin-1", "big5", "utf-32"])
_addresses = st.sampled_from(["https://example.org/x", "http://[", "", "folder/page.html"]) | st.text(max_size=20)
_headers = (
    st.none() | st.sampled_from(["text/html; charset=big5", "application/rss+xml; charset=none"]) | st.text(max_size=20)
)


def _holds(article: Article) -> bool:
    return bool(article.title) and all(
        block.text == article.text[block.start : block.end] for block in article.blocks if block.end > block.start
    )


@st.composite
def _bytes(draw: st.DrawFn) -> bytes:
    """Noise, or markup in some encoding with some of it cut off."""
    noise = draw(st.booleans())
    if noise:
        return draw(st.binary(max_size=200))
    body = draw(_markup).encode(draw(_encodings), "replace")
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


@given(_bytes(), _addresses, _headers)
@settings(max_examples=150)
def test_any_bytes_are_a_feed_or_a_parse_error(body: bytes, url: str, content_type: str | None) -> None:
    for wrapped in (
        body,
        b"<rss version='2.0'><channel><item>" + body,
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + body,
    ):
        with suppress(ParseError):
            assert all(map(_holds, feed.parse(wrapped, url, content_type).articles))


@given(_json, _addresses)
@settings(max_examples=100)
def test_any_json_is_a_feed_or_a_parse_error(value: object, url: str) -> None:
    body = json.dumps({"items": value if isinstance(value, list) else [value], "title": value}).encode()
    with suppress(ParseError):
        assert all(map(_holds, feed.parse(body, url, None).articles))


@given(_bytes(), _addresses)
@settings(max_examples=100)
def test_any_bytes_are_a_page_or_a_parse_error(body: bytes, url: str) -> None:
    with suppress(ParseError):
        assert _holds(page.read(body, url))


@given(_markup | st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_is_an_article_or_a_parse_error(text: str) -> None:
    for matter in ("", "---\ntitle: x\n---\n", "+++\ndate = 2026-01-01\n+++\n"):
        with suppress(ParseError):
            assert _holds(document.read(matter + text))
