"""The feeds that a page names, whatever else is on it."""

from time import process_time

import pytest

from bot.sources.discover import feeds_of

PAGE = "https://example.org/blog/"
LINK = "<link rel='alternate' type='application/rss+xml' href='/feed'>"


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        (LINK, ["https://example.org/feed"]),
        (LINK.upper().replace("/FEED", "/feed"), ["https://example.org/feed"]),
        ('<link href=feed.xml type=application/atom+xml rel="home ALTERNATE">', [f"{PAGE}feed.xml"]),
        ("<link title='a > b' type=text/xml rel=alternate href='?a=1&amp;b=2'/>", [f"{PAGE}?a=1&b=2"]),
        (f"<base target=x><base href='//x.org/'><base href='/y/'>{LINK}", ["https://x.org/feed"]),
        (
            f"<link rel=alternate type=text/xml href=/comments/feed>{LINK}",
            [f"{PAGE[:-5]}feed", f"{PAGE[:-5]}comments/feed"],
        ),
        (f"<link rel=alternate type=text/html href=/fr>{LINK}{LINK}", ["https://example.org/feed"]),
        (
            "<link rel=feed href=/f><link rel=alternate type=application/json href=/feed.json>",
            ["https://example.org/f", "https://example.org/feed.json"],
        ),
        ("<link rel=alternate type=text/xml href='feed:https://x.org/f'>", ["https://x.org/f"]),
        ("<link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>", []),
        (f"<!-- {LINK} -->", []),
        (f"<script>'{LINK}'</script>", []),
        (f"<!-- {LINK}", []),
        ("<link rel=alternate type=text/xml href='javascript:alert(1)'>", []),
        ("<link rel=alternate type=text/xml href='//['>", []),
        ("<link rel=alternate type=text/xml>", []),
        ("<linked rel=alternate type=text/xml href=/x>", []),
    ],
)
def test_a_page_names_its_feeds(page: str, feeds: list[str]) -> None:
    assert list(feeds_of(page.encode(), PAGE)) == feeds


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<ul><li>",
        "<!--",
        "<script>",
        "<link ",
        "<link '",
        "<link x",
        "<link a=",
        "x",
        " ",
        "<base href='",
        LINK,
        "=",
    ],
)
@pytest.mark.parametrize("start", ["alternate ", "alternate <link ", "alternate <link '"])
def test_no_page_holds_up_the_bot(start: str, piece: str) -> None:
    page = (start + piece * (500_000 // len(piece))).encode()
    started = process_time()
    feeds_of(page, PAGE)
    feeds_of(page + b">", PAGE)
    assert process_time() - started < 1.0
