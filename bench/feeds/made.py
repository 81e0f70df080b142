"""Feeds to measure with: 48 kB and 20 entries each, RSS and Atom in turns, the same at every call. No two are alike."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

ENTRIES, SIZE = 20, 48_000  # bytes, give or take a paragraph
NEWEST = datetime(2026, 3, 2, 8, tzinfo=UTC)
_VOCABULARY = """
model data price market city river energy team study health water school report plan budget court bridge signal
engine network people minister garden winter harbour language music method result weather travel question company
found said grew built moved asked carried opened closed learned wrote measured reached followed offered kept turned
new old small large quiet open common local early late public strong careful second final simple heavy bright
"""
_WORDS = _VOCABULARY.split()


def hosts(count: int) -> list[str]:
    """Loopback addresses, one for each feed."""
    return [f"127.1.{number // 250}.{1 + number % 250}" for number in range(count)]


def feed_of(number: int, host: str) -> bytes:
    """The feed of a host; entry links lead there."""
    chance = random.Random(number)
    entries = [_entry(chance, number, host, place) for place in range(ENTRIES)]
    return (_atom if number % 2 else _rss)(number, host, entries).encode()


def _entry(chance: random.Random, number: int, host: str, place: int) -> dict[str, str]:
    at = NEWEST - timedelta(hours=9 * place, minutes=number % 60)
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < SIZE / ENTRIES - (860 if number % 2 else 650):  # the rest, and an Atom's escapes
        paragraphs.append(_paragraph(chance, len(paragraphs)))
    return {
        "title": f"{_sentence(chance, 8)[:-1]} &amp; {number}.{place}",
        "link": f"http://{host}/{at:%Y/%m/%d}/{number}-{place}",
        "summary": _sentence(chance, 22),
        "body": "\n".join(paragraphs),
        "author": f"{chance.choice(_WORDS).title()} {chance.choice(_WORDS).title()}",
        "tag": chance.choice(_WORDS),
        "rfc": format_datetime(at),
        "iso": at.isoformat(),
    }


def _paragraph(chance: random.Random, place: int) -> str:
    if place == 2:
        return "<ul>" + "".join(f"<li>{_sentence(chance, 9)}</li>" for _ in range(3)) + "</ul>"
    if place == 3:
        return f"<h3>{_sentence(chance, 4)[:-1]}</h3>"
    linked = f'<a href="https://example.org/{chance.choice(_WORDS)}">{chance.choice(_WORDS)}</a>'
    return f"<p>{_sentence(chance, 16)} {linked} {_sentence(chance, 18)} <em>{_sentence(chance, 6)}</em></p>"


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words)).capitalize() + "."


def _rss(number: int, host: str, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f'<item><title>{one["title"]}</title><link>{one["link"]}</link><guid isPermaLink="true">{one["link"]}</guid>'
        f"<pubDate>{one['rfc']}</pubDate><dc:creator>{one['author']}</dc:creator><category>{one['tag']}</category>"
        f"<description>{one['summary']}</description><content:encoded><![CDATA[{one['body']}]]></content:encoded></item>\n"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/'
        'content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Feed {number}</title><link>http://{host}/</link><description>News of {host}</description>"
        f'<atom:link href="http://{host}/feed" rel="self" type="application/rss+xml"/><language>en</language>\n'
        f"{items}</channel></rss>"
    )


def _atom(number: int, host: str, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f'<entry><title>{one["title"]}</title><link href="{one["link"]}"/><id>{one["link"]}</id>'
        f"<published>{one['iso']}</published><updated>{one['iso']}</updated><author><name>{one['author']}</name></author>"
        f'<category term="{one["tag"]}"/><summary>{one["summary"]}</summary>'
        f'<content type="html">{one["body"].replace("<", "&lt;").replace(">", "&gt;")}</content></entry>\n'
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f'<title>Feed {number}</title><link href="http://{host}/"/><link rel="self" href="http://{host}/feed"/>'
        f"<id>http://{host}/</id><updated>{NEWEST.isoformat()}</updated>\n{items}</feed>"
    )
