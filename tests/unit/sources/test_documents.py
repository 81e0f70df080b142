"""Bytes of every kind -> articles: texts, Markdown, pages, feeds; the identity of what was read; and the workers."""

import asyncio
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from signal import SIGKILL

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import Article, ParsedFeed, Rating
from bot.sources import document, feed, page
from bot.sources.discover import feeds_of
from bot.sources.identity import canonical_url, identity_of
from bot.sources.workers import WorkerReader, end

TEXT = """ai2026-06-09
How a kettle learned to wait

How a kettle learned to wait

Author: Ada Quill|Quality: 8/10|2026-06-09T09:22:34.072Z

The first paragraph says what happened in the kitchen, and why it took the team three weeks to notice it.

Why it mattered

The second paragraph says that the kettle saved 12 per cent of its power once it waited for a cheaper hour.

Key Takeaways

  • The kettle saved 12 per cent of its power. - It took the team three weeks to notice.

Sponsored

Article Info

Modelada:cloud
Generated2026-06-09T09:22:34.072Z
Quality8/10
Categoryai
Emotion
Value Assessment

Your vote is final once cast · 投票後不可更改"""

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Kettles</title><link>https://example.org/</link>
<item><title>One &amp; two</title><link>/a?utm_source=x</link><pubDate>Tue, 09 Jun 2026 09:00:00 +0200</pubDate>
<description>&lt;p&gt;Short &lt;b&gt;words&lt;/b&gt;.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><title>Two</title><link>https://example.org/b</link></item></channel></rss>"""

JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
{"id": "1", "url": "https://example.org/j", "title": "Jay", "content_html": "<p>Body of it.</p>",
"date_published": "2026-06-09T07:00:00Z"}]}"""

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""

XXE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>&f;</title></channel></rss>"""


def spans_hold(article: Article) -> bool:
    return all(article.text[b.start : b.end] == b.text for b in article.blocks if b.end > b.start)


def test_an_article_text_gives_its_facts_and_its_body_alone() -> None:
    article = document.read(TEXT)
    assert article.title == "How a kettle learned to wait"
    assert (article.author, article.category, article.rating) == ("Ada Quill", "ai", Rating(8, 10))
    assert article.published == date(2026, 6, 9)
    assert article.generated == datetime(2026, 6, 9, 9, 22, 34, 72000, tzinfo=UTC)
    for word in ("Takeaways", "Sponsored", "Emotion", "Modelada", "vote", "Author", article.title):
        assert word not in article.text
    assert "cheaper hour" in article.text
    assert spans_hold(article)


@given(st.text(max_size=600))
def test_no_text_breaks_the_reader_and_spans_are_always_right(text: str) -> None:
    try:
        article = document.read(text)
    except ParseError:
        return
    assert spans_hold(article)


def test_a_page_gives_title_date_body_and_keeps_its_takeaways_out_of_the_body() -> None:
    body = "".join(f"<p>Paragraph {n} tells at length what the kettle did on day {n}.</p>" for n in range(8))
    html = f"""<!doctype html><html lang="en"><head><title>Kettle | Site</title>
    <meta property="og:title" content="Kettle"><meta property="article:published_time" content="2026-06-09T07:00:00Z">
    <link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body><nav>Home About</nav>
    <article><h1>Kettle</h1>{body}<h2>Key takeaways</h2><ul><li>The kettle waits.</li><li>Power is saved.</li></ul>
    </article></body></html>""".encode()
    article = page.read(html, "https://example.org/kettle")
    assert article.title == "Kettle"
    assert article.published == datetime(2026, 6, 9, 7, tzinfo=UTC)
    assert "Paragraph 7" in article.text
    assert "The kettle waits" not in article.text
    assert any("The kettle waits." in (*block.items, block.text) for block in article.blocks)
    assert spans_hold(article)
    assert feeds_of(html, "https://example.org/kettle") == ("https://example.org/feed.xml",)


def test_a_feed_gives_its_entries_with_absolute_links_utc_times_and_no_markup() -> None:
    parsed = feed.parse(RSS, "https://example.org/feed.xml", "application/rss+xml")
    first, second = parsed.articles
    assert parsed.title == "Kettles"
    assert (first.title, second.title) == ("One & two", "Two")
    assert first.url is not None
    assert first.url.startswith("https://example.org/a")
    assert first.published == datetime(2026, 6, 9, 7, tzinfo=UTC)
    assert "Short words." in first.text
    assert "alert" not in first.text


def test_a_json_feed_is_a_feed() -> None:
    (article,) = feed.parse(JSON_FEED, "https://example.org/feed.json", None).articles
    assert (article.title, article.url, article.text) == ("Jay", "https://example.org/j", "Body of it.")


@pytest.mark.parametrize("body", [BOMB, XXE, b"<html><body>no feed</body></html>", b"\x00\x01", b""])
def test_what_is_no_feed_or_means_harm_is_refused_or_empty_but_never_expanded(body: bytes) -> None:
    try:
        parsed = feed.parse(body, "https://example.org/x", None)
    except ParseError:
        return
    assert "haha" not in parsed.title
    assert "root:" not in parsed.title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.org/a?utm_source=x&id=1#top", "https://example.org/a?id=1"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://m.example.org/a", "https://www.example.org/a"),
    ],
)
def test_twins_of_an_address_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


def test_different_articles_have_different_identities() -> None:
    articles = [
        Article(title="a", url="https://example.org/?id=1"),
        Article(title="a", url="https://example.org/?id=2"),
        Article(title="a", text="b"),
        Article(title="a", text="c"),
    ]
    assert len({identity_of(article) for article in articles}) == 4


@given(st.text(max_size=80))
def test_a_canonical_address_is_its_own(text: str) -> None:
    once = canonical_url(f"https://example.org/{text}")
    assert canonical_url(once) == once


async def test_workers_read_every_kind_and_name_what_they_cannot_read() -> None:
    async with WorkerReader(workers=1) as reader:
        assert isinstance(await reader.read(RSS, "https://example.org/feed.xml", None), ParsedFeed)
        assert isinstance(await reader.read(TEXT.encode(), "one.txt", None), Article)
        for name, body in {"empty.txt": b"", "binary.bin": bytes(range(256)) * 9}.items():
            with pytest.raises(ParseError, match=name):
                await reader.read(body, name, None)


async def test_a_worker_that_takes_too_long_is_replaced_and_the_next_document_is_read() -> None:
    deep = b"<html><body>" + b"<div>" * 200_000 + b"x" * 100
    async with WorkerReader(workers=1, seconds=0.01) as impatient:
        with pytest.raises(ParseError, match=r"deep\.html"):
            await impatient.read(deep * 5, "deep.html", "text/html")
    async with WorkerReader(workers=1) as reader:
        with suppress(ParseError):
            await reader.read(deep, "deep.html", "text/html")
        assert isinstance(await reader.read(TEXT.encode(), "one.txt", None), Article)


async def test_markup_is_read_in_a_worker_and_what_is_too_much_costs_its_own_article_alone() -> None:
    plain = Article(title="A", url="https://example.org/a", markup="<p>One.</p><p>Two.</p>")
    deep = replace(plain, markup="<div>" * 200_000 + "x")
    async with WorkerReader(workers=1) as reader:
        with suppress(ParseError):
            assert len((await reader.unfolded(deep)).text) <= 1
        assert (await reader.unfolded(plain)).text == "One.\n\nTwo."
    async with WorkerReader(workers=1, seconds=0.01) as impatient:
        with pytest.raises(ParseError, match=r"https://example\.org/a: cannot be read within"):
            await impatient.unfolded(replace(deep, markup=f"{deep.markup}<p>" * 4))


async def test_a_worker_is_ended_in_the_middle_of_an_answer_that_nobody_reads() -> None:
    speak = "import os, time; [os.write(1, bytes(60_000)) for _ in range(3)]; os.write(2, b'.'); time.sleep(600)"
    worker = await create_subprocess_exec(sys.executable, "-c", speak, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert worker.stderr is not None
    await worker.stderr.readexactly(1)
    async with asyncio.timeout(30):
        await end(worker)
    assert worker.returncode == -SIGKILL


def test_the_samples_of_the_demo_are_all_read(tmp_path: Path) -> None:
    from bot.samples import folder
    from bot.sources.sniff import read_document

    read = [read_document(path.read_bytes(), str(path), None) for path in sorted(folder().iterdir())]
    assert sum(len(one.articles) if isinstance(one, ParsedFeed) else 1 for one in read) >= 9


async def test_a_document_that_takes_too_much_memory_is_told_so_and_costs_no_other_its_turn() -> None:
    many = b" ".join(b'a%d="1"' % number for number in range(300_000))
    large = b"<rss><channel><item " + many + b"/></channel></rss>"
    async with WorkerReader(workers=1) as reader:
        with pytest.raises(ParseError, match="more than 150 MB of memory"):
            await reader.read(large, "https://example.org/long", "application/rss+xml")
        with pytest.raises(ParseError, match="no text"):
            await reader.read(b"<html><body></body></html>", "https://example.org/empty", "text/html")
