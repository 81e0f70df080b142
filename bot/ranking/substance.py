"""How much an article tells: not how long it is, but whether there is matter in its words."""

from __future__ import annotations

import re
from math import exp

from bot.model import Article
from bot.text.phrases import promotional_turns, says_paid
from bot.text.sentences import sentences_of
from bot.text.words import content_words_of, words_of

_LONGEST_TEXT, _LONGEST_TITLE = 30_000, 200  # characters that are looked at
_ENOUGH_WORDS = 150  # words at which the factor for length is .63; four times as many make it .98
_ENOUGH_SPECIFICS = 12.0  # numbers, names and quotations in a hundred words
_WINDOW = 100  # words among which variety is counted
_USUAL_VARIETY, _POOR_VARIETY = 0.75, 0.35  # share of different words among a hundred content words
_USUAL_DENSITY, _POOR_DENSITY = 0.5, 0.25  # share of content words
_SHORT_SENTENCE = 25  # words: sentences of usual length or shorter
_PART = 0.5  # of the substance of a text whose rest is behind a wall
_PROMOTION = 1.5  # selling turns of phrase in a hundred words that cut substance to .37
_GARBLED = re.compile("[ÂÃÐÑ][\u0080-\u00bf\u20ac\u201a-\u2122]|â[\u0080\u20ac]|\ufffd")  # UTF-8 read as Latin-1
_MOST_GARBLED = 4.0  # such places in a hundred words that cut substance to .37
_PAID_FOR = 0.2  # factor for a text that says that somebody paid for it

# A capital inside a sentence, a word of capitals, a number, or a quotation.
_SPECIFIC = re.compile(
    r"(?<=[\w,;] )[A-Z][\w’'-]+|\b[A-Z]{2,}\b|\d+(?:[.,:]\d+)*|[“\"「『«][^“”\"」』»]{15,300}[”\"」』»]"
)


def substance_of(article: Article) -> float:
    """An article's substance, 0..1: length, soon enough, times a mean of specifics, variety, density and structure.

    Length counts as 1 - exp(-words / 150), so that beyond some 500 words more of the same earns nothing. Specifics are
    numbers, names and quotations; variety is the moving-average type-token ratio (Covington and McFall 2010); density
    the share of content words (Ure 1971). Selling turns of phrase and garbled letters take away, a wall half, and most
    is lost where the text says that it was paid for. (Our own blend.)
    """
    text = article.text[:_LONGEST_TEXT]
    words = words_of(text)
    if not words:
        return 0.0
    content = content_words_of(text)
    specifics = min(1.0, 100 * len(_SPECIFIC.findall(text)) / len(words) / _ENOUGH_SPECIFICS)
    variety = _scaled(_variety(content), _POOR_VARIETY, _USUAL_VARIETY)
    density = _scaled(len(content) / len(words), _POOR_DENSITY, _USUAL_DENSITY)
    matter = 0.40 + 0.25 * specifics + 0.15 * variety + 0.10 * density + 0.10 * _structure(article, text, len(words))
    length = 1 - exp(-len(words) / _ENOUGH_WORDS)
    selling = exp(-100 * promotional_turns(text) / max(len(words), 50) / _PROMOTION)
    garbled = exp(-100 * len(_GARBLED.findall(text)) / len(words) / _MOST_GARBLED)
    if says_paid(f"{article.category or ''}\n{article.title[:_LONGEST_TITLE]}\n{article.text}"):
        selling *= _PAID_FOR
    at_hand = 1.0 if article.partial is None else _PART
    return round(matter * length * selling * garbled * at_hand, 4)


def _scaled(value: float, poor: float, usual: float) -> float:
    return min(1.0, max(0.0, (value - poor) / (usual - poor)))


def _variety(words: list[str]) -> float:
    """The share of different words in windows of a hundred, on average."""
    windows = [words[i : i + _WINDOW] for i in range(0, max(1, len(words) - _WINDOW // 2), _WINDOW)]
    return sum(len(set(window)) for window in windows) / max(1, sum(map(len, windows)))


def _structure(article: Article, text: str, words: int) -> float:
    """Whether a text is set in paragraphs and sentences that a reader can follow."""
    paragraphs = sum(1 for line in text.splitlines() if line.strip())
    sentences = max(1, len(sentences_of(text)))
    headed = any(block.kind in ("heading", "list", "table") for block in article.blocks)
    return 0.4 * (paragraphs >= 3) + 0.3 * headed + 0.3 * min(1.0, _SHORT_SENTENCE / (words / sentences))
