"""Documents that a reader may dread: made here, as no archive should hold them, and those of the `security` corpus."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

_DEEP = 100_000


def _rss(inner: bytes) -> bytes:
    return b"<rss version='2.0'><channel><title>t</title>" + inner + b"</channel></rss>"


def _item(inner: bytes) -> bytes:
    return _rss(b"<item><title>t</title>" + inner + b"</item>")


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE r [<!ENTITY l0 "lol">{entities}]>'.encode() + _rss(b"<description>&l9;</description>")


def _external(kind: str) -> Callable[[], bytes]:
    return lambda: f"<!DOCTYPE r [<!ENTITY x {kind}>]>".encode() + _rss(b"<description>&x;</description>")


# Each is made when it is wanted, for some are large.
MADE: dict[str, Callable[[], bytes]] = {
    "billion laughs": _laughs,
    "quadratic entity": lambda: (
        b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 90_000 + b'">]>' + _rss(b"<a>" + b"&a;" * 90_000 + b"</a>")
    ),
    "short entity, a million times": lambda: b'<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx">]>' + _rss(b"&a;" * 1_000_000),
    "entity of a local file": _external('SYSTEM "file:///etc/passwd"'),
    "entity of the metadata server": _external('SYSTEM "http://169.254.169.254/latest/meta-data/"'),
    "entity of a public identifier": _external('PUBLIC "any" "http://127.0.0.1/x.dtd"'),
    "document type elsewhere": lambda: b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">' + _rss(b""),
    "gzip bomb, undeclared": lambda: gzip.compress(bytes(100_000_000)),
    "page, 100,000 deep": lambda: b"<html><body>" + b"<div>" * _DEEP + b"deep",
    "lists, 100,000 deep": lambda: b"<html><body>" + b"<ul><li>" * _DEEP + b"deep",
    "tables, 100,000 deep": lambda: b"<html><body>" + b"<table><tr><td>" * _DEEP + b"deep",
    "feed, 100,000 deep": lambda: _rss(b"<a>" * _DEEP + b"x" + b"</a>" * _DEEP),
    "markup in a feed, 100,000 deep": lambda: _item(b"<description>" + b"&lt;p>&lt;b>" * _DEEP + b"x</description>"),
    "JSON, 100,000 deep": lambda: b'{"items": [], "x": ' + b"[" * _DEEP + b"]" * _DEEP + b"}",
    "Markdown, 100,000 deep": lambda: b"> " * _DEEP + b"deep",
    "Markdown, all marks": lambda: b"*_`[(" * 200_000,
    "feed of 300,000 entries": lambda: _rss(b"<item><title>t</title></item>" * 300_000),
    "JSON feed of 300,000 entries": lambda: b'{"items": [' + b'{"title": "t"},' * 300_000 + b'{"title": "t"}]}',
    "page of 1,000,000 paragraphs": lambda: b"<html><body>" + b"<p>x" * 1_000_000,
    "500,000 attributes": lambda: b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(500_000)) + b">x",
    "100,000 namespaces": lambda: (
        b"<rss " + b" ".join(b'xmlns:a%d="u:%d"' % (n, n) for n in range(100_000)) + b"><channel></channel></rss>"
    ),
    "5,000,000 opening brackets": lambda: b"<rss><channel>" + b"<" * 5_000_000,
    "2,000,000 unclosed instructions": lambda: b"<?" * 2_000_000,
    "500,000 document types": lambda: b"<!DOCTYPE a [" * 500_000,
    "500,000 attributes, in quotes": lambda: b"<p " + b" ".join(b"a%d='>'" % n for n in range(500_000)) + b">x</p>",
    "200,000 attributes in a feed's XHTML": lambda: (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'><div "
        + b" ".join(b"a%d='1'" % n for n in range(200_000))
        + b">x</div></content></entry></feed>"
    ),
    "150,000 links of an entry": lambda: _item(b"<link>https://example.org/x</link>" * 150_000),
    "30,000 takeaway sections": lambda: (
        b"<html><body>" + b"<h2>Key Takeaways</h2><ul><li>One kettle boils.<li>Two boil.</ul>" * 30_000
    ),
    "50,000 authors in 200 boxes": lambda: (
        b"<html><body>" + b"<div class=author>" * 200 + b"<a class=author>x" * 50_000
    ),
    "entities of parameters": lambda: (
        b'<!DOCTYPE r [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;%a;"><!ENTITY % c "%b;%b;%b;%b;">%c;]>' + _rss(b"")
    ),
    "inclusion of a local file": lambda: _item(
        b"<description><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/></description>"
    ),
    "numbers without end": lambda: b'{"items": [{"id": 1e999, "date_published": ' + b"9" * 4000 + b', "title": NaN}]}',
    "half letters and zeros": lambda: rb'{"items": [{"title": "\udfff\u0000x", "url": "https://e.org/\ud800"}]}',
    "JSON-LD, 100,000 deep": lambda: (
        b"<html><head><script type='application/ld+json'>" + b'{"@graph":[' * _DEEP + b"</script></head><body><p>x"
    ),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(_rss(b""))),
    "one line of 9,000,000 letters": lambda: b"a" * 9_000_000,
    "one word of 1,000,000 accents": lambda: _item(
        ("<description>e" + "\u0301" * 1_000_000).encode() + b"</description>"
    ),
    "date of 1,000,000 digits": lambda: _item(b"<pubDate>" + b"1" * 1_000_000 + b"</pubDate>"),
    "UTF-7 in disguise": lambda: b'<?xml version="1.0" encoding="utf-7"?>' + _rss(b"+ADw-script+AD4-"),
    "codec that is no encoding": lambda: b'<?xml version="1.0" encoding="zlib_codec"?>' + _rss(b"x"),
    "only zeros": lambda: bytes(1_000_000),
}


def documents_of_the_corpus(folder: Path) -> Iterator[tuple[str, bytes, str | None]]:
    """Every file with its name; it is read as what it is, as a feed and as a page."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        body = path.read_bytes()
        for kind in (None, "application/rss+xml", "text/html"):
            yield path.relative_to(folder).as_posix(), body, kind
