"""The public corpora of takeaway sections and of summaries as figures, for the tests that hold them and the bench."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from pathlib import Path

from bot.model import Article
from bot.sources import document, page
from bot.takeaways import takeaways_of
from bot.takeaways.sections import section_items
from bot.takeaways.support import ground_of, support_of
from bot.text.words import content_words_of

BORDERLINE = "conclusion"  # the corpus asks to report it apart
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Reading:
    """What a labelled document says its takeaways are, and what was read out of it."""

    file: str
    kind: str
    positive: bool
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    hidden: int

    @property
    def unequal(self) -> tuple[str, ...]:
        """The labelled items that were not found to the letter, but for white space and a link's address."""
        found = {*map(_bare, self.found)}
        return tuple(item for item in self.wanted if _bare(item) not in found)

    @property
    def unlabelled(self) -> tuple[str, ...]:
        wanted = {*map(_bare, self.wanted)}
        return tuple(item for item in self.found if _bare(item) not in wanted)


def section_readings(folder: Path) -> Iterator[Reading]:
    """Every document of the corpus `takeaway_sections`, through the real readers."""
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        path = folder / label["file"]
        if path.suffix == ".html":
            article = page.read(path.read_bytes(), "https://example.org/page")
        else:
            article = document.read(path.read_text("utf-8"))
        yield Reading(
            file=path.name,
            kind=label["kind"],
            positive=label["label"] == "positive",
            wanted=tuple(item for section in label["sections"] for item in section.get("items", ())),
            found=section_items(article.blocks),
            hidden=sum(t.kind == "section" and not t.shown for t in takeaways_of(article, limit=100)),
        )


def _bare(item: str) -> str:
    """An item without space, and of a Markdown link its words alone, of bold words the words."""
    return re.sub(r"\s+|\*\*", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item))


@dataclass(frozen=True)
class Abstract:
    """An abstract in sentences, with its title and what people wrote as its summary, the author's first."""

    title: str
    sentences: tuple[str, ...]
    summaries: tuple[str, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(content_words_of(" ".join(self.sentences)))

    def article(self, *, titled: bool = True) -> Article:
        return Article(title=self.title if titled else "Untitled", text=" ".join(self.sentences))


def abstracts(folder: Path) -> list[Abstract]:
    """The corpus `summaries`: SciTLDR's abstracts."""
    rows = map(json.loads, (folder / "scitldr_a.jsonl").read_text("utf-8").splitlines())
    return [Abstract(row["title"], tuple(row["source"]), tuple(row["target"])) for row in rows]


def nearest_others(texts: Sequence[frozenset[str]]) -> list[int]:
    """For each text, by its words, the other one that is nearest: the cosine of their sets, weighed by rarity."""
    held = Counter(word for words in texts for word in words)
    rarity = {word: log(len(texts) / count) ** 2 for word, count in held.items()}
    lengths = [sqrt(sum(rarity[word] for word in words)) for words in texts]

    def nearness(one: int, other: int) -> float:
        return sum(rarity[word] for word in texts[one] & texts[other]) / lengths[other]

    every = range(len(texts))
    return [max((o for o in every if o != one), key=lambda o, one=one: nearness(one, o)) for one in every]


def supports(
    documents: Sequence[Abstract], *, titled: bool, authors: bool
) -> tuple[dict[int, list[float]], dict[int, list[float]]]:
    """By the number of its abstract, the support of each summary in its own and in the nearest other abstract."""
    grounds = [ground_of(one.article(titled=titled)) for one in documents]
    others = nearest_others([one.words for one in documents])
    told = {i: one.summaries[:1] if authors else one.summaries for i, one in enumerate(documents)}
    own = {i: [support_of(summary, grounds[i]).score for summary in told[i]] for i in told}
    foreign = {i: [support_of(summary, grounds[others[i]]).score for summary in told[i]] for i in told}
    return own, foreign


def area(own: dict[int, list[float]], foreign: dict[int, list[float]], numbers: Sequence[int]) -> float:
    """The area under the receiver's curve: how often a true pair outdoes a false one, a tie counting half."""
    high = [score for number in numbers for score in own[number]]
    low = [score for number in numbers for score in foreign[number]]
    return sum((one > other) + 0.5 * (one == other) for one in high for other in low) / (len(high) * len(low))


def rouge(text: str, references: Sequence[str], n: int) -> float:
    """ROUGE-N F1 (Lin 2004) of words in lower case, against the nearest of the references."""
    return max(_overlap(_grams(text, n), _grams(reference, n)) for reference in references)


def _grams(text: str, n: int) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text.lower())
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def _overlap(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())
