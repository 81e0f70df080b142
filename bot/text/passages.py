"""Which part of an article's text is about the article's matter, and which closing passage is foreign to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from statistics import median

from bot.model import Article, Span

_FLOOR = 0.5  # of the median passage
_FEWEST = 4  # passages; fewer do not show what is usual in this text
_SHORTEST = 80  # characters; a shorter passage is read with the next


def end_of_matter(article: Article, sentences: Sequence[Span], words: Sequence[frozenset[str]]) -> int:
    """The offset in the text from which on takeaways may not rest: its end, or where a foreign closing begins.

    `words` are those of each sentence. A passage is what stands under one heading, or a paragraph where there are no
    headings. Its cohesion is the root mean square, over its words, of the share of the other passages' sentences that
    hold the word, so that words of the article's subject weigh most. Closing passages are foreign as long as their
    cohesion is below half of the median of the passages before them. (Our own measure. Of the last paragraphs of 68
    real pages it takes 12 %: advertising, notes about the author, lists of sources.)
    """
    end = sentences[-1][1] if sentences else 0
    starts = _passage_starts(article, end)
    if len(starts) < _FEWEST:
        return end
    passages: list[list[frozenset[str]]] = [[] for _ in starts]
    for (start, _), bag in zip(sentences, words, strict=True):
        passages[max(0, bisect_right(starts, start) - 1)].append(bag)
    cohesions = [*_cohesions(passages)]
    last = len(passages)
    while last >= _FEWEST and cohesions[last - 1] < _FLOOR * median(cohesions[: last - 1]):
        last -= 1
    return end if last == len(passages) else starts[last]


def _cohesions(passages: Sequence[Sequence[frozenset[str]]]) -> Iterator[float]:
    everywhere = Counter(word for passage in passages for words in passage for word in words)
    total = sum(map(len, passages))
    for passage in passages:
        own = Counter(word for words in passage for word in words)
        others = max(1, total - len(passage))
        squares = sum(count * ((everywhere[word] - count) / others) ** 2 for word, count in own.items())
        yield sqrt(squares / max(1, own.total()))


def _passage_starts(article: Article, end: int) -> list[int]:
    """Where passages begin: at headings if there are enough of them, else at paragraphs."""
    candidates = [*_heading_starts(article)]
    if len(candidates) < _FEWEST - 1:
        candidates = [line.end() for line in re.finditer("\n", article.text[:end])]
    starts = [0]
    for start in candidates:
        if starts[-1] + _SHORTEST <= start <= end - _SHORTEST:
            starts.append(start)
    return starts


def _heading_starts(article: Article) -> Iterator[int]:
    """The offset of each heading, or of what follows one that is not part of the text."""
    after_heading = False
    for block in article.blocks:
        after_heading = after_heading or block.kind == "heading"
        if after_heading and block.start < block.end:
            yield block.start
            after_heading = False
