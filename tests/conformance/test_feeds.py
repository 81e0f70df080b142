"""Feeds against feedparser: its own test files by their assertions, and captured feeds, which must lose nothing.

Compared is what a reader sees: the words of a text, without markup, invisible characters and white space beside one.
The words are taken out of the markup by another reader than the product's.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser

from bot.errors import ParseError
from bot.model import Article, ParsedFeed, When
from bot.sources import feed
from bot.sources.sniff import read_document
from tests.conformance.feedparser_claims import Case, Claim, cases_in

SHARE = 0.99  # of feedparser's claims that must hold
BODY = 0.98  # of the letters of an entry's text that must be in ours

# The claims that do not hold, by file: why. What is not named here must hold.
DIFFERS = {
    "wellformed/rss/item_description_and_summary.xml": "of two texts the longer is the body, the other the summary",
    "wellformed/rss/item_description_not_a_doctype.xml": "browsers take `<!'` for a comment, and so do we",
    "wellformed/rss/item_guid_not_permalink.xml": "without a link, a guid that is an address is better than none",
    "wellformed/sanitize/xml_malicious_comment.xml": "to browsers and us an unclosed comment never ends",
}
_NO_TEXT = ("script", "style", "textarea", "figcaption")  # what forms hold and pictures say is no part of a body


def test_what_feedparsers_own_files_say_holds(corpus: Callable[[str], Path]) -> None:
    judged: Counter[str] = Counter()
    held: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    differs: dict[str, str] = {}
    for case in cases_in(corpus("feed_conformance") / "feedparser"):
        reference = _feedparser_of(case.body, case.url, case.content_type)
        for claim in case.claims:
            if claim.left_out:
                left_out[claim.left_out] += 1
                continue
            judged[claim.field] += 1
            found, expected = _compared(case, claim, reference)
            held[claim.field] += found == expected
            if found != expected:
                differs[case.name] = f"{claim.field} {found!r}, not {expected!r}"
    for field, count in sorted(judged.items()):
        print(f"{held[field]:>5} of {count:>3}  {field}")
    print(f"{held.total():>5} of {judged.total():>3}  all: {held.total() / judged.total():.2%}")
    for name, said in differs.items():
        print(f"differs: {name}: {said}: {DIFFERS.get(name, 'NO REASON KNOWN')}")
    for why, count in left_out.most_common():
        print(f"{count:>5} left out: {why}")
    assert held.total() >= SHARE * judged.total()
    assert set(differs) == set(DIFFERS)
    assert judged.total() > 400


def test_no_captured_feed_loses_what_feedparser_alone_gives(corpus: Callable[[str], Path]) -> None:
    counted: Counter[str] = Counter()
    lost: list[str] = []
    excused: defaultdict[str, list[str]] = defaultdict(list)
    for path in _feeds_in(corpus("feeds_real")):
        body, url = path.read_bytes(), f"https://feeds.example.org/{path.name}"
        reference = _feedparser_of(body, url, None)
        ours = _ours_of(body, url, None)
        entries = ours.articles if ours else ()
        counted.update(feeds=1, entries=len(reference.entries))
        if len(entries) < len(reference.entries):
            lost.append(f"{path.name}: {len(entries)} of {len(reference.entries)} entries")
            continue
        if ours is not None:
            losses = [*_feed_losses(ours, reference.feed)]
            for entry, article in zip(reference.entries, entries, strict=False):
                losses.extend(_entry_losses(article, entry))
            for loss, excuse in losses:
                excused[excuse].append(loss) if excuse else lost.append(f"{path.name}: {loss}")
    print(f"{counted['feeds']} feeds with {counted['entries']} entries")
    for excuse, losses in sorted(excused.items()):
        print(f"{len(losses):>5} differ: {excuse}: {losses[0]}")
    assert lost == []
    assert counted["entries"] > 1500


def test_no_file_of_the_conformance_corpus_breaks_the_reader(corpus: Callable[[str], Path]) -> None:
    outcomes: Counter[str] = Counter()
    for path in sorted(path for path in corpus("feed_conformance").rglob("*") if path.is_file()):
        try:
            read = read_document(path.read_bytes(), f"https://feeds.example.org/{path.name}", None)
        except ParseError:
            outcomes["refused"] += 1
        else:
            outcomes[type(read).__name__] += 1
    print(dict(outcomes))
    assert outcomes["ParsedFeed"] > outcomes["refused"]


# --- the two readings -----------------------------------------------------------------------------------------------


def _feedparser_of(body: bytes, url: str, content_type: str | None) -> Any:
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    return feedparser.parse(io.BytesIO(body), response_headers=headers)


def _ours_of(body: bytes, url: str, content_type: str | None) -> ParsedFeed | None:
    try:
        return feed.parse(body, url, content_type)
    except ParseError:
        return None


def _feeds_in(folder: Path) -> Iterator[Path]:
    named = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return (path for path in named if not path.name.endswith((".expected.json", "index.jsonl")))


# --- claims ---------------------------------------------------------------------------------------------------------


def _compared(case: Case, claim: Claim, reference: Any) -> tuple[object, object]:
    """What our reading gives for the claim's field, and what it should be, in forms that can be compared."""
    ours = _ours_of(
        _with_an_entry(case.body) if claim.field == "feed author" else case.body, case.url, case.content_type
    )
    if ours is None:
        return "refused", claim.expected
    owner, field = claim.field.split(" ", 1)
    its = (reference.entries or [{}])[0] if owner == "entry" else reference.feed
    expected = claim.expected
    if field in ("title", "summary", "content"):
        expected = _told(its, field, str(expected))
    elif field == "author":
        expected = re.sub(r"\s*\(.*\)$", "", str(expected))  # feedparser adds the mail
    elif field in ("published", "updated"):
        expected = _instant(expected)
    return _found(ours, owner, field, expected, case.url), expected


def _found(ours: ParsedFeed, owner: str, field: str, expected: object, url: str) -> object:
    article = ours.articles[0] if ours.articles else None
    match owner, field:
        case "feed", "title":
            return "" if expected == "" and ours.title in (ours.url, url) else _seen(ours.title)
        case "feed", "link":
            return ours.url
        case "feed", "language":
            return ours.language
        case _ if article is None:
            return "no entry"
        case _, "author":
            return article.author
        case _, "title":
            return "" if expected == "" and article.title in (article.url, "Untitled") else _seen(article.title)
        case _, "link":
            return article.url
        case _, "summary":
            return _seen(article.summary or "")
        case _, "content":  # one sentence may have become the title of an entry that has none
            return _seen(article.text or ("" if article.title == "Untitled" else article.title))
        case _, "language":
            return article.language or ours.language
    return _second(article.published)


def _with_an_entry(body: bytes) -> bytes:
    """The feed with an entry that says nothing: a feed's author is seen on the articles that name none."""
    return re.sub(rb"(?=</feed>)", b"<entry/>", re.sub(rb"(?=</channel>)", b"<item/>", body))


def _told(its: Any, field: str, value: str) -> str:
    detail = (its.get("content") or [{}])[0] if field == "content" else its.get(f"{field}_detail") or {}
    return _seen(value) if detail.get("type") == "text/plain" else _seen("".join(_pieces(value)))


# --- captured feeds -------------------------------------------------------------------------------------------------

_LONGER = "of two texts of an entry the longer is the body"
_Loss = tuple[str, str | None]  # what is lost, and the excuse, if there is one


def _feed_losses(ours: ParsedFeed, its: Any) -> Iterator[_Loss]:
    if its.get("title") and _seen(ours.title) != _told(its, "title", its.title):
        yield f"title {ours.title!r}, not {its.title!r}", None
    if its.get("link") and ours.url != its.link:
        yield f"link {ours.url}, not {its.link}", _no_address(its.link)


def _entry_losses(article: Article, its: Any) -> Iterator[_Loss]:
    if its.get("title") and _told(its, "title", its.title) not in ("", _seen(article.title)):
        yield f"title {article.title!r}, not {its.title!r}", _misread(its.title, article.title)
    if its.get("link") and article.url != its.link:
        yield f"link {article.url}, not {its.link}", _no_address(its.link)
    if _told_author(its) and not article.author:
        excuse = "an address is no author" if _told_author(its).startswith("http://") else None
        yield f"author {_told_author(its)!r}", excuse
    stated = its.get("published_parsed") or its.get("updated_parsed")
    if stated and _second(article.published) != _instant(tuple(stated)):
        yield f"date {article.published}, not {tuple(stated)[:6]}", None
    value = str((its.get("content") or [{}])[0].get("value") or its.get("summary") or "")
    ours = _letters(" ".join((article.title, *(block.text for block in article.blocks))))
    pieces = [_letters(piece) for piece in _pieces(value)]
    missing = sum(len(piece) for piece in pieces if piece not in ours)
    if missing > (1 - BODY) * sum(map(len, pieces)):
        longer = len(article.text) > len(_seen("".join(_pieces(value))))
        yield f"body {article.text[:40]!r}, not {value[:40]!r}", _LONGER if longer else None


def _misread(its: str, ours: str) -> str | None:
    read = its.encode("cp1252", "ignore").decode("utf-8", "ignore")
    return "feedparser takes UTF-8 with one broken letter for Windows-1252" if read == ours else None


def _told_author(its: Any) -> str:
    return _seen(str((its.get("author_detail") or {}).get("name") or ""))


def _no_address(link: str) -> str | None:
    return None if link.startswith(("http://", "https://")) else "a link that is no web address is none"


# --- what can be compared -------------------------------------------------------------------------------------------


class _Pieces(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._outside = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._outside += tag in _NO_TEXT

    def handle_endtag(self, tag: str) -> None:
        self._outside -= tag in _NO_TEXT

    def handle_data(self, data: str) -> None:
        if not self._outside:
            self.found.append(data)


def _pieces(markup: str) -> list[str]:
    """The texts between the tags."""
    reader = _Pieces()
    reader.feed(markup)
    reader.close()
    return reader.found


def _seen(text: str) -> str:
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")).split())


def _letters(text: str) -> str:
    return "".join(_seen(text).split())


def _instant(stated: object) -> datetime | None:
    """feedparser's own reading of a time."""
    told = stated if isinstance(stated, tuple) else feedparser.datetimes._parse_date(stated)
    return datetime(*told[:6], tzinfo=UTC) if told else None


def _second(when: When | None) -> datetime | None:
    if isinstance(when, datetime):
        return when.replace(microsecond=0)
    return datetime(when.year, when.month, when.day, tzinfo=UTC) if when else None
