"""Which encoding a document is in, where it says so, says nothing, or is wrong about it."""

import pytest

from bot.sources import feed
from bot.sources.decoding import decoded

TITLES = {
    "big5": "台灣的水壺燒開了",
    "gb2312": "中国的水壶烧开了",
    "shift_jis": "日本のやかんが沸いた",
    "euc-jp": "日本のやかんが沸いた",
    "euc-kr": "한국의 주전자가 끓었다",
    "windows-1251": "Чайник наконец закипел в Москве, и все пили чай до вечера",
    "koi8-r": "Чайник закипел в Москве",
    "windows-1252": "Größe der Käseküche – 5 €",
    "windows-1253": "Ο βραστήρας βράζει στην Ελλάδα",
    "windows-1255": "הקומקום רותח",
    "windows-1256": "الغلاية تغلي",
    "windows-874": "กาน้ำเดือดแล้ว",
    "utf-16-le": "台灣的水壺燒開了",
    "utf-16-be": "Kettles",
    "utf-16": "Größe",
    "utf-32": "台灣",
    "utf-8": "Größe der Käseküche – 台灣",
}
CODECS = {"windows-874": "cp874"}


def feed_in(encoding: str, declared: str = "") -> bytes:
    title = TITLES[encoding]
    said = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    item = f"<item><title>{title}</title><description>{title}</description></item>"
    text = f"{said}<rss version='2.0'><channel><title>{title}</title>{item}</channel></rss>"
    return text.encode(CODECS.get(encoding, encoding))


def title_of(body: bytes, content_type: str | None = None) -> str:
    return feed.parse(body, "https://example.org/feed", content_type).articles[0].title


@pytest.mark.parametrize("encoding", TITLES)
@pytest.mark.parametrize("wrong", ["", "utf-8", "iso-8859-1", "bogus"])
def test_a_feed_is_read_whatever_it_says_that_it_is_in(encoding: str, wrong: str) -> None:
    assert title_of(feed_in(encoding, wrong)) == TITLES[encoding]


@pytest.mark.parametrize("encoding", TITLES)
def test_a_feed_is_read_where_it_or_its_header_says_what_it_is_in(encoding: str) -> None:
    assert title_of(feed_in(encoding, encoding)) == TITLES[encoding]
    assert title_of(feed_in(encoding), f'text/xml; charset="{encoding.upper()}"') == TITLES[encoding]


@pytest.mark.parametrize("said", ["utf-16", "utf-32", "ucs-2"])
def test_letters_of_one_byte_are_not_read_as_of_two(said: str) -> None:
    assert title_of(feed_in("utf-8", said)) == TITLES["utf-8"]
    assert title_of(feed_in("utf-8"), f"text/xml; charset={said}") == TITLES["utf-8"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Grüße aus der Küche, ".encode() * 3 + b"\xc3", "Grüße aus der Küche, " * 3 + "\ufffd"),  # cut off
        ("Grüße aus der Küche".encode("cp1252") + b" and many plain words" * 50, None),
        ("ノート".encode("iso-2022-jp"), "ノート"),
        (b"\xff\xfea\0b\0c", "ab\ufffd"),
        (b"<p charset='iso-8859-1'>\x93so\x94", "<p charset='iso-8859-1'>“so”"),
    ],
)
def test_damaged_letters_cost_no_others(body: bytes, text: str | None) -> None:
    found = decoded(body)
    assert found == text if text is not None else found.startswith("Grüße aus der Küche and")
